"""Where documents stand and what is known of them beside their text: what filters look at."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.catalog.filters import FOUND
from ingest.catalog.rows import inside_of, path_of

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document at one of its places."""

    document_id: str
    """The document."""
    media_type: str
    """IANA media type."""
    author: str
    """Author or sender, as the document names them; empty where unknown."""
    date: str
    """The document's own date in ISO 8601, as precise as it is known; empty where unknown."""
    path: Path
    """Its file, absolute."""
    inside: str | None
    """Way to the member inside the file; None for the file itself."""
    mtime_ns: int
    """Time of the file's last change, nanoseconds since 1970."""

    @property
    def changed(self) -> datetime.date:
        """When the file was last changed, by this machine's clock."""
        return datetime.datetime.fromtimestamp(self.mtime_ns // NANOSECONDS).astimezone().date()


def shelved(connection: sqlite3.Connection) -> Iterator[Shelved]:
    """Every place of every document that can be found."""
    rows = connection.execute(
        "SELECT documents.id, media_type, coalesce(json_extract(metadata, '$.from'), '') || ' ' || author, date, files.path, inside, "  # noqa: S608  # our own text
        "mtime_ns FROM locations CROSS JOIN documents ON documents.key = locations.document "
        f"CROSS JOIN files ON files.key = locations.file WHERE {FOUND}"
    )
    for document_id, media_type, author, date, path, inside, mtime_ns in rows:
        yield Shelved(document_id, media_type, author.strip(), date, path_of(path), inside_of(inside), mtime_ns)
