"""CSV, TSV and other separated text: the lines stay as they are in the file, a page for every so many rows.

The text is verbatim, so that a quote is found in the file; the line that names the columns is the heading of every page.
Knows nothing of what the values mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.errors import DocumentError
from ingest.extract import encoding
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import tidy
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.sheet_pages import names_columns

ROWS_A_PAGE = 100
"""Rows of one page."""
MAX_HEADER = 1_000
"""Longest line that is repeated as a heading, in characters."""


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
        if row == 1 and _names_columns(line):
            header = line
        else:
            held.append(line)
        if row % ROWS_A_PAGE == 0:
            for page in pages(_blocks(held, header), first=number, label=f"rows {first}–{row}"):
                number = page.number + 1
                yield page
            held, first = [], row + 1
    if any(line.strip() for line in held) or (header and number == 1):
        label = f"rows {first}–{row}" if row > first else f"row {row}"
        for page in pages(_blocks(held, header), first=number, label=label):
            number = page.number + 1
            yield page
    if number == 1:
        raise DocumentError("empty", f"{source.name} holds no text")


def _blocks(lines: list[str], header: str) -> list[Block]:
    """The header as a heading, so that it is part of every passage below, and the lines."""
    heading = [Block(tidy(header), 1)] if header else []
    return [*heading, Block(tidy("\n".join(lines)), tight=bool(header))]


def _names_columns(line: str) -> bool:
    """Whether a line names the columns below it."""
    separator = max("\t;,|", key=line.count)
    return len(line) <= MAX_HEADER and names_columns([cell.strip(" \"'") for cell in line.split(separator)])


def _lines(stream: Iterable[str]) -> Iterator[str]:
    """The lines of a stream of text."""
    rest = ""
    for text in stream:
        lines = (rest + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        rest = lines.pop()
        yield from lines
    if rest:
        yield rest
