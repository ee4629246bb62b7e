"""How the cells of an XLSX file are shown: the number format of each cell, row by row.

Only the places and styles of cells are read here, by a pattern over the bytes of a sheet, so that a large sheet costs
little; what stands in the cells comes from elsewhere. Knows nothing of what a format means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from ingest.extract.number_formats import BUILT_IN
from ingest.extract.zipped import Package, attribute, local, targets

_CHUNK = 1 << 18
_HEAD = 1 << 12
_TAG = re.compile(rb"<(?:\w+:)?(row|c)((?:\s[^<>]*)?)>")
_REFERENCE = re.compile(rb'\sr="([A-Z]{0,3})(\d{0,7})"')
_STYLE = re.compile(rb'\ss="(\d{1,6})"')

MAX_AREA = 5_000_000
"""Cells of a sheet, empty ones included, up to which it is read: those between its cells are held too."""
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*ref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')

Codes = dict[int, str]
"""Number format of the cells of a row by column, from 0; what has no format of its own is left out."""


@dataclass(slots=True)
class Extent:
    """From where to where the cells of a sheet lie."""

    top: int = 1 << 30
    left: int = 1 << 30
    bottom: int = -1
    right: int = -1

    def add(self, row: int, column: int) -> int:
        """Add a cell; how many places there are now, empty ones included."""
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, column), max(self.right, column)
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


class XlsxFormats:
    """The number formats of a workbook.

    Args:
        package: The open file.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._codes = _codes(package)
        self._parts = _sheets(package)

    def area(self, sheet: str) -> int:
        """Places of a sheet from its first filled cell to its last; counted only where it says that there are many."""
        part = self._parts.get(sheet, "")
        if not part or not self._package.has(part):
            return 0
        with self._package.open(part) as stream:
            head = stream.read(_HEAD)
            match = _DIMENSION.search(head)
            if match is not None:
                extent = Extent()
                extent.add(int(match[2]), _column(match[1]))
                said = extent.add(int(match[4] or match[2]), _column(match[3] or match[1]))
                if said <= MAX_AREA:
                    return said
            extent, area = Extent(), 0
            for row, column, attributes in _places(stream, head):
                if column >= 0 and not attributes.endswith(b"/"):
                    area = extent.add(row, column)
            return area

    def rows(self, sheet: str) -> Iterator[tuple[int, Codes]]:
        """Numbers of rows, from 0, and the formats of their cells; nothing where no cell has any."""
        part = self._parts.get(sheet, "") if self._codes else ""
        if part and self._package.has(part):
            with self._package.open(part) as stream:
                yield from self._rows(stream)

    def _rows(self, stream: IO[bytes]) -> Iterator[tuple[int, Codes]]:
        current, codes = -1, Codes()
        for row, column, attributes in _places(stream):
            if row != current:
                if codes:
                    yield current, codes
                current, codes = row, Codes()
            style = _STYLE.search(attributes) if column >= 0 else None
            if style and (code := self._codes.get(int(style[1]))):
                codes[column] = code
        if codes:
            yield current, codes


def _places(stream: IO[bytes], head: bytes = b"") -> Iterator[tuple[int, int, bytes]]:
    """Row, column and attributes of every cell, both from 0; column -1 for a row itself.

    Args:
        stream: A sheet's part.
        head: What was read of it before.
    """
    row, column = -1, -1
    for tag, attributes in _tags(stream, head):
        match = _REFERENCE.search(attributes)
        if tag == b"row":
            row, column = int(match[2]) - 1 if match and match[2] else row + 1, -1
            yield row, -1, attributes
        else:
            column = _column(match[1]) if match and match[1] else column + 1
            row = int(match[2]) - 1 if match and match[2] else row
            yield row, column, attributes


def _tags(stream: IO[bytes], data: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
    """The start tags of rows and cells with their attributes; `data` is what was read of the stream before."""
    while True:
        end = 0
        for match in _TAG.finditer(data):
            yield match[1], match[2]
            end = match.end()
        cut = data.rfind(b"<", end)
        chunk = stream.read(_CHUNK)
        if not chunk:
            return
        data = (data[cut:][-_CHUNK:] if cut >= 0 else b"") + chunk


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _codes(package: Package) -> dict[int, str]:
    """Number format of each cell style, those aside that show numbers as they are."""
    root = package.tree("xl/styles.xml")
    declared: dict[int, str] = {}
    styles: list[int] = []
    for group in root if root is not None else ():
        for item in group:
            number = attribute(item, "numFmtId")
            if not number.isdecimal() or len(number) > 6:
                continue
            if local(group) == "numFmts":
                declared[int(number)] = attribute(item, "formatCode")
            elif local(group) == "cellXfs":
                styles.append(int(number))
    return shown_codes(declared, styles)


def shown_codes(declared: dict[int, str], styles: list[int]) -> dict[int, str]:
    """Number format of each cell style, those aside that show numbers as they are.

    Args:
        declared: The workbook's own formats by their numbers.
        styles: Number of the format of each style.
    """
    codes = BUILT_IN | declared
    return {
        at: code
        for at, number in enumerate(styles)
        if (code := codes.get(number, "")) and code.lower() not in ("general", "@")
    }


def _sheets(package: Package) -> dict[str, str]:
    """Parts of the sheets by the sheets' names."""
    main = next((name for name in targets(package, "").values() if name.endswith("workbook.xml")), "xl/workbook.xml")
    root, parts = package.tree(main), targets(package, main)
    found: dict[str, str] = {}
    for item in root.iter() if root is not None else ():
        if local(item) == "sheet":
            relation = next((str(value) for key, value in item.attrib.items() if key.endswith("}id")), "")
            found[attribute(item, "name")] = parts.get(relation, "")
    return found
