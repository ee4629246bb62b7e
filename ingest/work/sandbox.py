"""The sandbox: readers and OCR workers that read a person's files without being able to harm anything.

`Sandbox` reads file after file for the owner; `read_files` does so for `assistant extract`, without a library. Knows
nothing of formats: readers and OCR are named by their entries.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingest.errors import WorkerError
from ingest.work.extracted import ExtractedFile, collect
from ingest.work.limits import ADDRESS_SPACE_MB, FILE_MB, Limits
from ingest.work.members import MemberInfo, ReadEvent
from ingest.work.reading import FileReading, Stored, Wanted, open_file
from ingest.work.recognition import Recognition
from ingest.work.warden import Warden
from ingest.work.worker import HINT, Worker

READER_ENTRY = "ingest.extract.worker:main"
OCR_ENTRY = "ingest.ocr:main"
FILES_A_READER = 200
"""After so many files a reader is replaced: parsers leak."""
IDLE_MEMORY_SHARE = 0.5
"""A reader that holds more than this share of its cap between two files is replaced."""
FILES_AT_A_TIME = 2
"""Files that `read_files` has in work."""
FILES_AHEAD = 8
"""Files whose results may wait for an earlier one."""


class Sandbox:
    """Readers, each reused from file to file, and OCR workers. `read` may be called from several threads.

    Args:
        warden: Who starts the workers.
        options: The `[reading]` section of the configuration; `max_file_mb` may be added.
        parallel: OCR workers; 0: one for each core.
        reader: Entry of the readers.
        ocr: Entry of the OCR workers.
    """

    def __init__(
        self,
        warden: Warden,
        options: dict[str, Any],
        parallel: int,
        *,
        reader: str = READER_ENTRY,
        ocr: str = OCR_ENTRY,
    ) -> None:
        self._options = dict(options)
        self._readers = _Readers(warden, self._options, reader)
        self._recognition = Recognition(warden, self._options, parallel or os.cpu_count() or 1, ocr)

    def read(
        self,
        path: Path,
        wanted: Callable[[list[MemberInfo]], set[str]],
        stored: Callable[[str], set[int]] = lambda _: set(),
    ) -> Iterator[ReadEvent]:
        """Read one file.

        First come `MemberOpened` and `MemberFailed` for what is in it; then, for each document wanted, `DocumentBegan`,
        facts, pages in the reader's order, problems, and `DocumentEnded` or `MemberFailed`. A document that ends its
        reader keeps the pages that were read, with a problem. Closing the iterator ends the reader.

        Args:
            path: The file.
            wanted: Is given the documents in the file and names those to be read.
            stored: Pages of a document that are there already: they are neither given out nor recognised again.

        Raises:
            DocumentError: Nothing in the file can be read.
            WorkerError: Not the file's fault: code `killed` after `close`, others when no process can be started.
        """
        descriptor = open_file(path, self._options.get("max_file_mb", FILE_MB))
        try:
            yield from self._reading(path, descriptor, wanted, stored).events()
        finally:
            os.close(descriptor)

    def _reading(self, path: Path, descriptor: int, wanted: Wanted, stored: Stored) -> FileReading:
        return FileReading(path, descriptor, self._options, self._readers, self._recognition, wanted, stored)

    def stop_all(self) -> None:
        """Stop all readers and OCR workers at once; `read` waits."""
        self._readers.stop_all()
        self._recognition.stop_all()

    def cont_all(self) -> None:
        """Let them go on."""
        self._readers.cont_all()
        self._recognition.cont_all()

    def close(self) -> None:
        """End all readers and OCR workers; a `read` under way raises `WorkerError`. Calling it twice is harmless."""
        self._readers.close()
        self._recognition.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Readers:
    """Readers that wait for a file, and those that have one."""

    def __init__(self, warden: Warden, options: dict[str, Any], entry: str) -> None:
        self._warden = warden
        self._entry = entry
        self._limits = Limits(
            cpu_seconds=float(options["page_cpu_seconds"]),
            memory_mb=int(options["memory_mb"]),
            address_space_mb=ADDRESS_SPACE_MB,
            file_mb=FILE_MB,
        )
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._files: dict[Worker, int] = {}
        self._stopped = False
        self._closed = False

    def take(self) -> Worker:
        """A reader that lives."""
        while True:
            with self._lock:
                if self._closed:
                    raise WorkerError("the sandbox has been closed", HINT, "killed")
                reader = self._idle.pop() if self._idle else None
            if reader is None:
                return self._start()
            if reader.alive:
                return reader
            self._drop(reader)

    def _start(self) -> Worker:
        reader = self._warden.spawn(self._entry, limits=self._limits, confined="own")
        with self._lock:
            self._forget_the_dead()
            self._files[reader] = 0
            if self._closed:
                reader.kill()
            elif self._stopped:
                reader.stop()
        return reader

    def give_back(self, reader: Worker) -> None:
        """Keep a reader for the next file, unless it has grown or is old."""
        cap = self._limits.memory_mb or 0
        grown = reader.resident_bytes() > IDLE_MEMORY_SHARE * (cap << 20)
        with self._lock:
            self._files[reader] = self._files.get(reader, 0) + 1
            keep = not grown and not self._closed and self._files[reader] < FILES_A_READER
            if keep:
                self._idle.append(reader)
        if not keep:
            self._drop(reader)

    def stop_all(self) -> None:
        with self._lock:
            self._stopped = True
            for reader in self._files:
                reader.stop()

    def cont_all(self) -> None:
        with self._lock:
            self._stopped = False
            for reader in self._files:
                reader.cont()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for reader in self._files:
                reader.kill()
        for reader in idle:
            self._drop(reader)

    def _drop(self, reader: Worker) -> None:
        with self._lock:
            self._files.pop(reader, None)
        reader.end()

    def _forget_the_dead(self) -> None:
        """Readers that a file ended were not given back."""
        for reader in [each for each in self._files if each.ended]:
            del self._files[reader]


def read_files(paths: Iterable[Path], options: dict[str, Any], parallel: int = 0) -> Iterator[ExtractedFile]:
    """Read files as ingestion does, at normal priority and without a library; two at a time.

    Args:
        paths: The files.
        options: The `[reading]` section of the configuration; `max_file_mb` may be added.
        parallel: OCR workers; 0: one for each core.

    Yields:
        One result a file, in the order of the paths. Closing the iterator ends all processes.
    """
    with Warden.start(idle=False) as warden, ThreadPoolExecutor(FILES_AT_A_TIME, "extract") as threads:
        sandbox = Sandbox(warden, options, parallel)
        waiting: deque[Future[ExtractedFile]] = deque()
        try:
            for path in paths:
                waiting.append(threads.submit(_extract, sandbox, Path(path)))
                if len(waiting) >= FILES_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            sandbox.close()


def _extract(sandbox: Sandbox, path: Path) -> ExtractedFile:
    return collect(path, sandbox.read(path, lambda members: {member.id for member in members}))
