"""A library in one file: made while it is in use, and unpacked into another library.

The file is a tar archive with a manifest first and checksums last. Texts, places, conversations and the vectors in use are
in it; Chroma's folder is filled again wherever the library is opened. Knows nothing of what conversations hold.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import filelock

from ingest.catalog.connection import CATALOG, VERSION
from ingest.catalog.copies import copy_database, require_room
from ingest.catalog.facts import Generation
from ingest.catalog.file_system import refuse_network
from ingest.errors import LibraryError, UsageError
from ingest.library.forgetting import ASIDE
from ingest.library.writing import Library
from ingest.socket_files import lock_of

FORMAT = 1
"""Layout of the file; raised when older programs can no longer read it."""
MANIFEST = "manifest.json"
CHECKSUMS = "checksums.json"
KIND = "private-document-assistant library"
ATTEMPTS = 3
"""How often a copy is made when something was forgotten while it was being made."""
CHUNK = 1 << 20
MAX_NOTE_BYTES = 1 << 20
"""A manifest or list of checksums that is larger is none."""
_NAME = re.compile(r"catalog\.db|[a-z]+\.db|vectors-\d+\.f32")

Progress = Callable[[int, int], None]
"""Told how many bytes are done, and of how many."""


def export(folder: Path, target: Path, databases: Sequence[str], progress: Progress) -> int:
    """Write a library into one file that only this person can read; return its size in bytes.

    Args:
        folder: The library's folder; others may use it meanwhile.
        target: The file; it appears whole or not at all, and must not exist.
        databases: Names of other databases in the folder that belong to it; those that are not there are left out.
        progress: Told how far it got.

    Raises:
        UsageError: The file exists.
        SetupError: There is no library.
        LibraryError: The library cannot be read, or the file cannot be written.
    """
    if target.exists():
        raise UsageError(f"{target} exists already", "Name a file that does not.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600))
        with Library.open(folder), tempfile.TemporaryDirectory(dir=folder, prefix=ASIDE) as aside:
            for _ in range(ATTEMPTS):
                if _write(folder, Path(aside) / "library", part, databases, progress):
                    part.replace(target)
                    return target.stat().st_size
    except OSError as error:
        raise LibraryError(f"{target}: {error.strerror}", "Name a file that you may write.", "unwritable") from error
    finally:
        part.unlink(missing_ok=True)
    raise LibraryError(f"{folder} changes while it is copied", "Try again.", "in_use")


def _write(folder: Path, aside: Path, part: Path, databases: Sequence[str], progress: Progress) -> bool:
    """Write the archive; whether it is whole: nothing was erased while it was being copied."""
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    with Library.open(folder) as library:
        generation = library.generation()
        for name in (CATALOG, *databases):
            if (folder / name).exists():
                copy_database(folder / name, aside / name)
        with Library.open(aside, write=True) as copy:
            copy.drop_generations()
            copy.set_watermark(0)
            kept, counts, roots = copy.generation(), copy.counts(), [os.fsencode(root).hex() for root in copy.roots()]
            named = copy.named_rows()
        if (kept and kept.key) != (generation and generation.key):
            return False
        sizes = {name: (aside / name).stat().st_size for name in (CATALOG, *databases) if (aside / name).exists()}
        if kept is not None and kept.rows:
            sizes[kept.file] = kept.rows * kept.dimensions * 4
        require_room(part.parent, sum(sizes.values()))
        manifest = {"kind": KIND, "format": FORMAT, "catalog": VERSION, "documents": counts.documents, "roots": roots}
        _pack(folder, aside, part, manifest | {"sizes": sizes, "rows": _rows(kept)}, progress)
        return library.named_rows(kept) == named


def _rows(generation: Generation | None) -> int:
    return generation.rows if generation is not None else 0


def _pack(folder: Path, aside: Path, part: Path, manifest: dict[str, Any], progress: Progress) -> None:
    """The archive: manifest, databases from the copies, vectors from the library itself, checksums."""
    sizes: dict[str, int] = manifest["sizes"]
    checksums: dict[str, str] = {}
    total, done = sum(sizes.values()), 0
    with part.open("wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, MANIFEST, manifest)
        for name, size in sizes.items():
            source = aside / name if (aside / name).exists() else folder / name
            with source.open("rb") as opened:
                hashed = _Hashed(opened, progress, done, total)
                archive.addfile(_info(name, size), hashed)
            checksums[name] = hashed.digest.hexdigest()
            done += size
        _add(archive, CHECKSUMS, checksums)
        archive.close()
        file.flush()
        os.fsync(file.fileno())


def unpack(source: Path, folder: Path, progress: Progress) -> int:
    """Make a library from a file that `export` wrote; return how many documents it holds.

    Args:
        source: The file.
        folder: The new library's folder, without a library in it.
        progress: Told how far it got.

    Raises:
        UsageError: There is a library already.
        LibraryError: The file is no library, damaged or made by a newer version, or the folder cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_network(folder)
        with lock_of(folder).acquire(timeout=0):
            if (folder / CATALOG).exists():
                raise UsageError(f"there is a library in {folder} already", "Name another folder with --library.")
            require_room(folder, source.stat().st_size)
            with tempfile.TemporaryDirectory(dir=folder, prefix=ASIDE) as aside:
                manifest = _unpack(source, Path(aside), progress)
                for name in sorted(
                    manifest["sizes"], key=lambda name: name == CATALOG
                ):  # the catalog makes it a library
                    (Path(aside) / name).replace(folder / name)
            return int(manifest["documents"])
    except filelock.Timeout as error:
        raise LibraryError(f"the library in {folder} is in use", "End the program that uses it.", "in_use") from error
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise _damaged(source) from error
    except OSError as error:
        raise LibraryError(
            f"{error.filename or source}: {error.strerror}", "Check file and folder.", "unwritable"
        ) from error


def _unpack(source: Path, aside: Path, progress: Progress) -> dict[str, Any]:
    """Unpack all files into a folder and compare them with their checksums; the manifest."""
    found: dict[str, str] = {}
    with tarfile.open(source, mode="r:") as archive:
        manifest = _read(archive, archive.next(), MANIFEST)
        if manifest["kind"] != KIND:
            raise _damaged(source)
        if manifest["format"] > FORMAT or manifest["catalog"] > VERSION:
            raise LibraryError(f"{source}: made by a newer version of this program", "Update this program.", "newer")
        sizes, done = manifest["sizes"], 0
        while (member := archive.next()) is not None and member.name in sizes:
            if not member.isreg() or not _NAME.fullmatch(member.name) or member.size != sizes[member.name]:
                raise _damaged(source)
            opened = archive.extractfile(member)
            assert opened is not None  # noqa: S101 - a regular file
            hashed = _Hashed(opened, progress, done, sum(sizes.values()))
            with os.fdopen(os.open(aside / member.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                shutil.copyfileobj(hashed, target, CHUNK)
                target.flush()
                os.fsync(target.fileno())
            found[member.name] = hashed.digest.hexdigest()
            done += member.size
        if found != _read(archive, member, CHECKSUMS) or found.keys() != sizes.keys() or CATALOG not in found:
            raise _damaged(source)
    return manifest


class _Hashed:
    """A file that is hashed while it is read, one of several: so many bytes were read before, of so many."""

    def __init__(self, file: IO[bytes], progress: Progress, before: int, total: int) -> None:
        self.digest = hashlib.sha256()
        self._file = file
        self._progress = progress
        self._read = before
        self._total = total

    def read(self, size: int = CHUNK) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        self._read += len(data)
        self._progress(self._read, self._total)
        return data


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _add(archive: tarfile.TarFile, name: str, note: dict[str, Any]) -> None:
    data = json.dumps(note).encode()
    archive.addfile(_info(name, len(data)), io.BytesIO(data))


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo | None, name: str) -> dict[str, Any]:
    opened = archive.extractfile(member) if member is not None and member.isreg() and member.name == name else None
    if opened is None or member is None or member.size > MAX_NOTE_BYTES:
        raise ValueError(name)
    note: dict[str, Any] = json.load(opened)
    return note


def _damaged(source: Path) -> LibraryError:
    return LibraryError(f"{source} is no library, or damaged", "Export it once more, where it came from.", "damaged")
