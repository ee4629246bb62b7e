"""What the catalog says of itself: small frozen records that are not documents or passages.

Knows nothing of SQL or files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FileState = Literal["pending", "indexed", "failed", "skipped"]
GenerationState = Literal["building", "current", "old"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the library holds."""

    documents: int
    """Documents that can be found now, members of containers among them."""
    passages: int
    """Passages that can be found now."""
    pending: int
    """Files seen and not yet read."""
    failed: int
    """Files, and members of files, that could not be read."""
    bytes: int
    """What the library takes on disk, without Chroma's folder."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One embedding model's vectors: a vector file and Chroma's folder."""

    key: int
    """Number of the generation, never used again."""
    state: GenerationState
    """Searches use the current one; one may be built beside it, and one that it replaced be kept."""
    model: str
    """Name of the embedding model."""
    fingerprint: str
    """Everything a vector depends on besides its text and the variant."""
    variant: str
    """How the model runs, such as "onnx-int8"."""
    dimensions: int
    """Length of a vector."""
    file: str
    """Name of the vector file in the library folder."""
    chroma: str
    """Name of Chroma's folder in the library folder."""
    rows: int
    """Rows handed out so far."""
    watermark: int
    """Chroma holds the rows below it."""
    boot_id: str
    """Boot of the machine under which Chroma was last opened; empty when never."""
    chroma_open: bool
    """Whether Chroma was opened and not closed in good order since."""


@dataclass(frozen=True, slots=True)
class LibraryMeta:
    """What a reader must know before it searches."""

    model: str
    """Name of the embedding model; empty before the first vector."""
    fingerprint: str
    """Fingerprint of the embedding model."""
    variant: str
    """Variant of the embedding model that every process must use."""
    dimensions: int
    """Length of a vector, 0 before the first."""
    languages: dict[str, int]
    """Published documents by language, "" where it is unknown."""
    roots: tuple[Path, ...]
    """Folders and files that the person added."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """What the catalog knows of a file."""

    path: Path
    """Absolute."""
    size: int
    """Bytes, when it was last read."""
    mtime_ns: int
    """Time of last change, when it was last read."""
    state: FileState
    """Pending: seen and not read yet, or changed since."""
    documents: int
    """Documents found in it."""
    code: str = ""
    """Error code where the whole file failed or was passed over."""
    reader: str = ""
    """Versions and options under which it was read."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file, a member or a page that could not be read."""

    path: Path
    """The file."""
    inside: str | None
    """Member inside the file, None for the file itself."""
    page: int | None
    """Page of the document, None where it concerns no single page."""
    code: str
    """One of `errors.DOCUMENT_ERROR_CODES`."""
    message: str
    """What happened, for a person."""
    hint: str
    """The remedy."""


@dataclass(frozen=True, slots=True)
class Todo:
    """A piece of work that some owner must finish."""

    key: int
    """Number, never used again."""
    kind: str
    """What is to be done."""
    payload: dict[str, object]
    """What the work needs to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found wrong, or that a repair did."""

    what: str
    """A stable word: "catalog", "spans", "vector", "words", "names", "location", ..."""
    detail: str
    """Where and how, without any document text."""
