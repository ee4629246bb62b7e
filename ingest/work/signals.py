"""Stop, continue and kill a process group, and have the kernel end one together with its warden.

Where the system has no process groups, psutil does the same to the process and its children, one by one. Knows nothing
of what the processes do.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable

HAS_GROUPS = hasattr(os, "killpg")
_PR_SET_CHILD_SUBREAPER = 36
_STEP_SECONDS = 0.02


def stop_group(leader: int) -> None:
    """Stop every process of a group; it keeps its memory and uses no processor until it is continued."""
    _signal_group(leader, "SIGSTOP", lambda process: process.suspend())


def continue_group(leader: int) -> None:
    """Let a stopped group go on."""
    _signal_group(leader, "SIGCONT", lambda process: process.resume())


def kill_group(leader: int) -> None:
    """End every process of a group, also stopped ones."""
    _signal_group(leader, "SIGKILL", lambda process: process.kill())


def await_session(leader: int, seconds: float) -> None:
    """Wait until no process of a session runs any more: they were killed, and what is left of them is nobody's child."""
    until = time.monotonic() + seconds
    while _session_runs(leader) and time.monotonic() < until:
        time.sleep(_STEP_SECONDS)


def _session_runs(leader: int) -> bool:
    import psutil

    if not hasattr(os, "getsid"):
        return False
    for pid in psutil.pids():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getsid(pid) == leader and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                return True
    return False


def _signal_group(leader: int, name: str, otherwise: Callable[..., None]) -> None:
    """Signal a group; one that is gone already is no error."""
    if HAS_GROUPS:
        # macOS answers EPERM for a group of zombies.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, getattr(signal, name))
        return
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(leader)
        for member in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                otherwise(member)


def kill_own_group_with(lifeline: int) -> None:
    """Have the kernel kill the calling process's group when the other end of a pipe closes.

    A thread that waits on the pipe is not enough: it cannot act while another thread holds the interpreter's lock inside
    a long call of native code, nor while the process is stopped. Linux only; elsewhere that thread is all there is.
    """
    if not sys.platform.startswith("linux"):
        return
    import fcntl

    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


def adopt_orphans() -> bool:
    """Make the calling process the parent of descendants whose own parent ends, so that it can reap them.

    Returns:
        Whether the system can do that (Linux).
    """
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def describe_exit(status: int) -> str:
    """What an exit status as `os.waitstatus_to_exitcode` gives it means, for a person."""
    if status >= 0:
        return f"ended with exit status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"
