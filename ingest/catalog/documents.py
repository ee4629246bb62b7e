"""Documents and their states: being read, published, purged.

Knows nothing of files and places but that a document without a place is not found.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ingest.catalog.filters import FOUND
from ingest.catalog.rows import as_json, clean, path_bytes, problems_json, problems_of
from ingest.records import Document

_OUTDATED = "-again"
"""Ends the key of pages in force that no new reading takes over."""
_LACKS_OCR = "SELECT 1 FROM documents WHERE key = ? AND problems LIKE '%\"no_ocr\"%'"
_COLUMNS = "documents.id, media_type, title, page_count, author, date, language, metadata, problems"


def key_of(connection: sqlite3.Connection, document_id: str) -> int | None:
    """Key of a document in any state."""
    row = connection.execute("SELECT key FROM documents WHERE id = ?", (document_id,)).fetchone()
    return int(row[0]) if row else None


def ensure(connection: sqlite3.Connection, document_id: str) -> int:
    """Key of a document, made in the state of being read where it is new."""
    connection.execute("INSERT OR IGNORE INTO documents (id, state) VALUES (?, 'reading')", (document_id,))
    key = key_of(connection, document_id)
    if key is None:
        raise ValueError(f"no such document: {document_id}")
    return key


def get(connection: sqlite3.Connection, document_id: str) -> Document | None:
    """A published document."""
    return many(connection, [document_id]).get(document_id)


def many(connection: sqlite3.Connection, document_ids: Iterable[str]) -> dict[str, Document]:
    """Published documents by id."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM json_each(?) AS asked CROSS JOIN documents ON documents.id = asked.value "  # noqa: S608  # our own text
        "WHERE state = 'published'",
        (as_json(list(document_ids)),),
    )
    return {row[0]: _document(row) for row in rows}


def _document(row: tuple[Any, ...]) -> Document:
    id_, media_type, title, page_count, author, date, language, metadata, problems = row
    facts = json.loads(metadata)
    return Document(id_, media_type, title, page_count, author, date, language, facts, problems_of(problems))


def known(connection: sqlite3.Connection, document_ids: Iterable[str], reader: str) -> set[str]:
    """Which documents are published with what `reader` names, whether they have a place or not."""
    rows = connection.execute(
        "SELECT documents.id FROM json_each(?) AS asked CROSS JOIN documents ON documents.id = asked.value "
        "WHERE documents.state = 'published' AND reader = ?",
        (as_json(list(document_ids)), reader),
    )
    return {document for (document,) in rows}


def mark_incomplete_unknown(connection: sqlite3.Connection, paths: Iterable[Path]) -> None:
    """Have documents of which something could not be read be read again when their files are; they are found until then.

    Where OCR lacked something, no page that is stored stands for a new one: it may have been read in a wrong language.
    """
    at_path = "SELECT document FROM locations JOIN files ON files.key = file WHERE files.path = ?"
    keys = dict.fromkeys(row for path in paths for row in connection.execute(at_path, (path_bytes(path),)))
    connection.executemany("UPDATE documents SET reader = '' WHERE problems != '[]' AND key = ?", keys)
    lacking = [key for key in keys if connection.execute(_LACKS_OCR, key).fetchone()]
    for update in (
        "UPDATE pages SET pages_key = pages_key || ? WHERE document = ?",
        "UPDATE documents SET pages_key = pages_key || ? WHERE key = ?",
    ):
        connection.executemany(update, [(_OUTDATED, key) for (key,) in lacking])


def put(connection: sqlite3.Connection, document: Document, reader: str, pages_key: str) -> int:
    """Publish the facts of a document and return its key."""
    key = ensure(connection, document.id)
    connection.execute(
        "UPDATE documents SET state = 'published', reader = ?, pages_key = ?, media_type = ?, title = ?, author = ?, date = ?, "
        "language = ?, page_count = ?, metadata = ?, problems = ? WHERE key = ?",
        (
            reader,
            pages_key,
            document.media_type,
            clean(document.title),
            clean(document.author),
            clean(document.date),
            document.language,
            document.page_count,
            as_json(document.metadata),
            problems_json(document.problems),
            key,
        ),
    )
    return key


def count(connection: sqlite3.Connection) -> int:
    """How many documents there are, found or not."""
    return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])


def count_found(connection: sqlite3.Connection) -> tuple[int, int]:
    """How many documents and passages can be found."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum((SELECT count(*) FROM passages WHERE passages.document = documents.key)), 0) "  # noqa: S608  # our own text
        f"FROM documents WHERE {FOUND}"
    ).fetchone()
    return int(row[0]), int(row[1])


def language_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Published documents by language, the most frequent first."""
    rows = connection.execute(
        "SELECT language, count(*) FROM documents WHERE state = 'published' GROUP BY language ORDER BY 2 DESC, 1"
    )
    return dict(rows.fetchall())


def purge_unlocated(connection: sqlite3.Connection, unfinished: bool) -> int:
    """Delete documents without a place, their pages, passages and words; return how many.

    Args:
        connection: Inside a transaction.
        unfinished: Also documents whose reading was begun and never finished; otherwise their pages stay, so that
            reading resumes.
    """
    states = ("published", "reading") if unfinished else ("published",)
    return connection.execute(
        "DELETE FROM documents WHERE state IN (SELECT value FROM json_each(?)) "
        "AND NOT EXISTS (SELECT 1 FROM locations WHERE locations.document = documents.key)",
        (as_json(states),),
    ).rowcount
