"""One file as `assistant extract` prints it: all its pages in one row, put together from what the sandbox yields.

Knows nothing of processes and nothing of JSON.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ingest.dating import own_date
from ingest.errors import DocumentError
from ingest.records import Page, PageSource, Problem
from ingest.text import detect_language
from ingest.work import members as m

Status = Literal["ok", "failed", "skipped"]
LANGUAGE_CHARACTERS = 5_000
"""As much of a document's beginning as its language and date are told from."""


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    """A page of the file or of a member."""

    number: int
    """Position in the file as a whole, from 1: the pages of members count on."""
    label: str
    """What a person calls it."""
    inside: str | None
    """Way to the member; None for the file itself."""
    text: str
    """Unicode NFC."""
    source: PageSource
    """Born digital, read by OCR, or both."""
    confidence: float | None
    """Of the OCR, 0 to 1; None for born-digital text."""


@dataclass(frozen=True, slots=True)
class ExtractedFile:
    """What was read of one file."""

    path: Path
    """The file, absolute."""
    media_type: str
    """What it was read as; empty where that was not found out."""
    title: str
    """Title found inside; empty where there is none."""
    status: Status
    """Of a file of which any page could be read: ok."""
    error: DocumentError | None
    """Why nothing could be read."""
    pages: list[ExtractedPage]
    """In the order of the file, its members behind its own."""
    problems: list[Problem]
    """What could not be read; pages are numbers in the file as a whole."""
    metadata: dict[str, Any]
    """What the file itself carries: author, date, subject, from, to, attachments."""
    seconds: float
    """Time from its first message to the last."""


@dataclass(slots=True)
class _Parts:
    """What came of one file so far."""

    members: list[m.MemberInfo] = field(default_factory=list)
    failures: list[m.MemberFailed] = field(default_factory=list)
    facts: dict[str, m.FactsRead] = field(default_factory=dict)
    pages: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))
    problems: dict[str, list[Problem]] = field(default_factory=lambda: defaultdict(list))
    page_counts: dict[str, int] = field(default_factory=dict)

    def take(self, event: m.ReadEvent) -> None:
        """Add one event."""
        match event:
            case m.MemberOpened(member):
                self.members.append(member)
            case m.MemberFailed():
                self.failures.append(event)
                if event.id is not None:
                    self.pages.pop(event.id, None)
                    self.problems.pop(event.id, None)
            case m.FactsRead(id=document):
                self.facts[document] = event
            case m.PageRead(id=document, page=page):
                self.pages[document].append(page)
            case m.ProblemFound(id=document, problem=problem):
                self.problems[document].append(problem)
            case m.DocumentEnded(id=document, page_count=count):
                self.page_counts[document] = count
            case m.DocumentBegan():
                pass


def collect(path: Path, events: Iterator[m.ReadEvent]) -> ExtractedFile:
    """Read a file to its end.

    Args:
        path: The file.
        events: What `Sandbox.read` yields for it.
    """
    begun = time.monotonic()
    parts, error = _Parts(), None
    try:
        for event in events:
            parts.take(event)
    except DocumentError as failure:
        error = failure
    pages, problems = _in_one_row(parts)
    if error is None and not pages:
        error = _why_nothing(path, parts, problems)
    status: Status = "ok" if error is None else "skipped" if error.skipped else "failed"
    own = next((member for member in parts.members if member.inside is None), None)
    facts = parts.facts.get(own.id) if own else None
    return ExtractedFile(
        path=path.absolute(),
        media_type=own.media_type if own else "",
        title=facts.title if facts else "",
        status=status,
        error=error,
        pages=pages if error is None else [],
        problems=problems,
        metadata=_metadata(own, facts, parts),
        seconds=time.monotonic() - begun,
    )


def _in_one_row(parts: _Parts) -> tuple[list[ExtractedPage], list[Problem]]:
    """Pages and problems with the numbers and places that they have in the file as a whole."""
    pages: list[ExtractedPage] = []
    problems: list[Problem] = []
    for member, first in zip(parts.members, m.first_pages(parts.members, parts.page_counts), strict=True):
        before, inside = first - 1, member.inside
        pages += [
            ExtractedPage(before + page.number, page.label, inside, page.text, page.source, page.confidence)
            for page in parts.pages.get(member.id, ())
        ]
        problems += [
            replace(problem, inside=inside, page=None if problem.page is None else before + problem.page)
            for problem in parts.problems.get(member.id, ())
        ]
    problems += [Problem(None, each.error.code, each.error.message, each.inside) for each in parts.failures]
    return pages, problems


def _why_nothing(path: Path, parts: _Parts, problems: list[Problem]) -> DocumentError:
    """The error of a file without pages: the gravest that befell what is in it."""
    failures = sorted((each.error for each in parts.failures), key=lambda error: error.skipped)
    if failures:
        return failures[0]
    if problems:
        return DocumentError(problems[0].code, problems[0].message)
    return DocumentError("empty", f"{path.name}: no text was found")


def _metadata(own: m.MemberInfo | None, facts: m.FactsRead | None, parts: _Parts) -> dict[str, Any]:
    """What the file says of itself; its date is the one that a library would keep."""
    if own is None or facts is None:
        return {}
    head = next((page.text[:LANGUAGE_CHARACTERS] for page in parts.pages.get(own.id, ())), "")
    date = own_date(own.media_type, facts.date, head, facts.language or detect_language(head))
    found = {"author": facts.author, **facts.metadata}
    if date.source != "mail":
        found["date"] = date.iso
    found["date_source"] = date.source
    return {key: value for key, value in found.items() if value}
