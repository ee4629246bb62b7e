"""Forgetting in the catalog: which documents go with a path, and taking them out.

What is to be forgotten is no longer found as soon as its files are taken out, in the transaction that also records the
exclusion and the work that is left; that work is done, or done again, by whoever is the owner by then. Knows nothing of
the bytes of vectors.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ingest.catalog import exclusions, files, todo, vectors
from ingest.catalog.filters import place_condition
from ingest.catalog.rows import as_json, path_bytes, path_of

ERASING = "forgetting"
"""Kind of the work that the owner has to finish."""
CONVERSATIONS = "forgetting conversations"
"""Kind of the work that whoever keeps conversations has to finish; its payload names `documents`."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What goes with a path."""

    files: int
    """Files at or below it that the library knew."""
    documents: list[str]
    """Ids of documents that were found nowhere else."""
    elsewhere: list[Path]
    """Files outside it that hold documents found in it as well; these stay."""


def begin(connection: sqlite3.Connection, path: Path) -> Forgetting:
    """Exclude a path, take out its files, and record what is left to do. Inside a transaction."""
    inside, values = place_condition(path)
    rows = connection.execute(
        "SELECT DISTINCT documents.key, documents.id FROM files JOIN locations ON locations.file = files.key "  # noqa: S608  # our own text
        f"JOIN documents ON documents.key = locations.document WHERE {inside}",
        values,
    ).fetchall()
    exclusions.add(connection, path)
    gone = files.remove_below(connection, path)
    connection.execute(f"DELETE FROM roots WHERE {inside.replace('files.path', 'roots.path')}", values)  # noqa: S608  # our own text
    kept: dict[int, Path] = {}
    found = connection.execute(
        "SELECT locations.document, files.path FROM json_each(?) AS asked CROSS JOIN locations ON locations.document = asked.value "
        "JOIN files ON files.key = locations.file ORDER BY files.path DESC",
        (as_json([key for key, _ in rows]),),
    )
    for key, place in found:
        kept[key] = path_of(place)
    documents = [name for key, name in rows if key not in kept]
    todo.add(connection, ERASING, {"path": path_bytes(path).hex()})
    if documents:
        todo.add(connection, CONVERSATIONS, {"documents": documents})
    return Forgetting(gone, documents, sorted(set(kept.values())))


def doomed(connection: sqlite3.Connection) -> list[int]:
    """Keys of all documents without a place, finished or not."""
    return [
        key
        for (key,) in connection.execute(
            "SELECT key FROM documents WHERE NOT EXISTS (SELECT 1 FROM locations WHERE locations.document = documents.key)"
        )
    ]


def erase(connection: sqlite3.Connection, documents: list[int]) -> None:
    """Delete documents and the names of all rows whose text no passage has any more. Inside a transaction.

    The database overwrites what it deletes; the word index keeps terms until it is optimised, which this does.
    """
    connection.execute("DELETE FROM documents WHERE key IN (SELECT value FROM json_each(?))", (as_json(documents),))
    for generation in vectors.all_generations(connection):
        if vectors.forget_dead(connection, generation.key):
            vectors.set_chroma(connection, generation.key, "watermark", 0)
    for index in ("words", "names"):
        connection.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")  # noqa: S608  # our own names
