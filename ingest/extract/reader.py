"""The seam between a file's bytes and its pages: what a reader is given and what it yields.

A reader is a module (or object) with `read`; a container has `members` too. Each yields as it goes, so that a long
document can be stored page by page. Knows nothing of processes, OCR or the library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Protocol

from ingest.errors import DocumentError
from ingest.records import Heading, Page, Problem

MAX_WHOLE_BYTES = 128 << 20
"""Largest file that is held in memory as one piece: with its parsed form it stays below a reader's memory cap."""
UNPACKED_BYTES = 2 << 30
"""Most that is unpacked from one file, whatever the ratio, so that a temporary folder does not fill up."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The `[reading]` section of the configuration."""

    ocr: bool = True
    """Whether pages without usable text are given out as pictures."""
    ocr_languages: str = "auto"
    """Tesseract's languages, or "auto"."""
    ocr_dpi: int = 300
    """Resolution of the pictures, dots per inch."""
    memory_mb: int = 450
    """Memory cap of a reader, megabytes; kept by who runs it."""
    page_cpu_seconds: int = 20
    """CPU seconds without a finished page before a file is given up; kept by who runs the reader."""
    max_pages: int = 50_000
    """Pages read from one file."""
    max_text_mb: int = 1_000
    """Megabytes of text read from one file."""
    max_archive_ratio: int = 200
    """How many times larger than its packed form the content of an archive may be."""
    max_depth: int = 5
    """Containers opened inside one another."""
    parallel: int = 0
    """Files read at the same time; of no meaning to a reader."""

    @classmethod
    def from_config(cls, section: Mapping[str, Any]) -> ReadOptions:
        """The options of a configuration section or of `as_json`; unknown keys are passed over."""
        known = {item.name for item in fields(cls)}
        return cls(**{key: value for key, value in section.items() if key in known})

    def as_json(self) -> dict[str, Any]:
        """The options as a JSON object."""
        return asdict(self)


class Room:
    """What may still be unpacked from one file, over all the containers in it.

    Args:
        allowed: Bytes that may be unpacked in all.
    """

    def __init__(self, allowed: int) -> None:
        self.left = allowed

    def take(self, size: int) -> None:
        """Count bytes as they are unpacked, before they are kept.

        Raises:
            DocumentError: `too_large` when the file has used up its room.
        """
        self.left -= size
        if self.left < 0:
            raise DocumentError("too_large", "what is packed in this file unpacks to more than is allowed")


@dataclass(frozen=True, slots=True)
class Source:
    """One document to be read: a file, or a member of one unpacked to a file."""

    path: Path
    """Where its bytes lie."""
    name: str
    """What it is called: the file's name, or the member's."""
    media_type: str
    """As `sniff` found it."""
    folder: Path
    """Private temporary folder; nothing is written elsewhere."""
    options: ReadOptions = field(default_factory=ReadOptions)
    """Limits and OCR settings."""
    room: Room = field(default_factory=lambda: Room(UNPACKED_BYTES))
    """What may still be unpacked."""

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def bytes(self) -> bytes:
        """The whole content.

        Raises:
            DocumentError: `too_large` beyond `MAX_WHOLE_BYTES`.
        """
        if self.size > MAX_WHOLE_BYTES:
            raise DocumentError("too_large", f"{self.name}: {self.size >> 20} MB in one piece is more than can be held")
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the document says about itself; the last one that is yielded counts."""

    title: str = ""
    """Found inside the document, never the file's name."""
    author: str = ""
    """Author or sender."""
    date: str = ""
    """The document's own date, ISO 8601, as precise as it is known."""
    language: str = ""
    """ISO 639-1 where the document declares it."""
    page_count: int = 0
    """Pages the document has, readable or not; 0 while unknown."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """What the format carries: author, date, subject, from, to, attachments."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page that must be read by OCR."""

    number: int
    """Position in its document, from 1."""
    label: str
    """What a person calls the page."""
    image: Path
    """PNG in shades of grey in the source's folder; who reads it removes it."""
    dpi: int
    """Its resolution in dots per inch, 0 where unknown."""
    text: str = ""
    """The part of the text layer that is kept; the picture is white where it stands. Empty: OCR is all there is."""
    headings: tuple[Heading, ...] = ()
    """Headings in `text`."""


@dataclass(frozen=True, slots=True)
class Member:
    """A document inside a container."""

    name: str
    """As the container has it, with "/" between folders."""
    data: bytes | Path
    """Its content, or a file in the source's folder that holds it."""
    media_type: str = ""
    """What the container says it is; a hint only."""


Yielded = Facts | Page | PageImage | Problem


class Reader(Protocol):
    """Turns one document into pages."""

    def read(self, source: Source, /) -> Iterator[Yielded]:
        """Yield facts first, then pages in order.

        Raises:
            DocumentError: The document cannot be read, or not further.
        """


class Container(Reader, Protocol):
    """A reader of documents that hold others."""

    def members(self, source: Source, /) -> Iterator[Member | Problem]:
        """Yield the members in their order; a `Problem` for one that cannot be unpacked.

        Raises:
            DocumentError: The container cannot be opened.
        """
