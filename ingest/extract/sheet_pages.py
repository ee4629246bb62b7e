"""The rows of a sheet as pages: forty rows each, with the row that names the columns as their heading.

A heading is part of every passage below it, so that a number found far down still says what it is. Knows nothing of
where the rows come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.grid import CELL_SEPARATOR
from ingest.records import Page

ROWS_A_PAGE = 40
"""Rows of one page: few enough that a page says where a number stands."""
HEADER_ROWS = 10
"""Rows at the top of a sheet among which the one is looked for that names the columns: titles stand above it."""
MAX_HEADER = 1_000
"""Longest row that is repeated as a heading, in characters."""
_YEAR = re.compile(r"(?:19|20)\d\d|\d{1,2}/\d{2,4}|(?:19|20)\d\d-\d\d(?:-\d\d)?")

Row = tuple[int, list[str]]
"""Number of a row as the spreadsheet program counts it, and the texts of its cells."""


def sheet_pages(name: str, rows: Iterable[Row], first: int) -> Iterator[Page]:
    """The pages of one sheet, labelled "Sheet1 rows 1–40"; the first one begins with the sheet's name.

    Args:
        name: What the sheet is called.
        rows: Those that are not empty, in order.
        first: Number of the first page.
    """
    header = ""
    held: list[Row] = []
    number = first
    for row in rows:
        held.append(row)
        if len(held) == ROWS_A_PAGE:
            header, made = _page(name, held, header, number, number == first)
            for page in made:
                number = page.number + 1
                yield page
            held = []
    if held:
        yield from _page(name, held, header, number, number == first)[1]


def _page(name: str, rows: Sequence[Row], header: str, number: int, named: bool) -> tuple[str, Iterator[Page]]:
    """The header of the rows, and a page of them (or several, where they are long)."""
    lines = [CELL_SEPARATOR.join(cells) for _, cells in rows]
    blocks = [Block(one_line(name), 1)] if named else []
    at = _header_among([cells for _, cells in rows]) if named else None
    if at is not None and len(lines[at]) <= MAX_HEADER:
        header = lines[at]
        blocks += [
            Block("\n".join(lines[:at])),
            Block(header, 2, tight=at > 0),
            Block("\n".join(lines[at + 1 :]), tight=True),
        ]
    else:
        heading = [Block(header, 2)] if header else []
        blocks += [*heading, Block("\n".join(lines), tight=bool(header))]
    first, last = rows[0][0], rows[-1][0]
    label = f"{one_line(name)} row {last}" if first == last else f"{one_line(name)} rows {first}–{last}"
    return header, pages(blocks, first=number, label=label)


def _header_among(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns, None where none does."""
    for at, cells in enumerate(rows[:HEADER_ROWS]):
        if sum(map(bool, cells)) > 1:
            return at if names_columns(cells) and at + 1 < len(rows) else None
    return None


def names_columns(cells: Sequence[str]) -> bool:
    """Whether a row names the columns below it: several cells, words or years, hardly one empty."""
    filled = [cell for cell in cells if cell]
    words = [cell for cell in filled if not cell[0].isdigit() and any(map(str.isalpha, cell))]
    years = [cell for cell in filled if _YEAR.fullmatch(cell)]
    return len(filled) > 1 and bool(words) and len(words) + len(years) == len(filled) and 2 * len(filled) > len(cells)
