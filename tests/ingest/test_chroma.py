"""The index child, as a real worker with a real Chroma folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.errors import WorkerError
from ingest.vectors.chroma import COLLECTION, LEAST_EF_SEARCH
from ingest.vectors.chroma_client import ENTRY, MAX_ROWS_A_BATCH, ChromaIndex
from ingest.work.warden import Warden

DIMENSIONS = 32


@pytest.fixture(scope="module")
def warden() -> Iterator[Warden]:
    with Warden.start(idle=False) as warden:
        yield warden


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    rows = np.random.default_rng(5).normal(size=(3 * MAX_ROWS_A_BATCH, DIMENSIONS)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def fill(index: ChromaIndex, vectors: NDArray[np.float32]) -> None:
    for start in range(0, len(vectors), MAX_ROWS_A_BATCH):
        index.add(start, vectors[start : start + MAX_ROWS_A_BATCH])


def test_finds_what_the_exact_scan_finds_and_survives_a_kill(
    warden: Warden, vectors: NDArray[np.float32], tmp_path: Path
) -> None:
    worker = warden.spawn(ENTRY, pausable=False)
    index = ChromaIndex(worker, tmp_path / "chroma", DIMENSIONS, 100)
    assert index.rows_at_opening == 0
    assert index.nearest(vectors[0], 5) == []
    fill(index, vectors)
    assert index.count() == len(vectors)
    question = vectors[7] + 0.3 * vectors[8]
    question /= np.linalg.norm(question)
    exact = np.argsort(-(vectors @ question))[:10]
    found = index.nearest(question, 10)
    assert [row for row, _ in found] == list(exact)
    assert [cosine for _, cosine in found] == pytest.approx((vectors @ question)[exact], abs=1e-4)

    worker.kill()
    with pytest.raises(WorkerError):
        index.nearest(question, 10)
    worker.end()
    again = warden.spawn(ENTRY, pausable=False)
    index = ChromaIndex(again, tmp_path / "chroma", DIMENSIONS, 100)
    assert index.rows_at_opening == len(vectors)
    assert index.verify(list(range(0, 300, 3)), vectors[::3]) == (0, 0)
    assert index.verify([0, 1, 299], vectors[[0, 5, 299]]) == (1, 0)
    assert index.verify([299, 300], np.stack((vectors[299], -vectors[1]))) == (1, 1)
    again.end()


def test_files_are_private_and_a_damaged_folder_is_a_worker_error(
    warden: Warden, vectors: NDArray[np.float32], tmp_path: Path
) -> None:
    folder = tmp_path / "chroma"
    worker = warden.spawn(ENTRY, pausable=False)
    fill(ChromaIndex(worker, folder, DIMENSIONS, 100), vectors)
    worker.end()
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*")} == {0}
    (folder / "chroma.sqlite3").write_bytes(b"this is no database" * 100)
    worker = warden.spawn(ENTRY, pausable=False)
    with pytest.raises(WorkerError, match="Chroma failed to open"):
        ChromaIndex(worker, folder, DIMENSIONS, 100)
    worker.end()
    shutil.rmtree(folder)


def test_rows_that_are_held_are_told_from_rows_that_are_lost(
    warden: Warden, vectors: NDArray[np.float32], tmp_path: Path
) -> None:
    worker = warden.spawn(ENTRY, pausable=False)
    index = ChromaIndex(worker, tmp_path / "chroma", DIMENSIONS, 100)
    index.add(0, vectors[:100])
    assert index.verify([0, 50, 99], vectors[[0, 50, 99]]) == (0, 0)
    assert index.verify([0, 50, 5_000], vectors[[0, 50, 99]]) == (1, 0)  # its vector is found, under another number
    assert index.verify([0, 50], vectors[[0, 200]]) == (1, 1)  # another vector, which nobody holds
    worker.end()


def test_a_search_looks_at_more_candidates_the_more_rows_there_are(warden: Warden, tmp_path: Path) -> None:
    import chromadb

    folder = tmp_path / "chroma"
    for rows, candidates in ((100, LEAST_EF_SEARCH), (1_000_000, 1_000), (100, LEAST_EF_SEARCH)):
        worker = warden.spawn(ENTRY, pausable=False)
        ChromaIndex(worker, folder, DIMENSIONS, rows)
        worker.end()
        kept = chromadb.PersistentClient(path=str(folder)).get_collection(COLLECTION, embedding_function=None)
        assert kept.configuration["hnsw"]["ef_search"] == candidates
