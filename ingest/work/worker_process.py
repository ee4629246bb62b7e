"""A worker process: make itself killable, take on its limits, forbid itself the network, and call the entry.

The entry is a function named in the task, `package.module:function`; it is given the connection to the owner. Knows
nothing of what the entry does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest.frames import FrameError, send_frame
from ingest.offline import forbid_connections
from ingest.work.channel import FAILED_KEY, HandedSocket
from ingest.work.limits import Confinement, Limits
from ingest.work.signals import kill_own_group_with


def task_of(entry: str, connection: int, lifeline: int, folder: Path, limits: Limits, confined: Confinement) -> str:
    """The worker's one argument."""
    return json.dumps(
        {
            "entry": entry,
            "connection": connection,
            "lifeline": lifeline,
            "folder": str(folder),
            "limits": asdict(limits),
            "confined": confined,
        }
    )


def main() -> None:
    """Become a worker: the process that a warden starts."""
    task: dict[str, Any] = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        # The kernel ends a stopped, orphaned group with it; whoever started the owner may have had it ignored.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    lifeline = int(task["lifeline"])
    kill_own_group_with(lifeline)
    folder = str(task["folder"])
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    _limit(Limits(**task["limits"]))
    forbid_connections()
    if task["confined"] != "no":
        from ingest.work.landlock import confine
        from ingest.work.seccomp import take_away_calls

        take_away_calls()
        confine(Path(folder), [Path(folder).parent] if task["confined"] == "all" else [])
    threading.Thread(target=_die_with, args=(lifeline,), daemon=True, name="lifeline").start()
    connection = HandedSocket.in_folder(int(task["connection"]), Path(folder))
    try:
        _resolve(task["entry"])(connection)
    except BaseException as error:
        _say_last_words(connection, error)
        raise


def _resolve(entry: str) -> Callable[[socket.socket], None]:
    from importlib import import_module

    module, _, name = entry.partition(":")
    function: Callable[[socket.socket], None] = getattr(import_module(module), name)
    return function


def _die_with(lifeline: int) -> None:
    """Wait until the warden is gone, then kill the own group; the only means where the kernel has none."""
    while os.read(lifeline, 1):
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _limit(limits: Limits) -> None:
    try:
        import resource
    except ImportError:  # Windows: the owner's watching is all there is
        return
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: limits.address_space_mb,
        resource.RLIMIT_FSIZE: limits.file_mb,
    }
    for kind, megabytes in wanted.items():
        if megabytes is not None:
            _, hard = resource.getrlimit(kind)
            size = megabytes << 20
            size = size if hard == resource.RLIM_INFINITY else min(size, hard)
            resource.setrlimit(kind, (size, size))


def _say_last_words(connection: socket.socket, error: BaseException) -> None:
    """Tell the owner what ends this process, without any text that may stem from a document."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    with contextlib.suppress(OSError, FrameError):
        number = error.errno if isinstance(error, OSError) else None
        send_frame(connection, {FAILED_KEY: type(error).__name__, "place": place, "errno": number})


if __name__ == "__main__":
    main()
