"""The owner's side of a worker: send requests and, while waiting for the answer, watch what its group uses.

The process itself is `worker_process.py`; a `Warden` starts it. Knows nothing of what is asked.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from ingest.errors import WorkerError
from ingest.frames import FrameError, Message, receive_frame, send_frame
from ingest.work import scratch
from ingest.work.channel import FAILED_KEY, HAS_DESCRIPTORS, close_quietly, hand_over, handed_path
from ingest.work.limits import Breach, Judge, Limits
from ingest.work.signals import continue_group, describe_exit, kill_group, stop_group
from ingest.work.usage import measure

POLL_SECONDS = 0.1
"""How often a worker that does not answer is looked at: a memory bomb grows by some hundred megabytes in that time."""
HINT = "Try again; `assistant doctor` checks the installation."


class Worker:
    """The owner's side of a worker process. One thread at a time asks; any thread may stop, continue or kill it.

    Args:
        pid: The process, leader of its own group.
        connection: The owner's end of the connection.
        limits: What it may use.
        folder: Its private temporary folder, removed at its end.
        reap: Has the warden reap it; gives its exit status, None where nobody knows it.
        reachable: Whether the warden lives, that is, whether the process id is still the worker's.
        pausable: Whether it is stopped with all others.
    """

    def __init__(
        self,
        pid: int,
        connection: socket.socket,
        limits: Limits,
        folder: Path,
        reap: Callable[[Worker], int | None],
        reachable: Callable[[], bool],
        pausable: bool = True,
    ) -> None:
        self.pid = pid
        self.folder = folder
        self.limits = limits
        self.pausable = pausable
        self._connection = connection
        self._judge = Judge(limits)
        self._reap = reap
        self._reachable = reachable
        self._signals = threading.Lock()
        self._ended = False
        self._killed = False
        self._let_go = False
        self._next_look = 0.0
        self._handed = 0
        weakref.finalize(self, close_quietly, connection)
        connection.settimeout(POLL_SECONDS)

    @property
    def alive(self) -> bool:
        """Whether it can be asked: it has not ended, as far as can be seen without waiting."""
        if self._ended or self._killed or self._let_go:
            return False
        try:
            self._connection.setblocking(False)
            return bool(self._connection.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            with contextlib.suppress(OSError):
                self._connection.settimeout(POLL_SECONDS)

    @property
    def ended(self) -> bool:
        """Whether its end has been seen."""
        return self._ended

    @property
    def reachable(self) -> bool:
        """Whether its warden lives; otherwise it is dead or dying, and its process id no longer kept."""
        return self._reachable()

    def request(self, header: Message, payload: bytes | memoryview = b"") -> tuple[Message, bytes]:
        """Send a request and wait for its one answer.

        Raises:
            WorkerError: As `receive` says.
        """
        self.send(header, payload)
        return self.receive()

    def send(self, header: Message, payload: bytes | memoryview = b"", file: int | None = None) -> None:
        """Send a request.

        Args:
            header: The request.
            payload: Raw bytes behind it.
            file: An open descriptor to hand over; the worker finds a copy of it where `next_file` says.

        Raises:
            WorkerError: As `receive` says.
        """
        self._judge.progress()
        try:
            send_frame(_Outgoing(self, file), header, payload)
        except OSError as error:
            raise self._gone() from error

    def next_file(self) -> Path | None:
        """Where the worker finds the next file handed over; None where the system cannot hand files over."""
        return handed_path(self.folder, self._handed) if HAS_DESCRIPTORS else None

    def receive(self) -> tuple[Message, bytes]:
        """Wait for the next message.

        Raises:
            WorkerError: `timeout` or `out_of_memory` when it broke a limit, `killed` when `kill` was called meanwhile,
                `let_go` when `let_go` was, `lost` when its warden died, `disk_full`, otherwise `crashed`. In every case the process has been ended; what it left in its folder stays until `end`.
        """
        try:
            frame = receive_frame(_Incoming(self))
        except FrameError as error:
            self.kill()
            self._bury()
            raise WorkerError(f"the process broke its protocol: {error}", HINT, "crashed") from error
        except OSError as error:
            raise self._gone() from error
        if frame is None:
            raise self._gone()
        self._judge.progress()
        header, payload = frame
        if FAILED_KEY in header:
            raise self._failed(header)
        return header, payload

    def look(self) -> None:
        """Compare what the worker's group uses with its limits.

        Raises:
            WorkerError: A limit is broken; the worker has been killed.
        """
        now = time.monotonic()
        self._next_look = now + POLL_SECONDS
        self._enforce(self._judge.look(measure(self.pid), now))

    def look_at_memory(self) -> None:
        """The same for memory alone, at most every `POLL_SECONDS`, for a worker that keeps sending.

        Raises:
            WorkerError: The limit is broken; the worker has been killed.
        """
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + POLL_SECONDS
            self._enforce(self._judge.memory(measure(self.pid)))

    def resident_bytes(self) -> int:
        """Memory that its group holds now."""
        return measure(self.pid).resident_bytes

    def stop(self) -> None:
        """Stop its whole group at once; a request that it works on waits, and the wait does not count."""
        self._signal(stop_group)

    def cont(self) -> None:
        """Let its group go on."""
        self._signal(continue_group)

    def kill(self) -> None:
        """Kill its whole group at once; who waits for an answer gets a `WorkerError` of code `killed`."""
        self._killed = True
        self._signal(kill_group)

    def let_go(self) -> None:
        """Kill its whole group to free what it holds; who waits for an answer gets a `WorkerError` of code `let_go`."""
        self._let_go = True
        self._signal(kill_group)

    def end(self) -> int | None:
        """Kill it if it still runs, have it reaped and remove its folder; calling it twice is harmless.

        Returns:
            Its exit status, where known.
        """
        self.kill()
        status = self._bury()
        scratch.remove(self.folder)
        return status

    def _signal(self, action: Callable[[int], None]) -> None:
        # After the warden's death nobody keeps the process id from being given to another process.
        with self._signals:
            if not self._ended and self._reachable():
                action(self.pid)

    def _bury(self) -> int | None:
        with self._signals:
            if self._ended:
                return None
            self._ended = True
        close_quietly(self._connection)
        return self._reap(self)

    def _enforce(self, breach: Breach | None) -> None:
        if breach is not None:
            self.kill()
            self._bury()
            raise WorkerError(f"the process was ended: {breach.message}", HINT, breach.code)

    def _gone(self) -> WorkerError:
        """What to raise when the connection ended: the worker closed it, died or was killed."""
        killed, let_go = self._killed, self._let_go
        status = self._bury()
        if killed:
            return WorkerError("the process was ended while it worked", HINT, "killed")
        if let_go:
            return WorkerError("the process was let go while it waited", HINT, "let_go")
        if status is None:
            return WorkerError("the process was lost together with its warden", HINT, "lost")
        return WorkerError(f"the process {describe_exit(status)}", HINT, "crashed")

    def _failed(self, header: Message) -> WorkerError:
        self._bury()
        kind, place = str(header[FAILED_KEY])[:100], str(header.get("place", ""))[:200]
        if header.get("errno") == errno.ENOSPC:
            return WorkerError("the disk with the temporary folder is full", "Free some space.", "disk_full")
        code = "out_of_memory" if kind == "MemoryError" else "crashed"
        return WorkerError(f"the process failed with {kind} at {place}", HINT, code)


class _Incoming:
    """The connection as a stream to read from, watched while nothing comes."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    def recv(self, size: int, /) -> bytes:
        while True:
            try:
                data = self.worker._connection.recv(size)
            except TimeoutError:
                self.worker.look()
                continue
            self.worker.look_at_memory()
            return data

    def sendall(self, data: bytes, /) -> NoReturn:
        raise NotImplementedError


class _Outgoing:
    """The connection as a stream to write to, watched while nothing is taken."""

    def __init__(self, worker: Worker, file: int | None) -> None:
        self.worker = worker
        self.file = file

    def sendall(self, data: bytes, /) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self._send(view) :]
            except TimeoutError:
                self.worker.look()

    def _send(self, view: memoryview) -> int:
        if self.file is None:
            return self.worker._connection.send(view)
        sent = hand_over(self.worker._connection, self.file, bytes(view))
        self.file = None
        self.worker._handed += 1
        return sent

    def recv(self, size: int, /) -> NoReturn:
        raise NotImplementedError
