"""Legacy PPT (PowerPoint 97 to 2003) by a reader of our own: a page for each slide, with its title and its notes.

Slides are found through the persist directory, so that slides deleted in a later save are not read. Record types are
those of the format's description (MS-PPT). Knows nothing of layout.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.errors import DocumentError
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.libreoffice import or_else
from ingest.extract.ole import Ole
from ingest.extract.reader import Source, Yielded
from ingest.records import Page

_CONTAINER = 0xF
_DOCUMENT, _SLIDE, _NOTES, _MASTER = 1000, 1006, 1008, 1016
_NOTES_ATOM, _SLIDE_PERSIST, _SLIDE_LIST = 1009, 1011, 4080
_TEXT_HEADER, _TEXT_CHARS, _TEXT_BYTES, _STRING = 3999, 4000, 4008, 4026
_PLACEHOLDER, _SHAPE, _MARGINS = 3011, 0xF004, 4057
_USER_EDIT, _PERSIST = 4085, 6002
_TITLES = frozenset({0, 6})
_NOTES_TEXT = 2
_ENCRYPTED = 0xF3D1C4DF
_SLIDES, _MASTERS = 0, 1
MAX_DEPTH = 30
"""Containers inside one another."""
MAX_EDITS = 1_000
"""Saves whose directories are followed."""
_MARKS = str.maketrans({"\r": "\n", "\x0b": "\n", "\x00": ""})


@dataclass(frozen=True, slots=True)
class Record:
    """A record: an atom with data, or a container."""

    kind: int
    instance: int
    container: bool
    start: int
    """Offset of its data in the stream."""
    end: int


@dataclass(slots=True)
class _Slide:
    """What the document's list says of one slide."""

    persist: int
    number: int
    texts: list[tuple[int, str]] = field(default_factory=list)


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then a page for each slide, and one for what all slides show.

    Raises:
        DocumentError: `encrypted`, `damaged` without a presentation, `empty` without text.
    """
    yield from or_else(_own(source), source)


def _own(source: Source) -> Iterator[Yielded]:
    with Ole(source) as ole:
        data, current = ole.stream("PowerPoint Document"), ole.stream("Current User")
        if not data:
            raise DocumentError("damaged", f"{source.name} holds no presentation that can be found")
        if len(current) >= 20 and struct.unpack_from("<I", current, 12)[0] == _ENCRYPTED:
            raise DocumentError("encrypted", f"{source.name} is protected by a password")
        show = _Show(data, struct.unpack_from("<I", current, 16)[0] if len(current) >= 20 else 0)
        slides = list(show.slides())
        master = show.master()
        if not any(slides) and not master:
            raise DocumentError("empty", f"{source.name} holds no text")
        yield ole.facts(len(slides))
    number = 0
    for position, blocks in enumerate(slides, 1):
        made = list(pages(blocks, first=number + 1, label=f"slide {position}"))
        yield from made or [Page(number + 1, f"slide {position}", "")]
        number += max(1, len(made))
    yield from pages(master, first=number + 1, label="master")


class _Show:
    """One presentation's stream."""

    def __init__(self, data: bytes, edit: int) -> None:
        self.data = data
        self.places = self._directory(edit)
        documents = [record for record in self.records(0, len(data)) if record.kind == _DOCUMENT]
        self.document = documents[-1] if documents else None
        self.notes = self._notes()

    def records(self, start: int, end: int) -> Iterator[Record]:
        """The records between two offsets."""
        while start + 8 <= end:
            version, kind, length = struct.unpack_from("<HHI", self.data, start)
            stop = min(start + 8 + length, end)
            yield Record(kind, version >> 4, version & 0xF == _CONTAINER, start + 8, stop)
            start += 8 + length

    def inside(self, record: Record, depth: int = 0) -> Iterator[Record]:
        """All records in a container, outer ones first."""
        for child in self.records(record.start, record.end):
            yield child
            if child.container and depth < MAX_DEPTH:
                yield from self.inside(child, depth + 1)

    def _directory(self, edit: int) -> dict[int, int]:
        """Where the persistent objects lie; what a later save says counts."""
        places: dict[int, int] = {}
        for _ in range(MAX_EDITS):
            record = next(self.records(edit, len(self.data)), None)
            if record is None or record.kind != _USER_EDIT or record.end - record.start < 16:
                break
            before, directory = struct.unpack_from("<II", self.data, record.start + 8)
            found = next(self.records(directory, len(self.data)), None)
            if found is not None and found.kind == _PERSIST:
                for number, place in self._entries(found):
                    places.setdefault(number, place)
            if not before or before == edit:
                break
            edit = before
        return places

    def _entries(self, record: Record) -> Iterator[tuple[int, int]]:
        at = record.start
        while at + 4 <= record.end:
            head = struct.unpack_from("<I", self.data, at)[0]
            first, count = head & 0xFFFFF, head >> 20
            at += 4
            for index in range(count):
                if at + 4 > record.end:
                    return
                yield first + index, struct.unpack_from("<I", self.data, at)[0]
                at += 4

    def _object(self, persist: int, kind: int) -> Record | None:
        place = self.places.get(persist)
        record = next(self.records(place, len(self.data)), None) if place is not None else None
        return record if record is not None and record.kind == kind else None

    def _list(self, instance: int) -> list[_Slide]:
        """The slides (or masters) in the document's list, with the texts of their outlines."""
        found: list[_Slide] = []
        for record in self.records(self.document.start, self.document.end) if self.document else ():
            if record.kind == _SLIDE_LIST and record.instance == instance:
                header = 1
                for atom in self.records(record.start, record.end):
                    if atom.kind == _SLIDE_PERSIST and atom.end - atom.start >= 16:
                        persist, number = struct.unpack_from("<I8xI", self.data, atom.start)
                        found.append(_Slide(persist, number))
                    elif atom.kind == _TEXT_HEADER and atom.end - atom.start >= 4:
                        header = struct.unpack_from("<I", self.data, atom.start)[0]
                    elif found and (text := self._text(atom)):
                        found[-1].texts.append((header, text))
        return found

    def slides(self) -> Iterator[list[Block]]:
        """The blocks of each slide."""
        listed = self._list(_SLIDES)
        if not listed:
            for record in self.records(0, len(self.data)):
                if record.kind == _SLIDE:
                    yield self._blocks(self._texts(record))
            return
        for slide in listed:
            shapes = self._object(slide.persist, _SLIDE)
            own = list(self._texts(shapes)) if shapes else []
            notes = [Block(f"Notes: {text}") for text in self.notes.get(slide.number, [])]
            yield [*self._blocks([*slide.texts, *own]), *notes]

    def master(self) -> list[Block]:
        """What masters show on every slide, without the placeholders' prompts."""
        found: list[str] = []
        for master in self._list(_MASTERS):
            for kind in (_MASTER, _SLIDE):
                if shown := self._object(master.persist, kind):
                    found += [text for _, text in self._texts(shown, placeholders=False)]
        if self.document is not None:
            for record in self.inside(self.document):
                if record.kind == _MARGINS:
                    found += [
                        text
                        for atom in self.records(record.start, record.end)
                        if atom.kind == _STRING and (text := self._text(atom))
                    ]
        return [Block(text) for text in dict.fromkeys(found) if text not in ("*", "___PPT10", "___PPT9")]

    def _notes(self) -> dict[int, list[str]]:
        """Notes by the number of their slide."""
        found: dict[int, list[str]] = {}
        for place in dict.fromkeys(self.places.values()):
            record = next(self.records(place, len(self.data)), None)
            if record is None or record.kind != _NOTES:
                continue
            atom = next((item for item in self.records(record.start, record.end) if item.kind == _NOTES_ATOM), None)
            if atom is not None and atom.end - atom.start >= 4:
                number = struct.unpack_from("<I", self.data, atom.start)[0]
                found[number] = [text for header, text in self._texts(record) if header == _NOTES_TEXT]
        return found

    def _texts(self, container: Record, placeholders: bool = True) -> Iterator[tuple[int, str]]:
        """Kinds and texts of a slide's shapes."""
        header, shown = 4, True
        for record in self.inside(container):
            if record.kind == _SHAPE:
                shown = placeholders or not any(item.kind == _PLACEHOLDER for item in self.inside(record))
            elif record.kind == _TEXT_HEADER and record.end - record.start >= 4:
                header = struct.unpack_from("<I", self.data, record.start)[0]
            elif record.kind in (_TEXT_CHARS, _TEXT_BYTES) and shown and (text := self._text(record)):
                yield header, text

    def _text(self, atom: Record) -> str:
        data = self.data[atom.start : atom.end]
        if atom.kind in (_TEXT_CHARS, _STRING):
            return data.decode("utf-16-le", "replace").translate(_MARKS).strip()
        return data.decode("cp1252", "replace").translate(_MARKS).strip() if atom.kind == _TEXT_BYTES else ""

    def _blocks(self, texts: Iterator[tuple[int, str]] | list[tuple[int, str]]) -> list[Block]:
        return [
            Block(one_line(text), 1) if header in _TITLES else Block(text) for header, text in texts if text.strip("* ")
        ]
