"""The nouns of the program: frozen records with a sentence under each field.

Knows nothing of where they are stored or how they were made. Offsets are in characters (Python code points) of
`Page.text`, half open; pages count from 1; times are seconds unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

PageSource = Literal["text", "ocr", "mixed"]
FoundBy = Literal["words", "meaning", "both"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What the walk of a folder saw of one file."""

    path: Path
    """Absolute, exactly as the file system has it (undecodable bytes as surrogate escapes)."""
    size: int
    """Bytes."""
    mtime_ns: int
    """Time of last change, nanoseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A stretch of a page's text that is a heading."""

    start: int
    """First character in `Page.text`."""
    end: int
    """One past the last character."""
    level: int
    """1 is the outermost."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a stretch of text stands on the picture of its page."""

    start: int
    """First character in `Page.text`."""
    end: int
    """One past the last character."""
    left: float
    """Fraction of the page's width, 0 at the left edge."""
    top: float
    """Fraction of the page's height, 0 at the top edge."""
    right: float
    """Fraction of the page's width."""
    bottom: float
    """Fraction of the page's height."""
    confidence: float
    """How sure the OCR was of this word, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document, as text."""

    number: int
    """Position in its document, from 1."""
    label: str
    """What a person calls it: "p. 3", "p. iv", "Sheet1 rows 1–40", "slide 5"."""
    text: str
    """Unicode NFC; lines end in a line feed, blocks are parted by an empty line."""
    source: PageSource = "text"
    """Born digital, read by OCR, or both."""
    confidence: float | None = None
    """Mean confidence of the OCRed words, 0 to 1; None where nothing was OCRed."""
    headings: tuple[Heading, ...] = ()
    """Headings in the order of the text."""
    ocr_ranges: tuple[tuple[int, int], ...] = ()
    """Character ranges that were read by OCR, when the page is mixed; empty otherwise."""
    boxes: tuple[Box, ...] = ()
    """Boxes of OCRed words in the order of the text; empty for born-digital text."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that could not be read, while other parts could."""

    page: int | None
    """Page of the document, None where it concerns no single page."""
    code: str
    """One of `errors.DOCUMENT_ERROR_CODES`."""
    message: str
    """What happened, for a person."""
    inside: str | None = None
    """The member of a container that it concerns, None for the file itself."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its bytes, read as one type, wherever they occur."""

    id: str
    """Hex sha256 over the media type, a zero byte and the bytes."""
    media_type: str
    """IANA media type found from the bytes."""
    title: str
    """The title found inside the document; empty where there is none (never the file's name)."""
    page_count: int
    """How many pages the document has, readable or not."""
    author: str = ""
    """Author or sender as the document names them; empty where unknown."""
    date: str = ""
    """The document's own date in ISO 8601, as precise as it is known; empty where unknown."""
    language: str = ""
    """ISO 639-1 code of the main language; empty where unknown."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """What the format carries: author, date, subject, from, to, attachments."""
    problems: tuple[Problem, ...] = ()
    """Pages that failed, and why."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place where a document is found: many places may hold one document."""

    document_id: str
    """The document."""
    path: Path
    """The file, absolute."""
    inside: str | None
    """Way to the member inside the file ("message-0017.eml/invoice.pdf"); None for the file itself."""
    first_page: int
    """Number that the document's page 1 has in the file as a whole, from 1."""


@dataclass(frozen=True, slots=True)
class Span:
    """The anchor of every citation: a stretch of one page's text."""

    page: int
    """Page of the document."""
    start: int
    """First character in `Page.text`."""
    end: int
    """One past the last character."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is searched: a few sentences under their headings."""

    id: str
    """Hash of document, reader version, reading options, chunker version and ordinal."""
    document_id: str
    """The document it is part of."""
    ordinal: int
    """Position in the document, from 0."""
    headings: tuple[str, ...]
    """Headings above it, outermost first, as found inside the document."""
    text: str
    """The page text at its spans, joined by a line feed."""
    spans: tuple[Span, ...]
    """Where it stands, in order; the first one names its page."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found for a question."""

    passage: Passage
    """What was found."""
    location: Location
    """Where a person finds it: inside the path asked for, otherwise the first by path."""
    page: int
    """Page of the file (not of the member) on which the passage begins."""
    label: str
    """What a person calls that page."""
    title: str
    """Title of the document, empty where it has none."""
    score: float
    """Higher is better; comparable within one question only."""
    found_by: FoundBy
    """Which of the two searches found it."""
    page_source: PageSource = "text"
    """How its page was read."""
    confidence: float | None = None
    """Confidence of the OCR of its page, 0 to 1; None for born-digital text."""
    other_versions: tuple[Location, ...] = ()
    """Where other versions of its document say nearly the same, the newest first; they are not hits of their own."""


@dataclass(frozen=True, slots=True)
class Started:
    """Indexing knows what there is to do."""

    files: int
    """Files that will be looked at."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file is being read; may be merged with later ones when the listener is slow."""

    path: Path
    """The file."""
    page: int
    """Pages finished so far."""
    pages: int | None
    """Pages in all, None while unknown."""
    done: int
    """Files finished so far in this run."""
    files: int
    """Files in this run."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document was read and can be found."""

    path: Path
    """The file."""
    inside: str | None
    """Member inside the file, None for the file itself."""
    pages: int
    """Pages read."""
    passages: int
    """Passages published."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file is as it was, or only its place changed."""

    path: Path
    """The file."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A file is gone and its documents no longer found there."""

    path: Path
    """The file."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file holds nothing that can be read here."""

    path: Path
    """The file."""
    inside: str | None
    """Member inside the file, None for the file itself."""
    code: str
    """`unsupported` or `empty`."""
    message: str
    """Why, for a person."""
    hint: str
    """What would help."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A file or a member of it could not be read."""

    path: Path
    """The file."""
    inside: str | None
    """Member inside the file, None for the file itself."""
    code: str
    """One of `errors.DOCUMENT_ERROR_CODES`."""
    message: str
    """What happened, for a person."""
    hint: str
    """The remedy."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Indexing waits."""

    reason: str
    """Why, in words."""


@dataclass(frozen=True, slots=True)
class Done:
    """Everything asked for can be found, through Chroma too."""

    indexed: int
    """Documents read in this run."""
    unchanged: int
    """Files that were as before."""
    removed: int
    """Files that are gone."""
    failed: int
    """Files or members that failed."""
    skipped: int
    """Files or members passed over."""
    passages: int
    """Passages published in this run."""
    seconds: float
    """Wall time of the run."""


IndexEvent = Started | Reading | Indexed | Unchanged | Removed | Skipped | Failed | Paused | Done
