"""IWA, in which Pages, Numbers and Keynote keep their objects: unpacked, and taken apart into objects and fields.

Chunks are packed with Snappy (without its checksums); objects are Protocol Buffers whose schema Apple does not publish,
so fields are known by number only. Knows nothing of what the objects mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.errors import DocumentError
from ingest.extract.reader import Room

MAX_CHUNK = 1 << 24
"""Bytes of one chunk, unpacked; the programs write 64 KB."""
MAX_OBJECTS = 500_000
"""Objects of one part."""

Value = int | bytes
"""A number (fixed-width ones as their bytes), or bytes: a text, a message."""


@dataclass(frozen=True, slots=True)
class IwaObject:
    """One object."""

    id: int
    """How others refer to it."""
    kind: int
    """Number of its type."""
    data: bytes
    """Its fields, packed."""


def objects(data: bytes, room: Room) -> Iterator[IwaObject]:
    """The objects of one part.

    Args:
        data: The part as it lies in the package.
        room: What may still be unpacked.

    Raises:
        DocumentError: `damaged`, or `too_large` when the room is used up.
    """
    stream = _unpacked(data, room)
    at = 0
    for _ in range(MAX_OBJECTS):
        if at >= len(stream):
            return
        length, at = _varint(stream, at)
        header = dict_of(stream[at : at + length])
        at += length
        number = header.get(1, [0])[0]
        for info in header.get(2, []):
            told = dict_of(info) if isinstance(info, bytes) else {}
            kind, size = told.get(1, [0])[0], told.get(3, [0])[0]
            if isinstance(number, int) and isinstance(kind, int) and isinstance(size, int):
                yield IwaObject(number, kind, stream[at : at + size])
                at += size


def dict_of(data: bytes) -> dict[int, list[Value]]:
    """The fields of a message by number; what cannot be read ends it."""
    found: dict[int, list[Value]] = {}
    at = 0
    while at < len(data):
        try:
            key, at = _varint(data, at)
            value: Value
            match key & 7:
                case 0:
                    value, at = _varint(data, at)
                case 1:
                    value, at = data[at : at + 8], at + 8
                case 2:
                    length, at = _varint(data, at)
                    value, at = data[at : at + length], at + length
                case 5:
                    value, at = data[at : at + 4], at + 4
                case _:
                    return found
        except DocumentError:
            return found
        found.setdefault(key >> 3, []).append(value)
    return found


def messages(fields: dict[int, list[Value]], number: int) -> list[bytes]:
    """The values of a field that are bytes."""
    return [value for value in fields.get(number, []) if isinstance(value, bytes)]


def reference(fields: dict[int, list[Value]], number: int) -> int:
    """The object that a field refers to, 0 where there is none."""
    for value in messages(fields, number):
        found = dict_of(value).get(1, [0])[0]
        return found if isinstance(found, int) else 0
    return 0


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise DocumentError("damaged", "its objects are damaged")


def _unpacked(data: bytes, room: Room) -> bytes:
    """All chunks of a part: a zero byte and three of length before each."""
    parts: list[bytes] = []
    at = 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at + 1 : at + 4], "little")
        parts.append(_snappy(data[at + 4 : at + 4 + length], room) if data[at] == 0 else b"")
        at += 4 + length
    return b"".join(parts)


def _snappy(data: bytes, room: Room) -> bytes:
    """One chunk, unpacked: literals, and copies of what stands before."""
    size, at = _varint(data, 0)
    if size > MAX_CHUNK:
        raise DocumentError("damaged", "its packed parts are damaged")
    room.take(size)
    out = bytearray()
    while at < len(data) and len(out) < size:
        tag = data[at]
        at += 1
        kind, length = tag & 3, tag >> 2
        if kind == 0:
            if length >= 60:
                wide = length - 59
                length = int.from_bytes(data[at : at + wide], "little")
                at += wide
            length += 1
            out += data[at : at + length]
            at += length
            continue
        if kind == 1:
            length, offset, step = (length & 7) + 4, (tag >> 5) << 8 | int.from_bytes(data[at : at + 1], "little"), 1
        else:
            step = 2 if kind == 2 else 4
            length, offset = length + 1, int.from_bytes(data[at : at + step], "little")
        at += step
        if not 0 < offset <= len(out):
            raise DocumentError("damaged", "its packed parts are damaged")
        start = len(out) - offset
        for position in range(start, start + length):
            out.append(out[position])
    return bytes(out[:size])
