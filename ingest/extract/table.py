"""CSV, TSV and other separated text: the lines stay as they are in the file, a page for every so many rows.

The text is verbatim, so that a quote is found in the file; the header line stands again on top of later pages. Knows
nothing of what the values mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.errors import DocumentError
from ingest.extract import encoding
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import tidy
from ingest.extract.reader import Facts, Source, Yielded

ROWS_A_PAGE = 100
"""Rows of one page."""
MAX_HEADER = 2_000
"""Longest header line that is repeated, in characters."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then pages labelled "rows 1–100".

    Raises:
        DocumentError: `empty` without a line of text.
    """
    yield Facts()
    header = ""
    held: list[str] = []
    number, first, row = 1, 1, 0
    for line in _lines(encoding.stream(source.path)):
        row += 1
        held.append(line)
        if row == 1 and len(line) <= MAX_HEADER:
            header = line
        if len(held) >= ROWS_A_PAGE:
            for page in pages(_block(held, header if first > 1 else ""), first=number, label=f"rows {first}–{row}"):
                number = page.number + 1
                yield page
            held, first = [], row + 1
    if any(line.strip() for line in held):
        label = f"rows {first}–{row}" if row > first else f"row {row}"
        for page in pages(_block(held, header if first > 1 else ""), first=number, label=label):
            number = page.number + 1
            yield page
    if number == 1:
        raise DocumentError("empty", f"{source.name} holds no text")


def _block(lines: list[str], header: str) -> list[Block]:
    return [Block(tidy("\n".join([header, *lines] if header else lines)))]


def _lines(stream: Iterable[str]) -> Iterator[str]:
    """The lines of a stream of text."""
    rest = ""
    for text in stream:
        lines = (rest + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        rest = lines.pop()
        yield from lines
    if rest:
        yield rest
