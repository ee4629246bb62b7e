"""The parts of a ZIP-based document (Office, OpenDocument, EPUB) under the limits of its file, and XML without entities.

What is unpacked is counted as it comes out of the decompressor, never believed from the directory. Knows nothing of
what the parts mean.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from ingest.errors import DocumentError
from ingest.extract.clean import one_line
from ingest.extract.reader import MAX_WHOLE_BYTES, Facts, Room, Source

MAX_TREE_BYTES = 32 << 20
"""Largest XML part that is parsed as a whole: its tree is up to ten times larger."""
DOCUMENT_RATIO = 60
"""How many times larger than packed the parts of a document may be: XML packs to a fifth, seldom to a thirtieth."""
MIN_DOCUMENT_BYTES = 24 << 20
"""What may be unpacked of a small document whatever its ratio."""
MAX_ENTRIES = 100_000
"""Entries of one archive."""
_ENCRYPTED_FLAG = 0x1


class Package:
    """An open ZIP-based document; a context manager.

    Args:
        source: The file.
        room: What may be unpacked; what an ordinary document needs where it is left out.

    Raises:
        DocumentError: `damaged` when it is no ZIP, `too_large` for too many entries.
    """

    def __init__(self, source: Source, room: Room | None = None) -> None:
        self.source = source
        allowed = max(MIN_DOCUMENT_BYTES, source.size * DOCUMENT_RATIO)
        self.room = room or Room(min(source.room.left, allowed))
        try:
            self.archive = zipfile.ZipFile(source.path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            raise DocumentError("damaged", f"{source.name} is no archive that can be opened") from error
        items = self.archive.infolist()
        if len(items) > MAX_ENTRIES:
            self.archive.close()
            raise DocumentError("too_large", f"{source.name} has more than {MAX_ENTRIES} entries")
        self.items = {item.filename.replace("\\", "/").lstrip("/"): item for item in items}
        self._folded = {name.casefold(): name for name in self.items}

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def names(self, prefix: str = "", suffix: str = "") -> list[str]:
        """Names of the parts that begin and end so, in the order of the archive."""
        return [name for name in self.items if name.startswith(prefix) and name.endswith(suffix)]

    def has(self, name: str) -> bool:
        """Whether there is such a part, upper and lower case aside."""
        return name.casefold() in self._folded

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A part as a stream that counts what it gives.

        Raises:
            DocumentError: `encrypted`, `damaged`, or `too_large` while it is read.
            KeyError: There is no such part.
        """
        item = self.items[self._folded[name.casefold()]]
        if item.flag_bits & _ENCRYPTED_FLAG:
            raise DocumentError("encrypted", f"{self.source.name} is protected by a password")
        try:
            with self.archive.open(item) as stream:
                yield io.BufferedReader(Counted(stream, self.room, self.source.name), 1 << 16)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise DocumentError("damaged", f"{self.source.name}: its part {name} is damaged") from error

    def data(self, name: str, limit: int = MAX_WHOLE_BYTES) -> bytes:
        """A whole part, empty where there is none.

        Raises:
            DocumentError: `too_large` beyond `limit` bytes; as `open`.
        """
        if not self.has(name):
            return b""
        with self.open(name) as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise DocumentError("too_large", f"{self.source.name}: its part {name} is larger than {limit >> 20} MB")
        return data

    def tree(self, name: str) -> Any | None:
        """The root element of an XML part, None where there is none or it is empty or broken.

        Raises:
            DocumentError: As `data`.
        """
        return parse(self.data(name, MAX_TREE_BYTES))


class Counted(io.RawIOBase):
    """A stream whose bytes are taken from the room of their file as they are read."""

    def __init__(self, stream: IO[bytes], room: Room, name: str) -> None:
        self.stream = stream
        self.room = room
        self.name = name

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer.

        Raises:
            DocumentError: `too_large` when the room is used up; `damaged` when the packed data are.
        """
        try:
            data = self.stream.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DocumentError("damaged", f"{self.name} is damaged") from error
        self.room.take(len(data))
        buffer[: len(data)] = data
        return len(data)


def parse(data: bytes) -> Any | None:
    """The root element of an XML text as far as it can be read, None for nothing; no entity is resolved or fetched."""
    from lxml import etree

    if not data.strip():
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True
    )
    return etree.fromstring(data, parser)


def local(element: Any) -> str:
    """Name of an element without its namespace; empty for comments, instructions and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str, default: str = "") -> str:
    """An attribute by its name without namespace."""
    for key, value in element.attrib.items():
        if key == name or key.endswith("}" + name):
            return str(value)
    return default


def targets(package: Package, part: str) -> dict[str, str]:
    """Relationships of a part: id → name of the target part inside the package."""
    folder, _, file = part.rpartition("/")
    root = package.tree(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
    found: dict[str, str] = {}
    for item in root if root is not None else ():
        target = attribute(item, "Target")
        if attribute(item, "TargetMode") != "External" and target:
            found[attribute(item, "Id")] = resolve(folder, target)
    return found


def resolve(folder: str, target: str) -> str:
    """Name of a part that is named relative to a folder."""
    parts = [] if target.startswith("/") else [piece for piece in folder.split("/") if piece]
    for piece in target.split("/"):
        if piece == "..":
            parts = parts[:-1]
        elif piece not in ("", "."):
            parts.append(piece)
    return "/".join(parts)


def core_facts(package: Package) -> dict[str, str]:
    """Title, creator, subject, language and dates of an Office package, by their element names."""
    root = package.tree("docProps/core.xml")
    return {local(item): " ".join((item.text or "").split()) for item in (root if root is not None else ())}


def office_facts(package: Package, pages: int = 0) -> Facts:
    """Title, author and date that an Office package says of itself."""
    core = core_facts(package)
    date = (core.get("created") or core.get("modified", ""))[:10]
    author = one_line(core.get("creator", ""))
    told = {"author": author, "date": date, "subject": core.get("subject", ""), "keywords": core.get("keywords", "")}
    metadata = {key: one_line(value) for key, value in told.items() if value}
    language = core.get("language", "")[:2].lower()
    return Facts(one_line(core.get("title", "")), author, date, language, pages, metadata)
