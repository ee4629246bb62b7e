"""How values are written and read back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalog import rows
from ingest.errors import LibraryError
from ingest.records import Box, Heading, Problem

names = st.binary(min_size=1, max_size=20).filter(lambda name: not {b"/", b"\0"} & {bytes([one]) for one in name})
names = names.filter(lambda name: name != b".")  # no name: the folder itself
single = st.floats(0, 1, width=32)


@given(names)
def test_any_path_comes_back(name: bytes) -> None:
    path = Path("/folder") / os.fsdecode(name)
    assert rows.path_of(rows.path_bytes(path)) == path
    assert rows.display(path).encode("utf-8").startswith(b"/folder/")


@given(st.text(st.characters()))
def test_any_text_comes_back(text: str) -> None:
    assert rows.unpacked(rows.packed(text)) == text
    assert rows.inside_of(rows.inside_bytes(text)) == text
    assert len(rows.clean(text).encode("utf-8").decode("utf-8")) == len(text)


@given(st.lists(st.builds(Box, st.integers(0, 9), st.integers(0, 9), single, single, single, single, single)))
def test_boxes_come_back(boxes: list[Box]) -> None:
    assert rows.boxes_of(rows.packed_boxes(boxes)) == tuple(boxes)


def test_small_records_come_back() -> None:
    headings = (Heading(0, 3, 1), Heading(9, 12, 2))
    problems = (Problem(3, "damaged", "bäd \udcff", None), Problem(None, "empty", "", "a/b"))
    assert rows.headings_of(rows.headings_json(headings)) == headings
    assert rows.problems_of(rows.problems_json(problems)) == problems
    assert rows.ranges_of(rows.as_json(((0, 2), (5, 7)))) == ((0, 2), (5, 7))


def test_damaged_bytes_are_a_library_error() -> None:
    with pytest.raises(LibraryError):
        rows.unpacked(b"no zlib")
