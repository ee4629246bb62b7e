"""Vectors are made anew beside those in use: resumed, switched in one step, brought back, dropped."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.errors import LibraryError
from ingest.library import Generation, Kind, Library
from ingest.library.generations import DEAD_LEAST
from tests.ingest.library_maker import DIMENSIONS, add, embed, open_new, template, texts, vector_of

OTHER = Kind("other", "other fingerprint", "variant", 8)
SAME = Kind("model", "fingerprint", "variant", DIMENSIONS)
PAGE = "\n".join(f"Line {number} about the harbour and its keeper." for number in range(150))
CAR = "Our cars were repaired by a garage in Bonn."


def other_vector(text: str) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.md5(text.encode()).digest()[:8], "big")  # noqa: S324 - no secret
    vector = np.random.default_rng(seed).normal(size=OTHER.dimensions).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def other_embed(some: list[str]) -> NDArray[np.float32]:
    return np.stack([other_vector(text) for text in some])


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return open_new(tmp_path / "library")


def by_state(library: Library) -> dict[str, Generation]:
    return {one.state: one for one in library.generations()}


def build(library: Library) -> int:
    """Make everything that is lacking; how many steps it took."""
    after, steps = 0, 0
    while (reached := library.build_generation(after, other_embed, template)) is not None:
        assert reached > after
        after, steps = reached, steps + 1
    return steps


def nearest(library: Library, vector: NDArray[np.float32]) -> str:
    return texts(library, library.nearest(vector, 1))[0]


def test_another_model_takes_over_in_one_step(library: Library) -> None:
    add(library, "/a/page.txt", PAGE)
    library.begin_generation(OTHER)
    assert not library.switch_generation()
    assert library.build_generation(0, other_embed, template) is not None
    assert nearest(library, vector_of(template("", (), "Line 7 about the harbour and its keeper."))).startswith(
        "Line 7 "
    )
    library.close()
    with Library.open(library.folder, write=True) as again:
        made = by_state(again)["building"].rows
        assert 0 < made < 150
        assert again.begin_generation(OTHER).key == by_state(again)["building"].key
        add(again, "/a/car.txt", CAR)
        assert build(again) >= 1
        assert again.switch_generation()
        assert (by_state(again)["current"].model, by_state(again)["old"].model) == ("other", "model")
        assert by_state(again)["current"].rows == 151
        assert nearest(again, other_vector(template("", (), CAR))) == CAR
        assert again.nearest(vector_of(CAR), 5) == []
        assert again.check(template=template) == []


def test_who_reads_keeps_to_the_vectors_that_it_knows(library: Library) -> None:
    add(library, "/a/car.txt", CAR)
    with Library.open(library.folder) as reader:
        reader.pin()
        library.begin_generation(OTHER)
        build(library)
        assert library.switch_generation()
        assert reader.outdated()
        assert nearest(reader, vector_of(template("", (), CAR))) == CAR
        library.drop_generations()
        assert reader.nearest(vector_of(template("", (), CAR)), 5) == []
        assert texts(reader, reader.search_words("garage", 5)) == [CAR]
        reader.pin()
        assert not reader.outdated()
        assert nearest(reader, other_vector(template("", (), CAR))) == CAR


def test_the_old_vectors_can_be_brought_back_until_they_are_dropped(library: Library) -> None:
    with pytest.raises(LibraryError) as error:
        library.bring_back_generation()
    assert error.value.code == "no_generation"
    add(library, "/a/page.txt", PAGE)
    library.begin_generation(OTHER)
    build(library)
    library.switch_generation()
    key = hashlib.sha256(template("", (), CAR).encode()).digest()
    assert library.missing_texts([key]) == {key}
    library.bring_back_generation()
    assert library.switch_generation()
    assert by_state(library)["current"].model == "model"
    assert nearest(library, vector_of(template("", (), "Line 9 about the harbour and its keeper."))).startswith(
        "Line 9 "
    )
    assert library.drop_generations() == 1
    assert sorted(path.name for path in library.folder.glob("vectors-*")) == ["vectors-1.f32"]
    assert list(by_state(library)) == ["current"]


def test_vectors_of_the_same_kind_are_copied(library: Library) -> None:
    """Many dead rows: a smaller file takes the place of the old one, and nothing is embedded."""
    add(library, "/a/car.txt", CAR)
    lines = "\n".join(f"Dead line {number}." for number in range(DEAD_LEAST + 1))
    add(library, "/a/dead.txt", lines)
    assert library.tidy_generations() is None
    library.remove_file(Path("/a/dead.txt"))
    library.purge_unlocated()
    assert library.tidy_generations() is not None

    def fail(_: list[str]) -> NDArray[np.float32]:
        raise AssertionError("nothing is to be embedded")

    after = library.build_generation(0, fail, template)
    assert after is not None
    assert library.build_generation(after, fail, template) is None
    assert library.switch_generation()
    assert (by_state(library)["current"].rows, by_state(library)["old"].rows) == (1, DEAD_LEAST + 2)
    assert nearest(library, vector_of(template("", (), CAR))) == CAR
    assert library.tidy_generations() is None
    assert [path.name for path in library.folder.glob("vectors-*")] == ["vectors-2.f32"]
    assert library.check(template=template) == []


def test_a_damaged_row_is_not_copied(library: Library) -> None:
    add(library, "/a/car.txt", CAR)
    with (library.folder / "vectors-1.f32").open("r+b") as file:
        file.write(b"\1\2\3")
    library.begin_generation(SAME)
    library.build_generation(0, embed, template)
    assert library.switch_generation()
    assert library.check(template=template) == []
    assert nearest(library, vector_of(template("", (), CAR))) == CAR


def test_one_of_another_kind_is_given_up(library: Library) -> None:
    add(library, "/a/car.txt", CAR)
    first = library.begin_generation(OTHER)
    second = library.begin_generation(SAME)
    assert second.key > first.key
    assert [one.key for one in library.generations()] == [1, second.key]
