"""One file, from the first message of its reader to the last.

The reader names the documents in the file and sends the pages of those that are wanted; pages that are pictures go to
OCR, several at a time, and everything comes out in the reader's order. When a document crashes its reader, what was
read of it stays, and another reader goes on with the documents behind it. Knows nothing of what becomes of the pages.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from ingest.errors import DocumentError, WorkerError
from ingest.frames import FrameError, Message
from ingest.work import members as m
from ingest.work import scratch
from ingest.work.outlet import Outlet, Progress
from ingest.work.recognition import Recognition
from ingest.work.worker import HINT, Worker

BLAMED = ("crashed", "timeout", "out_of_memory")
"""Codes of worker errors that are the document's fault."""
MAX_CRASHES = 10
"""Documents of one file that may crash their reader before the rest is given up."""
MAX_LOST = 3
"""How often a file is begun again because somebody killed the warden."""
MAX_MEMBERS = 250_000
"""Documents that a reader may name in one file: it keeps a lower limit by itself, unless it was taken over."""
MESSAGES_A_PAGE = 3
"""Messages that a reader may send of a document, for each page that it may have: a page, a problem, facts."""
IDS_A_REQUEST = 4_000
"""Documents asked for at once: their ids must fit into a frame."""
PICTURES_AHEAD = 2
"""Pictures that may wait for OCR, for each OCR worker: a page at 300 dpi takes megabytes of disk."""

Wanted = Callable[[list[m.MemberInfo]], set[str]]
Stored = Callable[[str], set[int]]


class Readers(Protocol):
    """Where readers come from."""

    def take(self) -> Worker:
        """A reader that lives."""

    def give_back(self, reader: Worker) -> None:
        """A reader that is done with its file."""


def open_file(path: Path, max_file_mb: int | None = None) -> int:
    """Open a file to hand it to a reader; never waits, as opening a pipe would.

    Raises:
        DocumentError: `unreadable` or `too_large`.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    except FileNotFoundError as error:
        raise DocumentError("unreadable", f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise _folder(path) from error
    except OSError as error:
        raise DocumentError("unreadable", f"{path}: {error.strerror}") from error
    status = os.fstat(descriptor)
    problem: DocumentError | None = None
    if stat.S_ISDIR(status.st_mode):
        problem = _folder(path)
    elif not stat.S_ISREG(status.st_mode):
        problem = DocumentError("unreadable", f"{path}: not an ordinary file")
    elif max_file_mb is not None and status.st_size > max_file_mb << 20:
        problem = DocumentError("too_large", f"{path}: {status.st_size >> 20} MB, more than {max_file_mb} MB")
    if problem is not None:
        os.close(descriptor)
        raise problem
    return descriptor


def _folder(path: Path) -> DocumentError:
    return DocumentError("unreadable", f"{path}: a folder", "Name the files in it, or index it: `assistant index`.")


class FileReading:
    """Reads one file; `events` may be called once.

    Args:
        path: The file, for its name.
        descriptor: The file, open for reading; stays the caller's.
        options: The `[reading]` section.
        readers: Where readers come from.
        recognition: OCR.
        wanted: Says which documents of the file to read.
        stored: Says which pages of a document need not be read again.
    """

    def __init__(
        self,
        path: Path,
        descriptor: int,
        options: dict[str, Any],
        readers: Readers,
        recognition: Recognition,
        wanted: Wanted,
        stored: Stored,
    ) -> None:
        self._path = path
        self._descriptor = descriptor
        self._options = options
        self._readers = readers
        self._recognition = recognition
        self._wanted = wanted
        self._stored = stored
        self._reader: Worker | None = None
        self._folder = Path()
        self._copy: Path | None = None
        self._outlet = Outlet(path.name)
        self._remaining: deque[str] = deque()
        self._current: Progress | None = None
        self._crashes = 0
        self._lost = 0
        self._again = False

    def events(self) -> Iterator[m.ReadEvent]:
        """What `Sandbox.read` yields; closing it early ends the reader."""
        try:
            yield from self._find_members()
            members = self._outlet.members
            wanted = self._wanted(list(members))
            self._remaining.extend(dict.fromkeys(each.id for each in members if each.id in wanted))
            while self._remaining:
                try:
                    yield from self._read()
                except WorkerError as error:
                    yield from self._after(error)
            self._finish()
        finally:
            self._outlet.drop()
            self._abandon()

    def _find_members(self) -> Iterator[m.ReadEvent]:
        while True:
            try:
                _, events = self._open()
            except WorkerError as error:
                self._abandon()
                if not self._try_again(error):
                    raise _fault(error) from error
            else:
                break
        self._outlet.members = [event.member for event in events if isinstance(event, m.MemberOpened)]
        self._outlet.failed_members = len(events) - len(self._outlet.members)
        yield from events

    def _open(self) -> tuple[Worker, list[m.ReadEvent]]:
        """Hand the file to a reader and take in what it finds in it."""
        reader = self._reader = self._readers.take()
        self._folder = scratch.make_folder(reader.folder, f"file-{os.urandom(4).hex()}")
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        self._copy = reader.next_file()
        request = {
            "op": "open",
            "path": str(self._copy or self._path),
            "name": self._path.name,
            "options": self._options,
            "folder": str(self._folder),
        }
        reader.send(request, file=self._descriptor if self._copy else None)
        events: list[m.ReadEvent] = []
        while (message := _receive(reader))["is"] != "opened":
            with _checked():
                events.append(self._opened(message))
                if len(events) > MAX_MEMBERS:
                    raise FrameError("too many members")
        return reader, events

    def _opened(self, message: Message) -> m.ReadEvent:
        if message["is"] == "member":
            return m.MemberOpened(m.member_of(message))
        if message["is"] != "error":
            raise FrameError(f"{message['is']} while opening a file")
        error = m.error_of(message)
        if message.get("inside") is None:
            self._finish()
            raise error
        return m.MemberFailed(str(message["inside"]), error)

    def _read(self) -> Iterator[m.ReadEvent]:
        """Ask for the next documents and give out what comes."""
        reader = self._reader or self._open()[0]
        reader.send({"op": "read", "ids": list(islice(self._remaining, IDS_A_REQUEST))})
        while (message := _receive(reader))["is"] != "done":
            with _checked():
                self._take(message)
            yield from self._outlet.take(PICTURES_AHEAD * self._recognition.parallel)
        yield from self._outlet.take(0)

    def _take(self, message: Message) -> None:
        """Queue what one message says of a document."""
        document, kind = m.id_of(message), message["is"]
        if not self._remaining or document != self._remaining[0]:
            raise FrameError("a document that was not asked for")
        if kind == "begin":
            self._begin(document)
        elif kind == "error":
            self._end(m.error_of(message))
        elif self._current is None:
            raise FrameError(f"{kind} before the document begins")
        elif kind == "end":
            self._end(None)
        else:
            self._take_part(self._current, kind, message)

    def _take_part(self, progress: Progress, kind: str, message: Message) -> None:
        progress.messages += 1
        if progress.messages > MESSAGES_A_PAGE * self._options["max_pages"]:
            raise FrameError("too many messages")
        if kind == "facts":
            self._outlet.put_facts(progress, m.facts_of(message))
        elif kind == "problem":
            self._outlet.put_problem(progress, m.problem_of(message))
        elif kind == "page":
            page = m.page_of(message)
            self._count(progress, page.number, page.text)
            if page.number not in progress.done:
                self._outlet.put_page(progress, page)
        elif kind == "image":
            picture = m.picture_of(message, self._folder)
            self._count(progress, picture.number, picture.text)
            if picture.number in progress.done:
                picture.image.unlink(missing_ok=True)
            else:
                self._outlet.put_page(progress, self._recognition.submit(picture))
        else:
            raise FrameError(f"{kind} while reading a document")

    def _begin(self, document: str) -> None:
        if self._current is None:
            self._current = Progress(document, set(self._stored(document)))
            self._outlet.put(m.DocumentBegan(document))
        elif self._again:  # because the warden was lost, or the reader let go, in the middle of it
            self._again = False
            self._current.received = self._current.text_length = self._current.messages = 0
        else:
            raise FrameError("a document that begins twice")

    def _count(self, progress: Progress, number: int, text: str) -> None:
        """Count a page; the reader keeps the limits by itself, unless it was taken over."""
        progress.received += 1
        progress.page_count = max(progress.page_count, number)
        progress.text_length += len(text)
        if progress.received > self._options["max_pages"] or progress.text_length > self._options["max_text_mb"] << 20:
            raise FrameError("more pages or text than the limits allow")

    def _end(self, error: DocumentError | None) -> None:
        document = self._remaining.popleft()
        self._outlet.put_end(self._current or Progress(document, set()), error)
        self._current = None

    def _after(self, error: WorkerError) -> Iterator[m.ReadEvent]:
        """Give out what came before a reader ended, and blame the document that it was reading."""
        if self._reader is not None:
            self._reader.kill()
        yield from self._outlet.take(0)  # pictures among it lie in the reader's folder
        self._abandon()
        if self._try_again(error):
            return
        fault = _fault(error)
        self._crashes += 1
        for _ in range(1 if self._crashes < MAX_CRASHES else len(self._remaining)):
            self._end(fault)
        yield from self._outlet.take(0)

    def _try_again(self, error: WorkerError) -> bool:
        self._lost += error.code == "lost"
        self._again = error.code == "let_go" or (error.code == "lost" and self._lost <= MAX_LOST)
        return self._again

    def _finish(self) -> None:
        """Give the reader back, ready for another file."""
        reader, self._reader = self._reader, None
        if reader is None:
            return
        try:
            reader.send({"op": "close"})
        except WorkerError:
            reader.end()
            return
        scratch.remove(self._folder)
        if self._copy is not None:
            self._copy.unlink(missing_ok=True)
        self._readers.give_back(reader)

    def _abandon(self) -> None:
        """End a reader that is in the middle of something."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.end()


def _receive(reader: Worker) -> Message:
    header, _ = reader.receive()
    return {**header, "is": str(header.get("is"))}


@contextmanager
def _checked() -> Iterator[None]:
    """A malformed message ends a reader as a crash does."""
    try:
        yield
    except FrameError as error:
        raise WorkerError(f"the process broke its protocol: {error}", HINT, "crashed") from error


def _fault(error: WorkerError) -> DocumentError:
    """A worker's end as the document's fault.

    Raises:
        WorkerError: It is not the document's fault.
    """
    if error.code not in BLAMED:
        raise error
    return DocumentError(error.code, f"its reader: {error.message}")
