"""Enter the background class: processor and disk only when nobody else wants them.

On Linux the class of a process is not enough: where autogrouping is on, the scheduler shares the processor between
sessions first, and nice values and SCHED_IDLE rank processes within one session only. So the whole session of the
warden gets the lowest autogroup weight; it must be a session of its own. Where a systemd manages the person's processes,
the warden moves into a scope of the least weight first (`cgroup`). Children inherit all of it.

Someone who waits for the end may ask for the low class instead: it gets about a tenth of a busy processor where the
background class gets a hundredth, and still gives way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from ingest.work.cgroup import join_scope

LOWEST_NICE = 19
LOW_NICE = 10
"""Against a program of the usual class: a tenth of a processor that both want."""
_AUTOGROUP = Path("/proc/self/autogroup")
_PRIO_DARWIN_PROCESS = 4
_PRIO_DARWIN_BG = 0x1000


def enter_background(low: bool = False) -> tuple[str, ...]:
    """Give the calling process, and all that it starts from now on, the lowest class that the system has.

    Args:
        low: Whether it is to be the low class instead.

    Returns:
        What could not be set, as words for a log; empty where all of it holds.
    """
    steps: dict[str, Callable[[], object]]
    if low:
        steps = {"autogroup": lambda: _autogroup(LOW_NICE), "nice": _low}
    elif sys.platform.startswith("linux"):
        steps = {
            "control group": join_scope,
            "autogroup": lambda: _autogroup(LOWEST_NICE),
            "nice": lambda: os.setpriority(os.PRIO_PROCESS, 0, LOWEST_NICE),
            "scheduler": _idle_scheduler,
            "disk": _idle_disk,
        }
    elif sys.platform == "darwin":
        steps = {"background": lambda: os.setpriority(_PRIO_DARWIN_PROCESS, 0, _PRIO_DARWIN_BG)}
    elif sys.platform == "win32":
        steps = {"priority": _windows_priority, "disk": _windows_disk}
    else:
        steps = {"nice": lambda: os.nice(LOWEST_NICE)}
    failed: list[str] = []
    for name, step in steps.items():
        try:
            step()
        except (OSError, ValueError) as error:
            failed.append(f"{name}: {error}")
    return tuple(failed)


def _autogroup(nice: int) -> None:
    if _AUTOGROUP.exists():
        _AUTOGROUP.write_text(str(nice), encoding="ascii")


def _low() -> None:
    import psutil

    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(LOW_NICE)


def _idle_scheduler() -> None:
    if sys.platform.startswith("linux"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _idle_disk() -> None:
    import psutil

    if sys.platform.startswith("linux"):
        psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)


def _windows_priority() -> None:
    import psutil

    if sys.platform == "win32":
        psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS)


def _windows_disk() -> None:
    import psutil

    if sys.platform == "win32":
        psutil.Process().ionice(psutil.IOPRIO_VERYLOW)
