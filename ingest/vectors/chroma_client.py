"""The owner's side of the index child: the same five requests as calls.

Whatever goes wrong with Chroma, its process or its store, is a `WorkerError`; nothing in it is worth more than filling
it again. Knows nothing of how the process is made: it is given something with `request`.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingest.errors import WorkerError
from ingest.frames import Message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENTRY = "ingest.vectors.chroma:main"
"""What a worker must run to be the index child."""
MAX_ROWS_A_BATCH = 100
"""Chroma stops everything in its process while it inserts: about 0.1 s for this many."""


class RequestsWorker(Protocol):
    """What is needed of the process."""

    def request(self, header: Message, payload: bytes = b"") -> tuple[Message, bytes]:
        """Send a request and wait for the reply; raises `WorkerError` when the process dies."""


class ChromaIndex:
    """An open Chroma folder. Safe to use from several threads.

    Args:
        worker: A process that runs `ENTRY`.
        folder: Chroma's folder; made where it is missing.
        dimensions: Numbers in a vector.
        rows: About how many it holds, or will; by that it searches more or less thoroughly until it is opened again.

    Raises:
        WorkerError: The folder cannot be opened.
    """

    def __init__(self, worker: RequestsWorker, folder: Path, dimensions: int, rows: int) -> None:
        self._worker = worker
        self._lock = threading.Lock()
        request: Message = {"op": "open", "folder": str(folder), "dimensions": dimensions, "rows": rows}
        self.rows_at_opening = int(self._ask(request)["count"])

    def add(self, start: int, vectors: NDArray[np.float32]) -> None:
        """Add rows `start`, `start + 1`, …; vectors of shape (n, dimensions) with n at most `MAX_ROWS_A_BATCH`."""
        self._ask({"op": "add", "start": start}, vectors.astype("<f4").tobytes())

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[int, float]]:
        """The rows nearest to a unit vector, best first, with their cosine."""
        reply = self._ask({"op": "query", "limit": limit}, vector.astype("<f4").tobytes())
        return [(int(r), 1.0 - float(d)) for r, d in zip(reply["rows"], reply["distances"], strict=True)]

    def count(self) -> int:
        """How many rows Chroma says it holds."""
        return int(self._ask({"op": "count"})["count"])

    def verify(self, rows: list[int], vectors: NDArray[np.float32]) -> tuple[int, int]:
        """How many of these known rows Chroma does not hold, and how many it does not find by their vector.

        A row that is held and not found is no damage: a graph of a million rows leads past one in a thousand.

        Args:
            rows: Their numbers.
            vectors: What was added for them, of shape (rows, dimensions).
        """
        reply = self._ask({"op": "verify", "rows": rows}, vectors.astype("<f4").tobytes())
        return int(reply["lost"]), int(reply["unfound"])

    def _ask(self, header: Message, payload: bytes = b"") -> Message:
        with self._lock:
            reply, _ = self._worker.request(header, payload)
        if "error" in reply:
            raise WorkerError(f"Chroma failed to {header['op']} ({reply['error']})", code="chroma")
        return reply
