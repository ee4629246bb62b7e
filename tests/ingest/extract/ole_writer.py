"""Whole DOC, XLS and PPT files, made here: streams in the container of the old Office formats.

Every stream is padded beyond the size up to which the format packs streams together, so that sectors are all there is.
"""

from __future__ import annotations

import struct

SECTOR = 512
LEAST = 4096
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(streams: dict[str, bytes]) -> bytes:
    """A compound file with some streams at its root."""
    padded = [data + bytes(max(LEAST, -(-len(data) // SECTOR) * SECTOR) - len(data)) for data in streams.values()]
    chain: list[int] = []
    starts: list[int] = []
    for data in padded:
        starts.append(len(chain))
        count = len(data) // SECTOR
        chain += [*range(len(chain) + 1, len(chain) + count), END]
    entries = [_entry("Root Entry", 5, END, 0, child=1)]
    for at, (name, start, data) in enumerate(zip(streams, starts, padded, strict=True), 1):
        entries.append(_entry(name, 2, start, len(data), right=at + 1 if at < len(streams) else FREE))
    directory = b"".join(entries)
    directory += bytes(-len(directory) % SECTOR)
    first = len(chain)
    count = len(directory) // SECTOR
    chain += [*range(first + 1, first + count), END]
    tables = 1
    while (len(chain) + tables) * 4 > tables * SECTOR:
        tables += 1
    places = list(range(len(chain), len(chain) + tables))
    chain += [TABLE] * tables
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, first, 0, LEAST, END, 0, END, 0)
    header += struct.pack(f"<{len(places)}I", *places).ljust(109 * 4, b"\xff")
    return header + b"".join(padded) + directory + fat


def _entry(name: str, kind: int, start: int, size: int, right: int = FREE, child: int = FREE) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    return encoded.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI8x8xIQ", len(encoded), kind, 1, FREE, right, child, 0, start, size
    )


def biff(kind: int, data: bytes) -> bytes:
    """A record of an XLS stream."""
    return struct.pack("<HH", kind, len(data)) + data


def xls(cells: list[tuple[int, int, float, int]], formats: list[str], sheet: str = "Sheet1") -> bytes:
    """A workbook of one sheet.

    Args:
        cells: Row, column, value, and which of the formats it has.
        formats: Number formats.
        sheet: Name of the sheet.
    """
    head = biff(0x809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    for at, code in enumerate(formats):
        head += biff(0x41E, struct.pack("<HHB", 164 + at, len(code), 0) + code.encode("latin-1"))
    for at in range(len(formats)):
        head += biff(0xE0, struct.pack("<HHH14x", 0, 164 + at, 0))
    name = sheet.encode("latin-1")
    place = len(head) + 4 + 8 + len(name) + 4
    head += biff(0x85, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name) + biff(0x0A, b"")
    body = biff(0x809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    for row, column, value, style in cells:
        body += biff(0x203, struct.pack("<HHHd", row, column, style, value))
    return ole({"Workbook": head + body + biff(0x0A, b"")})


def doc(text: str) -> bytes:
    """A Word 97 document: one piece of text."""
    document, start = bytearray(2048), 1024
    encoded = text.encode("utf-16-le")
    struct.pack_into("<HH", document, 0, 0xA5EC, 0x00C1)
    struct.pack_into("<H", document, 0x0A, 0x0200)
    pieces = struct.pack("<2I", 0, len(text)) + struct.pack("<HIH", 0, start, 0)
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", document, 0x01A2, 0, len(table))
    return ole({"WordDocument": bytes(document[:start]) + encoded, "1Table": table})


def ppt(titles: list[str]) -> bytes:
    """A presentation: a slide for each title."""
    body = b""
    for title in titles:
        text = _record(3999, struct.pack("<I", 0)) + _record(4000, title.encode("utf-16-le"))
        body += _record(1006, _record(0xF004, text, container=True), container=True)
    return ole({"PowerPoint Document": body, "Current User": bytes(20)})


def _record(kind: int, data: bytes, container: bool = False) -> bytes:
    return struct.pack("<HHI", 0xF if container else 0, kind, len(data)) + data
