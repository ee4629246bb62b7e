"""Work that must be finished, whoever is the owner by then: folders to follow, forgetting, a pause, a new generation.

Knows nothing of what the kinds mean.
"""

from __future__ import annotations

import json
import sqlite3

from ingest.catalog.facts import Todo
from ingest.catalog.rows import as_json


def rows(connection: sqlite3.Connection, kind: str | None) -> list[Todo]:
    """What is to be done, oldest first; of one kind, or all."""
    found = connection.execute(
        "SELECT key, kind, payload FROM todo WHERE ?1 IS NULL OR kind = ?1 ORDER BY key", (kind,)
    )
    return [Todo(key, kind_, json.loads(payload)) for key, kind_, payload in found]


def add(connection: sqlite3.Connection, kind: str, payload: dict[str, object]) -> int:
    """Add a piece of work and return its number; an equal one that waits already is kept."""
    text = as_json(payload)
    row = connection.execute("SELECT key FROM todo WHERE kind = ? AND payload = ?", (kind, text)).fetchone()
    if row:
        return int(row[0])
    return int(connection.execute("INSERT INTO todo (kind, payload) VALUES (?, ?)", (kind, text)).lastrowid or 0)


def drop(connection: sqlite3.Connection, key: int) -> None:
    """Drop a piece of work; an unknown one is no error."""
    connection.execute("DELETE FROM todo WHERE key = ?", (key,))


def replace(connection: sqlite3.Connection, key: int, payload: dict[str, object]) -> None:
    """Give a piece of work that waits another payload."""
    connection.execute("UPDATE todo SET payload = ? WHERE key = ?", (as_json(payload), key))
