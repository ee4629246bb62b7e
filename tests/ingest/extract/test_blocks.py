from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract.blocks import MAX_PAGE_CHARACTERS, MAX_PAGE_ENCODED, Block, encoded_size, pages, pieces
from ingest.extract.clean import one_line, tidy

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(st.lists(st.tuples(TEXT, st.integers(0, 3), st.booleans()), max_size=20))
def test_headings_point_at_their_text(parts: list[tuple[str, int, bool]]) -> None:
    blocks = [Block(text, level, tight) for text, level, tight in parts]
    wanted = [(tidy(block.text), block.level) for block in blocks if block.level and tidy(block.text).strip()]
    found = [(page.text[h.start : h.end], h.level) for page in pages(blocks) for h in page.headings]
    assert found == wanted


def test_blocks_are_parted_by_an_empty_line_and_rows_by_a_line_end() -> None:
    (page,) = pages([Block("Title", 1), Block("First."), Block("a | b", tight=True), Block("Last.")])
    assert page.text == "Title\n\nFirst.\na | b\n\nLast."
    assert (page.number, page.label, page.source) == (1, "text", "text")


@given(st.text(st.sampled_from('ab \n€😀\x7f"'), max_size=400))
def test_encoded_size_is_never_too_small(text: str) -> None:
    assert encoded_size(text) >= len(json.dumps(text)) - 2


@settings(deadline=None, max_examples=10)
@given(st.sampled_from(["word ", "wörter\n", "字", "😀", "x"]), st.integers(1, 3))
def test_long_text_is_split_without_loss_into_pages_that_fit_a_frame(unit: str, times: int) -> None:
    text = unit * (times * MAX_PAGE_CHARACTERS // len(unit))
    assert "".join(pieces(text)) == text
    found = list(pages([Block(text)]))
    assert "".join("".join(page.text for page in found).split()) == "".join(text.split())
    assert all(
        len(page.text) <= MAX_PAGE_CHARACTERS and len(json.dumps(page.text)) <= MAX_PAGE_ENCODED + 2 for page in found
    )
    assert [page.number for page in found] == list(range(1, len(found) + 1))
    assert len(found) == 1 or found[0].label == "part 1"


def test_tidy_keeps_words_and_drops_what_is_no_text() -> None:
    assert tidy("a\r\nb \x00\x07c\n\n\n\nd\u2028e") == "a\nb c\n\nd\ne"
    assert tidy("10² e\u0301") == "10² é"
    assert one_line("  a\n\tb ") == "a b"
