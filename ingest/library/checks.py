"""Checking a library against itself, and mending it.

Everything but texts and places can be made again from the catalog: the word index from the pages, vectors by embedding the
texts again. Findings say where, never what a document says. Knows nothing of the person's files: whether those changed
is for an index run to see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ingest.catalog import check as catalog_check
from ingest.catalog import vectors
from ingest.catalog.connection import Catalog
from ingest.catalog.facts import Finding, Generation
from ingest.errors import LibraryError
from ingest.vectors.file import VectorFile, checksum

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.library.reading import LibraryReader

    Floats = NDArray[np.float32]

Progress = Callable[[str, int, int], None]
"""Told (what is looked at, how many are done, how many there are)."""
Template = Callable[[str, tuple[str, ...], str], str]
"""What is embedded with a passage: its document's title, its headings, its text."""

ROWS_AT_ONCE = 10_000
"""Vectors whose checksums are compared between two reports."""
TEXTS_AT_ONCE = 64
"""Texts embedded and named in one step of a repair, so that one that is cut short is not for nothing."""


def _silent(what: str, done: int, of: int) -> None:
    """A listener that does not listen."""


def check(
    library: LibraryReader, catalog: Catalog, progress: Progress | None, template: Template | None
) -> list[Finding]:
    """Everything that is wrong; see `Library.check`."""
    progress = progress or _silent
    found: list[Finding] = []
    try:
        with catalog.read() as connection:
            found += catalog_check.structure(connection, progress)
            found += catalog_check.documents(connection, progress, template)
        if catalog.writable:
            with catalog.write() as connection:
                found += catalog_check.index_order(connection)
    except LibraryError as error:
        return [*found, Finding("catalog", error.message)]
    generation = library.generation()
    if generation is not None:
        with catalog.read() as connection:
            for passage, text_key in vectors.lacking(connection, generation.key, 0, ROWS_AT_ONCE):
                found.append(Finding("vector", f"passage {passage}: its text {text_key.hex()[:12]} has no vector"))
        file = VectorFile(library.folder / generation.file, generation.dimensions)
        found += [Finding("vector", f"row {row}: {why}") for row, why in _damaged(catalog, generation, file, progress)]
    return found


def _damaged(catalog: Catalog, generation: Generation, file: VectorFile, progress: Progress) -> list[tuple[int, str]]:
    """Named rows whose bytes are not what was written."""
    damaged: list[tuple[int, str]] = []
    whole = file.whole_rows()
    for start in range(0, generation.rows, ROWS_AT_ONCE):
        with catalog.read() as connection:
            named = vectors.names(connection, generation.key, start, start + ROWS_AT_ONCE)
        rows = file.rows(0, whole)
        for row, _, crc in named:
            if row >= generation.rows:
                damaged.append((row, "beyond the rows handed out"))
            elif row >= whole:
                damaged.append((row, "missing from the vector file"))
            elif checksum(rows[row]) != crc:
                damaged.append((row, "its checksum is wrong"))
        progress("vectors", min(start + ROWS_AT_ONCE, generation.rows), generation.rows)
    return damaged


def repair(
    library: LibraryReader, catalog: Catalog, embed: Callable[[list[str]], Floats], template: Template
) -> list[Finding]:
    """Mend what can be mended; see `Library.repair`."""
    try:
        with catalog.write() as connection:
            done = catalog_check.mend(connection)
    except LibraryError as error:
        if error.code != "damaged":
            raise
        hint = f"Delete the folder {library.folder} and run `assistant index`: your own files are untouched."
        raise LibraryError(f"The catalog cannot be mended: {error.message}", hint, "damaged") from error
    generation = library.generation()
    if generation is not None:
        file = VectorFile(library.folder / generation.file, generation.dimensions)
        damaged = [row for row, _ in _damaged(catalog, generation, file, _silent)]
        with catalog.write() as connection:
            vectors.unname(connection, generation.key, damaged)
            # A row number is never used again, so a file that lost its end goes on behind the rows handed out.
            if damaged:
                vectors.set_chroma(connection, generation.key, "watermark", 0)
        if damaged:
            done.append(Finding("repaired", f"{len(damaged)} damaged vectors set aside"))
        made = _embed_missing(library, catalog, embed, template)
        if made:
            done.append(Finding("repaired", f"{made} vectors made again"))
    return done + check(library, catalog, _silent, None)


def _embed_missing(
    library: LibraryReader, catalog: Catalog, embed: Callable[[list[str]], Floats], template: Template
) -> int:
    """Embed the texts that have no vector; return how many."""
    made, after = 0, 0
    while (generation := library.generation()) is not None:
        with catalog.read() as connection:
            lacking = vectors.lacking(connection, generation.key, after, TEXTS_AT_ONCE)
        if not lacking:
            break
        after = lacking[-1][0]
        texts = texts_of(library, lacking, template)
        if texts:
            with catalog.writing:
                file = VectorFile(library.folder / generation.file, generation.dimensions)
                name_rows(catalog, generation, file, list(texts), embed(list(texts.values())))
        made += len(texts)
    return made


def texts_of(library: LibraryReader, lacking: Sequence[tuple[int, bytes]], template: Template) -> dict[bytes, str]:
    """What is embedded for passages, by key, each text once.

    A text that does not fit its key is left out: its document must be read again.
    """
    passages = library.passages([passage for passage, _ in lacking])
    texts: dict[bytes, str] = {}
    for passage, key in lacking:
        if passage in passages and key not in texts:
            known = passages[passage]
            text = template(library.document(known.document_id).title, known.headings, known.text)
            if text_key(text) == key:
                texts[key] = text
    return texts


def name_rows(catalog: Catalog, generation: Generation, file: VectorFile, keys: Sequence[bytes], rows: Floats) -> None:
    """Write vectors of texts behind a generation's last row, and name them. The caller holds the writing lock."""
    checksums = file.write(generation.rows, rows)
    with catalog.write() as connection:
        vectors.name(connection, generation.key, generation.rows, list(zip(keys, checksums, strict=True)))


def text_key(text: str) -> bytes:
    """The key of a text that is embedded."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
