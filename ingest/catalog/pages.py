"""Page texts and boxes, stored as they are finished, so that a long reading resumes at its page.

Pages lie under (document, pages key, number), where the pages key names reader version and options; those in force are the
ones under the key that the document was published with. Knows nothing of passages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from ingest.catalog import documents
from ingest.catalog.rows import (
    as_json,
    boxes_of,
    clean,
    headings_json,
    headings_of,
    packed,
    packed_boxes,
    ranges_of,
    unpacked,
)
from ingest.records import Page

_COLUMNS = "pages.number, label, text, source, confidence, headings, ocr_ranges"
_IN_FORCE = "documents JOIN pages ON pages.document = documents.key AND pages.pages_key = documents.pages_key"


def put(connection: sqlite3.Connection, document_id: str, page: Page, pages_key: str) -> None:
    """Store a page of a document that is being read; again replaces it."""
    connection.execute(
        "INSERT OR REPLACE INTO pages (document, pages_key, number, label, text, source, confidence, headings, ocr_ranges, boxes) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            documents.ensure(connection, document_id),
            pages_key,
            page.number,
            clean(page.label),
            packed(page.text),
            page.source,
            page.confidence,
            headings_json(page.headings),
            as_json(page.ocr_ranges),
            packed_boxes(page.boxes),
        ),
    )


def numbers(connection: sqlite3.Connection, document_id: str, pages_key: str) -> set[int]:
    """Pages that are stored under a pages key."""
    rows = connection.execute(
        "SELECT number FROM documents JOIN pages ON pages.document = documents.key "
        "WHERE documents.id = ? AND pages.pages_key = ?",
        (document_id, pages_key),
    )
    return {number for (number,) in rows}


def under(connection: sqlite3.Connection, document_id: str, pages_key: str) -> list[Page]:
    """Pages stored under a pages key, in order, without boxes."""
    rows = connection.execute(
        f"SELECT {_COLUMNS}, NULL FROM documents JOIN pages ON pages.document = documents.key "  # noqa: S608  # our own text
        "WHERE documents.id = ? AND pages.pages_key = ? ORDER BY number",
        (document_id, pages_key),
    )
    return [_page(row) for row in rows]


def latest_key(connection: sqlite3.Connection, document_id: str) -> str:
    """The pages key under which a page of a document was stored last; empty where none was."""
    row = connection.execute(
        "SELECT pages.pages_key FROM documents JOIN pages ON pages.document = documents.key "
        "WHERE documents.id = ? ORDER BY pages.key DESC LIMIT 1",
        (document_id,),
    ).fetchone()
    return str(row[0]) if row else ""


def keep_only(connection: sqlite3.Connection, document: int, pages_key: str) -> None:
    """Drop the pages of a document that were read in another way."""
    connection.execute("DELETE FROM pages WHERE document = ? AND pages_key != ?", (document, pages_key))


def get(connection: sqlite3.Connection, document_id: str, number: int, boxes: bool) -> Page | None:
    """A page in force; None where the document has no such page."""
    row = connection.execute(
        f"SELECT {_COLUMNS}, {'boxes' if boxes else 'NULL'} FROM {_IN_FORCE} "  # noqa: S608  # our own text
        "WHERE documents.id = ? AND pages.number = ?",
        (document_id, number),
    ).fetchone()
    return _page(row) if row else None


def in_force(connection: sqlite3.Connection, document_id: str) -> Iterator[Page]:
    """All pages in force, in order, without boxes."""
    rows = connection.execute(
        f"SELECT {_COLUMNS}, NULL FROM {_IN_FORCE} WHERE documents.id = ? ORDER BY pages.number",  # noqa: S608  # our own text
        (document_id,),
    ).fetchall()
    return map(_page, rows)


def _page(row: tuple[Any, ...]) -> Page:
    number, label, text, source, confidence, headings, ocr_ranges, boxes = row
    return Page(
        number,
        label,
        unpacked(text),
        source,
        confidence,
        headings_of(headings),
        ranges_of(ocr_ranges),
        boxes_of(boxes),
    )
