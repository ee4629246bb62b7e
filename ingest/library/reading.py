"""Reading and searching a library: what every process can do, beside an owner that writes.

Safe to use from several threads. Nothing is held in a transaction, so each answer shows the library as of some moment in
which it was whole; keys that are no more by the next call are left out. Knows nothing of ranking beyond the two searches.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from ingest.catalog import documents as documents_
from ingest.catalog import files, locations, pages, passages, todo, vectors, words
from ingest.catalog.connection import Catalog
from ingest.catalog.facts import Counts, FileProblem, FileRow, Generation, LibraryMeta, Todo
from ingest.catalog.filters import Only
from ingest.catalog.forgetting import CONVERSATIONS
from ingest.errors import LibraryError
from ingest.library.known_files import KnownFiles
from ingest.library.lookups import Lookups
from ingest.records import Document, FoundBy, Hit, Location, Page, Passage
from ingest.vectors.file import Exact, VectorFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SPARE_ROWS = 32
"""Rows fetched beyond the passages asked for, since some may be dead or lie elsewhere."""
WIDER = 8
"""How many times more rows are fetched before a filter is put into the scan itself."""
NARROW = 4
"""A filter that leaves fewer than one document in this many is put into the scan at once."""
PHRASE_SPARE = 4
"""How many times more passages are fetched when phrases are still to be checked against the page."""


class LibraryReader(Lookups, KnownFiles):
    """The reading half; `Library` adds the writing half."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        super().__init__(catalog)
        self.folder = folder
        self._cache = passages.PageCache()
        self._files: dict[int, VectorFile] = {}
        self._lock = threading.Lock()
        self._pinned: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; again is no error."""
        self._catalog.close()

    def counts(self) -> Counts:
        """How much the library holds, and its size on disk."""
        with self._catalog.read() as connection:
            documents, found = self._remember("found", lambda: documents_.count_found(connection))
            pending, failed = files.count_pending(connection), files.count_failed(connection)
        size = sum(entry.stat().st_size for entry in self.folder.iterdir() if entry.is_file())
        return Counts(documents, found, pending, failed, size)

    def meta(self) -> LibraryMeta:
        """Model, languages and roots."""
        with self._catalog.read() as connection:
            generation = vectors.in_use(connection, self._pinned)
            languages = self._remember("languages", lambda: documents_.language_counts(connection))
            roots = tuple(files.roots(connection))
        if generation is None:
            return LibraryMeta("", "", "", 0, languages, roots)
        return LibraryMeta(
            generation.model, generation.fingerprint, generation.variant, generation.dimensions, languages, roots
        )

    def pin(self) -> Generation | None:
        """Keep to the generation of vectors that is in use now, also when another takes its place.

        A question's vector can only be compared with vectors of its own kind. Once the generation has been dropped,
        nothing is near anything, and words alone find passages.
        """
        with self._catalog.read() as connection:
            generation = vectors.current(connection)
        self._pinned = generation.key if generation is not None else None
        return generation

    def outdated(self) -> bool:
        """Whether another generation has taken the place of the one that this reader keeps to."""
        with self._catalog.read() as connection:
            generation = vectors.current(connection)
        return self._pinned is not None and (generation is None or generation.key != self._pinned)

    def generation(self) -> Generation | None:
        """The generation of vectors in use; None before the first."""
        with self._catalog.read() as connection:
            return vectors.in_use(connection, self._pinned)

    def generations(self) -> list[Generation]:
        """Every generation of vectors, by its number: in use, being made, or replaced and kept."""
        with self._catalog.read() as connection:
            return vectors.all_generations(connection)

    def named_rows(self, generation: Generation | None = None) -> int:
        """How many rows of a generation are named, among those it had when it was looked at; by default of the one in use."""
        generation = generation or self.generation()
        if generation is None:
            return 0
        with self._catalog.read() as connection:
            return vectors.count_named(connection, generation.key, generation.rows)

    def texts_to_make(self, generation: int = 0) -> int:
        """How many texts have no vector in a generation, by its number; 0: all texts."""
        with self._catalog.read() as connection:
            return vectors.count_lacking(connection, generation)

    def search_words(
        self,
        question: str,
        limit: int,
        within: Path | None = None,
        documents: set[str] | None = None,
        quick: bool = False,
        usual: Mapping[str, float] = words.NOTHING_USUAL,
    ) -> list[tuple[int, float]]:
        """Passages that hold words of a question, best first: (passage key, bm25, higher is better).

        Any word of the question counts, but stop words; what stands in quotation marks must stand on the page.

        Args:
            question: As a person wrote it.
            limit: Most passages.
            within: A folder or file to which the search is restricted.
            documents: Ids of documents to which it is restricted.
            quick: Whether only passages with the rarer words are looked at, where a library has very many with the
                others: for what is shown while a person types.
            usual: Share of texts in which stems of the question usually stand, as far as that is known; see `idf`.
        """
        exact = [words.folded(phrase) for phrase in words.phrases(question)]
        with self._catalog.read() as connection:
            languages = self._remember("stemmers", lambda: words.languages(connection))
            terms = words.question_terms(question, languages)
            asked = words.query(question, languages, words.rarest(connection, terms) if quick else None)
            wanted = limit * (PHRASE_SPARE if exact else 1)
            found = words.search(connection, asked, wanted, _only(within, documents), quick)
            size = self._remember("sizes", lambda: words.sizes(connection))
            found = words.rescored(connection, found, terms, size, usual)
            if exact:
                texts = passages.fetch(connection, [key for key, _ in found], self._cache)
                standing = {key: words.folded(page.text) for key, (_, page) in texts.items()}
                found = [pair for pair in found if all(phrase in standing.get(pair[0], "") for phrase in exact)]
        return found[:limit]

    def nearest(
        self, vector: Floats, limit: int, within: Path | None = None, documents: set[str] | None = None
    ) -> list[tuple[int, float]]:
        """Passages nearest in meaning, by the exact scan, best first: (passage key, cosine).

        Args:
            vector: Shape (dimensions,), unit length; one of another shape, from before the model changed, finds nothing.
            limit: How many passages.
            within: A folder or file to which the search is restricted.
            documents: Ids of documents to which it is restricted.
        """
        only = _only(within, documents)
        generation, exact = self._exact()
        if generation is None or exact is None or limit < 1 or len(vector) != generation.dimensions:
            return []
        narrow = not only.everything and self._is_narrow(only)
        fetched = limit + SPARE_ROWS
        for _ in range(0 if narrow else 2):
            rows = exact.nearest(vector, fetched, generation.rows)
            with self._catalog.read() as connection:
                found = vectors.passages_of(connection, generation.key, rows, only)
            if len(found) >= limit or fetched >= generation.rows:
                return found[:limit]
            fetched *= WIDER
        allowed = self._rows_in(generation, only)
        rows = exact.nearest(vector, limit, generation.rows, only=allowed)
        with self._catalog.read() as connection:
            return vectors.passages_of(connection, generation.key, rows, only)[:limit]

    def nearest_rows(
        self, vector: Floats, limit: int, start: int = 0, stop: int | None = None
    ) -> list[tuple[int, float]]:
        """Living rows nearest to a vector among those from `start` up to `stop`, best first: (row, cosine)."""
        generation, exact = self._exact()
        if generation is None or exact is None or limit < 1:
            return []
        end = generation.rows if stop is None else min(stop, generation.rows)
        fetched = limit + SPARE_ROWS
        while True:
            rows = exact.nearest(vector, fetched, end, start)
            living = self.living(row for row, _ in rows)
            found = [pair for pair in rows if pair[0] in living]
            if len(found) >= limit or fetched >= end - start:
                return found[:limit]
            fetched *= WIDER

    def living(self, rows: Iterable[int]) -> set[int]:
        """Which rows some passage that can be found has."""
        with self._catalog.read() as connection:
            generation = vectors.in_use(connection, self._pinned)
            return vectors.living(connection, generation.key, list(rows)) if generation else set()

    def passages_of_rows(self, rows: Sequence[tuple[int, float]], limit: int) -> list[tuple[int, float]]:
        """Passages that have these rows and can be found, with the row's score, best first."""
        with self._catalog.read() as connection:
            generation = vectors.in_use(connection, self._pinned)
            return vectors.passages_of(connection, generation.key, rows, Only())[:limit] if generation else []

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Passages by key; keys that are no more are left out."""
        with self._catalog.read() as connection:
            return {key: passage for key, (passage, _) in passages.fetch(connection, keys, self._cache).items()}

    def vectors(self, keys: Sequence[int]) -> dict[int, Floats]:
        """Vectors of passages by key, each of shape (dimensions,); keys without one are left out."""
        generation = self.generation()
        if generation is None:
            return {}
        with self._catalog.read() as connection:
            rows = vectors.rows_of(connection, generation.key, keys)
        file = self._file(generation)
        return {key: file.rows(row, row + 1)[0] for key, row in rows.items()}

    def hits(self, found: Sequence[tuple[int, float, FoundBy]], within: Path | None = None) -> list[Hit]:
        """Ranked passages as a person sees them, in the given order; what can no longer be found is left out.

        Args:
            found: (passage key, score, which search found it).
            within: Folder or file that was asked for: a document is shown at its place there.
        """
        with self._catalog.read() as connection:
            known = passages.fetch(connection, [key for key, _, _ in found], self._cache)
            ids = {passage.document_id for passage, _ in known.values()}
            places = locations.choose(connection, ids, within)
            facts = documents_.many(connection, ids)
        hits: list[Hit] = []
        for key, score, by in found:
            passage, page = known.get(key, (None, None))
            if passage is None or page is None or passage.document_id not in places or passage.document_id not in facts:
                continue
            place = places[passage.document_id]
            number = place.first_page + passage.spans[0].page - 1
            title = facts[passage.document_id].title
            hits.append(Hit(passage, place, number, page.label, title, score, by, page.source, page.confidence))
        return hits

    def location(self, document_id: str, within: Path | None = None) -> Location | None:
        """Where a document is shown: inside `within` where it has a place there, otherwise the first by path."""
        with self._catalog.read() as connection:
            return locations.choose(connection, [document_id], within).get(document_id)

    def locations(self, document_id: str) -> list[Location]:
        """All places of a document, by path."""
        with self._catalog.read() as connection:
            return locations.of_document(connection, document_id)

    def contents(self, path: Path) -> list[Location]:
        """What a file holds, in the order of its pages."""
        with self._catalog.read() as connection:
            return locations.of_file(connection, path)

    def document(self, document_id: str) -> Document:
        """A published document.

        Raises:
            LibraryError: It is not in the library (code `no_document`).
        """
        with self._catalog.read() as connection:
            document = documents_.get(connection, document_id)
        if document is None:
            raise LibraryError(f"The library has no document {document_id}.", "Search again.", "no_document")
        return document

    def page(self, document_id: str, number: int, boxes: bool = False) -> Page:
        """A page of a document by its number in the document.

        Raises:
            LibraryError: There is no such page (code `no_page`).
        """
        with self._catalog.read() as connection:
            page = pages.get(connection, document_id, number, boxes)
        if page is None:
            raise LibraryError(f"Document {document_id} has no page {number}.", "Search again.", "no_page")
        return page

    def pages(self, document_id: str) -> Iterator[Page]:
        """All pages of a document, in order, without boxes."""
        with self._catalog.read() as connection:
            return pages.in_force(connection, document_id)

    def neighbours(self, passage: Passage) -> tuple[Passage | None, Passage | None]:
        """The passages before and after a passage in its document."""
        with self._catalog.read() as connection:
            before, after = (
                passages.key_at(connection, passage.document_id, passage.ordinal + step) for step in (-1, 1)
            )
            found = passages.fetch(connection, [key for key in (before, after) if key is not None], self._cache)
        pair = [found[key][0] if key in found else None for key in (before, after)]
        return pair[0], pair[1]

    def opening(self, document_id: str, count: int) -> list[int]:
        """Keys of the first passages of a document, in order; empty where it is not published."""
        with self._catalog.read() as connection:
            found = [passages.key_at(connection, document_id, ordinal) for ordinal in range(count)]
        return [key for key in found if key is not None]

    def idf(self, stems: Sequence[str], usual: Mapping[str, float] = words.NOTHING_USUAL) -> dict[str, float]:
        """Inverse document frequency of stems over all passages.

        Args:
            stems: As they stand in the word index.
            usual: Share of texts, 0 to 1, in which some of them usually stand: it counts as much as a few hundred
                passages, so that everyday words are told from rare ones in a small library too.
        """
        with self._catalog.read() as connection:
            total, _ = self._remember("sizes", lambda: words.sizes(connection))
            return words.idf(connection, stems, total, usual)

    def problems(self) -> list[FileProblem]:
        """Everything that could not be read, by path."""
        with self._catalog.read() as connection:
            return files.problems(connection)

    def files(self, within: Path | None = None) -> Iterator[FileRow]:
        """All files, or those at or below a path, by path."""
        with self._catalog.read() as connection:
            return iter(files.all_rows(connection, within))

    def file(self, path: Path) -> FileRow | None:
        """What is known of a file; None where nothing is."""
        with self._catalog.read() as connection:
            return files.get(connection, path)

    def roots(self) -> list[Path]:
        """Folders and files that the person added, by path."""
        with self._catalog.read() as connection:
            return files.roots(connection)

    def todo(self, kind: str | None = None) -> list[Todo]:
        """Work that must be finished, oldest first; of one kind, or all."""
        with self._catalog.read() as connection:
            return todo.rows(connection, kind)

    def forgotten_documents(self) -> list[str]:
        """Ids of documents that were forgotten and that conversations may still cite."""
        return [str(name) for work in self.todo(CONVERSATIONS) for name in cast("list[str]", work.payload["documents"])]

    def _is_narrow(self, only: Only) -> bool:
        """Whether a filter leaves so few documents that it is quicker to scan their rows alone."""
        with self._catalog.read() as connection:
            left = self._remember(("narrow", only), lambda: len(only.keys(connection)))
            return left * NARROW < self._remember("documents", lambda: documents_.count(connection))

    def _rows_in(self, generation: Generation, only: Only) -> list[int]:
        """Ascending rows that a filter leaves, among those handed out when `generation` was read."""
        with self._catalog.read() as connection:
            rows = self._remember((generation.key, only), lambda: vectors.rows_in(connection, generation.key, only))
        return rows[: bisect_left(rows, generation.rows)]

    def _file(self, generation: Generation) -> VectorFile:
        with self._lock:
            if generation.key not in self._files:
                self._files[generation.key] = VectorFile(self.folder / generation.file, generation.dimensions)
            return self._files[generation.key]

    def _exact(self) -> tuple[Generation | None, Exact | None]:
        generation = self.generation()
        return (generation, Exact(self._file(generation))) if generation else (None, None)


def _only(within: Path | None, documents: set[str] | None) -> Only:
    return Only(within, None if documents is None else frozenset(documents))
