"""The vector file and its exact scan, on real files."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from ingest.errors import LibraryError
from ingest.vectors.file import BLOCK_ROWS, Exact, VectorFile, checksum


def units(count: int, dimensions: int = 8, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_rows_come_back_bit_for_bit(tmp_path: Path) -> None:
    file, rows = VectorFile(tmp_path / "v.f32", 8), units(10)
    sums = file.write(0, rows[:4]) + file.write(4, rows[4:])
    assert np.array_equal(file.rows(0, 10), rows)
    assert sums == [checksum(row) for row in file.rows(0, 10)]
    assert not file.rows(0, 10).flags.writeable
    assert stat.S_IMODE((tmp_path / "v.f32").stat().st_mode) == 0o600


def test_a_torn_tail_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "v.f32"
    file, rows = VectorFile(path, 8), units(6)
    file.write(0, rows[:3])
    with path.open("ab") as handle:
        handle.write(b"\x01" * 45)
    later = VectorFile(path, 8)
    assert len(Exact(later).nearest(rows[0], 10, 3)) == 3
    later.write(3, rows[3:])
    assert np.array_equal(VectorFile(path, 8).rows(0, 6), rows)


def test_a_reader_picks_up_growth(tmp_path: Path) -> None:
    rows = units(20)
    writer, reader = VectorFile(tmp_path / "v.f32", 8), VectorFile(tmp_path / "v.f32", 8)
    writer.write(0, rows[:5])
    assert Exact(reader).nearest(rows[3], 1, 5)[0][0] == 3
    writer.write(5, rows[5:])
    assert Exact(reader).nearest(rows[17], 1, 20)[0][0] == 17


def test_a_short_file_is_an_error_not_a_crash(tmp_path: Path) -> None:
    file = VectorFile(tmp_path / "v.f32", 8)
    file.write(0, units(3))
    with pytest.raises(LibraryError) as error:
        VectorFile(tmp_path / "v.f32", 8).rows(0, 4)
    assert error.value.code == "damaged"
    with pytest.raises(LibraryError):
        VectorFile(tmp_path / "absent.f32", 8).rows(0, 1)


@pytest.mark.parametrize("bad", [np.zeros((2, 7)), np.zeros(8), np.full((1, 8), np.nan), np.full((1, 8), np.inf)])
def test_what_is_no_vector_is_refused(tmp_path: Path, bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="vectors of shape"):
        VectorFile(tmp_path / "v.f32", 8).write(0, bad)
    assert not (tmp_path / "v.f32").exists()


def test_erased_rows_are_zeros_and_the_others_stay(tmp_path: Path) -> None:
    file, rows = VectorFile(tmp_path / "v.f32", 8), units(5)
    file.write(0, rows)
    file.erase([1, 3])
    assert rows[1].tobytes() not in (tmp_path / "v.f32").read_bytes()
    kept = file.rows(0, 5)
    assert np.array_equal(kept[[0, 2, 4]], rows[[0, 2, 4]])
    assert not kept[[1, 3]].any()


def test_the_scan_crosses_blocks(tmp_path: Path) -> None:
    rows = units(2 * BLOCK_ROWS + 7, 4)
    file = VectorFile(tmp_path / "v.f32", 4)
    file.write(0, rows)
    found = Exact(file).nearest(rows[2 * BLOCK_ROWS + 3], 5, len(rows))
    expected = np.argsort(-(rows @ rows[2 * BLOCK_ROWS + 3]), kind="stable")[:5]
    assert [row for row, _ in found] == expected.tolist()


@settings(max_examples=150, deadline=None)
@given(
    st_numpy.arrays(np.int8, st.tuples(st.integers(1, 40), st.just(3)), elements=st.integers(-3, 3)),
    st.integers(1, 45),
    st.data(),
)
def test_nearest_is_a_stable_sort(
    tmp_path_factory: pytest.TempPathFactory, raw: np.ndarray, limit: int, data: st.DataObject
) -> None:
    rows = raw.astype(np.float32)
    file = VectorFile(tmp_path_factory.mktemp("v") / "v.f32", 3)
    file.write(0, rows)
    start = data.draw(st.integers(0, len(rows) - 1))
    stop = data.draw(st.integers(start, len(rows)))
    only = data.draw(st.none() | st.sets(st.integers(0, len(rows) - 1)).map(sorted))
    wanted = np.array([1, 2, -1], np.float32)
    chosen = range(start, stop) if only is None else only
    if only is not None:
        start, stop = 0, len(rows)
    expected = sorted(((row, float(rows[row] @ wanted)) for row in chosen), key=lambda pair: (-pair[1], pair[0]))
    assert Exact(file).nearest(wanted, limit, stop, start, only) == expected[:limit]
