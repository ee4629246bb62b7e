"""How the cells of an XLSB file are shown: the number format of each cell, row by row, as xlsx_formats.py has it for XLSX.

Only the records of places and styles are read (MS-XLSB). Knows nothing of what a format means.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from ingest.extract.xlsx_formats import MAX_AREA, Codes, Extent, shown_codes
from ingest.extract.zipped import Package, targets

_ROW, _FORMAT, _STYLE, _SHEET = 0, 44, 47, 156
_CELLS = frozenset({*range(1, 12), 62})
_STYLES_BEGIN, _STYLES_END = 617, 618
_LONGEST = 1 << 16
"""Records that are longer are no cells; they are passed over."""
_MAIN, _STYLES = "xl/workbook.bin", "xl/styles.bin"


class XlsbFormats:
    """The number formats of a workbook.

    Args:
        package: The open file.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._codes = _codes(package)
        self._parts = _sheets(package)

    def area(self, sheet: str) -> int:
        """Places of a sheet from its first cell to its last, empty ones included; not counted on beyond `MAX_AREA`."""
        extent, area = Extent(), 0
        for row, column, _ in self._cells(sheet):
            area = extent.add(row, column)
            if area > MAX_AREA:
                break
        return area

    def rows(self, sheet: str) -> Iterator[tuple[int, Codes]]:
        """Numbers of rows, from 0, and the formats of their cells; nothing where no cell has any."""
        current, codes = -1, Codes()
        for row, column, style in self._cells(sheet) if self._codes else ():
            if row != current:
                if codes:
                    yield current, codes
                current, codes = row, Codes()
            if code := self._codes.get(style):
                codes[column] = code
        if codes:
            yield current, codes

    def _cells(self, sheet: str) -> Iterator[tuple[int, int, int]]:
        """Row, column and style of every cell, from 0."""
        part = self._parts.get(sheet, "")
        if not part or not self._package.has(part):
            return
        row = 0
        with self._package.open(part) as stream:
            for kind, data in _records(stream):
                if kind == _ROW and len(data) >= 4:
                    (row,) = struct.unpack_from("<I", data)
                elif kind in _CELLS and len(data) >= 8:
                    column, style = struct.unpack_from("<II", data)
                    yield row, column, style & 0xFFFFFF


def _records(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Kinds and contents of the records of a part; the content of a long one is left out."""
    while first := stream.read(1):
        kind = first[0]
        if kind & 0x80:
            kind = kind & 0x7F | (stream.read(1) or b"\0")[0] << 7
        size = 0
        for shift in (0, 7, 14, 21):
            byte = (stream.read(1) or b"\0")[0]
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        kept = stream.read(size) if size <= _LONGEST else b""
        left = size - len(kept) if size > _LONGEST else 0
        while left and (passed := stream.read(min(left, _LONGEST))):
            left -= len(passed)
        yield kind, kept


def _text(data: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends; a length of all ones stands for none."""
    if at + 4 > len(data):
        return "", len(data)
    (count,) = struct.unpack_from("<I", data, at)
    end = at + 4 if count == 0xFFFFFFFF else min(len(data), at + 4 + 2 * count)
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _codes(package: Package) -> dict[int, str]:
    """Number format of each cell style, those aside that show numbers as they are."""
    declared: dict[int, str] = {}
    styles: list[int] = []
    of_cells = False
    if package.has(_STYLES):
        with package.open(_STYLES) as stream:
            for kind, data in _records(stream):
                if kind == _FORMAT and len(data) >= 6:
                    declared[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
                elif kind in (_STYLES_BEGIN, _STYLES_END):
                    of_cells = kind == _STYLES_BEGIN
                elif kind == _STYLE and of_cells and len(data) >= 4:
                    styles.append(struct.unpack_from("<H", data, 2)[0])
    return shown_codes(declared, styles)


def _sheets(package: Package) -> dict[str, str]:
    """Parts of the sheets by the sheets' names."""
    found: dict[str, str] = {}
    parts = targets(package, _MAIN)
    if package.has(_MAIN):
        with package.open(_MAIN) as stream:
            for kind, data in _records(stream):
                if kind == _SHEET:
                    relation, end = _text(data, 8)
                    found[_text(data, end)[0]] = parts.get(relation, "")
    return found
