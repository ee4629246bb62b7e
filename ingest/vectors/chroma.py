"""The index child: a worker that holds Chroma's folder open, and the only module that imports chromadb.

Chroma is thread-safe but not process-safe, stops every thread of its process while it inserts, and never syncs its
index files; so it lives in a process of its own, and everything in it can be filled again from the vector file. Ids
are row numbers. The whole conversation is `frames`; knows nothing of passages, documents or who asks.
"""

from __future__ import annotations

import math
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.frames import Message, receive_frame, send_frame
from ingest.offline import forbid_connections

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLLECTION = "rows"
SAME_DISTANCE = 1e-3
"""Cosine distance below which two vectors are the same but for rounding."""
LEAST_EF_SEARCH = 300
"""Candidates that a search of Chroma's graph keeps at least; more where there are more rows: the root of their number. Of
the 10 nearest to a question whose neighbours lie at cosine 0.45 it finds all of 100,000 rows with 300, in 4 ms (0.94 with
Chroma's own 100); of 1,000,000 rows 0.74 with 300, 0.989 with 1,000, in 10 ms."""
KNOWN_NEIGHBOURS = 3
"""Neighbours asked for when a known vector is looked up: equal texts may stand in several rows."""


def main(connection: socket.socket) -> None:
    """Serve one owner until it hangs up.

    Requests: `open` (folder, dimensions, rows), `add` (start; vectors as payload), `query` (limit; vector), `count`,
    `verify` (rows; their vectors). Vectors are little-endian float32, one after another.
    """
    forbid_connections()
    os.umask(0o077)
    index = _Index()
    while (frame := receive_frame(connection)) is not None:
        header, payload = frame
        send_frame(connection, index.answer(header, payload))


class _Index:
    """Chroma's one collection."""

    def __init__(self) -> None:
        self._collection: Any = None
        self._dimensions = 0

    def answer(self, header: Message, payload: bytes) -> Message:
        """Do what a request asks; what Chroma raises becomes an `error`, since its store may be damaged."""
        try:
            match header["op"]:
                case "open":
                    return self._open(Path(header["folder"]), int(header["dimensions"]), int(header["rows"]))
                case "add":
                    return self._add(int(header["start"]), self._vectors(payload))
                case "query":
                    return self._query(self._vectors(payload), int(header["limit"]))
                case "count":
                    return {"count": self._collection.count()}
                case "verify":
                    return self._verify([int(row) for row in header["rows"]], self._vectors(payload))
            return {"error": f"unknown request {header['op']!r}"}
        except Exception as error:  # noqa: BLE001 - Chroma raises its own, undocumented kinds from native code
            return {"error": type(error).__name__}

    def _open(self, folder: Path, dimensions: int, rows: int) -> Message:
        import chromadb
        from chromadb.config import Settings

        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
        candidates = max(LEAST_EF_SEARCH, math.isqrt(rows))
        self._collection = client.get_or_create_collection(
            COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": candidates}}
        )
        if self._collection.configuration["hnsw"]["ef_search"] != candidates:  # counts from the first search on
            self._collection.modify(configuration={"hnsw": {"ef_search": candidates}})
        self._dimensions = dimensions
        return {"count": self._collection.count()}

    def _vectors(self, payload: bytes) -> NDArray[np.float32]:
        import numpy as np

        return np.frombuffer(payload, "<f4").reshape(-1, self._dimensions).astype(np.float32)

    def _add(self, start: int, vectors: NDArray[np.float32]) -> Message:
        self._collection.upsert(ids=[str(start + n) for n in range(len(vectors))], embeddings=vectors)
        return {"added": len(vectors)}

    def _query(self, vectors: NDArray[np.float32], limit: int) -> Message:
        found = self._collection.query(query_embeddings=vectors, n_results=limit, include=["distances"])
        return {"rows": [int(row) for row in found["ids"][0]], "distances": [float(d) for d in found["distances"][0]]}

    def _verify(self, rows: list[int], vectors: NDArray[np.float32]) -> Message:
        """How many known rows are missing or hold another vector, and how many asking for their vector does not find."""
        import numpy as np

        stored = self._collection.get(ids=[str(row) for row in rows], include=["embeddings"])
        held = {int(row): np.asarray(vector) for row, vector in zip(stored["ids"], stored["embeddings"], strict=True)}
        lost = unfound = 0
        for row, vector in zip(rows, vectors, strict=True):
            lost += not (row in held and float(held[row] @ vector) > 1 - SAME_DISTANCE)
            found = self._collection.query(query_embeddings=[vector], n_results=KNOWN_NEIGHBOURS, include=["distances"])
            near = found["distances"][0]
            unfound += not (near and float(near[0]) < SAME_DISTANCE)
        return {"lost": lost, "unfound": unfound}
