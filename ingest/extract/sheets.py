"""Spreadsheets: XLSX, XLSB, XLS and ODS through calamine, a page for every forty rows.

The first row of a sheet stands again above the later rows, so that a number found far below still says what it is.
What calamine leaves out (text boxes, charts, comments, headers) is read from the package's XML or the stream's records.
Knows nothing of number formats: a date is shown as a date, a number with the digits that it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import sniff, xls_extras
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line, shorten
from ingest.extract.docx import CELL_SEPARATOR
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.sheet_extras import extras_of
from ingest.extract.zipped import Package, core_facts
from ingest.records import Page

ROWS_A_PAGE = 40
"""Rows of one page: few enough that a page says where a number stands."""
MAX_CELL = 2_000
"""Longest text of a cell in characters."""
_PACKAGES = frozenset({sniff.XLSX, sniff.XLSB, sniff.ODS})


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then pages labelled "Sheet1 rows 1–40"; empty rows are left out.

    Raises:
        DocumentError: `encrypted`, `damaged`, or `empty` without a filled cell.
    """
    import python_calamine

    extras = xls_extras.extras_of(source) if source.media_type == sniff.XLS else []
    with _rust(source), python_calamine.CalamineWorkbook.from_path(str(source.path)) as workbook:
        yield _facts(source)
        number = 0
        for name in workbook.sheet_names:
            for page in _pages(name, _rows(workbook, name), number + 1):
                number = page.number
                yield page
        extras = extras_of(source) if source.media_type in _PACKAGES else extras
        for page in pages(extras, first=number + 1, label="notes"):
            number = page.number
            yield page
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


def _facts(source: Source) -> Facts:
    if source.media_type == sniff.XLS:
        return xls_extras.facts_of(source)
    if source.media_type not in (sniff.XLSX, sniff.XLSB):
        return Facts()
    with Package(source) as package:
        core = core_facts(package)
    date_made = (core.get("created") or core.get("modified", ""))[:10]
    metadata = {"author": core.get("creator", ""), "date": date_made, "subject": core.get("subject", "")}
    return Facts(
        core.get("title", ""),
        core.get("creator", ""),
        date_made,
        "",
        0,
        {key: value for key, value in metadata.items() if value},
    )


def _rows(workbook: Any, name: str) -> Iterator[tuple[int, list[str]]]:
    """Numbers and texts of the rows of a sheet that are not empty, as the spreadsheet program counts them."""
    import python_calamine

    try:
        sheet = workbook.get_sheet_by_name(name)
    except python_calamine.WorksheetNotFound:
        return
    start = sheet.start
    first = start[0] + 1 if start else 1
    for index, row in enumerate(sheet.to_python(skip_empty_area=True)):
        cells = [shorten(shown(cell), MAX_CELL) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield first + index, cells


def _pages(name: str, rows: Iterator[tuple[int, list[str]]], first: int) -> Iterator[Page]:
    """The pages of one sheet; the first one begins with the sheet's name."""
    header: list[str] = []
    held: list[tuple[int, list[str]]] = []
    number = first
    for row in rows:
        if not held and number == first:
            header = row[1] if _is_header(row[1]) else []
        held.append(row)
        if len(held) == ROWS_A_PAGE:
            for page in _page(name, held, [] if number == first else header, number, number == first):
                number = page.number + 1
                yield page
            held = []
    if held:
        yield from _page(name, held, [] if number == first else header, number, number == first)


def _page(
    name: str, rows: Sequence[tuple[int, list[str]]], header: list[str], number: int, named: bool
) -> Iterator[Page]:
    lines = [CELL_SEPARATOR.join(cells) for _, cells in rows]
    if header:
        lines.insert(0, CELL_SEPARATOR.join(header))
    blocks = [Block(one_line(name), 1)] if named else []
    last = rows[-1][0]
    label = f"{one_line(name)} row {last}" if rows[0][0] == last else f"{one_line(name)} rows {rows[0][0]}–{last}"
    yield from pages([*blocks, Block("\n".join(lines))], first=number, label=label)


def _is_header(cells: Sequence[str]) -> bool:
    """Whether a row names the columns below it: several cells, all of them words."""
    return len(cells) > 1 and all(cell and not cell[0].isdigit() for cell in cells)


def shown(value: Any) -> str:
    """A cell as a person sees it: whole numbers without a point, dates in ISO order."""
    match value:
        case None | "":
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return one_line(str(value))
