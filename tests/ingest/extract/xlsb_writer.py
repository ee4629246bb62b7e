"""XLSB files as small as they can be: numbers with number formats."""

from __future__ import annotations

import io
import struct
import zipfile

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="bin" '
    'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def xlsb(rows: dict[int, list[tuple[float, int]]], formats: list[str], sheet: str = "Sheet1") -> bytes:
    """A workbook of one sheet.

    Args:
        rows: By their number from 0: the cells from the left, each a value and which of the formats it has.
        formats: Number formats.
        sheet: The sheet's name.
    """
    count = struct.pack("<I", len(formats))
    styles = _record(615, count)
    styles += b"".join(_record(44, struct.pack("<H", 164 + at) + _text(code)) for at, code in enumerate(formats))
    styles += _record(616) + _record(617, count)
    styles += b"".join(_record(47, struct.pack("<HH12x", 0, 164 + at)) for at in range(len(formats)))
    cells = b"".join(
        _record(0, struct.pack("<I12x", row))
        + b"".join(_record(5, struct.pack("<IId", at, style, value)) for at, (value, style) in enumerate(found))
        for row, found in rows.items()
    )
    last = max(rows), max(map(len, rows.values())) - 1
    data = _record(129) + _record(148, struct.pack("<4I", 0, last[0], 0, last[1])) + _record(145) + cells + _record(146)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.bin")]))
        package.writestr("xl/workbook.bin", _workbook(sheet))
        package.writestr("xl/_rels/workbook.bin.rels", _relations([("rId1", "worksheet", "worksheets/sheet1.bin"), ("rId2", "styles", "styles.bin")]))  # fmt: skip
        package.writestr("xl/styles.bin", _record(278) + styles + _record(618) + _record(279))
        package.writestr("xl/worksheets/sheet1.bin", data + _record(130))
    return held.getvalue()


def _workbook(sheet: str) -> bytes:
    listed = struct.pack("<II", 0, 1) + _text("rId1") + _text(sheet)
    return _record(131) + _record(143) + _record(156, listed) + _record(144) + _record(132)


def _record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(data) & 0x7F | 0x80, len(data) >> 7]) + data


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _relations(found: list[tuple[str, str, str]]) -> str:
    items = "".join(f'<Relationship Id="{i}" Type="{_RELATION}{kind}" Target="{target}"/>' for i, kind, target in found)
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'
    )
