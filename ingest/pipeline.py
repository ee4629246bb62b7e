"""One file: read → chunk → embed → publish.

`prepare` reads a file in the sandbox, stores every page as it is finished, cuts the documents that the library lacks
into passages and hands their texts to the embedders; `publish` waits for the vectors and puts documents and places
into the library. The two run in different threads, so that the next files are read while one is embedded. Documents
that the library knows are not read again, so a renamed or copied file costs nothing. Knows nothing of which files there
are, nor of when indexing may run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.catalog.facts import FileProblem
from ingest.chunk import Chunk, chunk
from ingest.embed.template import embedded_text
from ingest.errors import DocumentError, WorkerError
from ingest.file_reading import FileReading
from ingest.library import Library
from ingest.records import (
    Document,
    Failed,
    Indexed,
    IndexEvent,
    Location,
    Page,
    Skipped,
    SourceFile,
    Unchanged,
)
from ingest.work.members import MemberInfo, first_pages
from ingest.work.pool import WorkerPool
from ingest.work.sandbox import Sandbox

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXTS_A_CALL = 4
"""Texts embedded in one request: about 0.1 s of work, so that the cores stay evenly busy and a stop is quick."""
TRIES = 4
"""How often texts are given to another worker when one dies: kills from outside come one at a time."""
READ_TRIES = 3
"""How often a file is read whose reader crashes: the first crash may have been a kill from outside."""

Vectors = dict[bytes, "NDArray[np.float32]"]


@dataclass(slots=True)
class NewDocument:
    """A document that was read and is being embedded."""

    document: Document
    """What was read of it."""
    inside: str | None
    """The first member of the file that it was found as."""
    chunks: list[Chunk]
    """Its passages."""
    keys: list[bytes]
    """Key of each passage's text: sha256 of what is embedded."""
    pending: list[Future[Vectors]]
    """Where the vectors that the library lacks will come from."""


@dataclass(slots=True)
class Prepared:
    """A file that was read; `publish` takes it from here."""

    source: SourceFile
    """The file as the walk saw it."""
    members: list[MemberInfo] = field(default_factory=list)
    """Every document found in it, in order."""
    documents: list[NewDocument] = field(default_factory=list)
    """Those that the library lacked."""
    problems: list[FileProblem] = field(default_factory=list)
    """Members that could not be read."""
    error: DocumentError | None = None
    """Why the whole file could not be read."""

    @property
    def passages(self) -> int:
        """How many passages it holds in memory until it is published."""
        return sum(len(new.chunks) for new in self.documents)


class Pipeline:
    """Reads, embeds and publishes single files. `prepare` may run in several threads, `publish` in one.

    Args:
        library: The library, open for writing, whose generation is set.
        sandbox: Reads files.
        embedders: Workers that run `ingest.embed.worker:main`.
        count: Counts tokens as the embedding model does.
        processes: How many texts are embedded at the same time.
        reader: Version of readers and chunker, recorded with what is published.
        options_key: Tells pages read under other options apart.
    """

    def __init__(
        self,
        library: Library,
        sandbox: Sandbox,
        embedders: WorkerPool,
        count: Callable[[str], int],
        processes: int,
        reader: str,
        options_key: str,
    ) -> None:
        self._library = library
        self._sandbox = sandbox
        self._embedders = embedders
        self._count = count
        self._reader = reader
        self._options_key = options_key
        self._threads = ThreadPoolExecutor(processes, "embed")
        self._closed = False

    def prepare(self, source: SourceFile, on_page: Callable[[int, int | None], None]) -> Prepared:
        """Read a file and begin to embed what is new in it.

        Args:
            source: The file.
            on_page: Told how many pages are finished, and how many there are where that is known.

        Returns:
            What `publish` needs; a file that cannot be read is one with an error.
        """
        for attempt in range(1, READ_TRIES + 1):
            last = attempt == READ_TRIES or self._closed
            reading = FileReading(self._library, source, self._reader, self._options_key)
            try:
                reading.run(self._sandbox, on_page)
            except DocumentError as error:
                if error.code == "crashed" and not last:
                    continue
                return Prepared(source, error=error)
            if last or not reading.crashed:
                break
        prepared = Prepared(source, reading.members, problems=reading.problems)
        for document, pages in reading.finished():
            prepared.documents.append(self._begin(document, reading.members, pages))
        return prepared

    def publish(self, prepared: Prepared) -> list[IndexEvent]:
        """Put a prepared file into the library.

        Returns:
            What happened, for whoever listens.

        Raises:
            WorkerError: The texts could not be embedded, however often it was tried.
            LibraryError: The library cannot be written.
        """
        source = prepared.source
        if prepared.error is not None:
            self._library.fail_file(source, prepared.error, self._reader)
            return [failure(source.path, None, prepared.error)]
        events: list[IndexEvent] = []
        for new in prepared.documents:
            vectors: Vectors = {}
            for pending in new.pending:
                vectors.update(pending.result())
            self._library.publish(new.document, new.chunks, new.keys, vectors, self._reader, self._options_key)
            pages, passages = new.document.page_count, len(new.chunks)
            events.append(Indexed(source.path, new.inside, pages, passages))
        self._library.set_locations(source, self._locations(prepared), prepared.problems, self._reader)
        for problem in prepared.problems:
            error = DocumentError(problem.code, problem.message, problem.hint)
            events.append(failure(source.path, problem.inside, error))
        return events or [Unchanged(source.path)]

    def close(self) -> None:
        """Let go of what waits; running requests end with their workers."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _locations(self, prepared: Prepared) -> list[Location]:
        """Every place of the file's documents; pages are numbered on through its members."""
        counts = {new.document.id: new.document.page_count for new in prepared.documents}
        for member in prepared.members:
            if member.id not in counts:
                counts[member.id] = self._library.document(member.id).page_count
        path = prepared.source.path
        numbered = zip(prepared.members, first_pages(prepared.members, counts), strict=True)
        return [Location(member.id, path, member.inside, first) for member, first in numbered]

    def _begin(self, document: Document, members: Sequence[MemberInfo], pages: Sequence[Page]) -> NewDocument:
        """Cut a document into passages and hand the texts that the library lacks to the embedders."""
        chunks = chunk(document.title, pages, self._count)
        keys = [_text_key(document.title, part) for part in chunks]
        missing = self._library.missing_texts(keys)
        wanted = list({key: part for key, part in zip(keys, chunks, strict=True) if key in missing}.items())
        batches = [wanted[start : start + TEXTS_A_CALL] for start in range(0, len(wanted), TEXTS_A_CALL)]
        pending = [self._threads.submit(self._embed, document.title, batch) for batch in batches]
        inside = next(member.inside for member in members if member.id == document.id)
        return NewDocument(document, inside, chunks, keys, pending)

    def _embed(self, title: str, batch: list[tuple[bytes, Chunk]]) -> Vectors:
        """Have some passages of a document embedded, by another worker when one dies."""
        request = {"op": "encode", "texts": [embedded_text(title, part.headings, part.text) for _, part in batch]}
        for attempt in range(1, TRIES + 1):
            try:
                reply, payload = self._embedders.call(request)
                break
            except WorkerError:
                if attempt == TRIES or self._closed:
                    raise
        return _vectors([key for key, _ in batch], reply, payload)


def _text_key(title: str, part: Chunk) -> bytes:
    """Hash of the text that is embedded for a passage."""
    text = embedded_text(title, part.headings, part.text)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _vectors(keys: list[bytes], reply: dict[str, Any], payload: bytes) -> Vectors:
    import numpy as np

    if "error" in reply:
        raise WorkerError(str(reply["error"]["message"]), str(reply["error"]["hint"]), str(reply["error"]["code"]))
    rows = np.frombuffer(payload, "<f4").reshape(len(keys), -1)
    return dict(zip(keys, rows, strict=True))


def failure(path: Path, inside: str | None, error: DocumentError) -> Failed | Skipped:
    """The event of a file or member that could not be read."""
    kind = Skipped if error.skipped else Failed
    return kind(path, inside, error.code, error.message, error.hint)
