"""Writing a library: what the owner alone does, one writer at a time.

Every method is one transaction. Vectors are written and synced before the transaction that names them. Knows nothing of how
files are read or texts embedded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ingest.catalog import documents as documents_
from ingest.catalog import exclusions, files, moving, names, pages, passages, sketches, todo, vectors, walked
from ingest.catalog.connection import Catalog
from ingest.catalog.facts import FileProblem, Finding, Generation
from ingest.catalog.forgetting import Forgetting
from ingest.catalog.passages import ChunkLike
from ingest.errors import DocumentError, LibraryError
from ingest.library import checks, forgetting, generations
from ingest.library.forgetting import Erased
from ingest.library.generations import Kind
from ingest.library.reading import LibraryReader
from ingest.records import Document, Location, Page, Problem, SourceFile
from ingest.sketch import sketch

if TYPE_CHECKING:
    from ingest.library.reading import Floats

ROWS_A_WRITE = 1024
"""Vectors written at once: 1.5 MB of 384 dimensions, however long the document."""


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

    def tidy_generations(self) -> Generation | None:
        """Clear away what no generation needs; the generation that is being made, begun now if many rows are dead."""
        return generations.tidy(self, self._catalog)

    def begin_generation(self, kind: Kind) -> Generation:
        """Begin to make all vectors anew beside those in use, or go on with it."""
        return generations.begin(self._catalog, kind)

    def bring_back_generation(self) -> Generation:
        """Begin to make the vectors that were replaced whole again, to be used once more.

        Raises:
            LibraryError: There are none (code `no_generation`).
        """
        return generations.bring_back(self._catalog)

    def build_generation(
        self, after: int, embed: Callable[[list[str]], Floats], template: checks.Template
    ) -> int | None:
        """Make some vectors of the generation that is being made; see `generations.step`."""
        return generations.step(self, self._catalog, after, embed, template)

    def switch_generation(self) -> bool:
        """Use the generation that was made from now on, if it is whole."""
        return generations.switch(self, self._catalog)

    def drop_generations(self) -> int:
        """Delete every generation but the current one; return how many."""
        return generations.drop(self, self._catalog)

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
        sketched = sketch(chunk.text for chunk in chunks)
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
                sketches.put(connection, key, sketched)
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

    def read_again(self, sources: Sequence[SourceFile]) -> None:
        """Have files be read by the next run whether they changed or not, and what of them could not be read tried anew."""
        with self._catalog.write() as connection:
            files.mark_pending(connection, sources)
            documents_.mark_incomplete_unknown(connection, [source.path for source in sources])

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
        stay, so that a text that comes back is not embedded again; a new generation leaves them out.

        Args:
            unfinished: Also documents whose reading was begun and never finished.
        """
        with self._catalog.write() as connection:
            return documents_.purge_unlocated(connection, unfinished)

    def excluded(self) -> list[Path]:
        """Paths that are never read again because what they held was forgotten, with all below them."""
        with self._catalog.read() as connection:
            return exclusions.paths(connection)

    def forget(self, path: Path) -> Forgetting:
        """Begin to forget a file, or all below a folder: it is found no more and never read again.

        What it held is erased by `erase_forgotten`, whenever that has been done.
        """
        return forgetting.begin(self._catalog, path)

    def erase_forgotten(self, discard_chroma: Callable[[], None]) -> Erased:
        """Make everything that has no place any more unreadable in the library's files, and prove it.

        To be called while nothing is being read.

        Args:
            discard_chroma: Deletes Chroma's folder of the current generation, which may hold erased rows.
        """
        erased = forgetting.erase(self, self._catalog, discard_chroma)
        self._cache.clear()
        return erased

    def row_count(self) -> int:
        """Rows of vectors handed out so far, living or not."""
        generation = self.generation()
        return generation.rows if generation else 0

    def live_rows(self) -> int:
        """Rows whose text some passage still has."""
        with self._catalog.read() as connection:
            generation = vectors.current(connection)
            return vectors.count_live(connection, generation.key) if generation else 0

    def rows(self, start: int, stop: int, generation: Generation | None = None) -> Floats:
        """Rows of a generation's vector file, the current one's if none is named, as a view of shape (stop - start, dimensions).

        Raises:
            LibraryError: The file has fewer, or there is no vector yet.
        """
        generation = generation or self.generation()
        if generation is None or stop > generation.rows:
            raise LibraryError(f"{self.folder}: no vectors {start} to {stop}", "Run `assistant repair`.", "damaged")
        return self._file(generation).rows(start, stop)

    def watermark(self) -> int:
        """Chroma holds the rows below it."""
        generation = self.generation()
        return generation.watermark if generation else 0

    def set_watermark(self, rows: int, generation: Generation | None = None) -> None:
        """Record that Chroma holds the rows of a generation below `rows`; the current one's if none is named."""
        self._set_chroma("watermark", rows, generation)

    def note_chroma(self, boot_id: str, is_open: bool) -> None:
        """Record before Chroma is opened that it will be, and under which boot; and after, that it was closed in order."""
        self._set_chroma("boot_id", boot_id)
        self._set_chroma("chroma_open", int(is_open))

    def add_root(self, path: Path) -> None:
        """Add a folder or file of the person's; again is no error. Naming what was forgotten takes it back."""
        with self._catalog.write() as connection:
            exclusions.drop(connection, path)
            files.add_root(connection, path)

    def drop_root(self, path: Path) -> None:
        """Drop a folder or file that was added; its files stay until they are removed."""
        with self._catalog.write() as connection:
            files.drop_root(connection, path)

    def note_volumes(self, online: Mapping[str, str], offline: Iterable[Path]) -> None:
        """Record which volumes are there, with their identities, and which are not."""
        with self._catalog.write() as connection:
            walked.note_volumes(connection, online, offline)

    def relocate(self, old: Path, new: Path) -> int:
        """Say that a folder, with all below it, lies elsewhere now; return how many files that concerns.

        Raises:
            UsageError: Nothing lies at or below the old place, or the library knows files at the new one.
        """
        with self._catalog.write() as connection:
            return moving.relocate(connection, old, new)

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

        checksums: list[int] = []
        for at in range(0, len(wanted), ROWS_A_WRITE):
            rows = np.stack([new_vectors[key] for key in wanted[at : at + ROWS_A_WRITE]])
            checksums += self._file(generation).write(generation.rows + at, rows)
        return generation.key, generation.rows, list(zip(wanted, checksums, strict=True))

    def _set_chroma(self, column: str, value: object, generation: Generation | None = None) -> None:
        with self._catalog.write() as connection:
            generation = generation or vectors.current(connection)
            if generation is not None:
                vectors.set_chroma(connection, generation.key, column, value)
