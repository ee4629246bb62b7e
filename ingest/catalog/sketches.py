"""Sketches by which near-duplicates are told. Knows nothing of how they are made."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from ingest.catalog.rows import as_json


def put(connection: sqlite3.Connection, document: int, hashes: bytes) -> None:
    """Keep the sketch of a document, given by its key."""
    connection.execute("INSERT OR REPLACE INTO sketches (document, hashes) VALUES (?, ?)", (document, hashes))


def many(connection: sqlite3.Connection, document_ids: Iterable[str]) -> dict[str, bytes]:
    """Sketches by document id; documents without one are left out."""
    rows = connection.execute(
        "SELECT documents.id, hashes FROM json_each(?) AS asked CROSS JOIN documents ON documents.id = asked.value "
        "CROSS JOIN sketches ON sketches.document = documents.key",
        (as_json(list(document_ids)),),
    )
    return dict(rows.fetchall())
