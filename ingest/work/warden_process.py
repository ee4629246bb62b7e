"""The warden process: starts workers, ends what they leave behind, and reaps them when the owner says so.

Single-threaded, so that starting a process from it is safe. It waits for two things: a message of its owner, and the
end of a child. Reaping waits for the owner's word, because the process id of a worker that was reaped may be given to
another process while the owner still means to signal the worker.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ingest.work import scratch
from ingest.work.channel import Control
from ingest.work.limits import Limits
from ingest.work.priority import enter_background
from ingest.work.signals import adopt_orphans, kill_group
from ingest.work.worker_process import task_of

GRACE_SECONDS = 1.0
"""Time that a worker which closed its connection has to end by itself, so that its true exit status is seen."""
_STEP_SECONDS = 0.01


def main() -> None:
    """Run until standard input, the connection to the owner, ends; then kill and reap all workers."""
    if hasattr(signal, "SIGHUP"):
        # The kernel ends stopped workers with it; whoever started the owner may have had it ignored (nohup).
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    root = Path(sys.argv[1])
    if sys.argv[2:]:
        for failure in enter_background(low=sys.argv[2:] == ["low"]):
            print(f"warden: {failure}", file=sys.stderr)  # noqa: T201 - the owner's log
    adopt_orphans()
    _Warden(Control(socket.socket(fileno=0))).run()
    scratch.remove(root)


class _Warden:
    """The workers, and the conversation with the owner."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.children: dict[int, subprocess.Popen[bytes]] = {}
        self.lifelines: dict[int, int] = {}
        self.dead: set[int] = set()

    def run(self) -> None:
        woken, wake = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        control = self.control.connection.fileno()
        while True:
            ready, _, _ = select.select([control, woken], [], [])
            if woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(woken, 4096)
                self._clean_up_after_the_dead()
            if control in ready and not self._serve():
                break
        self._end_all()

    def _serve(self) -> bool:
        """Answer one message; False when the owner is gone."""
        received = self.control.receive()
        if received is None:
            return False
        message, connection = received
        if message["op"] == "spawn" and connection is not None:
            answer = self._spawn(message, connection)
        elif message["op"] == "reap":
            answer = self._reap(int(message["pid"]))
        else:
            answer = None
        try:
            self.control.send({"answer": answer})
        except OSError:
            return False
        return True

    def _spawn(self, message: dict[str, Any], connection: int) -> int | None:
        """Start a worker as the leader of a group; its process id, None when it cannot be started."""
        folder, limits = Path(message["folder"]), Limits(**message["limits"])
        lifeline, held = os.pipe()
        task = task_of(message["entry"], connection, lifeline, folder, limits, message["confined"])
        try:
            child = subprocess.Popen(
                [sys.executable, "-P", "-m", "ingest.work.worker_process", task],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(connection, lifeline),
                process_group=0,
            )
        except OSError:
            os.close(held)
            return None
        finally:
            os.close(connection)
            os.close(lifeline)
        self.children[child.pid] = child
        self.lifelines[child.pid] = held
        return child.pid

    def _clean_up_after_the_dead(self) -> None:
        """Kill what a dead worker left in its group; reap orphans that were adopted, but no worker."""
        for pid in self.children.keys() - self.dead:
            if _has_ended(pid):
                self.dead.add(pid)
                kill_group(pid)
        for pid in _adopted(self.children.keys()):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)

    def _reap(self, pid: int) -> int | None:
        """End a worker, with a little time to end by itself, and its group; its exit status."""
        child = self.children.pop(pid, None)
        if child is None:
            return None
        until = time.monotonic() + GRACE_SECONDS
        while not _has_ended(pid) and time.monotonic() < until:
            time.sleep(_STEP_SECONDS)
        kill_group(pid)
        status = child.wait()
        os.close(self.lifelines.pop(pid))
        self.dead.discard(pid)
        return status

    def _end_all(self) -> None:
        for pid in self.children:
            kill_group(pid)
        for child in self.children.values():
            child.wait()
        # What the groups left was adopted, and is dying.
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)


def _has_ended(pid: int) -> bool:
    """Whether a child has ended; it is left to be reaped."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        import psutil

        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _adopted(workers: Any) -> list[int]:
    """Children of this process that are no workers: orphans that it was given by the kernel (Linux)."""
    if not sys.platform.startswith("linux"):
        return []
    me, found = str(os.getpid()), []
    for name in os.listdir("/proc"):  # noqa: PTH208 - names alone, many of them
        if name.isdigit() and int(name) not in workers:
            with contextlib.suppress(OSError):
                stat = Path(f"/proc/{name}/stat").read_text(encoding="utf-8", errors="replace")
                if stat.rpartition(")")[2].split()[1] == me:
                    found.append(int(name))
    return found


if __name__ == "__main__":
    main()
