"""ODS, row by row from its XML: every cell with the text that the program last showed in it.

A sheet is forgotten row by row, so that one of any length needs little memory. Knows nothing of number formats: the file
keeps what they gave.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.errors import DocumentError
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line, shorten
from ingest.extract.grid import CELL_SEPARATOR, Cell, Grid, span
from ingest.extract.odf import Walk, check_password, facts_of
from ingest.extract.reader import Source, Yielded
from ingest.extract.sheet_extras import extras_of
from ingest.extract.sheet_pages import Row, sheet_pages
from ingest.extract.zipped import Package, attribute, local
from ingest.records import Page, Problem

MAX_CELL = 2_000
"""Longest text of a cell in characters."""
MAX_COLUMNS = 1_000
"""Columns of a row that are read."""
MAX_REPEATED_ROWS = 40
"""Times that a repeated row is written out."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then pages labelled "Sheet1 rows 1–40"; empty rows are left out.

    Raises:
        DocumentError: `encrypted`, `damaged` without content, or `empty` without a filled cell.
    """
    with Package(source) as package:
        check_password(package)
        if not package.has("content.xml"):
            raise DocumentError("damaged", f"{source.name} has no content that can be read")
        yield facts_of(package.tree("meta.xml"))
        book = _Book(package)
        number = 0
        for page in book.pages():
            number = page.number
            yield page
        for page in pages([*book.notes, *extras_of(package)], first=number + 1, label="notes"):
            number = page.number
            yield page
        if book.problem:
            yield Problem(None, "damaged", book.problem)
        if not number:
            raise DocumentError(
                "damaged" if book.problem else "empty", book.problem or f"{source.name} has no filled cell"
            )


class _Book:
    """Walks the sheets of one file."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.notes: list[Block] = []
        self.problem = ""
        self._rows: Iterator[tuple[str, Any]] = iter(())
        self._next: tuple[str, Any] | None = None

    def pages(self) -> Iterator[Page]:
        """The pages of all sheets."""
        number = 1
        with self.package.open("content.xml") as stream:
            self._rows = self._elements(stream)
            self._next = next(self._rows, None)
            while self._next is not None:
                for page in sheet_pages(self._next[0], self._sheet(self._next[0]), number):
                    number = page.number + 1
                    yield page

    def _elements(self, stream: Any) -> Iterator[tuple[str, Any]]:
        """Name of the sheet and element of every row; what floats above the cells is put aside."""
        from lxml import etree

        walk = etree.iterparse(
            stream, events=("start", "end"), tag=("{*}table", "{*}table-row", "{*}shapes"),
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        )  # fmt: skip
        sheet = ""
        try:
            for event, element in walk:
                name = local(element)
                if name == "table" and event == "start" and local(element.getparent()) == "spreadsheet":
                    sheet = one_line(attribute(element, "name"))
                elif name == "shapes" and event == "end":
                    self.notes += Walk().children(element)
                    element.clear()
                elif name == "table-row" and event == "end" and _is_cells(element):
                    yield sheet, element
                    element.clear()
        except etree.XMLSyntaxError as error:
            self.problem = f"the sheets break off: the XML is damaged in line {error.lineno or 0}"

    def _sheet(self, sheet: str) -> Iterator[Row]:
        """The rows of one sheet that are not empty."""
        grid = Grid()
        number = 0
        while self._next is not None and self._next[0] == sheet:
            element = self._next[1]
            times = (
                span(attribute(element, "number-rows-repeated"))
                if len(attribute(element, "number-rows-repeated")) < 6
                else 1
            )
            cells = self._cells(element, number + 1)
            line = grid.row(cells)
            if any(cell.text for cell in cells):
                for repeat in range(min(times, MAX_REPEATED_ROWS)):
                    yield number + repeat + 1, line.rstrip(CELL_SEPARATOR).split(CELL_SEPARATOR)
            number += times
            self._next = next(self._rows, None)

    def _cells(self, row: Any, number: int) -> list[Cell]:
        cells: list[Cell] = []
        for element in row:
            name = local(element)
            if name not in ("table-cell", "covered-table-cell"):
                continue
            times = attribute(element, "number-columns-repeated", "1")
            count = int(times) if times.isdecimal() and len(times) < 6 else 1
            if name == "table-cell":
                cell = self._cell(element, number)
                cells += [cell] * min(count, MAX_COLUMNS - len(cells))
        while cells and not cells[-1].text:
            cells.pop()
        return cells

    def _cell(self, element: Any, number: int) -> Cell:
        walk = Walk()
        texts: list[str] = []
        for child in element:
            blocks = walk.block(child)
            if local(child) == "annotation":
                self.notes += [
                    Block(f"[Comment on row {number}] {block.text.removeprefix('[Comment] ')}") for block in blocks
                ]
            else:
                texts += [block.text for block in blocks]
        across, down = (span(attribute(element, f"number-{kind}-spanned")) for kind in ("columns", "rows"))
        return Cell(shorten(one_line(" ".join(texts)), MAX_CELL), across, down)


def _is_cells(row: Any) -> bool:
    """Whether a row belongs to a sheet, and not to a table in a cell or a shape."""
    return not any(local(above) in ("table-cell", "shapes") for above in row.iterancestors())
