"""What a process group uses: processor time, memory, and whether it is stopped or wants to run.

On Linux read from /proc; elsewhere psutil gives the same for the leader and its descendants, without the time of
children that have ended. Knows nothing of limits.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

MEMBERS_SECONDS = 0.5
"""How long a list of who is in which group is good for: a look at every process of the machine takes milliseconds."""
_PROC = Path("/proc")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.01


@dataclass(frozen=True, slots=True)
class Usage:
    """What a group uses at one moment."""

    cpu_seconds: float
    """Processor time of its members, and of their children that have ended."""
    resident_bytes: int
    """Memory held by its members together; what they share is counted for each."""
    stopped: bool
    """Whether its leader is stopped."""
    runnable: bool
    """Whether a member runs or waits for a processor: it is not to blame for making no progress."""


NOTHING = Usage(0.0, 0, False, False)
"""A group without members."""


class _Groups:
    """Who is in which process group; one list for all watchers of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: dict[int, list[int]] = {}
        self._until = 0.0

    def members(self, leader: int) -> list[int]:
        """Process ids of a group, the leader first."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._members = _scan()
                self._until = time.monotonic() + MEMBERS_SECONDS
            return [leader, *(pid for pid in self._members.get(leader, ()) if pid != leader)]


def _scan() -> dict[int, list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for name in os.listdir(_PROC):  # noqa: PTH208 - names alone, many of them
        if name.isdigit():
            fields = _stat(name)
            if fields is not None:
                members[int(fields[2])].append(int(name))
    return members


_groups = _Groups()


def measure(leader: int) -> Usage:
    """What the group of a leader uses now; `NOTHING` once it is gone."""
    if not sys.platform.startswith("linux"):
        return _measure_elsewhere(leader)
    cpu, resident, stopped, runnable = 0.0, 0, False, False
    for pid in _groups.members(leader):
        fields = _stat(pid)
        if fields is None or int(fields[2]) != leader:
            continue
        state = fields[0]
        cpu += sum(int(fields[index]) for index in (11, 12, 13, 14)) * _TICK_SECONDS
        resident += int(fields[21]) * _PAGE_BYTES
        runnable = runnable or state == "R" or (int(fields[17]) > 1 and state == "S" and _thread_runs(pid))
        if pid == leader:
            stopped = state in "Tt"
    return Usage(cpu, resident, stopped, runnable)


def _stat(pid: int | str) -> list[str] | None:
    """Fields of /proc/PID/stat from the third one (state) on; None for a process that is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - a third of the time of Path.open
            text = file.read()
    except OSError:
        return None
    return text[text.rindex(b")") + 2 :].decode("ascii").split()


def _thread_runs(pid: int) -> bool:
    """Whether any thread of a process runs: the state in its own stat is that of the first thread."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - names alone
    except OSError:
        return False
    return any((fields := _stat(f"{pid}/task/{thread}")) is not None and fields[0] == "R" for thread in threads)


def _measure_elsewhere(leader: int) -> Usage:
    import psutil

    cpu, resident, stopped, runnable = 0.0, 0, False, False
    try:
        first = psutil.Process(leader)
        members = [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return NOTHING
    for process in members:
        try:
            with process.oneshot():
                times = process.cpu_times()
                cpu += times.user + times.system
                resident += process.memory_info().rss
                status = process.status()
        except psutil.Error:
            continue
        stopped = stopped or (process.pid == leader and status == psutil.STATUS_STOPPED)
        runnable = runnable or status == psutil.STATUS_RUNNING
    return Usage(cpu, resident, stopped, runnable)
