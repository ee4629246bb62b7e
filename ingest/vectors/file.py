"""The vector file: one row of float32 a vector, appended and never changed, and `Exact`, its scan.

A row exists when the catalog names it. Rows are synced to the disk before that, so what the catalog names is always
there; what stands behind the last named row (a crash between the two) is not looked at and written over. `Exact` is the
search that every process can do and the oracle for every other. Knows nothing of texts, passages or the catalog.
"""

from __future__ import annotations

import errno
import mmap
import os
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DISK_ERROR_HINT, LibraryError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SCALAR = "<f4"
"""Little-endian on every machine."""
BLOCK_ROWS = 16_384
"""Rows multiplied at once: 25 MB at 384 dimensions, so that pages come in while others are worked on."""
GATHERED_SHARE = 4
"""A filter that leaves fewer than one row in this many is answered from copies of its rows, otherwise from a full scan."""


class VectorFile:
    """The vectors of one generation. Writing is for one thread of one process; reading and `Exact` for any.

    Args:
        path: The file; it need not exist before the first row.
        dimensions: Length of a vector.
    """

    def __init__(self, path: Path, dimensions: int) -> None:
        self.path = path
        self.dimensions = dimensions
        self._mapped: Floats | None = None
        self._lock = threading.Lock()

    def write(self, start: int, vectors: Floats) -> list[int]:
        """Write rows from number `start` on and sync them; return their checksums.

        Args:
            start: Number of rows that the catalog has handed out; what the file holds from there on is replaced.
            vectors: Shape (n, dimensions).

        Raises:
            ValueError: The shape is wrong or a value is not finite.
            LibraryError: The disk is full or cannot be written.
        """
        import numpy as np

        rows = np.ascontiguousarray(vectors, SCALAR)
        if rows.ndim != 2 or rows.shape[1] != self.dimensions or not np.isfinite(rows).all():
            raise ValueError(f"vectors of shape {rows.shape}, {self.dimensions} finite dimensions wanted")
        self._write_all([(start * self._row_bytes, rows.tobytes())])
        return [checksum(row) for row in rows]

    def erase(self, rows: Sequence[int]) -> int:
        """Overwrite rows that nothing names any more by zeros; return how many were not zero already.

        Args:
            rows: Ascending row numbers.

        Raises:
            LibraryError: The disk cannot be written.
        """
        zeros = bytes(self._row_bytes)
        filled = self.filled(rows)
        if filled:
            self._write_all([(row * self._row_bytes, zeros) for row in filled])
        return len(filled)

    def filled(self, rows: Sequence[int]) -> list[int]:
        """Which of some rows, in ascending order, the file has and are not zero."""
        import numpy as np

        whole = self.whole_rows()
        numbers = np.asarray([row for row in rows if row < whole], np.int64)
        matrix = self.rows(0, whole)
        blocks = [numbers[at : at + BLOCK_ROWS] for at in range(0, len(numbers), BLOCK_ROWS)]
        return [int(row) for block in blocks for row in block[matrix[block].any(axis=1)]]

    def rows(self, start: int, stop: int) -> Floats:
        """Rows from `start` up to `stop` as a read-only view of shape (n, dimensions).

        Raises:
            LibraryError: The file has fewer rows.
        """
        import numpy as np

        if stop <= start:
            return np.empty((0, self.dimensions), SCALAR)
        return self._map(stop)[start:stop]

    def whole_rows(self) -> int:
        """How many whole rows the file holds, named or not."""
        return self.path.stat().st_size // self._row_bytes if self.path.exists() else 0

    @property
    def _row_bytes(self) -> int:
        return self.dimensions * 4

    def _write_all(self, pieces: Sequence[tuple[int, bytes]]) -> None:
        """Write bytes at their places, then sync the file once."""
        try:
            new = not self.path.exists()
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                for offset, data in pieces:
                    file.seek(offset)
                    view = memoryview(data)
                    while view:
                        view = view[file.write(view) :]
                getattr(os, "fdatasync", os.fsync)(file.fileno())
            if new:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise _cannot_write(self.path, error) from error

    def _map(self, rows: int) -> Floats:
        """The file mapped into memory, at least `rows` rows of it."""
        import numpy as np

        with self._lock:
            if self._mapped is not None and len(self._mapped) >= rows:
                return self._mapped
            whole = self.whole_rows()
            if whole < rows:
                detail = f"{self.path} holds {whole} of {rows} vectors."
                raise LibraryError(detail, "Run `assistant repair`.", "damaged")
            with self.path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), whole * self._row_bytes, access=mmap.ACCESS_READ)
            self._mapped = np.frombuffer(mapped, SCALAR).reshape(whole, self.dimensions)
            return self._mapped


class Exact:
    """The scan of a vector file.

    Args:
        file: The vectors, of unit length.
    """

    def __init__(self, file: VectorFile) -> None:
        self._file = file

    def nearest(
        self, vector: Floats, limit: int, stop: int, start: int = 0, only: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """The rows nearest to a vector, best first: (row, cosine); equal ones by row number.

        Args:
            vector: Shape (dimensions,), unit length.
            limit: How many.
            stop: Rows from `start` up to here are looked at.
            start: The first row.
            only: Ascending row numbers to choose from instead.

        Raises:
            LibraryError: The file has fewer rows.
        """
        import numpy as np

        wanted = np.ascontiguousarray(vector, np.float32)
        numbers = None if only is None else np.asarray(only, np.int64)
        if limit < 1 or stop <= start or (numbers is not None and not len(numbers)):
            return []
        matrix = self._file.rows(0, stop)
        if numbers is not None and len(numbers) * GATHERED_SHARE < stop:
            blocks = (numbers[at : at + BLOCK_ROWS] for at in range(0, len(numbers), BLOCK_ROWS))
            scores = np.concatenate([matrix[block] @ wanted for block in blocks])
        else:
            scores = _scan(matrix[start:stop], wanted)
            if numbers is not None:
                scores = scores[numbers - start]
        best = _best(scores, limit)
        found = best + start if numbers is None else numbers[best]
        return [(int(row), float(score)) for row, score in zip(found, scores[best], strict=True)]


def _scan(matrix: Floats, wanted: Floats) -> Floats:
    import numpy as np

    scores = np.empty(len(matrix), np.float32)
    for at in range(0, len(matrix), BLOCK_ROWS):
        np.matmul(matrix[at : at + BLOCK_ROWS], wanted, out=scores[at : at + BLOCK_ROWS])
    return scores


def _best(scores: Floats, limit: int) -> NDArray[np.int64]:
    """Positions of the highest scores, best first, equal ones by position; what is no number comes last."""
    import numpy as np

    scores = np.where(np.isnan(scores), -np.inf, scores)
    if limit < len(scores):
        lowest = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        candidates = np.flatnonzero(scores >= lowest)
    else:
        candidates = np.arange(len(scores))
    order = np.lexsort((candidates, -scores[candidates]))[:limit]
    return candidates[order]


def checksum(row: Floats) -> int:
    """CRC-32 of a vector's bytes as they stand in the file."""
    import numpy as np

    return zlib.crc32(np.ascontiguousarray(row, SCALAR).tobytes())


def _cannot_write(path: Path, error: OSError) -> LibraryError:
    code, hint = {
        errno.ENOSPC: ("disk_full", "Make room on the disk, then run `assistant index`."),
        errno.EDQUOT: ("disk_full", "Make room on the disk, then run `assistant index`."),
        errno.EIO: ("disk_error", DISK_ERROR_HINT),
    }.get(error.errno or 0, ("unwritable", "Check that you may write there, then run `assistant index`."))
    return LibraryError(f"{path}: {error.strerror}", hint, code)


def _sync_folder(folder: Path) -> None:
    """Sync a folder, so that a new file's name survives a power cut; Windows does so by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
