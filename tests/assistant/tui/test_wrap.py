from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assistant.tui.wrap import line_of, wrap

TEXTS = st.text(st.sampled_from("ab  \n漢é🙂,."), max_size=200)


@given(TEXTS, st.integers(2, 40))
def test_lines_fit_and_hold_every_character_but_the_breaks(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(text[start:end]) <= width for start, end in lines)
    assert all(first[1] <= second[0] for first, second in pairwise(lines))
    kept = "".join(text[start:end] for start, end in lines)
    assert kept.replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert "\n" not in kept


@given(TEXTS.filter(bool), st.integers(2, 40), st.data())
def test_every_character_has_its_line(text: str, width: int, data: st.DataObject) -> None:
    lines = wrap(text, width)
    offset = data.draw(st.integers(0, len(text) - 1))
    at = line_of(lines, offset)
    assert lines[at][0] <= offset
    assert at == len(lines) - 1 or offset < lines[at + 1][0]


def test_words_stay_whole_where_they_fit() -> None:
    text = "one two three four"
    assert [text[start:end] for start, end in wrap(text, 9)] == ["one two", "three", "four"]
    assert wrap("a" * 7, 3) == [(0, 3), (3, 6), (6, 7)]
    assert wrap("", 10) == [(0, 0)]
