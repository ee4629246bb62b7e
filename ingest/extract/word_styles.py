"""Where the headings of a DOC begin: paragraphs whose style is one of Word's own for headings and titles.

Offsets are those of MS-DOC: the style sheet (STSH) says which styles these are, the paragraphs' properties (PAPX, in
pages of 512 bytes) which paragraph has which. Knows nothing of the text.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_STYLES, _PARAGRAPHS = 0x00A2, 0x0102
_PAGE = 512
_BOX = 13
_KIND = 0x0FFF
_TITLE, _LAST_HEADING = 62, 9


def heading_starts(document: bytes, table: bytes) -> dict[int, int]:
    """Offsets in the stream at which headings begin, with their levels; a title has level 1, "Heading 1" too.

    What is damaged is left out.
    """
    levels = _levels(_part(document, table, _STYLES))
    if not levels:
        return {}
    return {start: levels[style] for start, style in _paragraphs(document, table) if style in levels}


def _part(document: bytes, table: bytes, at: int) -> bytes:
    if at + 8 > len(document):
        return b""
    start, size = struct.unpack_from("<II", document, at)
    return table[start : start + size]


def _levels(sheet: bytes) -> dict[int, int]:
    """Levels of the styles that are headings, by the styles' numbers."""
    found: dict[int, int] = {}
    if len(sheet) < 4:
        return found
    size, count = struct.unpack_from("<HH", sheet)
    at = 2 + size
    for style in range(count):
        if at + 4 > len(sheet):
            break
        length, head = struct.unpack_from("<HH", sheet, at)
        kind = head & _KIND
        if length and (kind == _TITLE or 0 < kind <= _LAST_HEADING):
            found[style] = 1 if kind == _TITLE else kind
        at += 2 + length + length % 2
    return found


def _paragraphs(document: bytes, table: bytes) -> Iterator[tuple[int, int]]:
    """Offset and style of every paragraph."""
    listed = _part(document, table, _PARAGRAPHS)
    count = (len(listed) - 4) // 8
    for (number,) in struct.iter_unpack("<I", listed[4 * (count + 1) : 4 * (2 * count + 1)]) if count > 0 else ():
        page = document[number * _PAGE : (number + 1) * _PAGE]
        runs = page[-1] if len(page) == _PAGE else 0
        if 4 * (runs + 1) + _BOX * runs > _PAGE:
            continue
        for run in range(runs):
            (start,) = struct.unpack_from("<I", page, 4 * run)
            at = 2 * page[4 * (runs + 1) + _BOX * run]
            if at and at + 4 < _PAGE:
                at += 1 if page[at] else 2  # a size of 0 stands for one more byte that holds it
                yield start, struct.unpack_from("<H", page, at)[0]
