"""What the catalog knows of paths, moved to another place: the person's folders lie elsewhere now.

Knows nothing of what is in them, nor whether they are there.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from ingest.catalog import names
from ingest.catalog.filters import place_condition
from ingest.catalog.rows import display, path_bytes, path_of
from ingest.errors import UsageError

TABLES = ("roots", "files", "exclusions", "volumes")
"""Tables whose rows have a path."""
WITH_DISPLAY = ("roots", "files", "exclusions")
"""Those that keep it for a person, too."""


def relocate(connection: sqlite3.Connection, old: Path, new: Path) -> int:
    """Put a new beginning in the place of an old one in every path; return how many files moved. Inside a transaction.

    Raises:
        UsageError: Nothing lies at or below the old place, or the library knows files at the new one.
    """
    inside, values = place_condition(old)
    rows = connection.execute(f"SELECT key, path FROM files WHERE {inside}", values).fetchall()  # noqa: S608  # our own text
    roots = connection.execute(f"SELECT path FROM roots AS files WHERE {inside}", values).fetchall()  # noqa: S608  # our own text
    if not rows and not roots:
        raise UsageError(f"the library knows nothing at {old}", "`assistant status` lists its folders.")
    elsewhere, places = place_condition(new)
    taken = connection.execute(
        f"SELECT path FROM files WHERE {elsewhere} AND NOT {inside} LIMIT 1",  # noqa: S608  # our own text
        [*places, *values],
    ).fetchone()
    if taken:
        raise UsageError(
            f"the library knows files at {new} already, such as {display(path_of(taken[0]))}",
            f"Drop that folder first with `assistant remove {new}`.",
        )
    for table in TABLES:
        _move(connection, table, old, new)
    for key, _ in rows:
        for (location,) in connection.execute("SELECT key FROM locations WHERE file = ?", (key,)).fetchall():
            names.index(connection, location)
    return len(rows)


def _move(connection: sqlite3.Connection, table: str, old: Path, new: Path) -> None:
    inside, values = place_condition(old)
    condition = inside.replace("files.path", f"{table}.path")
    found = [
        path_of(path)
        for (path,) in connection.execute(f"SELECT path FROM {table} WHERE {condition}", values)  # noqa: S608  # our own names
    ]
    moved = [(path, new if path == old else new / os.path.relpath(path, old)) for path in found]
    # Deepest first or last, whichever way round the two places lie, no row may meet one that has not moved yet.
    for path, _ in moved:
        connection.execute(f"UPDATE {table} SET path = ? WHERE path = ?", (b"\0" + path_bytes(path), path_bytes(path)))  # noqa: S608
    for path, target in moved:
        connection.execute(
            f"UPDATE {table} SET path = ? WHERE path = ?",  # noqa: S608  # our own names
            (path_bytes(target), b"\0" + path_bytes(path)),
        )
        if table in WITH_DISPLAY:
            connection.execute(
                f"UPDATE {table} SET display = ? WHERE path = ?",  # noqa: S608  # our own names
                (display(target), path_bytes(target)),
            )
