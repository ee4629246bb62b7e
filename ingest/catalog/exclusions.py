"""Paths that are never read again because what they held was forgotten.

An exclusion holds for a path and all below it, and is taken back by naming exactly that path. Knows nothing of documents.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ingest.catalog.rows import display, path_bytes, path_of


def paths(connection: sqlite3.Connection) -> list[Path]:
    """All of them, by path."""
    return [path_of(path) for (path,) in connection.execute("SELECT path FROM exclusions ORDER BY path")]


def add(connection: sqlite3.Connection, path: Path) -> None:
    """Exclude a path and all below it; again is no error."""
    connection.execute(
        "INSERT OR IGNORE INTO exclusions (path, display) VALUES (?, ?)", (path_bytes(path), display(path))
    )


def drop(connection: sqlite3.Connection, path: Path) -> bool:
    """Take an exclusion back; False where exactly this path is not excluded."""
    return connection.execute("DELETE FROM exclusions WHERE path = ?", (path_bytes(path),)).rowcount > 0


def covers(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether a path or a folder above it is excluded."""
    query = "SELECT 1 FROM exclusions WHERE path = ?"
    return any(connection.execute(query, (path_bytes(place),)).fetchone() for place in (path, *path.parents))
