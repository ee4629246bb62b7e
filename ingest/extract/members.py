"""The documents in one file: the file itself and, where it is a container, its members, recursively.

Every member is unpacked to a numbered file in the private folder (its own name is data, never a path) and named by
the way to it: "message-0017.eml/invoice.pdf", a repeated name with "#2". Depth, number and size of what is unpacked
are limited over the whole file, so that a bomb in a bomb ends like a bomb. Knows nothing of pages.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import DocumentError
from ingest.extract import sniff
from ingest.extract.clean import one_line, shorten
from ingest.extract.families import container_of, reader_of
from ingest.extract.guard import damaged
from ingest.extract.reader import UNPACKED_BYTES, Container, Member, Reader, ReadOptions, Room, Source

MIN_ROOM_BYTES = 32 << 20
"""What may be unpacked whatever the ratio: a small archive of ordinary texts can be packed very tightly."""
MAX_MEMBERS = 100_000
"""Members of one file, over all depths."""
MAX_NAME = 200
"""Longest name of a member in characters."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """A document in the file."""

    inside: str | None
    """Way to the member, None for the file itself."""
    id: str
    """Hex sha256 over media type, a zero byte and the bytes."""
    size: int
    """Bytes."""
    source: Source
    """What its reader is given."""
    reader: Reader
    """Who reads it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A member that cannot be read."""

    inside: str | None
    """Way to the member; that of the container where it concerns several members."""
    error: DocumentError
    """Why."""


def document_id(media_type: str, path: Path) -> str:
    """Identity of a document: what it is read as, and its bytes."""
    digest = hashlib.sha256(media_type.encode() + b"\0")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def walk(path: Path, name: str, folder: Path, options: ReadOptions) -> Iterator[Found | Failed]:
    """The file first, then its members in their order, each followed by its own.

    Args:
        path: The file.
        name: Its name, for messages and to tell text formats apart.
        folder: Where members are unpacked.
        options: Limits.

    Raises:
        DocumentError: The file itself cannot be read.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DocumentError("unreadable", f"{name}: {error.strerror}") from error
    room = Room(min(UNPACKED_BYTES, max(MIN_ROOM_BYTES, size * options.max_archive_ratio)))
    first = _open(path, name, folder, options, room)
    yield Found(None, *first)
    yield from _Walk(folder).members(None, first[2], first[3], 1)


def _open(path: Path, name: str, folder: Path, options: ReadOptions, room: Room) -> tuple[str, int, Source, Reader]:
    try:
        size = path.stat().st_size
        if size == 0:
            raise DocumentError("empty", f"{name} is empty")
        media_type = sniff.media_type_of(path, name)
        reader = reader_of(media_type, name)
        return document_id(media_type, path), size, Source(path, name, media_type, folder, options, room), reader
    except OSError as error:
        raise DocumentError("unreadable", f"{name}: {error.strerror}") from error


class _Walk:
    """Unpacks the members of one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def members(self, inside: str | None, source: Source, reader: Reader, depth: int) -> Iterator[Found | Failed]:
        container = container_of(reader)
        if container is None:
            return
        try:
            yield from self._members(inside, source, container, depth)
        except DocumentError as error:
            yield Failed(inside or "", error)

    def _members(
        self, inside: str | None, source: Source, container: Container, depth: int
    ) -> Iterator[Found | Failed]:
        names: Counter[str] = Counter()
        with damaged(source.name):
            for member in container.members(source):
                if not isinstance(member, Member):
                    yield Failed(member.inside or inside or "", DocumentError(member.code, member.message))
                    continue
                name = member_name(member.name)
                names[name] += 1
                shown = name if names[name] == 1 else f"{name}#{names[name]}"
                way = shown if inside is None else f"{inside}/{shown}"
                yield from self._member(way, name, member, source, depth)

    def _member(self, way: str, name: str, member: Member, parent: Source, depth: int) -> Iterator[Found | Failed]:
        path = self._unpacked(member, parent)
        try:
            found = _open(path, name, self.folder, parent.options, parent.room)
            deepest = container_of(found[3]) is not None and depth >= parent.options.max_depth
            if deepest and not getattr(found[3], "READABLE_ALONE", False):
                raise DocumentError("too_large", f"{way}: containers are nested more than {depth} deep")
        except DocumentError as error:
            path.unlink(missing_ok=True)
            yield Failed(way, error)
            return
        yield Found(way, *found)
        if not deepest:
            yield from self.members(way, found[2], found[3], depth + 1)

    def _unpacked(self, member: Member, parent: Source) -> Path:
        self.count += 1
        if self.count > MAX_MEMBERS:
            raise DocumentError("too_large", f"{parent.name} holds more than {MAX_MEMBERS} documents")
        path = self.folder / f"member-{self.count:06}"
        if isinstance(member.data, Path):
            shutil.move(member.data, path)
        else:
            parent.room.take(len(member.data))
            path.write_bytes(member.data)
        return path


def member_name(name: str) -> str:
    """A member's name as it is shown: one line, "/" between folders, no way out of the container."""
    parts = [part for part in one_line(name).replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if len(parts) > 1 and len(parts[0]) == 2 and parts[0][1] == ":":
        parts = parts[1:]
    return shorten("/".join(parts), MAX_NAME) or "unnamed"
