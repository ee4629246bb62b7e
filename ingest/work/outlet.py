"""What comes out of one file, in the order of its reader although pictures of pages take longer than text.

Also the judge of how a document ended: what was read of it stays, and nothing read is a failure. Knows nothing of
processes; OCR is a future to wait for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field

from ingest.errors import DocumentError, WorkerError
from ingest.records import Page, Problem
from ingest.work.members import (
    DocumentEnded,
    FactsRead,
    MemberFailed,
    MemberInfo,
    PageRead,
    ProblemFound,
    ReadEvent,
)

Recognized = tuple[Page | None, Problem | None]
"""A page that OCR read, as far as there is one, and what went wrong."""


@dataclass(slots=True, eq=False)
class Progress:
    """How far one document has come."""

    id: str
    """The document."""
    done: set[int]
    """Pages that are stored already or have been given out."""
    received: int = 0
    """Pages that the reader sent."""
    messages: int = 0
    """Messages of all kinds."""
    text_length: int = 0
    """Characters that it sent."""
    page_count: int = 0
    """Pages that the document has, as far as is known."""
    problems: list[Problem] = field(default_factory=list)
    """What went wrong so far."""


@dataclass(frozen=True, slots=True)
class _End:
    progress: Progress
    error: DocumentError | None


@dataclass(frozen=True, slots=True)
class _Page:
    progress: Progress
    page: Page | Future[Recognized]

    @property
    def waits(self) -> bool:
        return isinstance(self.page, Future) and not self.page.done()


class Outlet:
    """A queue of what was read of one file.

    Args:
        name: The file's name, for messages.
    """

    def __init__(self, name: str) -> None:
        self.members: list[MemberInfo] = []
        self.failed_members = 0
        self._name = name
        self._queue: deque[ReadEvent | _Page | _End] = deque()

    def put(self, event: ReadEvent) -> None:
        """Queue an event."""
        self._queue.append(event)

    def put_facts(self, progress: Progress, facts: FactsRead) -> None:
        """Queue what a document says about itself."""
        progress.page_count = max(progress.page_count, facts.page_count)
        self._queue.append(facts)

    def put_page(self, progress: Progress, page: Page | Future[Recognized]) -> None:
        """Queue a page, or the promise of one."""
        self._queue.append(_Page(progress, page))

    def put_problem(self, progress: Progress, problem: Problem) -> None:
        """Queue a problem, once."""
        if problem not in progress.problems:
            progress.problems.append(problem)
            self._queue.append(ProblemFound(progress.id, problem))

    def put_end(self, progress: Progress, error: DocumentError | None) -> None:
        """Queue a document's end, and the error that ended it."""
        self._queue.append(_End(progress, error))

    def take(self, ahead: int) -> Iterator[ReadEvent]:
        """Give out what is ready, waiting for OCR only while more than `ahead` pictures wait.

        Raises:
            DocumentError: The only document of the file cannot be read.
            WorkerError: OCR was closed.
        """
        while self._queue:
            head = self._queue[0]
            if isinstance(head, _Page) and head.waits:
                if sum(isinstance(item, _Page) and item.waits for item in self._queue) <= ahead:
                    return
                _wait_for(head.page)
            self._queue.popleft()
            if isinstance(head, _Page):
                yield from self._page(head)
            elif isinstance(head, _End):
                yield self._end(head)
            else:
                yield head

    def drop(self) -> None:
        """Forget what is queued; pictures that OCR has not begun are not read."""
        for item in self._queue:
            if isinstance(item, _Page) and isinstance(item.page, Future):
                item.page.cancel()
        self._queue.clear()

    def _page(self, item: _Page) -> Iterator[ReadEvent]:
        page, problem = _result(item.page)
        if page is not None:
            item.progress.done.add(page.number)
            yield PageRead(item.progress.id, page)
        if problem is not None:
            item.progress.problems.append(problem)
            yield ProblemFound(item.progress.id, problem)

    def _end(self, end: _End) -> ReadEvent:
        progress, error = end.progress, end.error
        if progress.done:
            if error is not None:
                message = f"reading ended after {len(progress.done)} pages: {error.message}"
                self._queue.appendleft(_End(progress, None))
                return ProblemFound(progress.id, Problem(None, error.code, message))
            return DocumentEnded(progress.id, progress.page_count)
        if error is None and progress.problems:
            error = DocumentError(progress.problems[0].code, progress.problems[0].message)
        if error is None and self._is_container(progress.id):
            return DocumentEnded(progress.id, progress.page_count)
        error = error or DocumentError("empty", f"{self._name}: no text was found")
        if len(self.members) + self.failed_members <= 1:
            raise error
        return MemberFailed(self._inside(progress.id), error, progress.id)

    def _inside(self, document: str) -> str | None:
        return next(each.inside for each in self.members if each.id == document)

    def _is_container(self, document: str) -> bool:
        """Whether others lie in a document: it may well have no text of its own."""
        inside = self._inside(document)
        if inside is None:
            return len(self.members) + self.failed_members > 1
        return any(each.inside is not None and each.inside.startswith(f"{inside}/") for each in self.members)


def _wait_for(page: Page | Future[Recognized]) -> None:
    if isinstance(page, Future):
        with suppress(CancelledError, WorkerError):
            page.exception()


def _result(page: Page | Future[Recognized]) -> Recognized:
    if isinstance(page, Page):
        return page, None
    try:
        return page.result()
    except CancelledError as error:
        raise WorkerError("reading was ended", "Start it again.", "killed") from error
