"""Legacy DOC (Word 6 to 2003) by a reader of our own: the pieces of the text, its headings, tables as rows, notes, headers.

Layout is left out, and so are the numbers of lists. Offsets are those of the format's description (MS-DOC).
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from ingest.errors import DocumentError
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.grid import CELL_SEPARATOR
from ingest.extract.libreoffice import or_else
from ingest.extract.ole import Ole
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.word_styles import heading_starts

_MAGIC = (0xA5EC, 0xA5DC, 0xA59B, 0xA5DB)
_FLAGS, _FC_MIN, _FC_MAC, _CCP_TEXT, _CLX = 0x0A, 0x18, 0x1C, 0x4C, 0x01A2
_ENCRYPTED, _COMPLEX, _TABLE_ONE = 0x0100, 0x0004, 0x0200
_FIRST_OF_1997 = 0x00C1
"""Version of the file information block from which text is kept in Unicode pieces."""
_COMPRESSED = 1 << 30
_FIELD = re.compile(r"\x13[^\x13\x14\x15]*(?:\x14([^\x13\x15]*))?\x15")
_CELL = "\x07"
"""Ends a cell; one more ends the row, which cannot be told from an empty cell at its end."""
_PART = re.compile(r"([^\r\x07]*)([\r\x07]|$)")
_LEVEL_MARKS = 0xFDD0
"""Code points that no text has: one more for each level marks a heading."""
_HEADING = re.compile(f"[{chr(_LEVEL_MARKS)}-{chr(_LEVEL_MARKS + 15)}]")
_MARKS = str.maketrans({"\x0b": "\n", "\x0c": "\r", "\x1e": "-", "\x1f": "", "\x01": "", "\x02": "", "\x05": "", "\x08": "", "\x13": "", "\x14": "", "\x15": "", "\x03": "", "\x04": ""})  # fmt: skip


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it.

    Raises:
        DocumentError: `encrypted`, `damaged`, `unsupported` for Word 2 and older, `empty`.
    """
    yield from or_else(_own(source), source)


def _own(source: Source) -> Iterator[Yielded]:
    with Ole(source) as ole:
        document = ole.stream("WordDocument")
        if len(document) < _CLX + 8 or struct.unpack_from("<H", document)[0] not in _MAGIC:
            raise DocumentError("damaged", f"{source.name} holds no Word text that can be found")
        flags, version = struct.unpack_from("<H", document, _FLAGS)[0], struct.unpack_from("<H", document, 2)[0]
        if flags & _ENCRYPTED:
            raise DocumentError("encrypted", f"{source.name} is protected by a password")
        table = ole.stream("1Table" if flags & _TABLE_ONE else "0Table")
        yield ole.facts() or Facts()
    text = (
        text_of(document, table, heading_starts(document, table)) if version >= _FIRST_OF_1997 else _old_text(document)
    )
    count = 0
    for page in pages(blocks_of(text)):
        count += 1
        yield page
    if not count:
        raise DocumentError("empty", f"{source.name} holds no text")


def _old_text(document: bytes) -> str:
    """The text of Word 6 and 95: one stretch of Windows-1252."""
    start, end = struct.unpack_from("<II", document, _FC_MIN)
    return document[start : min(end, len(document))].decode("cp1252", "replace")


def text_of(document: bytes, table: bytes, headings: Mapping[int, int] | None = None) -> str:
    """The whole text of a document of Word 97 or later, main text first, then notes, headers and text boxes.

    Args:
        document: The stream of the text.
        table: The stream of its tables.
        headings: Where headings begin in the stream, with their levels; a mark is put there, which `blocks_of` knows.

    Raises:
        DocumentError: `damaged` without a table of its pieces.
    """
    start, size = struct.unpack_from("<II", document, _CLX)
    clx = table[start : start + size]
    position = 0
    while position + 3 <= len(clx) and clx[position] == 1:
        position += 3 + struct.unpack_from("<H", clx, position + 1)[0]
    if position + 5 > len(clx) or clx[position] != 2:
        return _old_text(document)
    length = struct.unpack_from("<I", clx, position + 1)[0]
    pieces = clx[position + 5 : position + 5 + length]
    count = (len(pieces) - 4) // 12
    if count < 1:
        raise DocumentError("damaged", "the table of the text's pieces is damaged")
    bounds = struct.unpack_from(f"<{count + 1}I", pieces)
    parts: list[str] = []
    starts = sorted(headings or ())
    for index in range(count):
        characters = min(max(0, bounds[index + 1] - bounds[index]), len(document))
        at = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * index + 2)[0]
        width, encoding = (1, "cp1252") if at & _COMPRESSED else (2, "utf-16-le")
        at = (at & ~_COMPRESSED) // 2 if width == 1 else at
        end = at + width * characters
        for start in starts[bisect_left(starts, at) : bisect_left(starts, end)]:
            parts += document[at:start].decode(encoding, "replace"), chr(_LEVEL_MARKS + (headings or {})[start])
            at = start
        parts.append(document[at:end].decode(encoding, "replace"))
    return "".join(parts)


def blocks_of(text: str) -> Iterator[Block]:
    """The blocks of Word's text with its control characters: paragraphs, and tables as rows."""
    while _FIELD.search(text):
        text = _FIELD.sub(lambda match: match[1] or "", text)
    rows: list[str] = []
    cells: list[str] = []
    held = ""
    for part, mark in _PART.findall(text.translate(_MARKS)):
        if mark == _CELL:
            cell = one_line(_HEADING.sub("", f"{held} {part}"))
            held = ""
            if cell or not cells:
                cells.append(cell)
            else:
                rows += _row(cells)
                cells = []
        elif cells:
            held += f" {part}"
        else:
            if rows:
                yield Block("\n".join(rows))
                rows = []
            marked = _HEADING.search(part)
            text = _HEADING.sub("", part)
            yield Block(text, min(6, ord(marked[0]) - _LEVEL_MARKS) if marked and text.strip() else 0)
    rows += _row([*cells, one_line(_HEADING.sub("", held))] if held.strip() else cells)
    if rows:
        yield Block("\n".join(rows))


def _row(cells: list[str]) -> list[str]:
    return [CELL_SEPARATOR.join(cells)] if any(cells) else []
