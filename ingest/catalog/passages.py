"""Passages: spans of pages, whose text is rebuilt from the pages whenever it is asked for.

So text is stored once, and a passage cannot differ from what its page says. Knows nothing of places and scores.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.catalog import words
from ingest.catalog.rows import as_json, unpacked
from ingest.records import PageSource, Passage, Span

CACHED_CHARACTERS = 8_000_000
"""Page text kept unpacked: the pages of some thousand passages, about 16 MB."""


class ChunkLike(Protocol):
    """What the chunker makes of pages."""

    @property
    def ordinal(self) -> int:
        """Position in the document, from 0."""

    @property
    def headings(self) -> tuple[str, ...]:
        """Headings above it, outermost first."""

    @property
    def text(self) -> str:
        """Page text at the spans, joined by a line feed."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where it stands."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a hit shows of its page."""

    label: str
    """What a person calls it."""
    source: PageSource
    """How it was read."""
    confidence: float | None
    """Confidence of its OCR, 0 to 1."""
    text: str
    """Its text."""


class PageCache:
    """Unpacked pages, the latest used; safe to share between threads."""

    def __init__(self, characters: int = CACHED_CHARACTERS) -> None:
        self._limit = characters
        self._held = 0
        self._pages: OrderedDict[int, PageFacts] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, row: int) -> PageFacts | None:
        """A page by its key."""
        with self._lock:
            page = self._pages.get(row)
            if page is not None:
                self._pages.move_to_end(row)
            return page

    def put(self, row: int, page: PageFacts) -> None:
        """Keep a page, dropping those used longest ago."""
        with self._lock:
            if row in self._pages:
                return
            self._pages[row] = page
            self._held += len(page.text)
            while self._held > self._limit and len(self._pages) > 1:
                self._held -= len(self._pages.popitem(last=False)[1].text)

    def clear(self) -> None:
        """Let go of all pages."""
        with self._lock:
            self._pages.clear()
            self._held = 0


def passage_id(document_id: str, reader: str, ordinal: int) -> str:
    """Id of a passage: a hash of its document, of all versions and options, and of its position."""
    return hashlib.sha256(f"{document_id}\0{reader}\0{ordinal}".encode()).hexdigest()[:32]


def replace(
    connection: sqlite3.Connection,
    document: int,
    facts: tuple[str, str, str, str],
    chunks: Sequence[ChunkLike],
    keys: Sequence[bytes],
) -> None:
    """Put a document's passages and their words in place of what it had.

    Args:
        connection: Inside a transaction.
        document: Key of the document.
        facts: Its id, reader, title and language.
        chunks: Its passages in order.
        keys: For each, the hash of the text that is embedded.
    """
    document_id, reader, title, language = facts
    connection.execute("DELETE FROM passages WHERE document = ?", (document,))
    for chunk, text_key in zip(chunks, keys, strict=True):
        text_stems, heading_stems = words.indexed(chunk.text, chunk.headings, title, language)
        key = connection.execute(
            "INSERT INTO passages (id, document, ordinal, headings, spans, text_key, length) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                passage_id(document_id, reader, chunk.ordinal),
                document,
                chunk.ordinal,
                as_json(chunk.headings),
                as_json([[span.page, span.start, span.end] for span in chunk.spans]),
                text_key,
                words.length(text_stems, heading_stems),
            ),
        ).lastrowid
        connection.execute(
            "INSERT INTO words (rowid, text, headings) VALUES (?, ?, ?)",
            (key, text_stems, heading_stems),
        )


def fetch(
    connection: sqlite3.Connection, keys: Iterable[int], cache: PageCache
) -> dict[int, tuple[Passage, PageFacts]]:
    """Passages by key, each with the page on which it begins; keys that are no more are left out.

    Raises:
        LibraryError: A page is damaged.
    """
    rows = connection.execute(
        "SELECT passages.key, passages.id, documents.id, ordinal, headings, spans, documents.key, pages_key "
        "FROM json_each(?) AS asked CROSS JOIN passages ON passages.key = asked.value "
        "CROSS JOIN documents ON documents.key = passages.document",
        (as_json(list(keys)),),
    ).fetchall()
    found: dict[int, tuple[Passage, PageFacts]] = {}
    for key, id_, document_id, ordinal, headings, spans_json, document, pages_key in rows:
        spans = tuple(Span(*span) for span in json.loads(spans_json))
        pages = {
            number: _page(connection, document, pages_key, number, cache) for number in {span.page for span in spans}
        }
        first = pages[spans[0].page] if spans else None
        if first is None or any(page is None for page in pages.values()):
            continue
        text = "\n".join(page.text[span.start : span.end] for span in spans if (page := pages[span.page]))
        found[key] = (Passage(id_, document_id, ordinal, tuple(json.loads(headings)), text, spans), first)
    return found


def _page(
    connection: sqlite3.Connection, document: int, pages_key: str, number: int, cache: PageCache
) -> PageFacts | None:
    """A page, unpacked; its key is never given to another text."""
    row = connection.execute(
        "SELECT key FROM pages WHERE document = ? AND pages_key = ? AND number = ?", (document, pages_key, number)
    ).fetchone()
    if row is None:
        return None
    page = cache.get(row[0])
    if page is None:
        values = connection.execute(
            "SELECT label, source, confidence, text FROM pages WHERE key = ?", (row[0],)
        ).fetchone()
        if values is None:
            return None
        label, source, confidence, text = values
        page = PageFacts(label, source, confidence, unpacked(text))
        cache.put(row[0], page)
    return page


def key_at(connection: sqlite3.Connection, document_id: str, ordinal: int) -> int | None:
    """Key of the passage at a position of a published document."""
    row = connection.execute(
        "SELECT passages.key FROM documents JOIN passages ON document = documents.key "
        "WHERE documents.id = ? AND documents.state = 'published' AND ordinal = ?",
        (document_id, ordinal),
    ).fetchone()
    return int(row[0]) if row else None
