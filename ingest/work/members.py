"""The records that reading one file yields, and how they are made from what an untrusted reader says.

A reader may have been taken over by the document that it reads, so every field is checked before it becomes a record.
Knows nothing of processes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import DOCUMENT_ERROR_CODES, DocumentError
from ingest.frames import FrameError, Message
from ingest.records import Heading, Page, PageSource, Problem

_ID = re.compile(r"[0-9a-f]{64}")
_SOURCES: tuple[PageSource, ...] = ("text", "ocr", "mixed")
_LONGEST_FACT = 20_000


@dataclass(frozen=True, slots=True)
class MemberInfo:
    """A document in a file: the file itself, or a member of it."""

    inside: str | None
    """Way to the member; None for the file itself."""
    id: str
    """The document, see `records.Document.id`."""
    media_type: str
    """What it is read as."""
    size: int
    """Bytes."""
    name: str
    """The file's or the member's name."""


@dataclass(frozen=True, slots=True)
class MemberOpened:
    """A document was found in the file."""

    member: MemberInfo
    """Which one."""


@dataclass(frozen=True, slots=True)
class MemberFailed:
    """A document cannot be read; forget what came of it, if anything."""

    inside: str | None
    """Way to the member; None for the file itself."""
    error: DocumentError
    """Why."""
    id: str | None = None
    """The document, where it had an identity."""


@dataclass(frozen=True, slots=True)
class DocumentBegan:
    """The pages of a document follow."""

    id: str
    """Which one."""


@dataclass(frozen=True, slots=True)
class FactsRead:
    """What a document says about itself; the last one counts."""

    id: str
    """The document."""
    title: str
    """Empty where it has none."""
    author: str
    """Author or sender, empty where unknown."""
    date: str
    """ISO 8601, as precise as known; empty where unknown."""
    language: str
    """ISO 639-1 as declared, empty where not."""
    page_count: int
    """0 while unknown."""
    metadata: dict[str, Any]
    """Texts and lists of texts."""


@dataclass(frozen=True, slots=True)
class PageRead:
    """A finished page, with what OCR read on it."""

    id: str
    """The document."""
    page: Page
    """The page."""


@dataclass(frozen=True, slots=True)
class ProblemFound:
    """A part of a document cannot be read."""

    id: str
    """The document."""
    problem: Problem
    """What and why; `inside` is left to who knows the places of the document."""


@dataclass(frozen=True, slots=True)
class DocumentEnded:
    """All that can be read of a document has come."""

    id: str
    """The document."""
    page_count: int
    """Pages that it has, readable or not."""


ReadEvent = MemberOpened | MemberFailed | DocumentBegan | FactsRead | PageRead | ProblemFound | DocumentEnded


@dataclass(frozen=True, slots=True)
class PictureOfPage:
    """A page that must be read by OCR."""

    number: int
    """Position in its document, from 1."""
    label: str
    """What a person calls it."""
    image: Path
    """The picture, in the private folder of its reader."""
    dpi: int
    """Its resolution, 0 where unknown."""
    text: str
    """The part of the text layer that is kept; the picture is white there."""
    headings: tuple[Heading, ...]
    """Headings in `text`."""


def first_pages(members: Sequence[MemberInfo], page_counts: dict[str, int]) -> list[int]:
    """Number in the file as a whole that page 1 of each member has: members count on in one row.

    Args:
        members: In the order of the file.
        page_counts: Pages of each document; one that failed counts none.
    """
    numbers, following = [], 1
    for member in members:
        numbers.append(following)
        following += page_counts.get(member.id, 0)
    return numbers


def member_of(message: Message) -> MemberInfo:
    """A "member" message.

    Raises:
        FrameError: A field is missing or of the wrong form; so it is for all functions below.
    """
    inside = _text(message, "inside") if message.get("inside") is not None else None
    size = _count(message, "size")
    return MemberInfo(inside, id_of(message), _text(message, "media_type"), size, _text(message, "name"))


def id_of(message: Message) -> str:
    """The document that a message is about."""
    document = _text(message, "id")
    if not _ID.fullmatch(document):
        raise FrameError("a document's id is malformed")
    return document


def error_of(message: Message) -> DocumentError:
    """An "error" message, or the `error` of an OCR worker."""
    return DocumentError(code_of(message), _text(message, "message"), _text(message, "hint", ""))


def code_of(message: Message) -> str:
    """The error code of a message."""
    code = _text(message, "code")
    if code not in DOCUMENT_ERROR_CODES:
        raise FrameError("an error code is unknown")
    return code


def problem_of(message: Message) -> Problem:
    """A "problem" message."""
    page = _count(message, "page") if message.get("page") is not None else None
    return Problem(page, code_of(message), _text(message, "message"))


def facts_of(message: Message) -> FactsRead:
    """A "facts" message."""
    title, author, date, language = (_text(message, key, "") for key in ("title", "author", "date", "language"))
    metadata = message.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise FrameError("metadata is no object")
    facts = {str(key): _fact(value) for key, value in metadata.items()}
    return FactsRead(id_of(message), title, author, date, language, _count(message, "page_count", 0), facts)


def page_of(message: Message) -> Page:
    """A "page" message."""
    text = _text(message, "text")
    source = message.get("source", "text")
    if source not in _SOURCES:
        raise FrameError("a page's source is unknown")
    return Page(_page_number(message), _text(message, "label"), text, source, headings=_headings(message, text))


def picture_of(message: Message, folder: Path) -> PictureOfPage:
    """An "image" message; the picture must be a plain file directly in the reader's folder."""
    image = folder / Path(_text(message, "image")).name
    if image.is_symlink() or not image.is_file():
        raise FrameError("a picture is no file in the reader's folder")
    text = _text(message, "text", "")
    number, label, dpi = _page_number(message), _text(message, "label"), _count(message, "dpi", 0)
    return PictureOfPage(number, label, image, dpi, text, _headings(message, text))


def _text(message: Message, key: str, default: str | None = None) -> str:
    value = message.get(key, default)
    if not isinstance(value, str):
        raise FrameError(f"{key} is no text")
    # Half of a surrogate pair cannot be stored; names alone may hold them, as escapes of undecodable bytes.
    return value if key in ("name", "inside", "image") else value.encode("utf-8", "replace").decode("utf-8")


def _count(message: Message, key: str, default: int | None = None) -> int:
    value = message.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise FrameError(f"{key} is no count")
    return value


def _page_number(message: Message) -> int:
    number = _count(message, "number")
    if number < 1:
        raise FrameError("a page number is below 1")
    return number


def _headings(message: Message, text: str) -> tuple[Heading, ...]:
    found = []
    for item in message.get("headings") or ():
        match item:
            case [int(start), int(end), int(level)] if 0 <= start < end <= len(text):
                found.append(Heading(start, end, level))
            case _:
                raise FrameError("a heading is malformed")
    return tuple(found)


def _fact(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(item)[:_LONGEST_FACT] for item in value]
    return str(value)[:_LONGEST_FACT]
