"""Writing a library: what the owner alone does, one writer at a time.

Every method is one transaction. Vectors are written and synced before the transaction that names them. Knows nothing of how
files are read or texts embedded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ingest.catalog import documents as documents_
from ingest.catalog import files, names, pages, passages, todo, vectors
from ingest.catalog.connection import Catalog
from ingest.catalog.facts import FileProblem, Finding, Generation
from ingest.catalog.passages import ChunkLike
from ingest.errors import DocumentError, LibraryError
from ingest.library import checks
from ingest.library.reading import LibraryReader
from ingest.records import Document, Location, Page, Problem, SourceFile

if TYPE_CHECKING:
    from ingest.library.reading import Floats


class Library(LibraryReader):
    """Documents, their passages and vectors, and where they are found.

    Open it with `Library.open`; for writing only while holding the library's lock.
    """

    @classmethod
    def open(cls, folder: Path, write: bool = False) -> Self:
        """Open a library, for writing made where there is none.

        Args:
            folder: Its folder.
            write: Whether to write; the caller holds the library's lock.

        Raises:
            SetupError: There is no library (when reading).
            LibraryError: It is damaged, made by a newer version, or on a network file system.
        """
        return cls(folder, Catalog.open(folder, write))

    def set_generation(self, model: str, fingerprint: str, variant: str, dimensions: int) -> Generation:
        """Say with which model vectors are made; the first time it is recorded.

        Raises:
            LibraryError: The library's vectors are another model's (code `other_model`).
        """
        with self._catalog.write() as connection:
            return vectors.ensure(connection, model, fingerprint, variant, dimensions)

    def known_documents(self, ids: Iterable[str], reader: str) -> set[str]:
        """Which documents are published as `reader` would read them, with or without a place.

        Args:
            ids: Ids of documents.
            reader: Versions and options of reader and chunker, as given to `publish`.
        """
        with self._catalog.read() as connection:
            return documents_.known(connection, ids, reader)

    def store_page(self, document_id: str, page: Page, options_key: str) -> None:
        """Keep a finished page of a document that is being read."""
        with self._catalog.write() as connection:
            pages.put(connection, document_id, page, options_key)

    def stored_pages(self, document_id: str, options_key: str) -> set[int]:
        """Numbers of the pages kept under `options_key`."""
        with self._catalog.read() as connection:
            return pages.numbers(connection, document_id, options_key)

    def load_pages(self, document_id: str, options_key: str | None = None) -> list[Page]:
        """Pages kept under `options_key` (left out: the last one used), in order, without boxes."""
        with self._catalog.read() as connection:
            return pages.under(connection, document_id, options_key or pages.latest_key(connection, document_id))

    def missing_texts(self, keys: Iterable[bytes]) -> set[bytes]:
        """Which texts, by key, have no vector yet."""
        with self._catalog.read() as connection:
            generation = vectors.current(connection)
            return vectors.missing(connection, generation.key, keys) if generation else set(keys)

    def publish(
        self,
        document: Document,
        chunks: Sequence[ChunkLike],
        keys: Sequence[bytes],
        new_vectors: Mapping[bytes, Floats],
        reader: str,
        options_key: str = "",
    ) -> None:
        """Put a document into the library whole, in place of what was known of it; it is found once it has a place.

        Args:
            document: Its facts. Its pages were stored before.
            chunks: Its passages in order.
            keys: For each passage the key of the text that is embedded for it (sha256).
            new_vectors: Vectors by key, at least of the texts that were missing; shape (dimensions,), unit length.
            reader: Versions and options under which it was read and cut.
            options_key: Under which its pages were stored; left out: the last one used.

        Raises:
            ValueError: A text has neither a vector in the library nor in `new_vectors`.
            LibraryError: The library cannot be written.
        """
        with self._catalog.writing:
            named = self._write_vectors(keys, new_vectors)
            with self._catalog.write() as connection:
                if named:
                    vectors.name(connection, *named)
                pages_key = options_key or pages.latest_key(connection, document.id)
                key = documents_.put(connection, document, reader, pages_key)
                pages.keep_only(connection, key, pages_key)
                facts = (document.id, reader, document.title, document.language)
                passages.replace(connection, key, facts, chunks, keys)
                names.index_document(connection, key)

    def set_locations(
        self,
        source: SourceFile,
        found: Sequence[Location],
        problems: Iterable[Problem | FileProblem] = (),
        reader: str = "",
    ) -> None:
        """Record a file as read: its documents are found there from now on, and those that it had before no more.

        Args:
            source: The file as it was when it was read.
            found: Its documents, each published before.
            problems: What of it could not be read; a failed member has `inside` and no page.
            reader: Versions and options under which it was read.

        Raises:
            ValueError: A document was never published.
        """
        with self._catalog.write() as connection:
            files.put(connection, source, "indexed", found, problems, reader)

    def fail_file(self, source: SourceFile, error: DocumentError, reader: str = "") -> None:
        """Record a file that could not be read; what was found in it before is found there no more."""
        problem = FileProblem(source.path, None, None, error.code, error.message, error.hint)
        with self._catalog.write() as connection:
            files.put(connection, source, "skipped" if error.skipped else "failed", (), (problem,), reader)

    def mark_pending(self, sources: Iterable[SourceFile]) -> None:
        """Record files that were seen and wait to be read; what is known of them holds until then."""
        with self._catalog.write() as connection:
            files.mark_pending(connection, sources)

    def remove_file(self, path: Path) -> bool:
        """Forget a file that is gone; False where it was not known. Its documents are out of search at once."""
        with self._catalog.write() as connection:
            return files.remove(connection, path)

    def remove_below(self, path: Path) -> int:
        """Forget a file, or all files below a folder; return how many."""
        with self._catalog.write() as connection:
            return files.remove_below(connection, path)

    def purge_unlocated(self, unfinished: bool = False) -> int:
        """Delete documents that no file holds any more; return how many.

        To be called at the end of a run: until then a document whose file was renamed or moved is used again. Vectors
        stay, so that a text that comes back is not embedded again; `scrub` erases them.

        Args:
            unfinished: Also documents whose reading was begun and never finished.
        """
        with self._catalog.write() as connection:
            return documents_.purge_unlocated(connection, unfinished)

    def scrub(self) -> int:
        """Make what was purged unreadable in the library's files; return how many vectors were erased.

        The catalog overwrites what it deletes, but the word index keeps terms until it is optimised, and the vector
        file rows. Chroma may hold erased rows: where the result is not 0 the watermark is 0, and the caller discards
        Chroma's folder.
        """
        with self._catalog.writing:
            with self._catalog.write() as connection:
                generation = vectors.current(connection)
                if generation is not None and vectors.forget_dead(connection, generation.key):
                    vectors.set_chroma(connection, generation.key, "watermark", 0)
                connection.execute("INSERT INTO words (words) VALUES ('optimize')")
                connection.execute("INSERT INTO names (names) VALUES ('optimize')")
            erased: list[int] = []
            if generation is not None:
                with self._catalog.read() as connection:
                    living = {row for row, _, _ in vectors.names(connection, generation.key, 0, generation.rows)}
                erased = [row for row in range(generation.rows) if row not in living]
                self._file(generation).erase(erased)
            with self._catalog.outside() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return len(erased)

    def row_count(self) -> int:
        """Rows of vectors handed out so far, living or not."""
        generation = self.generation()
        return generation.rows if generation else 0

    def live_rows(self) -> int:
        """Rows whose text some passage still has."""
        with self._catalog.read() as connection:
            generation = vectors.current(connection)
            return vectors.count_live(connection, generation.key) if generation else 0

    def rows(self, start: int, stop: int) -> Floats:
        """Rows of the vector file as a read-only view of shape (stop - start, dimensions).

        Raises:
            LibraryError: The file has fewer, or there is no vector yet.
        """
        generation = self.generation()
        if generation is None or stop > generation.rows:
            raise LibraryError(f"{self.folder}: no vectors {start} to {stop}", "Run `assistant repair`.", "damaged")
        return self._file(generation).rows(start, stop)

    def watermark(self) -> int:
        """Chroma holds the rows below it."""
        generation = self.generation()
        return generation.watermark if generation else 0

    def set_watermark(self, rows: int) -> None:
        """Record that Chroma holds the rows below `rows`."""
        self._set_chroma("watermark", rows)

    def note_chroma(self, boot_id: str, is_open: bool) -> None:
        """Record before Chroma is opened that it will be, and under which boot; and after, that it was closed in order."""
        self._set_chroma("boot_id", boot_id)
        self._set_chroma("chroma_open", int(is_open))

    def add_root(self, path: Path) -> None:
        """Add a folder or file of the person's; again is no error."""
        with self._catalog.write() as connection:
            files.add_root(connection, path)

    def drop_root(self, path: Path) -> None:
        """Drop a folder or file that was added; its files stay until they are removed."""
        with self._catalog.write() as connection:
            files.drop_root(connection, path)

    def add_todo(self, kind: str, payload: dict[str, object] | None = None) -> int:
        """Add work that must be finished and return its number; an equal one that waits already is kept."""
        with self._catalog.write() as connection:
            return todo.add(connection, kind, payload or {})

    def drop_todo(self, key: int) -> None:
        """Drop a piece of work that is done."""
        with self._catalog.write() as connection:
            todo.drop(connection, key)

    def check(
        self, progress: Callable[[str, int, int], None] | None = None, template: checks.Template | None = None
    ) -> list[Finding]:
        """Compare everything with everything; an empty list means that the library is whole.

        Args:
            progress: Told (what is looked at, how many are done, how many there are).
            template: What is embedded with a passage (title, headings, text); where it is given, text keys are checked.
        """
        return checks.check(self, self._catalog, progress, template)

    def repair(self, embed: Callable[[list[str]], Floats], template: checks.Template) -> list[Finding]:
        """Mend what can be mended from the catalog; return what was done and what is left.

        Args:
            embed: Embeds texts, shape (n, dimensions).
            template: What is embedded with a passage (title, headings, text).
        """
        return checks.repair(self, self._catalog, embed, template)

    def _write_vectors(
        self, keys: Sequence[bytes], new_vectors: Mapping[bytes, Floats]
    ) -> tuple[int, int, list[tuple[bytes, int]]] | None:
        """Write the vectors of texts that have none; what the catalog must name: generation, first row, (key, checksum)."""
        missing = self.missing_texts(keys)
        wanted = [key for key in dict.fromkeys(keys) if key in missing]
        if not wanted:
            return None
        generation = self.generation()
        absent = [key for key in wanted if key not in new_vectors]
        if generation is None or absent:
            raise ValueError(f"{len(absent)} of {len(wanted)} new texts without a vector, generation {generation}")
        import numpy as np

        rows = np.stack([new_vectors[key] for key in wanted])
        checksums = self._file(generation).write(generation.rows, rows)
        return generation.key, generation.rows, list(zip(wanted, checksums, strict=True))

    def _set_chroma(self, column: str, value: object) -> None:
        with self._catalog.write() as connection:
            generation = vectors.current(connection)
            if generation is not None:
                vectors.set_chroma(connection, generation.key, column, value)
