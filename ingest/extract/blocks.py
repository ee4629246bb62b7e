"""Blocks of text (paragraphs, headings, rows) put together into pages of bounded size.

What readers of unpaged text share: blocks are parted by an empty line, headings become spans, and a text that is too
long for one page is split at block or line ends. Knows nothing of formats.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.extract.clean import one_line, tidy
from ingest.records import Heading, Page, PageSource

MAX_PAGE_CHARACTERS = 200_000
"""Longest text of one page."""
MAX_PAGE_ENCODED = 900_000
"""Longest text of one page in bytes of ASCII JSON, so that it fits into a frame beside its headings."""
MAX_HEADINGS = 2_000
"""Headings marked on one page, for the same reason."""
TITLE_WITHIN = 2_000
"""Characters at the beginning of a page among which its title stands."""
WHOLE = "text"
"""Label of the only page of a document that has none."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that belongs together."""

    text: str
    """One or more lines, without an empty one at the ends."""
    level: int = 0
    """Level of a heading from 1; 0: no heading."""
    tight: bool = False
    """Whether it follows the former block on the next line, as a row or a list item does."""


def encoded_size(text: str) -> int:
    """Bytes of the text in ASCII JSON."""
    return len(json.dumps(text)) - 2


def fits(text: str) -> bool:
    """Whether the text can be one page."""
    return len(text) <= MAX_PAGE_CHARACTERS and (
        12 * len(text) < MAX_PAGE_ENCODED or encoded_size(text) <= MAX_PAGE_ENCODED
    )


def pieces(text: str) -> Iterator[str]:
    """A long text in stretches that fit a page, cut at a line end, else at a blank, else anywhere."""
    start = 0
    while start < len(text):
        end = min(len(text), start + MAX_PAGE_CHARACTERS)
        while end > start + 1 and not fits(text[start:end]):
            end = start + (end - start) * 3 // 4
        if end < len(text):
            for mark in ("\n\n", "\n", " "):
                cut = text.rfind(mark, start + (end - start) // 2, end)
                if cut > start:
                    end = cut + len(mark)
                    break
        yield text[start:end]
        start = end


def join(blocks: Sequence[Block]) -> tuple[str, tuple[Heading, ...]]:
    """The blocks as one text, and its headings."""
    parts: list[str] = []
    headings: list[Heading] = []
    at = 0
    for block in blocks:
        if parts:
            parts.append("\n" if block.tight else "\n\n")
            at += len(parts[-1])
        if block.level and len(headings) < MAX_HEADINGS:
            headings.append(Heading(at, at + len(block.text), block.level))
        parts.append(block.text)
        at += len(block.text)
    return "".join(parts), tuple(headings)


def _split_long(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, tidied, without empty ones and none larger than a page."""
    for block in blocks:
        text = tidy(block.text)
        if not text.strip():
            continue
        if fits(text):
            yield Block(text, block.level, block.tight)
        else:
            for piece in pieces(text):
                if piece.strip():
                    yield Block(piece.strip("\n"))


def pages(blocks: Iterable[Block], first: int = 1, label: str = WHOLE, source: PageSource = "text") -> Iterator[Page]:
    """Pages that hold the blocks: one, or as many as their size needs ("part 2").

    Args:
        blocks: In reading order; may be a generator, and is consumed as pages fill.
        first: Number of the first page.
        label: Label of the page when there is only one.
        source: How the text was read.
    """
    held: list[Block] = []
    size = encoded = 0
    number = first
    for block in _split_long(blocks):
        cost = encoded_size(block.text) + 4
        if held and (size + len(block.text) + 2 > MAX_PAGE_CHARACTERS or encoded + cost > MAX_PAGE_ENCODED):
            yield _page(number, part(label, number - first + 1), held, source)
            number, held, size, encoded = number + 1, [], 0, 0
        held.append(block)
        size, encoded = size + len(block.text) + 2, encoded + cost
    if held:
        yield _page(number, label if number == first else part(label, number - first + 1), held, source)


def title_in(page: Page) -> str:
    """The outermost heading at the beginning of a page, empty where it has none: the title of what declares none."""
    near = [heading for heading in page.headings if heading.start < TITLE_WITHIN]
    first = min(near, key=lambda heading: (heading.level, heading.start), default=None)
    return one_line(page.text[first.start : first.end]) if first else ""


def part(label: str, number: int) -> str:
    """Label of one of several pages of an unpaged text."""
    return f"part {number}" if label == WHOLE else f"{label}, part {number}"


def _page(number: int, label: str, blocks: Sequence[Block], source: PageSource) -> Page:
    text, headings = join(blocks)
    return Page(number, label, text, source, headings=headings)
