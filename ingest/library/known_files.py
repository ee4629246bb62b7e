"""What a library says of the person's files and folders, and of which documents resemble one another.

A part of the reading half of `Library`. Knows nothing of searching.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.catalog import files, sketches, walked
from ingest.catalog.connection import Catalog


class KnownFiles:
    """What walks and versions ask; `LibraryReader` adds the rest."""

    _catalog: Catalog

    def marks(self, within: Sequence[Path], reader: str) -> dict[str, tuple[int, int] | None]:
        """Size and time of files at and below paths, None for those to be read again; see `catalog.walked`."""
        with self._catalog.read() as connection:
            return walked.marks(connection, within, reader)

    def unopened(self) -> set[str]:
        """Files that could not be opened when they were last looked at."""
        with self._catalog.read() as connection:
            return walked.unopened(connection)

    def pending(self) -> int:
        """Files seen and not yet read; while there are none, nothing is half read."""
        with self._catalog.read() as connection:
            return files.count_pending(connection)

    def volumes(self) -> dict[str, str]:
        """Volumes by path, with the identities that they had when they were last there."""
        with self._catalog.read() as connection:
            return walked.volumes(connection)

    def offline(self) -> list[Path]:
        """Folders of the person's, and drives below them, that were not there when they were last looked for."""
        with self._catalog.read() as connection:
            return walked.offline(connection)

    def sketches(self, document_ids: Iterable[str]) -> dict[str, bytes]:
        """Sketches of documents by id, for `ingest.sketch.resemblance`; those without one are left out."""
        with self._catalog.read() as connection:
            return sketches.many(connection, document_ids)
