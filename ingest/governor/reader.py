"""`SignalReader`: the signals of this moment, on any system.

Every reading is cheap (a few small files, psutil) and fails to None: a machine that does not tell is treated as one where
nothing is known, never as an error.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import psutil

from ingest.governor import linux
from ingest.governor.idle import InputWatch
from ingest.governor.power import is_saving_power
from ingest.governor.signals import Signals
from ingest.governor.watching import ScreenWatch

SMOOTHING = 0.5
"""Weight of the newest reading of the load; about three readings are felt."""
THROTTLED_SECONDS = 30.0
"""The processor counts as hot for so long after it was last throttled."""
SHORTEST_SECONDS = 0.05
"""Two readings nearer to one another than this tell nothing of the load in between."""


class SignalReader:
    """Reads the signals again and again; load and swapping are what happened between two readings.

    Args:
        library: Folder whose disk is watched.
        own: Gives the process ids of the indexer's workers.
    """

    def __init__(self, library: Path, own: Callable[[], Sequence[int]]) -> None:
        self._library = library
        self._own = own
        self._input = InputWatch()
        self._screen = ScreenWatch()
        self._last: tuple[float, float, float, float] | None = None
        self._load: float | None = None
        self._swapping: float | None = None
        self._throttled = (linux.throttle_count(), -THROTTLED_SECONDS)

    def read(self, answering: bool, paused_by_person: bool) -> Signals:
        """The signals of this moment; the two arguments are what the owner knows itself."""
        memory = psutil.virtual_memory()
        battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
        now = datetime.now().astimezone()
        self._compare()
        return Signals(
            answering=answering,
            paused_by_person=paused_by_person,
            cores=psutil.cpu_count() or 1,
            other_load=self._load,
            memory_available=memory.available,
            memory_total=memory.total,
            memory_pressure=linux.memory_pressure(),
            swapping=self._swapping,
            on_battery=None if battery is None else not battery.power_plugged,
            battery_percent=None if battery is None else battery.percent,
            saving_power=is_saving_power(),
            hot=self._is_hot(),
            seconds_since_input=self._input.seconds(),
            watched=self._screen.watched(),
            disk_free=shutil.disk_usage(self._library).free,
            minute_of_day=now.hour * 60 + now.minute,
        )

    def _compare(self) -> None:
        """What others used of the processors, and what was swapped, since the last reading; the load is smoothed."""
        times, swap = psutil.cpu_times(), psutil.swap_memory()
        busy = sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)
        now, own, moved = time.monotonic(), sum(map(_processor_seconds, self._own())), float(swap.sin + swap.sout)
        last = self._last
        if last is not None and now - last[0] < SHORTEST_SECONDS:
            return
        self._last = (now, busy, own, moved)
        if last is None:
            return
        other = max(0.0, (busy - last[1]) - max(0.0, own - last[2])) / (now - last[0])
        self._load = other if self._load is None else SMOOTHING * other + (1 - SMOOTHING) * self._load
        self._swapping = max(0.0, moved - last[3]) / (now - last[0])

    def _is_hot(self) -> bool:
        """Whether the processor is near its limit, or was throttled a moment ago."""
        count, now = linux.throttle_count(), time.monotonic()
        if count != self._throttled[0]:
            self._throttled = (count, now)
        return now - self._throttled[1] < THROTTLED_SECONDS or linux.is_hot()


def _processor_seconds(process: int) -> float:
    """Processor time of a process and of its children that have ended: OCR starts one a page."""
    try:
        times = psutil.Process(process).cpu_times()
    except psutil.Error:
        return 0.0
    return float(
        times.user + times.system + getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    )
