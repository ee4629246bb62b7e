"""What a walk is compared with: size and time of every file, and the volumes on which they lie.

Knows nothing of what is inside files.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ingest.catalog.files import roots
from ingest.catalog.filters import place_condition
from ingest.catalog.rows import path_bytes, path_of

ONE_BY_ONE = 200
"""Places that are looked up one by one; for more of them, and for the person's folders, the whole table is read."""


def marks(connection: sqlite3.Connection, within: Sequence[Path], reader: str) -> dict[str, tuple[int, int] | None]:
    """Size and time of change of files at and below paths; None for those that must be read again.

    Args:
        connection: For reading.
        within: Paths; the answer may hold other files too.
        reader: Versions and options of reader and chunker in force.
    """
    encoding, errors = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
    rows = "SELECT path, size, mtime_ns, state != 'pending' AND reader = ? FROM files"
    places: list[tuple[str, list[object]]] = [("1", [])]
    if len(within) <= ONE_BY_ONE and not set(within) & set(roots(connection)):
        places = [place_condition(path) for path in within]
    found: dict[str, tuple[int, int] | None] = {}
    for condition, values in places:
        for path, size, mtime_ns, settled in connection.execute(f"{rows} WHERE {condition}", [reader, *values]):
            found[path.decode(encoding, errors)] = (size, mtime_ns) if settled else None
    return found


def unopened(connection: sqlite3.Connection) -> set[str]:
    """Files that could not be opened when they were last looked at."""
    rows = connection.execute(
        "SELECT path FROM problems JOIN files ON files.key = file WHERE code = 'unreadable' AND inside IS NULL AND page IS NULL"
    )
    return {os.fsdecode(path) for (path,) in rows}


def volumes(connection: sqlite3.Connection) -> dict[str, str]:
    """Identities of volumes by path, as they were when last there."""
    return {os.fsdecode(path): identity for path, identity in connection.execute("SELECT path, identity FROM volumes")}


def offline(connection: sqlite3.Connection) -> list[Path]:
    """Volumes that were not there when they were last looked for, by path."""
    return [path_of(path) for (path,) in connection.execute("SELECT path FROM volumes WHERE offline ORDER BY path")]


def note_volumes(connection: sqlite3.Connection, online: Mapping[str, str], gone: Iterable[Path]) -> None:
    """Record which volumes are there, with their identities, and which are not; those below no root are dropped."""
    connection.executemany(
        "INSERT INTO volumes (path, identity) VALUES (?, ?) "
        "ON CONFLICT (path) DO UPDATE SET identity = excluded.identity, offline = 0",
        [(os.fsencode(path), identity) for path, identity in online.items()],
    )
    connection.executemany(
        "INSERT INTO volumes (path, identity, offline) VALUES (?, '', 1) ON CONFLICT (path) DO UPDATE SET offline = 1",
        [(path_bytes(path),) for path in gone],
    )
    kept = roots(connection)
    for (path,) in connection.execute("SELECT path FROM volumes").fetchall():
        if not any(path_of(path) == root or root in path_of(path).parents for root in kept):
            connection.execute("DELETE FROM volumes WHERE path = ?", (path,))
