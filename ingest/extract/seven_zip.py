"""7z archives by a reader of our own: what Python's libraries unpack (LZMA, LZMA2, BZip2, Deflate, stored, and filters).

A *folder* is a packed stream that holds files one behind the other (seven_zip_header.py reads which). Limits are those of
all archives, see archive.py. Knows nothing of what the members are.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterator
from typing import IO, Any

from ingest.errors import DocumentError
from ingest.extract.archive import Unpacked, is_clutter, spool
from ingest.extract.reader import Facts, Member, Source, Yielded
from ingest.extract.seven_zip_header import (
    ENCODED,
    HEADER,
    HINT,
    MAX_CODERS,
    START,
    Bytes,
    Folder,
    Names,
    directory,
    streams,
)
from ingest.records import Problem

MAX_HEADER = 32 << 20
"""Largest directory that is read, unpacked."""
MAX_DICTIONARY = 256 << 20
"""Largest dictionary, in bytes: what a reader may hold beside itself."""
_CHUNK = 1 << 18
_AES = bytes.fromhex("06f10701")
_STORED, _LZMA, _LZMA2, _DELTA = b"\0", bytes.fromhex("030101"), b"\x21", b"\x03"
_DEFLATE, _BZIP2 = bytes.fromhex("040108"), bytes.fromhex("040202")
_BRANCHES = {
    bytes.fromhex("03030103"): lzma.FILTER_X86,
    bytes.fromhex("03030205"): lzma.FILTER_POWERPC,
    bytes.fromhex("03030401"): lzma.FILTER_IA64,
    bytes.fromhex("03030501"): lzma.FILTER_ARM,
    bytes.fromhex("03030701"): lzma.FILTER_ARMTHUMB,
    bytes.fromhex("03030805"): lzma.FILTER_SPARC,
}
_BROKEN = (OSError, EOFError, ValueError, IndexError, struct.error, zlib.error, lzma.LZMAError)
"""What broken data raise."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts alone: the files are members."""
    del source
    yield Facts()


def members(source: Source) -> Iterator[Member | Problem]:
    """The files in the archive in its order.

    Raises:
        DocumentError: `damaged`, `encrypted` when even the names are, `unsupported`, `too_large`.
    """
    with source.path.open("rb") as file:
        try:
            folders, names = _directory(source, file)
        except _BROKEN as error:
            raise DocumentError("damaged", f"{source.name} is a damaged or incomplete archive") from error
        waiting = iter(names)
        for folder in folders:
            stream: Unpacked | None = None
            failure: DocumentError | None = None
            try:
                stream = _opened(folder, file, source.name)
            except DocumentError as error:
                failure = error
            for size, checksum in folder.parts:
                name = _next(waiting, size=True)
                if stream is not None and failure is None:
                    part = _Part(stream, size, checksum, source.name)
                    try:
                        path = spool(part, source, count=True)
                    except (DocumentError, *_BROKEN) as error:
                        failure = _failure(error, source.name)
                        if failure.code == "too_large":
                            raise failure from error
                    else:
                        if is_clutter(name):
                            path.unlink()
                        else:
                            yield Member(name, path)
                        continue
                if failure is not None and not is_clutter(name):
                    yield Problem(None, failure.code, failure.message, name)


def _next(names: Iterator[tuple[str, bool]], size: bool) -> str:
    """The next name of a file with content."""
    return next((name for name, has_content in names if has_content == size), "unnamed")


def _failure(error: Exception, name: str) -> DocumentError:
    if isinstance(error, DocumentError):
        return error
    return DocumentError("damaged", f"{name} is damaged ({type(error).__name__})")


class _Part:
    """One file of a folder, as a stream whose checksum is compared at its end."""

    def __init__(self, stream: Unpacked, size: int, checksum: int | None, name: str) -> None:
        self.stream = stream
        self.left = size
        self.expected = checksum
        self.found = 0
        self.name = name

    def read(self, size: int, /) -> bytes:
        """The next bytes.

        Raises:
            DocumentError: `damaged` when there are too few, or others than were packed.
        """
        data = self.stream.read(min(size, self.left)) if self.left else b""
        self.left -= len(data)
        self.found = zlib.crc32(data, self.found)
        if not data and (self.left or self.expected not in (None, self.found)):
            raise DocumentError("damaged", f"{self.name}: packed data are damaged")
        return data


class _Stretch:
    """The packed bytes of a folder."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self.file, self.at, self.left = file, start, size

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        self.file.seek(self.at)
        data = self.file.read(min(size, self.left))
        self.at += len(data)
        self.left -= len(data)
        return data


class _Inflate:
    """zlib's decompressor, used as those of `lzma` and `bz2` are."""

    def __init__(self) -> None:
        self._held: Any = zlib.decompressobj(-zlib.MAX_WBITS)

    @property
    def needs_input(self) -> bool:
        return not self._held.unconsumed_tail

    @property
    def eof(self) -> bool:
        return bool(self._held.eof)

    def decompress(self, data: bytes, most: int) -> bytes:
        return bytes(self._held.decompress(self._held.unconsumed_tail + data, most))


class _Undone:
    """A method undone over another stream."""

    def __init__(self, stream: Unpacked, decoder: Any) -> None:
        self.stream = stream
        self.decoder = decoder

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        while size and not self.decoder.eof:
            data = self.stream.read(_CHUNK) if self.decoder.needs_input else b""
            ends = self.decoder.needs_input and not data
            out = bytes(self.decoder.decompress(data, size))
            if out or ends:
                return out
        return b""


def _opened(folder: Folder, file: IO[bytes], name: str) -> Unpacked:
    """The unpacked bytes of a folder.

    Raises:
        DocumentError: `encrypted`, `unsupported`, `too_large` with a dictionary beyond `MAX_DICTIONARY`.
    """
    methods = [method for method, _ in folder.coders]
    if _AES in methods:
        raise DocumentError("encrypted", f"{name} is protected by a password")
    stream: Unpacked = _Stretch(file, folder.start, folder.packed)
    at = 0
    while at < len(methods):
        method, properties = folder.coders[at]
        at += 1
        if method == _STORED:
            continue
        if method in (_DEFLATE, _BZIP2):
            stream = _Undone(stream, _Inflate() if method == _DEFLATE else bz2.BZ2Decompressor())
            continue
        filters = [_lzma_filter(method, properties, name)]
        while at < len(methods) and (methods[at] in _BRANCHES or methods[at] == _DELTA):
            filters.insert(0, _filter(*folder.coders[at]))
            at += 1
        stream = _Undone(stream, lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters))
    if not folder.whole or folder.inputs != 1:
        raise _unknown(name)
    return stream


def _unknown(name: str) -> DocumentError:
    return DocumentError("unsupported", f"{name}: it is packed by a method that cannot be undone here", HINT)


def _lzma_filter(method: bytes, properties: bytes, name: str) -> dict[str, int]:
    if method == _LZMA:
        rest, dictionary = struct.unpack("<BI", properties)
        found = {"id": lzma.FILTER_LZMA1, "lc": rest % 9, "lp": rest // 9 % 5, "pb": rest // 45}
    elif method == _LZMA2:
        bits = properties[0] & 63
        dictionary = (2 | bits & 1) << (bits // 2 + 11)
        found = {"id": lzma.FILTER_LZMA2}
    else:
        raise _unknown(name)
    if dictionary > MAX_DICTIONARY:
        raise DocumentError("too_large", f"{name}: unpacking it takes {dictionary >> 20} MB of memory")
    return {**found, "dict_size": max(dictionary, 4096)}


def _filter(method: bytes, properties: bytes) -> dict[str, int]:
    if method == _DELTA:
        return {"id": lzma.FILTER_DELTA, "dist": (properties[0] if properties else 0) + 1}
    return {"id": _BRANCHES[method]}


def _directory(source: Source, file: IO[bytes]) -> tuple[list[Folder], Names]:
    """The folders, and the names of the files with whether they have content."""
    offset: int
    size: int
    checksum: int | None
    _, _, _, offset, size, checksum = START.unpack(file.read(START.size))
    if not size:
        return [], []
    if size > MAX_HEADER:
        raise DocumentError("too_large", f"{source.name}: its directory has {size >> 20} MB")
    file.seek(START.size + offset)
    data = file.read(size)
    for _ in range(MAX_CODERS):
        if len(data) != size or checksum not in (None, zlib.crc32(data)):
            raise DocumentError("damaged", f"{source.name} is a damaged or incomplete archive")
        held = Bytes(data)
        kind = held.byte()
        if kind == HEADER:
            return directory(held, source.name)
        if kind != ENCODED:
            break
        (folder,) = streams(held)
        size, checksum = folder.size, folder.parts[0][1]
        if size > MAX_HEADER:
            raise DocumentError("too_large", f"{source.name}: its directory has {size >> 20} MB")
        data = _whole(_opened(folder, file, source.name), size)
    raise DocumentError("damaged", f"{source.name} has no directory that can be read")


def _whole(stream: Unpacked, size: int) -> bytes:
    """The first bytes of a stream, as many as there are up to a size."""
    data = bytearray()
    while len(data) < size and (chunk := stream.read(min(_CHUNK, size - len(data)))):
        data += chunk
    return bytes(data)
