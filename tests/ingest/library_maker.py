"""Makes small libraries for tests: documents from plain texts, vectors from a hash of the text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.library import Library
from ingest.records import Document, Location, Page, SourceFile, Span

DIMENSIONS = 16
READER = "reader 1"
PAGES = "pages 1"
FLAT = "The rent of the flats was 1,200 euros in March 2021."
CAR = "Our cars were repaired by a garage in Bonn."
BOAT = "A boat was sold to the harbour master."


@dataclass(frozen=True)
class Cut:
    ordinal: int
    headings: tuple[str, ...]
    text: str
    spans: tuple[Span, ...]


def template(title: str, headings: tuple[str, ...], text: str) -> str:
    return "\n".join((title, *headings, text))


def vector_of(text: str) -> NDArray[np.float32]:
    """A unit vector that depends on the text alone."""
    seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    vector = np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def embed(texts: list[str]) -> NDArray[np.float32]:
    return np.stack([vector_of(text) for text in texts])


def open_new(folder: Path) -> Library:
    library = Library.open(folder, write=True)
    library.set_generation("model", "fingerprint", "variant", DIMENSIONS)
    return library


def document_of(pages: Sequence[str], title: str = "", language: str = "en") -> Document:
    name = hashlib.sha256("\f".join((title, *pages)).encode("utf-8", "surrogatepass")).hexdigest()
    return Document(name, "text/plain", title, len(pages), language=language)


def cut(pages: Sequence[str], headings: tuple[str, ...] = ()) -> list[Cut]:
    """One passage a line."""
    cuts: list[Cut] = []
    for number, page in enumerate(pages, 1):
        start = 0
        for line in page.split("\n"):
            if line.strip():
                cuts.append(Cut(len(cuts), headings, line, (Span(number, start, start + len(line)),)))
            start += len(line) + 1
    return cuts


def publish(
    library: Library,
    pages: Sequence[str],
    title: str = "",
    headings: tuple[str, ...] = (),
    language: str = "en",
    reader: str = READER,
) -> Document:
    """Store pages and publish a document, without a place."""
    document = document_of(pages, title, language)
    for number, text in enumerate(pages, 1):
        library.store_page(document.id, Page(number, f"p. {number}", text), PAGES)
    cuts = cut(pages, headings)
    texts = [template(title, headings, part.text) for part in cuts]
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
    missing = library.missing_texts(keys)
    vectors = {key: vector_of(text) for key, text in zip(keys, texts, strict=True) if key in missing}
    library.publish(document, cuts, keys, vectors, reader, PAGES)
    return document


def place(library: Library, path: str | Path, *documents: Document) -> SourceFile:
    """Say that a file holds documents: itself when there is one, otherwise members."""
    source = SourceFile(Path(path), 1, 1)
    found, first = [], 1
    for number, document in enumerate(documents, 1):
        inside = None if len(documents) == 1 else f"member-{number}.txt"
        found.append(Location(document.id, source.path, inside, first))
        first += document.page_count
    library.set_locations(source, found, reader=READER)
    return source


def add(library: Library, path: str | Path, *pages: str, title: str = "", language: str = "en") -> Document:
    """Publish a document and place it in a file."""
    document = publish(library, pages, title, language=language)
    place(library, path, document)
    return document


def texts(library: Library, found: Sequence[tuple[int, float]]) -> list[str]:
    """Texts of found passages, in order."""
    known = library.passages([key for key, _ in found])
    return [known[key].text for key, _ in found]


def nearest(library: Library, text: str, limit: int = 5, within: Path | None = None) -> list[str]:
    """Texts of the passages nearest to one."""
    return texts(library, library.nearest(vector_of(template("", (), text)), limit, within))
