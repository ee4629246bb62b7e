"""What stands in an XLS file beside its cells: headers, footers, text boxes, comments and the words of charts.

Walks the records of the workbook's stream (BIFF5 and BIFF8); a record that is broken is passed over. Knows nothing of
cells.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from ingest.errors import DocumentError
from ingest.extract.blocks import Block
from ingest.extract.clean import one_line
from ingest.extract.ole import Ole
from ingest.extract.reader import Facts, Source
from ingest.extract.sheet_extras import without_codes
from ingest.extract.xls_formats import formats_of
from ingest.extract.xlsx_formats import MAX_AREA, Codes

_BOF, _HEADER, _FOOTER, _FILEPASS, _CONTINUE, _TXO, _SERIES_TEXT = 0x809, 0x14, 0x15, 0x2F, 0x3C, 0x1B6, 0x100D
_BIFF8 = 0x0600
FIRST_RECORDS = 30
"""Records at the start of the stream among which the one stands that says that the rest is encrypted."""
MAX_RECORDS = 3_000_000
"""Records that are looked at."""
MAX_EXTRAS = 5_000
"""Texts that are kept."""


def beside_cells(source: Source) -> tuple[list[Block], dict[str, dict[int, Codes]]]:
    """Texts of an XLS file that are in no cell, each once, and the number formats of its cells by sheet and row.

    Raises:
        DocumentError: `encrypted` where the stream says so; `too_large` where cells lie so far apart that all between
            them cannot be held.
    """
    try:
        with Ole(source) as ole:
            stream = ole.stream("Workbook") or ole.stream("Book")
    except DocumentError:  # the cells may still be read, and their reader says what is damaged
        return [], {}
    if any(kind == _FILEPASS for kind, _ in islice(_records(stream), FIRST_RECORDS)):
        raise DocumentError("encrypted", f"{source.name} is protected by a password")
    found: dict[str, None] = {}
    for text in _texts(stream):
        if text:
            found[text] = None
        if len(found) >= MAX_EXTRAS:
            break
    formats = formats_of(_records(stream))
    if formats.area > MAX_AREA:
        raise DocumentError("too_large", f"{source.name}: its cells are spread over {formats.area} places")
    return [Block(text) for text in found], formats.codes


def facts_of(source: Source) -> Facts:
    """Title, author and date; nothing where the file's directory cannot be read."""
    try:
        with Ole(source) as ole:
            return ole.facts()
    except DocumentError:
        return Facts()


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Kinds and contents of the records."""
    at, end = 0, len(stream)
    for _ in range(MAX_RECORDS):
        if at + 4 > end:
            return
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _texts(stream: bytes) -> Iterator[str]:
    wide = True
    letters = 0
    for kind, data in _records(stream):
        if kind == _CONTINUE and letters and data:
            text = _letters(data[1:], letters, data[0])
            letters = 0
            yield one_line(text)
            continue
        letters = 0
        if kind == _BOF and len(data) >= 2:
            wide = struct.unpack_from("<H", data)[0] >= _BIFF8
        elif kind == _TXO and wide and len(data) >= 12:
            letters = struct.unpack_from("<H", data, 10)[0]
        elif kind in (_HEADER, _FOOTER) and len(data) > 3:
            count, flags, start = (struct.unpack_from("<H", data)[0], data[2], 3) if wide else (data[0], 0, 1)
            yield one_line(without_codes(_letters(data[start:], count, flags)))
        elif kind == _SERIES_TEXT and len(data) > 4:
            start, flags = (4, data[3]) if wide else (3, 0)
            yield one_line(_letters(data[start:], data[2], flags))


def _letters(data: bytes, count: int, flags: int) -> str:
    """A string of a record: two bytes a letter where its flag says so, else one."""
    return data[: 2 * count].decode("utf-16-le", "ignore") if flags & 1 else data[:count].decode("cp1252", "replace")
