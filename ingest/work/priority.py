"""Enter the background class: processor and disk only when nobody else wants them.

On Linux the class of a process is not enough: where autogrouping is on, the scheduler shares the processor between
sessions first, and nice values and SCHED_IDLE rank processes within one session only. So the whole session of the
warden gets the lowest autogroup weight; it must be a session of its own. Where a systemd manages the person's processes,
the warden moves into a scope of the least weight first (`cgroup`). Children inherit all of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from ingest.work.cgroup import join_scope

LOWEST_NICE = 19
_AUTOGROUP = Path("/proc/self/autogroup")
_PRIO_DARWIN_PROCESS = 4
_PRIO_DARWIN_BG = 0x1000


def enter_background() -> tuple[str, ...]:
    """Give the calling process, and all that it starts from now on, the lowest class that the system has.

    Returns:
        What could not be set, as words for a log; empty where all of it holds.
    """
    if sys.platform.startswith("linux"):
        steps: dict[str, Callable[[], object]] = {
            "control group": join_scope,
            "autogroup": _lowest_autogroup,
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


def _lowest_autogroup() -> None:
    if _AUTOGROUP.exists():
        _AUTOGROUP.write_text(str(LOWEST_NICE), encoding="ascii")


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
