"""Several workers of one kind behind one call: started when needed, replaced when dead, stopped together.

Knows nothing of what is asked.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from ingest.errors import WorkerError
from ingest.frames import Message
from ingest.work.limits import Confinement, Limits
from ingest.work.warden import Warden
from ingest.work.worker import HINT, Worker


class WorkerPool:
    """Workers with one entry. `call` may come from many threads; beyond `size` calls at a time the others wait.

    Args:
        warden: Who starts the workers.
        entry: Dotted name of their entry, `package.module:function`.
        size: How many there are at most; each is started when it is first needed.
        setup: Request that every new worker gets before its first call.
        limits: What each may use.
        confined: Which folders they may read.
    """

    def __init__(
        self,
        warden: Warden,
        entry: str,
        size: int,
        setup: Message | None = None,
        *,
        limits: Limits | None = None,
        confined: Confinement = "no",
    ) -> None:
        self._warden = warden
        self._entry = entry
        self._setup = setup
        self._limits = limits
        self._confined = confined
        self._places = threading.Semaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._stopped = False
        self._closed = False

    def call(self, header: Message, payload: bytes | memoryview = b"") -> tuple[Message, bytes]:
        """Ask one worker and wait for its answer.

        Raises:
            WorkerError: The worker crashed or broke a limit during this call, or could not be started. The pool goes on.
        """
        with self._places:
            while True:
                try:
                    worker, fresh = self._take()
                except WorkerError as error:
                    if error.code == "let_go":  # while it was set up
                        continue
                    raise
                try:
                    answer = worker.request(header, payload)
                except WorkerError as error:
                    self._drop(worker)
                    if error.code == "let_go":
                        continue
                    if fresh or error.code != "crashed" or not isinstance(error.__cause__, ConnectionError):
                        raise
                    # It was dying when it was taken: a request left unread breaks the connection.
                    continue
                except BaseException:
                    self._drop(worker)
                    raise
                self._give_back(worker)
                return answer

    def stop_all(self) -> None:
        """Stop all workers at once, also those that are started from now on; calls wait."""
        with self._lock:
            self._stopped = True
            for worker in (*self._idle, *self._busy):
                worker.stop()

    def cont_all(self) -> None:
        """Let all workers go on."""
        with self._lock:
            self._stopped = False
            for worker in (*self._idle, *self._busy):
                worker.cont()

    def close(self) -> None:
        """End all workers; a call that is under way raises `WorkerError`. Calling it twice is harmless."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for worker in self._busy:
                worker.kill()
        for worker in idle:
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self) -> tuple[Worker, bool]:
        """A worker that lives and is set up, and whether it was started just now."""
        while True:
            with self._lock:
                if self._closed:
                    raise WorkerError("the pool has been closed", HINT)
                worker = self._idle.pop() if self._idle else None
                if worker is not None:
                    self._busy.add(worker)
            if worker is None:
                return self._new(), True
            if worker.alive:
                return worker, False
            self._drop(worker)

    def _new(self) -> Worker:
        worker = self._warden.spawn(self._entry, limits=self._limits, confined=self._confined)
        with self._lock:
            self._busy.add(worker)
            if self._closed:
                worker.kill()
            elif self._stopped:
                worker.stop()
        if self._setup is not None:
            try:
                worker.request(self._setup)
            except BaseException:
                self._drop(worker)
                raise
        return worker

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
            if not self._closed:
                self._idle.append(worker)
                return
        worker.end()

    def _drop(self, worker: Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.end()
