from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assistant.tui.wrap import flowing, line_of, wrap

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


def test_lines_of_a_printed_paragraph_flow_and_rows_of_a_table_do_not() -> None:
    printed = (
        "The Tenant pays a deposit of 2,850 euros. It may be paid in three equal\n"
        "instalments, the first at the beginning of the tenancy, the others with the\n"
        "two following rents.\n"
        "Landlord: Peter Vogel\n\n"
        "Rent   of the flat in Tannery Lane, with the heating of all the rooms   a\n"
        "Deposit of it\n"
        "The second amount that is named here, as it is on the form itself: 2,850\n"
        "Garage\n"
    )
    flowed = flowing(printed)
    assert len(flowed) == len(printed)
    assert flowed.split("\n")[:2] == [
        printed.split("\n\n", maxsplit=1)[0].replace("\n", " ").removesuffix(" Landlord: Peter Vogel"),
        "Landlord: Peter Vogel",
    ]
    assert flowed.split("\n\n")[1] == printed.split("\n\n")[1]
    assert flowing("short lines\nof a verse\nstay") == "short lines\nof a verse\nstay"


@given(TEXTS)
def test_flowing_moves_no_character(text: str) -> None:
    assert [one for one in flowing(text) if not one.isspace()] == [one for one in text if not one.isspace()]
    assert len(flowing(text)) == len(text)
