"""What indexing has cost: documents, pages and passages, processor seconds by stage, pace and its reasons, energy.

Kept in one small file of the library, for the person alone: numbers, dates and the governor's reasons, no name and no word
of a document. Written by the owner now and then and at its end; what a crash loses is at most a minute. Anybody reads it.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from ingest.governor.decide import Pace
from ingest.governor.energy import EnergyMeter
from ingest.records import Failed, Indexed, IndexEvent

FILE = "costs.json"
SAVE_SECONDS = 60.0
"""How often the file is written while something goes on."""
MOST_PACES, MOST_DAYS = 200, 60
"""Changes of pace, and days, that are kept."""
STAGES = {
    "ingest.extract": "reading",
    "ingest.ocr": "recognising",
    "ingest.embed": "embedding",
    "ingest.vectors": "indexing",
}
"""Stage by the package of a worker's entry; the owner's own work, cutting and publishing, is "keeping"."""
WORKER = "ingest.work.worker_process"


class Costs:
    """Counts what indexing costs. Safe to use from several threads.

    Args:
        library: Folder of the library.
    """

    def __init__(self, library: Path) -> None:
        self._path = library / FILE
        self._lock = threading.Lock()
        self._kept = read(library)
        self._meter = EnergyMeter()
        self._seen: dict[int, float] = {}
        self._sampled = self._saved = time.monotonic()
        self._changed = False

    def count(self, event: IndexEvent) -> None:
        """Count what an event tells of."""
        if isinstance(event, Indexed | Failed):
            with self._lock:
                if isinstance(event, Failed):
                    self._add("failed", 1)
                else:
                    self._add("documents", 1)
                    self._add("pages", event.pages)
                    self._add("passages", event.passages)

    def sample(self, children: Iterable[int], pace: Pace) -> None:
        """Take in what was used since the last sample, while something is being indexed.

        Args:
            children: Ids of all processes below the owner.
            pace: The present pace.
        """
        now = time.monotonic()
        with self._lock:
            since, self._sampled = now - self._sampled, now
            for stage, seconds in self._used(children).items():
                self._kept["seconds"][stage] = self._kept["seconds"].get(stage, 0.0) + seconds
            if pace.level != "paused":
                self._add("seconds", since)
            joules = self._meter.joules(since)
            if joules is not None:
                self._add("joules", joules)
                self._kept["energy_source"] = self._meter.source
            self._note_pace(pace, since)
            if now - self._saved > SAVE_SECONDS:
                self._save()

    def rest(self) -> None:
        """Nothing is being indexed: the time until the next sample is not its time."""
        with self._lock:
            self._sampled = time.monotonic()
            self._meter.joules(0.0)
            if self._changed:
                self._save()

    def save(self) -> None:
        """Write the file."""
        with self._lock:
            self._save()

    def _add(self, name: str, value: float) -> None:
        """Add to the total and to today."""
        day = datetime.now().astimezone().date().isoformat()
        days = self._kept["days"]
        today = days.setdefault(day, {})
        for old in sorted(days)[:-MOST_DAYS]:
            del days[old]
        total = "running_seconds" if name == "seconds" else name
        today[name] = today.get(name, 0) + value
        self._kept[total] = (self._kept[total] or 0) + value
        self._changed = True

    def _used(self, children: Iterable[int]) -> dict[str, float]:
        """Processor seconds by stage since the last look."""
        used: dict[str, float] = {}
        seen: dict[int, float] = {}
        for pid in (*children, os.getpid()):
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                stage = "keeping" if pid == os.getpid() else _stage(process)
                if stage is not None:
                    times = process.cpu_times()
                    total = times.user + times.system
                    if stage != "keeping":  # Tesseract runs in processes of its own, one a page
                        total += times.children_user + times.children_system
                    seen[pid] = total
                    used[stage] = used.get(stage, 0.0) + max(0.0, total - self._seen.get(pid, 0.0))
        self._seen = seen
        return used

    def _note_pace(self, pace: Pace, seconds: float) -> None:
        paces = self._kept["paces"]
        if not paces or paces[-1]["level"] != pace.level or paces[-1]["reason"] != pace.reason:
            at = datetime.now().astimezone().isoformat(timespec="seconds")
            paces.append({"at": at, "level": pace.level, "reason": pace.reason, "seconds": 0.0})
            del paces[:-MOST_PACES]
        paces[-1]["seconds"] += seconds

    def _save(self) -> None:
        """Replace the file; a full disk costs the figures, nothing else."""
        self._saved, self._changed = time.monotonic(), False
        with contextlib.suppress(OSError):
            descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=f".{FILE}.")
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(self._kept, file)
            Path(temporary).replace(self._path)


def read(library: Path) -> dict[str, Any]:
    """What was counted so far; all zero where nothing was, or the file is damaged.

    Returns:
        `documents`, `pages`, `passages`, `failed`; `running_seconds` (wall time in which something was indexed);
        `seconds` (processor time by stage); `joules` and `energy_source` where known; `paces` (`at`, `level`, `reason`,
        `seconds`) oldest first; `days` by date, with the same sums.
    """
    empty = {"documents": 0, "pages": 0, "passages": 0, "failed": 0, "running_seconds": 0.0, "seconds": {}}
    empty |= {"joules": None, "energy_source": None, "paces": [], "days": {}}
    try:
        kept = json.loads((library / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return empty
    if not isinstance(kept, dict) or not all(_fits(kept.get(name), value) for name, value in empty.items()):
        return empty
    found = {name: kept.get(name, value) for name, value in empty.items()}
    found["joules"] = found["joules"] or 0.0 if found["energy_source"] else None
    return found


def _fits(value: Any, example: Any) -> bool:
    """Whether a value of the file is of the kind that is written."""
    if isinstance(example, int | float):
        return isinstance(value, int | float)
    return example is None or isinstance(value, type(example))


def _stage(process: psutil.Process) -> str | None:
    """The stage that a worker works for; None for other processes, whose time is their parents'."""
    command = process.cmdline()
    if WORKER not in command:
        return None
    task = " ".join(command[command.index(WORKER) + 1 :])
    return next((stage for package, stage in STAGES.items() if package in task), "others")
