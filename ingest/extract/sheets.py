"""Spreadsheets: XLSX, XLSB and XLS through calamine, a page for every forty rows.

Values come from calamine; what it leaves out comes from the package's XML or the stream's records: the number formats that
make values look as a person sees them, and text boxes, charts, comments and headers. A merged cell's words stand in
every cell that it covers. Knows nothing of layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import sniff, xls_extras
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import shorten
from ingest.extract.grid import MAX_ACROSS, MAX_DOWN, MAX_REPEAT
from ingest.extract.libreoffice import or_else
from ingest.extract.number_formats import shown
from ingest.extract.reader import Source, Yielded
from ingest.extract.sheet_extras import extras_of
from ingest.extract.sheet_pages import Row, sheet_pages
from ingest.extract.xlsb_formats import XlsbFormats
from ingest.extract.xlsx_formats import MAX_AREA, Codes, XlsxFormats
from ingest.extract.zipped import Package, office_facts
from ingest.records import Problem

MAX_CELL = 2_000
"""Longest text of a cell in characters."""
MAX_COVERED = 50_000
"""Cells of one sheet that merged cells cover and that are filled."""

Merged = dict[tuple[int, int], tuple[int, int]]
"""Row and column of a covered cell, from 0, and those of the cell that covers it."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then pages labelled "Sheet1 rows 1–40"; empty rows are left out.

    Raises:
        DocumentError: `encrypted`, `damaged`, `too_large` when the cells of every sheet lie too far apart, or `empty`
            without a filled cell.
    """
    own = _own(source)
    yield from or_else(own, source) if source.media_type == sniff.XLS else own


def _own(source: Source) -> Iterator[Yielded]:
    import python_calamine

    extras: list[Block] = []
    codes: dict[str, dict[int, Codes]] = {}
    if source.media_type == sniff.XLS:
        extras, codes = xls_extras.beside_cells(source)
    with ExitStack() as stack:
        stack.enter_context(_rust(source))
        workbook = stack.enter_context(python_calamine.CalamineWorkbook.from_path(str(source.path)))
        package = stack.enter_context(Package(source)) if source.media_type in (sniff.XLSX, sniff.XLSB) else None
        yield office_facts(package) if package else xls_extras.facts_of(source)
        formats = (XlsxFormats if source.media_type == sniff.XLSX else XlsbFormats)(package) if package else None
        number, spread = 0, ""
        for name in workbook.sheet_names:
            if formats and (area := formats.area(name)) > MAX_AREA:
                spread = f"the cells of the sheet {name} are spread over {area} places"
                yield Problem(None, "too_large", spread)
                continue
            shows = formats.rows(name) if formats else codes.get(name, {}).items()
            for page in sheet_pages(name, _rows(workbook, name, shows), number + 1):
                number = page.number
                yield page
        for page in pages(extras_of(package) if package else extras, first=number + 1, label="notes"):
            number = page.number
            yield page
        if not number and spread:
            raise DocumentError("too_large", f"{source.name}: {spread}")
        if not number:
            raise DocumentError("empty", f"{source.name} has no filled cell")


@contextmanager
def _rust(source: Source) -> Iterator[None]:
    """Turn calamine's errors and the panics of its compiled code into the document's."""
    import python_calamine

    try:
        yield
    except python_calamine.PasswordError as error:
        raise DocumentError("encrypted", f"{source.name} is protected by a password") from error
    except python_calamine.CalamineError as error:
        raise DocumentError("damaged", f"{source.name} is a damaged spreadsheet ({shorten(str(error), 80)})") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise DocumentError("damaged", f"{source.name} is a damaged spreadsheet") from error


def _rows(workbook: Any, name: str, shows: Iterable[tuple[int, Codes]]) -> Iterator[Row]:
    """Numbers and texts of the rows of a sheet that are not empty."""
    import python_calamine

    try:
        sheet = workbook.get_sheet_by_name(name)
    except python_calamine.WorksheetNotFound:
        return
    top, left = sheet.start or (0, 0)
    merged = _merged(sheet)
    texts: dict[tuple[int, int], str] = {}
    codes = _Codes(shows)
    for at, row in enumerate(sheet.to_python(skip_empty_area=True), top):
        forms = codes.of(at)
        cells = [shorten(shown(cell, forms.get(column, "")), MAX_CELL) for column, cell in enumerate(row, left)]
        filled = sum(map(bool, cells))
        for column, text in enumerate(cells, left) if filled and merged else ():
            if text:
                texts[at, column] = text
            elif (origin := merged.get((at, column))) and (origin[0] < at or filled > 1):
                held = texts.get(origin, "")
                cells[column - left] = held if len(held) <= MAX_REPEAT else ""
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield at + 1, cells


class _Codes:
    """The number formats of rows that are asked for in order."""

    def __init__(self, shows: Iterable[tuple[int, Codes]]) -> None:
        self._shows = iter(shows)
        self._held: tuple[int, Codes] | None = next(self._shows, None)

    def of(self, row: int) -> Codes:
        """Those of a row, from 0."""
        while self._held is not None and self._held[0] < row:
            self._held = next(self._shows, None)
        return self._held[1] if self._held is not None and self._held[0] == row else {}


def _merged(sheet: Any) -> Merged:
    """What the merged cells of a sheet cover, besides themselves."""
    covered: Merged = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if len(covered) > MAX_COVERED:
            break
        for row in range(top, min(bottom, top + MAX_DOWN) + 1):
            for column in range(left, min(right, left + MAX_ACROSS) + 1):
                covered[row, column] = (top, left)
        covered.pop((top, left), None)
    return covered
