"""The filters that every search shares: found at all, in a place, among documents.

A document is *found* when it is published and has a location. Knows nothing of what is inside documents.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ingest.catalog.rows import as_json, path_bytes

FOUND = "documents.state = 'published' AND EXISTS (SELECT 1 FROM locations WHERE locations.document = documents.key)"
"""Condition on a row of `documents`."""


@dataclass(frozen=True, slots=True)
class Only:
    """What a search is restricted to."""

    within: Path | None = None
    """A folder or a file; a container's members are within its file."""
    documents: frozenset[str] | None = None
    """Ids of documents."""

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self.within is None and self.documents is None

    def condition(self) -> tuple[str, list[object]]:
        """Condition on a row of `documents` that it is found and passes, with its parameters."""
        parts, values = [FOUND], list[object]()
        if self.within is not None:
            place, values = place_condition(self.within)
            parts.append(
                "EXISTS (SELECT 1 FROM locations CROSS JOIN files ON files.key = locations.file "  # noqa: S608  # our own text
                f"WHERE locations.document = documents.key AND {place})"
            )
        if self.documents is not None:
            parts.append("documents.id IN (SELECT value FROM json_each(?))")
            values.append(as_json(sorted(self.documents)))
        return " AND ".join(parts), values

    def keys(self, connection: sqlite3.Connection) -> list[int]:
        """Keys of all documents that are found and pass.

        `CROSS JOIN` keeps SQLite, which has no statistics here, from starting at the larger side.
        """
        condition, values = self.condition()
        source = "documents"
        if self.within is not None:
            place, place_values = place_condition(self.within)
            source = (
                "(SELECT DISTINCT locations.document AS place FROM files CROSS JOIN locations ON locations.file = files.key "  # noqa: S608  # our own text
                f"WHERE {place}) CROSS JOIN documents ON documents.key = place"
            )
            values = place_values + values
        return [key for (key,) in connection.execute(f"SELECT documents.key FROM {source} WHERE {condition}", values)]  # noqa: S608  # our own text


def place_condition(within: Path) -> tuple[str, list[object]]:
    """Condition on a row of `files` that it is a path or lies below it."""
    path = path_bytes(within)
    separator = os.fsencode(os.sep)
    below = path if path.endswith(separator) else path + separator
    return "(files.path = ? OR (files.path >= ? AND files.path < ?))", [path, below, _after(below)]


def _after(prefix: bytes) -> bytes:
    """The first byte string behind all that begin with a prefix; a separator is never the last byte value."""
    return prefix[:-1] + bytes([prefix[-1] + 1])
