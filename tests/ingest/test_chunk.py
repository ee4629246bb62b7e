from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import chunk as chunking
from ingest.chunk import Chunk, chunk
from ingest.embed import counter, embedded_text
from ingest.records import Heading, Page
from tests.ingest.owner_help import sentence

Count = Callable[[str], int]


@pytest.fixture(scope="module")
def count() -> Count:
    return counter("all-minilm-l6-v2")


def page_of(*parts: tuple[int, str] | str, number: int = 1) -> Page:
    """A page of blocks parted by blank lines; a part with a level is a heading."""
    text, headings = "", []
    for part in parts:
        level, words = part if isinstance(part, tuple) else (0, part)
        if level:
            headings.append(Heading(len(text), len(text) + len(words), level))
        text += words + "\n\n"
    return Page(number, f"p. {number}", text, headings=tuple(headings))


def prose(words: int, seed: int = 0) -> str:
    vocabulary = "the tenant pays rent on time and keeps a small garden behind his quiet house in town".split()
    sentences = [vocabulary[(i * 7 + i // 9 + seed) % len(vocabulary)] for i in range(words)]
    return " ".join(word + ("." if i % 12 == 11 else "") for i, word in enumerate(sentences))


words = st.one_of(
    st.sampled_from("lease rent garden 3.5 e.g. Dr. AB-123 | \t naïve 契約は双方が。 € x/y".split(" ")),
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=12),
    st.integers(90, 5000).map(lambda n: "x" * n),
)
lines = st.one_of(
    st.lists(words, min_size=1, max_size=40).map(" ".join),
    st.integers(1, 400).map(lambda n: " ".join(["The garden is large."] * n)),
    st.integers(1, 900).map(lambda n: " ".join(["garden"] * n)),
    st.integers(1, 2000).map(lambda n: "契" * n),
)
parts = st.one_of(
    st.tuples(st.integers(1, 4), st.text("abc XYZ", min_size=1, max_size=60)),
    st.lists(lines, min_size=1, max_size=8).map("\n".join),
)
documents = st.lists(st.lists(parts, max_size=5), min_size=1, max_size=3).map(
    lambda pages: [page_of(*parts, number=number) for number, parts in enumerate(pages, 1)]
)
titles = st.sampled_from(["", "Lease", "A title of some length about the garden of the tenant " * 3])
often = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@often
@given(title=titles, pages=documents)
def test_every_chunk_is_within_the_limit_and_stands_where_it_says(title: str, pages: list[Page], count: Count) -> None:
    by_number = {page.number: page for page in pages}
    for ordinal, found in enumerate(chunk(title, pages, count)):
        assert found.ordinal == ordinal
        assert found.text == "\n".join(by_number[span.page].text[span.start : span.end] for span in found.spans)
        assert found.text.strip() == found.text != ""
        assert count(embedded_text(title, found.headings, found.text)) <= chunking.MAX_TOKENS
        assert len(found.text) <= chunking.MAX_CHARACTERS


@often
@given(title=titles, pages=documents)
def test_chunks_cover_all_text_in_order_and_do_not_overlap(title: str, pages: list[Page], count: Count) -> None:
    covered = {page.number: [False] * len(page.text) for page in pages}
    last = (0, 0)
    for found in chunk(title, pages, count):
        for span in found.spans:
            assert last <= (span.page, span.start) < (span.page, span.end)
            last = (span.page, span.end)
            covered[span.page][span.start : span.end] = [True] * (span.end - span.start)
    for page in pages:
        missed = [c for c, seen in zip(page.text, covered[page.number], strict=True) if not seen and not c.isspace()]
        assert missed == []


@often
@given(before=st.lists(lines, max_size=3), edited=st.lists(lines, max_size=3), after=st.lists(parts, max_size=4))
def test_an_edit_leaves_what_follows_the_next_heading(
    before: list[str], edited: list[str], after: list[tuple[int, str] | str], count: Count
) -> None:
    def texts_after(beginning: list[str]) -> list[tuple[tuple[str, ...], str]]:
        page = page_of(*beginning, (1, "The next heading"), *after)
        start = page.headings[0].start
        chunks = chunk("", [page], count)
        return [(found.headings, found.text) for found in chunks if found.spans[0].start >= start]

    assert texts_after(before) == texts_after(edited)
    assert texts_after(before) != []


def texts(chunks: list[Chunk]) -> list[str]:
    return [found.text for found in chunks]


def test_small_paragraphs_of_a_section_are_joined_and_sections_are_not(count: Count) -> None:
    page = page_of((1, "One"), "First.", "Second.", (1, "Two"), "Third.")
    assert texts(chunk("", [page], count)) == ["One\n\nFirst.\n\nSecond.", "Two\n\nThird."]


def test_headings_are_those_above_and_hold_across_pages(count: Count) -> None:
    pages = [
        page_of((1, "Contract"), (2, "Duration"), "It ends."),
        page_of("It is renewed.", (2, "Rent"), "It is paid.", (1, "Annex"), "A plan.", number=2),
    ]
    chunks = chunk("", pages, count)
    assert [(found.headings, found.text) for found in chunks] == [
        (("Contract", "Duration"), "Contract\n\nDuration\n\nIt ends."),
        (("Contract", "Duration"), "It is renewed."),
        (("Contract", "Rent"), "Rent\n\nIt is paid."),
        (("Annex",), "Annex\n\nA plan."),
    ]


def test_a_page_with_only_a_heading_gives_a_chunk(count: Count) -> None:
    assert texts(chunk("", [page_of((1, "Part II"))], count)) == ["Part II"]
    assert chunk("Title", [Page(1, "p. 1", " \n\n\t\n")], count) == []


def test_a_paragraph_that_fits_is_kept_whole(count: Count) -> None:
    paragraphs = [prose(150), prose(190, 3), prose(170, 5)]
    chunks = chunk("", [page_of(*paragraphs)], count)
    assert texts(chunks) == paragraphs


def test_a_large_paragraph_is_cut_between_sentences_into_like_parts(count: Count) -> None:
    paragraph = prose(300)
    chunks = texts(chunk("", [page_of(paragraph)], count))
    assert len(chunks) == 2
    assert all(text.endswith(".") for text in chunks)
    assert abs(count(chunks[0]) - count(chunks[1])) <= 24


def test_rows_of_a_table_are_never_cut(count: Count) -> None:
    rows = [f"{n} | Bolt no. {n}. Made of steel. | 12.50 | in stock. Ask Mr. Brown." for n in range(80)]
    page = Page(1, "Sheet1", "\n".join(rows))
    found = [row for text in texts(chunk("Stock", [page], count)) for row in text.split("\n")]
    assert found == rows


def test_outer_headings_give_way_to_inner_ones(count: Count) -> None:
    outer, inner = "A very long chapter heading " * 16, "Rent"
    (first, *_) = chunk("Lease", [page_of((1, outer.strip()), (2, inner), prose(20))], count)
    assert first.headings == (inner,)


def test_a_title_of_a_pages_length_leaves_room_for_text(count: Count) -> None:
    chunks = chunk(prose(400), [page_of(prose(100))], count)
    assert 2 <= len(chunks) <= 4


def test_appended_text_leaves_the_chunks_before_it(count: Count) -> None:
    paragraphs = [prose(40 + n % 50, n) for n in range(60)]
    short = chunk("", [page_of(*paragraphs[:-1])], count)
    longer = chunk("", [page_of(*paragraphs)], count)
    assert short[:-4] == longer[: len(short) - 4]


@pytest.mark.parametrize("between", [" ", "\n\n"])
def test_a_sentence_put_into_a_long_text_changes_few_chunks(between: str, count: Count) -> None:
    chance = random.Random(1)
    sentences = [f"{sentence(chance)} {sentence(chance)}" for _ in range(400)]
    before = {found.text for found in chunk("", [page_of(between.join(sentences))], count)}
    assert len(before) > 40
    for place in range(20, 400, 40):
        edited = [*sentences[:place], "A sentence that was not there.", *sentences[place:]]
        after = {found.text for found in chunk("", [page_of(between.join(edited))], count)}
        assert 1 <= len(after - before) <= 6


def test_the_page_number_is_the_pages_own(count: Count) -> None:
    page = replace(page_of("Text."), number=7)
    assert [span.page for found in chunk("", [page], count) for span in found.spans] == [7]
