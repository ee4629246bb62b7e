"""The texts and tables in the objects of Pages, Numbers and Keynote files since 2013.

Numbers of types and fields are those that the files themselves show; what is not understood is left out. Knows nothing of
layout: texts stand in the order in which the file has them.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ingest.errors import DocumentError
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.iwa import IwaObject, dict_of, messages, objects, reference
from ingest.extract.number_formats import Value, shown
from ingest.extract.sheet_pages import Row, sheet_pages
from ingest.extract.zipped import Package
from ingest.records import Page

_STORAGES = (2001, 2005)
_SHEET, _TABLE_INFO, _TABLE, _TILE, _LIST, _SEGMENT = 2, 6000, 6001, 6002, (6005, 6201), 6011
_BODY, _CELL, _CONTENTS = 0, 5, 7
_EPOCH = datetime(2001, 1, 1)  # noqa: DTZ001 - the format's own, without a zone
_LEFT_OUT = ("MasterSlide", "TemplateSlide", "ViewState", "AnnotationAuthor", "Metadata", "ThemeStylesheet")
_SLIDE = re.compile(r"(?:^|/)Slide(?:-\d+)*\.iwa$")
_MARKS = re.compile("[\ufffc\x04\x05]")
MAX_PART = 64 << 20
"""Largest packed part that is read, bytes."""
MAX_SECONDS = 5e10
"""Seconds before or after 2001 up to which a moment has a date."""
MAX_CELLS = 1_000
"""Columns of a row that are read."""


@dataclass(slots=True)
class _Part:
    name: str
    objects: list[IwaObject]


class Parts:
    """The objects of one file.

    Args:
        package: The open file.

    Raises:
        DocumentError: `damaged`, `too_large`.
    """

    def __init__(self, package: Package) -> None:
        self._parts: list[_Part] = []
        for name in package.names(suffix=".iwa"):
            if not name.rpartition("/")[2].startswith(_LEFT_OUT):
                try:
                    found = list(objects(package.data(name, MAX_PART), package.room))
                except DocumentError as error:
                    if error.code != "damaged":
                        raise
                    continue
                self._parts.append(_Part(name, found))
        self._by_id = {item.id: item for part in self._parts for item in part.objects}

    def pages(self) -> Iterator[Page]:
        """A page for each slide, then the other texts, then the tables by rows."""
        number = 0
        position = 0
        rest: list[Block] = []
        for part in self._parts:
            blocks = list(self._blocks(part))
            if not _SLIDE.search(part.name):
                rest += blocks
                continue
            position += 1
            for page in pages(blocks, first=number + 1, label=f"slide {position}"):
                number = page.number
                yield page
        for page in pages(rest, first=number + 1):
            number = page.number
            yield page
        for name, rows in self._tables():
            for page in sheet_pages(name, rows, number + 1):
                number = page.number
                yield page

    def _blocks(self, part: _Part) -> Iterator[Block]:
        """The texts of a part, running text first."""
        found = [(self._kind(item), self._text(item)) for item in part.objects if item.kind in _STORAGES]
        for kind, text in sorted(found, key=lambda pair: pair[0] != _BODY):
            if kind not in (_CELL, _CONTENTS):
                for paragraph in text.split("\n"):
                    yield Block(paragraph)

    def _kind(self, storage: IwaObject) -> int:
        value = dict_of(storage.data).get(1, [3])[0]
        return value if isinstance(value, int) else 3

    def _text(self, storage: IwaObject) -> str:
        parts = messages(dict_of(storage.data), 3)
        return _MARKS.sub("", "".join(part.decode("utf-8", "replace") for part in parts)).replace("\u2029", "\n")

    def _tables(self) -> Iterator[tuple[str, Iterator[Row]]]:
        """Names and rows of the tables."""
        sheets = self._sheet_names()
        for item in self._by_id.values():
            if item.kind == _TABLE:
                fields = dict_of(item.data)
                name = one_line(b"".join(messages(fields, 8)[:1]).decode("utf-8", "replace"))
                sheet = sheets.get(item.id, "")
                yield f"{sheet}: {name}" if sheet and name else sheet or name or "table", self._rows(fields)

    def _sheet_names(self) -> dict[int, str]:
        """Names of the sheets by the tables on them."""
        found: dict[int, str] = {}
        for item in self._by_id.values():
            if item.kind == _SHEET:
                fields = dict_of(item.data)
                name = one_line(b"".join(messages(fields, 1)[:1]).decode("utf-8", "replace"))
                for shape in messages(fields, 2):
                    info = self._by_id.get(_number(dict_of(shape).get(1)))
                    if info is not None and info.kind == _TABLE_INFO:
                        found[reference(dict_of(info.data), 2)] = name
        return found

    def _rows(self, table: dict[int, list[int | bytes]]) -> Iterator[Row]:
        """The rows of a table that are not empty."""
        store = dict_of(b"".join(messages(table, 4)[:1]))
        strings = self._list(reference(store, 4))
        rich = self._list(reference(store, 17))
        storage = dict_of(b"".join(messages(store, 3)[:1]))
        size = _number(storage.get(2)) or 256
        rows: dict[int, list[str]] = {}
        for told in messages(storage, 1):
            place = dict_of(told)
            tile = self._by_id.get(reference(place, 2))
            if tile is None or tile.kind != _TILE:
                continue
            for info in messages(dict_of(tile.data), 5):
                row = dict_of(info)
                number = _number(place.get(1)) * size + _number(row.get(1))
                cells = [self._shown(cell, strings, rich) for cell in _cells(row)]
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    rows[number + 1] = cells
        yield from sorted(rows.items())

    def _list(self, number: int) -> dict[int, dict[int, list[int | bytes]]]:
        """The entries of a list of texts by their keys."""
        found: dict[int, dict[int, list[int | bytes]]] = {}
        item = self._by_id.get(number)
        if item is None or item.kind not in (*_LIST, _SEGMENT):
            return found
        fields = dict_of(item.data)
        for entry in messages(fields, 3):
            told = dict_of(entry)
            found[_number(told.get(1))] = told
        for segment in messages(fields, 4) if item.kind in _LIST else ():
            found |= self._list(_number(dict_of(segment).get(1)))
        return found

    def _shown(
        self,
        cell: bytes,
        strings: dict[int, dict[int, list[int | bytes]]],
        rich: dict[int, dict[int, list[int | bytes]]],
    ) -> str:
        """A cell as a person sees it, its number format aside."""
        if len(cell) < 12 or cell[0] != 5:
            return ""
        kind, flags, at = cell[1], struct.unpack_from("<I", cell, 8)[0], 12
        told: dict[int, bytes] = {}
        for flag, width in ((1, 16), (2, 8), (4, 8), (8, 4), (16, 4)):
            if flags & flag:
                told[flag] = cell[at : at + width]
                at += width
        value: Value = None
        if kind in (2, 10) and len(told.get(1, b"")) == 16:
            value = _decimal(told[1])
        elif kind in (6, 7) and len(told.get(2, b"")) == 8:
            number = struct.unpack("<d", told[2])[0]
            value = number > 0 if kind == 6 else timedelta(seconds=number) if abs(number) < MAX_SECONDS else None
        elif kind == 5 and len(told.get(4, b"")) == 8:
            seconds = struct.unpack("<d", told[4])[0]
            value = _EPOCH + timedelta(seconds=seconds) if abs(seconds) < MAX_SECONDS else None
        elif kind == 3:
            entry = strings.get(int.from_bytes(told.get(8, b""), "little"), {})
            value = b"".join(messages(entry, 3)[:1]).decode("utf-8", "replace")
        elif kind == 9:
            payload = self._by_id.get(reference(rich.get(int.from_bytes(told.get(16, b""), "little"), {}), 9))
            storage = self._by_id.get(reference(dict_of(payload.data), 1)) if payload else None
            value = self._text(storage) if storage is not None and storage.kind in _STORAGES else ""
        return one_line(shown(value))


def _cells(row: dict[int, list[int | bytes]]) -> Iterator[bytes]:
    """The packed cells of a row by column, empty where there is none."""
    packed = b"".join(messages(row, 6)[:1])
    places = b"".join(messages(row, 7)[:1])[: 2 * MAX_CELLS]
    step = 4 if _number(row.get(8)) else 1
    for (offset,) in struct.iter_unpack("<h", places[: len(places) // 2 * 2]):
        yield packed[offset * step :] if offset >= 0 else b""


def _number(values: list[int | bytes] | None) -> int:
    return values[0] if values and isinstance(values[0], int) else 0


def _decimal(data: bytes) -> float:
    """A number of IEEE 754's decimal128, whose digits are a binary integer."""
    exponent = ((data[15] & 0x7F) << 7 | data[14] >> 1) - 6176
    digits = int.from_bytes(data[:14], "little") | (data[14] & 1) << 112
    return float(Decimal(-digits if data[15] & 0x80 else digits).scaleb(exponent))
