"""Archives: ZIP, TAR (packed or not), GZ, BZ2, XZ; each file in one is a member.

Nothing is written under a name from the archive, links are passed over, and every unpacked byte is counted against
the room of the whole file. Knows nothing of what the members are.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Protocol, cast

from ingest.errors import DocumentError
from ingest.extract import sniff
from ingest.extract.reader import Facts, Member, Source, Yielded
from ingest.extract.zipped import Package
from ingest.records import Problem

_CHUNK = 1 << 18
_PACKED = (OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, ValueError)
"""What broken packed data raise."""


class Unpacked(Protocol):
    """A stream of bytes that are unpacked as they are asked for."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, none at the end."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts alone: the files are members."""
    del source
    yield Facts()


def members(source: Source) -> Iterator[Member | Problem]:
    """The files in the archive in its order.

    Raises:
        DocumentError: `damaged`, `encrypted`, or `too_large` when the room is used up.
    """
    if source.media_type == sniff.ZIP:
        yield from _zip(source)
    elif source.media_type == sniff.TAR:
        with source.path.open("rb") as file:
            yield from _tar(source, file)
    else:
        yield from _packed(source)


def _zip(source: Source) -> Iterator[Member | Problem]:
    with Package(source, source.room) as package:
        for name, item in package.items.items():
            if item.is_dir() or is_clutter(name):
                continue
            try:
                with package.open(name) as stream:
                    path = spool(stream, source)
            except DocumentError as error:
                if error.code == "too_large":
                    raise
                yield Problem(None, error.code, error.message, name)
                continue
            yield Member(name, path)


def _tar(source: Source, file: IO[bytes]) -> Iterator[Member | Problem]:
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for item in archive:
                if item.isreg() and not is_clutter(item.name) and (stream := archive.extractfile(item)):
                    yield Member(item.name, spool(stream, source, count=True))
    except _PACKED as error:
        yield Problem(None, "damaged", f"{source.name} breaks off: it is damaged ({type(error).__name__})")


def _packed(source: Source) -> Iterator[Member | Problem]:
    """A single packed file; a packed TAR is opened in one go."""
    try:
        with _opened(source) as stream:
            path = spool(stream, source, count=True)
    except _PACKED as error:
        raise DocumentError("damaged", f"{source.name} is damaged ({type(error).__name__})") from error
    name = PurePosixPath(source.name).name
    for suffix, plain in (
        (".tgz", ".tar"),
        (".tbz2", ".tar"),
        (".txz", ".tar"),
        (".gz", ""),
        (".bz2", ""),
        (".xz", ""),
    ):
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)] + plain
            break
    if sniff.media_type_of(path, name) == sniff.TAR:
        with path.open("rb") as file:
            yield from _tar(source, file)
        path.unlink()
    else:
        yield Member(name or "content", path)


def _opened(source: Source) -> IO[bytes]:
    match source.media_type:
        case sniff.BZIP2:
            return bz2.open(source.path, "rb")
        case sniff.XZ:
            return lzma.open(source.path, "rb")
    return cast(IO[bytes], gzip.open(source.path, "rb"))


def spool(stream: Unpacked, source: Source, count: bool = False) -> Path:
    """Unpack a stream to a file in the private folder.

    Args:
        stream: The unpacked bytes.
        source: The archive; its room is used up.
        count: Whether the bytes are counted here; a package's streams count by themselves.
    """
    handle, name = tempfile.mkstemp(dir=source.folder, prefix="unpacked-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := stream.read(_CHUNK):
                if count:
                    source.room.take(len(chunk))
                file.write(chunk)
    except (DocumentError, *_PACKED, zipfile.BadZipFile):
        path.unlink()
        raise
    return path


def is_clutter(name: str) -> bool:
    """Files that systems leave in archives and no person put there."""
    parts = name.replace("\\", "/").split("/")
    return (
        parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini") or parts[-1].startswith("._")
    )
