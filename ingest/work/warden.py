"""The owner's side of the warden, the process that starts workers and sees to it that none outlives the program.

The process itself is `warden_process.py`, in a session of its own and, unless told otherwise, of the background class,
which its workers inherit. Knows no task: an owner names the entry of each worker. How the processes end each other is
told in the package's docstring.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from ingest.errors import SetupError, WorkerError
from ingest.work import scratch
from ingest.work.channel import HAS_DESCRIPTORS, Control, close_quietly
from ingest.work.limits import Confinement, Limits
from ingest.work.signals import await_session
from ingest.work.worker import HINT, Worker

SPAWN_TRIES = 4
"""Wardens that may die one after another while a worker is being started; kills from outside come one at a time."""
CLOSE_SECONDS = 5.0
"""Time that warden and workers have to end before they are killed."""
DYING_SECONDS = 10.0
"""Time that killed workers have to be gone: at the lowest priority even dying can take seconds on a busy machine."""
ANSWER_SECONDS = 60.0
"""Time that the warden has to answer: it starts a process at the lowest priority of a machine that may be very busy."""
_PACKAGES = Path(__file__).parents[2]


class Warden:
    """The owner's side of a warden process; made by `start`. May be used from several threads.

    A warden that was killed is replaced at the next `spawn`; its workers are dead by then.

    Args:
        idle: Whether it and its workers run at the background class.
        low: Whether at the low class instead, where somebody waits for them.
        log: Where the processes write unforeseen errors; None: nowhere.
    """

    def __init__(self, idle: bool, low: bool = False, log: IO[bytes] | None = None) -> None:
        self._class = ["low"] if low else ["idle"] if idle else []
        self._log = log
        self._lock = threading.Lock()  # the fields; held for moments
        self._talk = threading.Lock()  # one conversation with the process at a time
        self._started = 0
        self._workers: set[Worker] = set()
        self._stopped = False
        self._closed = False
        if not HAS_DESCRIPTORS:
            raise SetupError("this system cannot hand connections over to a process", "Run it on Linux or macOS.")
        self._root, self._root_lock = scratch.make_root()
        self._process, self._control = self._launch()

    @classmethod
    def start(cls, idle: bool = True, low: bool = False, log: IO[bytes] | None = None) -> Self:
        """Start a warden process."""
        return cls(idle, low, log)

    @property
    def pid(self) -> int:
        """The warden's process id; it is also its session."""
        return self._process.pid

    @property
    def root(self) -> Path:
        """Folder of the workers' temporary folders."""
        return self._root

    @property
    def started(self) -> int:
        """Workers started so far."""
        return self._started

    def spawn(
        self,
        entry: str,
        *,
        memory_mb: int | None = None,
        limits: Limits | None = None,
        confined: Confinement = "no",
        pausable: bool = True,
    ) -> Worker:
        """Start a worker. While the warden is stopped, the new worker is stopped at once too.

        Args:
            entry: Dotted name of a function that takes the connection: `package.module:function`.
            memory_mb: Resident memory of its group; shorthand for `Limits(memory_mb=…)`.
            limits: What it may use.
            confined: Which folders it may read, where the system can see to that.
            pausable: Whether `stop_all` stops it.

        Raises:
            WorkerError: The process cannot be started.
        """
        limits = limits or Limits(memory_mb=memory_mb)
        request: dict[str, Any] = {"op": "spawn", "entry": entry, "limits": asdict(limits), "confined": confined}
        with self._talk:
            for _ in range(SPAWN_TRIES):  # a warden that dies at this very moment is replaced by the next try
                started = self._start_worker(request)
                if started is not None:
                    break
            else:
                raise WorkerError(f"a worker for {entry} could not be started", HINT)
            pid, connection, folder, process = started
            worker = Worker(pid, connection, limits, folder, self._reap, lambda: _lives(process), pausable)
        with self._lock:
            self._workers.add(worker)
            if self._closed:
                worker.kill()
            elif self._stopped and pausable:
                worker.stop()
        return worker

    def stop_all(self) -> None:
        """Stop all pausable workers, and those that are started from now on."""
        with self._lock:
            self._stopped = True
            for worker in self._workers:
                if worker.pausable:
                    worker.stop()

    def cont_all(self) -> None:
        """Let all workers go on."""
        with self._lock:
            self._stopped = False
            for worker in self._workers:
                worker.cont()

    def let_go(self) -> None:
        """End all pausable workers to free what they hold; what they were asked is asked of new ones."""
        with self._lock:
            for worker in self._workers:
                if worker.pausable:
                    worker.let_go()

    def close(self, timeout: float = CLOSE_SECONDS) -> None:
        """End all workers and the warden; calling it twice is harmless.

        Args:
            timeout: Seconds that it may take before the warden is killed.
        """
        with self._lock:
            already, self._closed = self._closed, True
            for worker in self._workers:
                worker.kill()
        if not already:
            with self._talk:
                self._end_process(timeout)
            scratch.remove(self._root)
            if self._root_lock is not None:
                os.close(self._root_lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _launch(self) -> tuple[subprocess.Popen[bytes], Control]:
        ours, theirs = socket.socketpair()
        log = self._log if self._log is not None else subprocess.DEVNULL
        arguments = [sys.executable, "-P", "-m", "ingest.work.warden_process", str(self._root)]
        try:
            process = subprocess.Popen(
                [*arguments, *self._class],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                pass_fds=() if self._root_lock is None else (self._root_lock,),
                env={**os.environ, "PYTHONPATH": _python_path()},
            )
        except OSError as error:
            ours.close()
            raise WorkerError(f"no process can be started: {error.strerror}", HINT) from error
        finally:
            theirs.close()
        ours.settimeout(ANSWER_SECONDS)
        return process, Control(ours)

    def _start_worker(self, request: dict[str, Any]) -> tuple[int, socket.socket, Path, subprocess.Popen[bytes]] | None:
        """Ask for a worker: its process id, the owner's end of its connection, its folder and its warden."""
        if self._closed:
            raise WorkerError("the warden has been closed", HINT)
        if not _lives(self._process):
            self._end_process(0)
            self._process, self._control = self._launch()
        folder = scratch.make_folder(self._root, str(self._started))
        self._started += 1
        ours, theirs = socket.socketpair()
        with theirs:
            pid = self._ask({**request, "folder": str(folder)}, theirs.fileno())
        if pid is None:
            close_quietly(ours)
            scratch.remove(folder)
            return None
        return pid, ours, folder, self._process

    def _end_process(self, timeout: float) -> None:
        self._control.close()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            await_session(self._process.pid, DYING_SECONDS)

    def _ask(self, request: dict[str, Any], descriptor: int | None = None) -> int | None:
        """One question to the warden process; None when it is gone, silent or could not do it."""
        try:
            self._control.send(request, descriptor)
            answer = self._control.receive()
        except OSError:
            answer = None
        if answer is None:
            self._process.kill()  # a late answer would be taken for that to the next question
            return None
        value = answer[0].get("answer")
        return value if isinstance(value, int) else None

    def _reap(self, worker: Worker) -> int | None:
        with self._lock:
            self._workers.discard(worker)
            if self._closed:
                return None
        with self._talk:
            return self._ask({"op": "reap", "pid": worker.pid}) if worker.reachable else None


def _lives(process: subprocess.Popen[bytes]) -> bool:
    """Whether a warden process lives, and with it keeps the process ids of its workers."""
    return process.poll() is None


def _python_path() -> str:
    """Where the new process finds this package, however the present one found it."""
    inherited = os.environ.get("PYTHONPATH", "")
    return f"{_PACKAGES}{os.pathsep}{inherited}" if inherited else str(_PACKAGES)
