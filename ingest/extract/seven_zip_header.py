"""The directory of a 7z archive: its folders (packed streams) and the names of the files in them.

As the format's description has it (7zFormat.txt of the LZMA SDK). A count is never believed before as many bytes are
there. Knows nothing of how a stream is unpacked.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.errors import DocumentError

START = struct.Struct("<6sHIQQI")
"""What an archive begins with: mark, version, checksum, then place, size and checksum of the directory."""
HEADER, ENCODED = 1, 23
"""What a directory begins with: itself, or a folder that holds it."""
HINT = "Unpack it, or pack it again as ZIP."
MAX_FILES = 100_000
"""Files in one archive."""
MAX_CODERS = 32
"""Methods in one folder, and streams into one method."""
_END, _ARCHIVE, _STREAMS, _FILES, _PACK, _UNPACK, _SUB = 0, 2, 4, 5, 6, 7, 8
_SIZE, _CRC, _FOLDER, _UNPACK_SIZE, _COUNT, _NO_STREAM, _NAMES = 9, 10, 11, 12, 13, 14, 17


@dataclass(slots=True)
class Folder:
    """One packed stream, which holds files one behind the other."""

    coders: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Methods and their properties, in the order in which they are undone."""
    whole: bool = True
    """Whether the methods stand in one row."""
    inputs: int = 0
    """Packed streams that it takes."""
    size: int = 0
    """Bytes, unpacked."""
    start: int = 0
    """Where it lies in the file."""
    packed: int = 0
    """Bytes that it has there."""
    parts: list[tuple[int, int | None]] = field(default_factory=list)
    """Size of each file in it, and its checksum where it has one."""


Names = list[tuple[str, bool]]
"""The files of an archive in order, and whether they have content: folders have none, nor have empty files."""


class Bytes:
    """The directory's bytes, read in order."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        """The next byte."""
        self.at += 1
        return self.data[self.at - 1]

    def take(self, size: int) -> bytes:
        """So many bytes.

        Raises:
            EOFError: There are fewer.
        """
        if size > len(self.data) - self.at:
            raise EOFError
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self) -> int:
        """A number of up to eight bytes: as many ones as its first byte begins with, so many bytes follow."""
        first = self.byte()
        value, mask = 0, 0x80
        for index in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << 8 * index
            value |= self.byte() << 8 * index
            mask >>= 1
        return value

    def bits(self, count: int) -> list[bool]:
        """So many bits, the highest of each byte first."""
        data = self.take((count + 7) // 8)
        return [bool(data[index // 8] & 0x80 >> index % 8) for index in range(count)]

    def checksums(self, count: int) -> list[int | None]:
        """Checksums of so many streams; None for one that has none."""
        if count > len(self.data):
            raise EOFError
        known = [True] * count if self.byte() else self.bits(count)
        return [struct.unpack("<I", self.take(4))[0] if each else None for each in known]

    def expect(self, kind: int) -> None:
        """Pass over a byte that must be there.

        Raises:
            ValueError: Another one is.
        """
        if self.byte() != kind:
            raise ValueError


def directory(data: Bytes, name: str) -> tuple[list[Folder], Names]:
    """The folders and names of a directory, behind its first byte.

    Args:
        data: The directory.
        name: The archive's name, for messages.

    Raises:
        DocumentError: `unsupported`, `too_large`.
        EOFError, IndexError, ValueError: It is damaged.
    """
    folders: list[Folder] = []
    names: Names = []
    while (kind := data.byte()) != _END:
        if kind == _ARCHIVE:
            while data.number() != _END:
                data.take(data.number())
        elif kind == _STREAMS:
            folders = streams(data)
        elif kind == _FILES:
            names = _names(data, name)
        else:
            raise DocumentError("unsupported", f"{name}: its directory has a part that is not known here", HINT)
    return folders, names


def _names(data: Bytes, archive: str) -> Names:
    count = data.number()
    if count > MAX_FILES:
        raise DocumentError("too_large", f"{archive} holds more than {MAX_FILES} documents")
    names, empty = [archive.removesuffix(".7z")] * count, [False] * count
    while (kind := data.number()) != _END:
        part = Bytes(data.take(data.number()))
        if kind == _NO_STREAM:
            empty = part.bits(count)
        elif kind == _NAMES:
            part.expect(0)  # names in another stream are not in use
            names = part.take(len(part.data) - 1).decode("utf-16-le", "replace").split("\0")[:count]
    return [(name, not is_empty) for name, is_empty in zip(names, empty, strict=True)]


def streams(data: Bytes) -> list[Folder]:
    """The folders with their places and the files in them; errors as `directory`."""
    start, sizes, folders = 0, list[int](), list[Folder]()
    counted = False
    while (kind := data.byte()) != _END:
        if kind == _PACK:
            start, sizes = _packed(data)
        elif kind == _UNPACK:
            folders = _unpacked(data)
        elif kind == _SUB:
            _parts(data, folders)
            counted = True
        else:
            raise ValueError
    start += START.size
    waiting = iter(sizes)
    for folder in folders:
        taken = [next(waiting, 0) for _ in range(folder.inputs)]
        folder.start, folder.packed = start, sum(taken[:1])
        start += sum(taken)
        if not counted and not folder.parts:
            folder.parts = [(folder.size, None)]
    return folders


def _packed(data: Bytes) -> tuple[int, list[int]]:
    """Where the packed streams begin, and their sizes."""
    start, count, sizes = data.number(), data.number(), list[int]()
    while (kind := data.byte()) != _END:
        if kind == _SIZE:
            if count > len(data.data):
                raise EOFError
            sizes = [data.number() for _ in range(count)]
        elif kind == _CRC:
            data.checksums(count)
        else:
            raise ValueError
    return start, sizes


def _unpacked(data: Bytes) -> list[Folder]:
    data.expect(_FOLDER)
    count = data.number()
    data.expect(0)
    if count > len(data.data):
        raise EOFError
    read = [_folder(data) for _ in range(count)]
    folders = [folder for folder, _, _ in read]
    data.expect(_UNPACK_SIZE)
    for folder, outputs, last in read:
        sizes = [data.number() for _ in range(outputs)]
        folder.size = sizes[last]
        folder.parts = [(folder.size, None)]
    while (kind := data.byte()) != _END:
        if kind != _CRC:
            raise ValueError
        for folder, checksum in zip(folders, data.checksums(count), strict=True):
            folder.parts = [(folder.size, checksum)]
    return folders


def _folder(data: Bytes) -> tuple[Folder, int, int]:
    """A folder, how many streams come out of its methods, and which of them is the last."""
    count = data.number()
    if not 0 < count <= MAX_CODERS:
        raise ValueError
    folder = Folder()
    coders, inputs, outputs = list[tuple[bytes, bytes]](), 0, 0
    for _ in range(count):
        flags = data.byte()
        method = data.take(flags & 15)
        into, out = (data.number(), data.number()) if flags & 16 else (1, 1)
        if max(into, out) > MAX_CODERS:
            raise ValueError
        folder.whole = folder.whole and into == out == 1
        inputs, outputs = inputs + into, outputs + out
        coders.append((method, data.take(data.number()) if flags & 32 else b""))
    pairs: dict[int, int] = {}
    for _ in range(outputs - 1):
        target = data.number()
        pairs[target] = data.number()
    folder.inputs = max(0, inputs - len(pairs))
    for _ in range(folder.inputs if folder.inputs > 1 else 0):
        data.number()
    last = next((index for index in range(outputs) if index not in pairs.values()), 0)
    if folder.whole:
        row = [last]
        while row[-1] in pairs and len(row) < count:
            row.append(pairs[row[-1]])
        folder.coders = [coders[index] for index in reversed(row)]
    else:
        folder.coders = coders
    return folder, outputs, last


def _parts(data: Bytes, folders: list[Folder]) -> None:
    """The sizes and checksums of the files in each folder."""
    counts = [1] * len(folders)
    kind = data.byte()
    if kind == _COUNT:
        counts = [data.number() for _ in folders]
        kind = data.byte()
    if sum(counts) > MAX_FILES:
        raise DocumentError("too_large", f"an archive holds more than {MAX_FILES} documents")
    sizes: list[list[int]] = []
    for folder, count in zip(folders, counts, strict=True):
        own = [data.number() for _ in range(count - 1)] if kind == _SIZE else []
        sizes.append([*own, max(0, folder.size - sum(own))] if count else [])
    if kind == _SIZE:
        kind = data.byte()
    unknown = sum(len(own) for own, folder in zip(sizes, folders, strict=True) if not _has_checksum(own, folder))
    found: Iterator[int | None] = iter([None] * unknown)
    while kind != _END:
        if kind == _CRC:
            found = iter(data.checksums(unknown))
        else:
            raise ValueError
        kind = data.byte()
    for own, folder in zip(sizes, folders, strict=True):
        if not _has_checksum(own, folder):
            folder.parts = [(size, next(found)) for size in own]


def _has_checksum(sizes: list[int], folder: Folder) -> bool:
    """Whether the folder's own checksum is that of its one file."""
    return len(sizes) == 1 and bool(folder.parts) and folder.parts[0][1] is not None
