"""Where documents are found: which files, and the way to members inside them.

Knows nothing of what is inside documents.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.catalog import names
from ingest.catalog.filters import place_condition
from ingest.catalog.rows import as_json, inside_bytes, inside_of, path_bytes, path_of
from ingest.records import Location


def swap(connection: sqlite3.Connection, file: int, locations: Sequence[Location]) -> None:
    """Make a file's locations exactly those given, touching only what changes.

    Raises:
        ValueError: A location names a document that the catalog does not have.
    """
    wanted: dict[tuple[str, bytes | None], int] = {
        (location.document_id, inside_bytes(location.inside)): location.first_page for location in locations
    }
    rows = connection.execute(
        "SELECT locations.key, documents.id, inside, first_page FROM locations "
        "JOIN documents ON documents.key = document WHERE file = ?",
        (file,),
    ).fetchall()
    for key, document, inside, first_page in rows:
        new_page = wanted.get((document, inside))
        if new_page is None:
            connection.execute("DELETE FROM locations WHERE key = ?", (key,))
            continue
        if new_page != first_page:
            connection.execute("UPDATE locations SET first_page = ? WHERE key = ?", (new_page, key))
        del wanted[document, inside]
    for (document, inside), first_page in wanted.items():
        found = connection.execute("SELECT key FROM documents WHERE id = ?", (document,)).fetchone()
        if found is None:
            raise ValueError(f"location of a document that was never published: {document}")
        key = connection.execute(
            "INSERT INTO locations (file, document, inside, first_page) VALUES (?, ?, ?, ?)",
            (file, found[0], inside, first_page),
        ).lastrowid
        names.index(connection, int(key or 0))


def choose(connection: sqlite3.Connection, document_ids: Iterable[str], within: Path | None) -> dict[str, Location]:
    """The place to show of each document that has one: inside `within` where it has one there, otherwise the first by path."""
    place, values = ("NULL", list[object]()) if within is None else place_condition(within)
    rows = connection.execute(
        "SELECT documents.id, files.path, inside, first_page FROM json_each(?) AS asked "  # noqa: S608  # our own text
        "CROSS JOIN documents ON documents.id = asked.value CROSS JOIN locations ON locations.document = documents.key "
        f"CROSS JOIN files ON files.key = locations.file ORDER BY documents.id, {place} DESC, files.path, locations.key",
        [as_json(list(document_ids)), *values],
    )
    chosen: dict[str, Location] = {}
    for document, path, inside, first_page in rows:
        if document not in chosen:
            chosen[document] = Location(document, path_of(path), inside_of(inside), first_page)
    return chosen


def of_document(connection: sqlite3.Connection, document_id: str) -> list[Location]:
    """All places of a document, by path."""
    rows = connection.execute(
        "SELECT files.path, inside, first_page FROM documents JOIN locations ON locations.document = documents.key "
        "JOIN files ON files.key = locations.file WHERE documents.id = ? ORDER BY files.path, locations.key",
        (document_id,),
    )
    return [Location(document_id, path_of(path), inside_of(inside), first_page) for path, inside, first_page in rows]


def of_file(connection: sqlite3.Connection, path: Path) -> list[Location]:
    """What a file holds, in the order of its pages."""
    rows = connection.execute(
        "SELECT documents.id, inside, first_page FROM files JOIN locations ON locations.file = files.key "
        "JOIN documents ON documents.key = locations.document WHERE files.path = ? ORDER BY first_page, locations.key",
        (path_bytes(path),),
    )
    return [Location(document, path, inside_of(inside), first_page) for document, inside, first_page in rows]
