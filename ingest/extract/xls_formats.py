"""How the cells of an XLS file are shown: the number format of each cell, from the records of the stream.

Records are those of the format's description (MS-XLS): FORMAT and XF declare, and every cell names its XF. Charts inside
a sheet have records of the same kinds and are passed over. Knows nothing of what a format means, nor of what stands in the
cells.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ingest.extract.number_formats import BUILT_IN
from ingest.extract.xlsx_formats import Codes, Extent

_BOF, _EOF, _SHEET, _FORMAT, _XF = 0x809, 0x0A, 0x85, 0x41E, 0xE0
_NUMBER, _RK, _MULTIPLE, _FORMULA = 0x203, 0x27E, 0xBD, 0x06
_OTHER_CELLS = frozenset({0x204, 0x205, 0xFD, 0xD6})
"""Cells of text and truth values, which have no number format."""
_BIFF8 = 0x0600
MAX_CELLS = 500_000
"""Cells whose formats are kept; the rest is shown with the digits that it has."""


@dataclass(slots=True)
class XlsFormats:
    """What the records say of the cells."""

    codes: dict[str, dict[int, Codes]] = field(default_factory=dict)
    """Number formats by sheet, row and column, both from 0."""
    area: int = 0
    """Cells of the largest sheet, from its first filled row and column to its last, empty ones included."""


def formats_of(records: Iterable[tuple[int, bytes]]) -> XlsFormats:
    """Number formats of a workbook, and how large its sheets are.

    Args:
        records: Kinds and contents of the records of the workbook's stream, in order.
    """
    declared: dict[int, str] = dict(BUILT_IN)
    styles: list[int] = []
    names: dict[int, str] = {}
    found = XlsFormats()
    current: dict[int, Codes] = {}
    extent = Extent()
    wide, depth, cells, at = True, 0, 0, 0
    for kind, data in records:
        place, at = at, at + 4 + len(data)
        if kind == _BOF and len(data) >= 4:
            depth += 1
            if depth == 1:
                wide = struct.unpack_from("<H", data)[0] >= _BIFF8
                current = found.codes.setdefault(names.get(place, ""), {})
                extent = Extent()
        elif kind == _EOF:
            depth = max(0, depth - 1)
        elif depth > 1:
            continue
        elif kind == _SHEET and len(data) > 7:
            names[struct.unpack_from("<I", data)[0]] = _name(data, wide)
        elif kind == _FORMAT and len(data) > 3:
            declared[struct.unpack_from("<H", data)[0]] = _code(data, wide)
        elif kind == _XF and len(data) >= 4:
            styles.append(struct.unpack_from("<H", data, 2)[0])
        elif kind in _OTHER_CELLS and len(data) >= 6:
            found.area = max(found.area, extent.add(*struct.unpack_from("<HH", data)))
        elif kind in (_NUMBER, _RK, _MULTIPLE, _FORMULA) and len(data) >= 6:
            for row, column, style in _cells(kind, data):
                found.area = max(found.area, extent.add(row, column))
                if cells >= MAX_CELLS:
                    continue
                code = declared.get(styles[style], "") if style < len(styles) else ""
                if code and code.lower() not in ("general", "@"):
                    current.setdefault(row, {})[column] = code
                    cells += 1
    return found


def _cells(kind: int, data: bytes) -> Iterator[tuple[int, int, int]]:
    """Row, column and style of the cells of a record."""
    row, column, style = struct.unpack_from("<HHH", data)
    yield row, column, style
    if kind == _MULTIPLE:
        for at in range(10, len(data) - 7, 6):
            column += 1
            yield row, column, struct.unpack_from("<H", data, at)[0]


def _name(data: bytes, wide: bool) -> str:
    if not wide:
        return data[7 : 7 + data[6]].decode("cp1252", "replace")
    letters = data[8:]
    return (
        letters[: 2 * data[6]].decode("utf-16-le", "replace") if data[7] & 1 else letters[: data[6]].decode("latin-1")
    )


def _code(data: bytes, wide: bool) -> str:
    if not wide:
        return data[3 : 3 + data[2]].decode("cp1252", "replace")
    if len(data) < 5:
        return ""
    count = struct.unpack_from("<H", data, 2)[0]
    return (
        data[5 : 5 + 2 * count].decode("utf-16-le", "replace") if data[4] & 1 else data[5 : 5 + count].decode("latin-1")
    )
