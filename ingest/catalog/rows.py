"""How values are written into the catalog and read back: paths, texts, boxes.

Pure. Knows nothing of tables.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ingest.errors import LibraryError
from ingest.records import Box, Heading, Problem

TEXT_COMPRESSION = 6
"""zlib level: a page takes well under a millisecond, and higher levels gain less than 2 %."""

_BOX = struct.Struct("<II5f")


def path_bytes(path: Path) -> bytes:
    """A path as the file system has it."""
    return os.fsencode(path)


def path_of(value: bytes) -> Path:
    """The inverse of `path_bytes`."""
    return Path(os.fsdecode(value))


def clean(text: str) -> str:
    """The text with lone surrogates, which SQLite cannot hold, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def display(path: Path) -> str:
    """A path for a person."""
    return os.fsencode(path).decode("utf-8", "replace")


def inside_bytes(inside: str | None) -> bytes | None:
    """The way to a member, as bytes, since names inside containers may hold anything."""
    return None if inside is None else inside.encode("utf-8", "surrogatepass")


def inside_of(value: bytes | None) -> str | None:
    """The inverse of `inside_bytes`."""
    return None if value is None else value.decode("utf-8", "surrogatepass")


def packed(text: str) -> bytes:
    """A text, compressed."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), TEXT_COMPRESSION)


def unpacked(value: bytes) -> str:
    """The inverse of `packed`.

    Raises:
        LibraryError: The bytes are damaged.
    """
    return _inflated(value).decode("utf-8", "surrogatepass")


def _inflated(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error as error:
        raise LibraryError("A page in the library is damaged.", "Run `assistant repair`.", "damaged") from error


def packed_boxes(boxes: Sequence[Box]) -> bytes | None:
    """Boxes, compressed, with places and confidence in single precision; None where there are none."""
    if not boxes:
        return None
    records = (_BOX.pack(box.start, box.end, box.left, box.top, box.right, box.bottom, box.confidence) for box in boxes)
    return zlib.compress(b"".join(records), TEXT_COMPRESSION)


def boxes_of(value: bytes | None) -> tuple[Box, ...]:
    """The inverse of `packed_boxes`."""
    return () if value is None else tuple(Box(*record) for record in _BOX.iter_unpack(_inflated(value)))


def as_json(value: Any) -> str:
    """Compact JSON in ASCII, so that lone surrogates survive."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def headings_json(headings: Iterable[Heading]) -> str:
    """Headings of a page."""
    return as_json([[heading.start, heading.end, heading.level] for heading in headings])


def headings_of(value: str) -> tuple[Heading, ...]:
    """The inverse of `headings_json`."""
    return tuple(Heading(*heading) for heading in json.loads(value))


def ranges_of(value: str) -> tuple[tuple[int, int], ...]:
    """Character ranges from JSON."""
    return tuple((start, end) for start, end in json.loads(value))


def problems_json(problems: Iterable[Problem]) -> str:
    """Problems of a document."""
    return as_json([[problem.page, problem.code, problem.message, problem.inside] for problem in problems])


def problems_of(value: str) -> tuple[Problem, ...]:
    """The inverse of `problems_json`."""
    return tuple(Problem(*problem) for problem in json.loads(value))
