"""Reading the signals: from /proc and /sys on Linux; psutil's part of them anywhere else.

Every reading is cheap (a few small files) and fails to None: a machine that does not tell is treated as one where
nothing is known, never as an error.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import psutil

from ingest.governor.signals import Signals

SMOOTHING = 0.5
"""Weight of the newest reading of the load; about three readings are felt."""
HOT_MARGIN_DEGREES = 3.0
"""Degrees below the critical temperature from which the processor counts as hot."""


class SignalReader:
    """Reads the signals again and again; the load is what happened between two readings.

    Args:
        library: Folder whose disk is watched.
        own: Gives the process ids of the indexer's workers.
    """

    def __init__(self, library: Path, own: Callable[[], Sequence[int]]) -> None:
        self._library = library
        self._own = own
        self._last: tuple[float, float, float] | None = None
        self._load: float | None = None

    def read(self, answering: bool, paused_by_person: bool) -> Signals:
        """The signals of this moment; the two arguments are what the owner knows itself."""
        memory = psutil.virtual_memory()
        battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
        now = datetime.now().astimezone()
        return Signals(
            answering=answering,
            paused_by_person=paused_by_person,
            cores=psutil.cpu_count() or 1,
            other_load=self._other_load(),
            memory_available=memory.available,
            memory_total=memory.total,
            memory_pressure=memory_pressure(),
            on_battery=None if battery is None else not battery.power_plugged,
            battery_percent=None if battery is None else battery.percent,
            hot=is_hot(),
            seconds_since_input=seconds_since_input(),
            disk_free=shutil.disk_usage(self._library).free,
            minute_of_day=now.hour * 60 + now.minute,
        )

    def _other_load(self) -> float | None:
        """Processors kept busy by others since the last reading, smoothed."""
        times = psutil.cpu_times()
        busy = sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)
        own = sum(map(_processor_seconds, self._own()))
        now = time.monotonic()
        last, self._last = self._last, (now, busy, own)
        if last is None or now - last[0] < 0.05:
            return self._load
        other = max(0.0, (busy - last[1]) - max(0.0, own - last[2])) / (now - last[0])
        self._load = other if self._load is None else SMOOTHING * other + (1 - SMOOTHING) * self._load
        return self._load


def _processor_seconds(process: int) -> float:
    try:
        times = psutil.Process(process).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def memory_pressure(file: Path = Path("/proc/pressure/memory")) -> float | None:
    """Share of the last ten seconds in which somebody waited for memory, in per cent; None without PSI."""
    try:
        some = file.read_text(encoding="ascii").splitlines()[0]
        return float(some.split("avg10=")[1].split()[0])
    except (OSError, IndexError, ValueError):
        return None


def is_hot(folder: Path = Path("/sys/class/thermal")) -> bool:
    """Whether a thermal zone is within a few degrees of its critical temperature; False where none tells."""
    for zone in folder.glob("thermal_zone*"):
        try:
            now = int((zone / "temp").read_text(encoding="ascii")) / 1000
            for kind in zone.glob("trip_point_*_type"):
                if kind.read_text(encoding="ascii").strip() in ("critical", "hot", "passive"):
                    limit = int((zone / kind.name.replace("_type", "_temp")).read_text(encoding="ascii")) / 1000
                    if limit > 0 and now > limit - HOT_MARGIN_DEGREES:
                        return True
        except (OSError, ValueError):
            continue
    return False


def seconds_since_input(folder: Path = Path("/dev")) -> float | None:
    """Time since somebody used a terminal of this machine; None where there is none.

    The access time of terminal devices is when they were last typed at (`w` and `finger` read the same).
    """
    newest = 0.0
    for pattern in ("tty[0-9]*", "pts/[0-9]*"):
        for device in folder.glob(pattern):
            try:
                newest = max(newest, device.stat().st_atime)
            except OSError:
                continue
    return max(0.0, time.time() - newest) if newest else None
