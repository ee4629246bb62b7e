"""Erasing what was forgotten, and proving that it is gone.

`begin` takes a path out of every search at once and records the rest as work to be finished. `erase` is that work: it may
be cut short at any point and is done again from the start, until its last step takes the record away. Then the library's
files are searched for what was noted of the texts before: every page is unpacked, every word of the index looked at, and
the raw bytes of the catalog, of the vector files and of Chroma are read. Knows nothing of conversations, nor of copies
that were made outside the library.
"""

from __future__ import annotations

import mmap
import re
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.catalog import forgetting as catalog_forgetting
from ingest.catalog import todo, traces, vectors
from ingest.catalog.connection import CATALOG, Catalog, drop_copies
from ingest.catalog.facts import Generation
from ingest.catalog.forgetting import Forgetting
from ingest.errors import LibraryError
from ingest.vectors.file import VectorFile

if TYPE_CHECKING:
    from ingest.library.reading import LibraryReader

ASIDE = ".aside-"
"""How folders in the library begin in which copies lie for a while; what a killed process left there is deleted too."""
VECTORS_SOUGHT = 8
"""Vectors that are sought byte by byte, each a pass over all files; of all erased rows it is seen that they are zero."""
VECTOR_BYTES = 16
"""Bytes of a vector that are sought: four numbers."""
TRUNCATE_SECONDS = 30.0
"""How long readers are waited for that still look at the write-ahead log; they hold it for one query."""
POLL_SECONDS = 0.05


@dataclass(slots=True)
class Erased:
    """What was erased, and what was looked through to see that nothing is left."""

    documents: int = 0
    """Documents deleted."""
    vectors: int = 0
    """Vectors overwritten."""
    copies: int = 0
    """Copies of the catalog, made before a migration, deleted."""
    pages_read: int = 0
    """Pages unpacked and read."""
    words_read: int = 0
    """Words of the index looked at."""
    bytes_read: int = 0
    """Bytes of files searched."""
    left: list[str] = field(default_factory=list)
    """What was found, and where; empty when all is gone."""
    shared: list[str] = field(default_factory=list)
    """Ids of documents, not forgotten, in which the same lines stand."""

    def as_json(self) -> dict[str, Any]:
        """As an owner tells it."""
        return {name: getattr(self, name) for name in type(self).__slots__}


def begin(catalog: Catalog, path: Path) -> Forgetting:
    """Take a path out of every search, for good; see `Library.forget`."""
    with catalog.write() as connection:
        return catalog_forgetting.begin(connection, path)


def erase(library: LibraryReader, catalog: Catalog, discard_chroma: Callable[[], None]) -> Erased:
    """Erase all documents without a place and every trace of them; see `Library.erase_forgotten`."""
    erased = Erased()
    waiting = library.todo(catalog_forgetting.ERASING)
    with catalog.writing:
        noted, needles = _note(library, catalog, [todo_.payload for todo_ in waiting], erased)
        with catalog.read() as connection:
            documents = catalog_forgetting.doomed(connection)
        erased.documents = len(documents)
        with catalog.write() as connection:
            catalog_forgetting.erase(connection, documents)
            for todo_ in waiting:
                kept = {"traces": noted.as_json(), "vectors": [needle.hex() for needle in needles]}
                todo.replace(connection, todo_.key, todo_.payload | kept)
        for generation in _generations(catalog):
            erased.vectors += _vector_file(library, generation).erase(_unnamed(catalog, generation))
    discard_chroma()
    for generation in _generations(catalog):
        if generation.state != "current":
            shutil.rmtree(library.folder / generation.chroma, ignore_errors=True)
    erased.copies = drop_copies(library.folder)
    for aside in library.folder.glob(f"{ASIDE}*"):
        shutil.rmtree(aside, ignore_errors=True)
    _truncate_log(catalog)
    _prove(library, catalog, noted, needles, erased)
    if not erased.left:
        with catalog.write() as connection:
            for todo_ in waiting:
                todo.drop(connection, todo_.key)
        _truncate_log(catalog)
    return erased


def _note(
    library: LibraryReader, catalog: Catalog, earlier: Sequence[dict[str, Any]], erased: Erased
) -> tuple[traces.Traces, list[bytes]]:
    """What to look for: noted now, and by an attempt that was cut short."""
    noted, needles = traces.Traces(), list[bytes]()
    for payload in earlier:
        if "traces" in payload:
            noted = traces.Traces.from_json(payload["traces"])
            needles = [bytes.fromhex(needle) for needle in payload["vectors"]]
    with catalog.read() as connection:
        documents = catalog_forgetting.doomed(connection)
        traces.note(connection, documents, noted)
        for generation in vectors.all_generations(connection):
            rows = vectors.dying_rows(connection, generation.key, documents)
            file = _vector_file(library, generation)
            whole = file.rows(0, min(generation.rows, file.whole_rows()))
            step = max(1, len(rows) // VECTORS_SOUGHT)
            needles += [
                whole[row].tobytes()[:VECTOR_BYTES] for row in rows[::step][:VECTORS_SOUGHT] if row < len(whole)
            ]
    erased.documents = len(documents)
    return noted, [needle for needle in needles if any(needle)]


def _unnamed(catalog: Catalog, generation: Generation) -> list[int]:
    """Ascending rows that were handed out and that nothing names any more."""
    with catalog.read() as connection:
        named = {row for row, _, _ in vectors.names(connection, generation.key, 0, generation.rows)}
    return [row for row in range(generation.rows) if row not in named]


def _truncate_log(catalog: Catalog) -> None:
    """Write the log back and empty it.

    Raises:
        LibraryError: Somebody has been reading for so long that it cannot be emptied (code `in_use`).
    """
    deadline = time.monotonic() + TRUNCATE_SECONDS
    while True:
        with catalog.outside() as connection:
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return
        if time.monotonic() > deadline:
            hint = "End other programs that use this library; what is left to erase is erased by the next owner."
            raise LibraryError(f"{library_of(catalog)}: its log is being read and cannot be emptied", hint, "in_use")
        time.sleep(POLL_SECONDS)


def library_of(catalog: Catalog) -> Path:
    """Folder of the library that a catalog belongs to."""
    return catalog.path.parent


def _prove(
    library: LibraryReader, catalog: Catalog, noted: traces.Traces, needles: list[bytes], erased: Erased
) -> None:
    """Search the library for what was noted; what is found stands in `erased.left`."""
    with catalog.read() as connection:
        if catalog_forgetting.doomed(connection):
            erased.left.append("catalog: a document without a place")
        erased.pages_read, found = traces.left_lines(connection, noted)
        erased.words_read, words = traces.left_words(connection, noted)
        phrases = traces.gone_phrases(connection, noted)
    erased.shared = sorted(found)
    erased.left += [f"word index: {len(words)} words that stand in no passage"] if words else []
    for generation in _generations(catalog):
        filled = _vector_file(library, generation).filled(_unnamed(catalog, generation))
        erased.left += [f"{generation.file}: {len(filled)} rows that nothing names"] if filled else []
    chroma = [path for path in library.folder.glob("chroma-*/**/*") if path.is_file()]
    stores = [path for path in library.folder.glob("vectors-*.f32") if path.is_file()]
    texts = [re.compile(re.escape(piece), re.DOTALL) for piece in (*phrases, *noted.pages_bytes)]
    numbers = [_about(needle) for needle in needles]
    for file, sought in (
        *((library.folder / name, texts) for name in (CATALOG, f"{CATALOG}-wal")),
        *((path, numbers) for path in (*stores, *chroma)),
    ):
        size, hits = _search(file, sought)
        erased.bytes_read += size
        erased.left += [f"{file.relative_to(library.folder)}: {hits} pieces of what was erased"] if hits else []


def _about(vector: bytes) -> re.Pattern[bytes]:
    """Finds the numbers of a vector, little-endian and 4 bytes each, also when their last bits differ.

    Chroma divides a vector by its length once more.
    """
    numbers = [re.escape(vector[at + 1 : at + 4]) for at in range(0, len(vector), 4)]
    return re.compile(b".".join(numbers), re.DOTALL)


def _search(path: Path, needles: Iterable[re.Pattern[bytes]]) -> tuple[int, int]:
    """Bytes of a file, and how many of some patterns stand in it; a file that has just gone is empty."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if not size:
                return 0, 0
            with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as mapped:
                return size, sum(needle.search(mapped) is not None for needle in needles)
    except OSError:
        return 0, 0


def _generations(catalog: Catalog) -> list[Generation]:
    with catalog.read() as connection:
        return vectors.all_generations(connection)


def _vector_file(library: LibraryReader, generation: Generation) -> VectorFile:
    return VectorFile(library.folder / generation.file, generation.dimensions)
