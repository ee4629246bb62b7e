"""One run over paths: walk, compare, read and embed what changed, remove what is gone, wait until Chroma holds it all.

Files are read by a few threads ahead of the one that publishes; the queue between them is bounded. Knows nothing of
sockets, nor of when a run is due: it is given where its events go.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ingest.catalog.facts import FileProblem
from ingest.changes import Changes, Known, compare
from ingest.config import Config
from ingest.errors import AssistantError, DocumentError
from ingest.feeder import Feeder
from ingest.folders import Found, Rules, walk
from ingest.gate import Gate
from ingest.library import Library
from ingest.pipeline import Pipeline, Prepared, failure
from ingest.records import (
    Done,
    Failed,
    Indexed,
    IndexEvent,
    Paused,
    Reading,
    Removed,
    Skipped,
    SourceFile,
    Started,
    Unchanged,
)
from ingest.tools import Tools

PREPARED_AHEAD = 32
"""Files read and not yet published: enough to keep every embedder busy while small files pass."""
PASSAGES_AHEAD = 4_000
"""Passages of such files from which no further file is begun, whatever their number: some 30 MB with their vectors."""
COMPILING = "the embedding model is made ready for this machine; this happens once and takes about a minute"
CHECK_SECONDS = 0.2
"""How soon a waiting thread notices that its run was cancelled."""
FRESH_SECONDS = 5.0
"""A followed file that changed less than this ago may still be being written."""
NEWS = (Reading, Indexed, Removed, Failed, Skipped)
"""What is worth a word when nobody asked."""
OFFLINE = "it is not there: a drive that is unplugged, or a share that is offline; what was read of it stays"


class Cancelled(Exception):  # noqa: N818 - no error: nobody waits for the run any more
    """The run is to end without a word."""


class Wish(Protocol):
    """Whether anybody still wants a run; `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether nobody does."""

    def set(self) -> None:
        """Say that nobody does."""


class Postpone(Protocol):
    """What is known of files that have not calmed; `ingest.following.Follower` is one."""

    def waiting(self) -> frozenset[Path]:
        """Files to be left alone for now."""

    def postpone(self, paths: Iterable[Path]) -> None:
        """Have files looked at once they have calmed."""


@dataclass(slots=True)
class Run:
    """Something a client waits for."""

    paths: list[Path]
    """What to look at; empty: all folders of the library."""
    emit: Callable[[IndexEvent], None]
    """Takes an event; may wait for a client that is slow."""
    end: Callable[[AssistantError | None], None]
    """Told once that the run has ended, and the error that ended it."""
    follow: bool = False
    """Whether to follow the paths from then on, until it is cancelled."""
    task: Callable[[], None] | None = None
    """Done instead of indexing, while no run goes on."""
    cancelled: Wish = field(default_factory=threading.Event)
    """Set when nobody waits any more."""
    calming: Postpone | None = None
    """Given for a look at what is followed: nobody asked, so only news is told, and files that change are left to calm."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What runs work with."""

    library: Library
    """Open for writing."""
    config: Config
    """The settings in force."""
    tools: Tools
    """What reads and embeds."""
    gate: Gate
    """Says when to wait."""
    feeder: Feeder
    """Keeps Chroma fed."""
    ending: threading.Event
    """Set when the owner ends."""

    def rules(self) -> Rules:
        """What is passed over, the library itself and what was forgotten among it."""
        return Rules.from_config(self.config.section("folders"), [self.library.folder, *self.library.excluded()])


class IndexRun:
    """One run from the walk to `Done`."""

    def __init__(self, shop: Workshop, run: Run) -> None:
        self._shop = shop
        self._library = shop.library
        self._run = run
        self._max_bytes = int(shop.config.section("folders")["max_file_mb"]) * 1_000_000
        self._began = time.monotonic()
        self._counts: dict[type[object], int] = defaultdict(int)
        self._passages = 0
        self._done = 0
        self._files = 0
        self._ahead = 0
        self._ahead_lock = threading.Lock()

    def work(self) -> None:
        """Do it.

        Raises:
            Cancelled: Nobody waits for it any more.
            AssistantError: What ended it.
        """
        self._wait_at_gate()
        paths = self._run.paths or self._library.roots()
        for path in self._run.paths if self._run.calming is None else ():
            if path.exists():
                self._library.add_root(path)
        changes = self._compare(paths)
        self._files = changes.files
        self._say(Started(changes.files))
        if self._run.calming is None:
            self._say_unreadable(changes)
            self._say_unchanged(changes)
        else:
            self._leave_to_calm(changes, self._run.calming)
        self._note_volumes(changes)
        if changes.to_read:
            self._library.mark_pending(changes.to_read)
            self._read(changes.to_read)
        for path in changes.gone:
            self._library.remove_file(path)
            self._say(Removed(path))
        if changes.to_read or changes.gone or self._run.calming is None:
            if self._run.calming is None or not self._run.calming.waiting():
                self._library.purge_unlocated(unfinished=not self._library.pending())
            self._shop.feeder.wait_fed(self._is_cancelled)
        self._check()
        self._say(self._totals())

    def _compare(self, paths: Sequence[Path]) -> Changes:
        library = self._library
        marks = library.marks(paths, self._shop.tools.reader)
        known = Known(marks, library.unopened(), library.volumes())
        return compare(paths, self._while_wanted(walk(paths, self._shop.rules(), roots=library.roots())), known)

    def _while_wanted(self, items: Iterator[Found]) -> Iterator[Found]:
        for item in items:
            self._check()
            yield item

    def _leave_to_calm(self, changes: Changes, calming: Postpone) -> None:
        """Take files out that may still be being written: they are looked at again when they have calmed."""
        now, waiting = time.time(), calming.waiting()
        fresh = [source.path for source in changes.to_read if 0 <= now - source.mtime_ns / 1e9 < FRESH_SECONDS]
        calming.postpone(path for path in fresh if path not in waiting)
        left = waiting.union(fresh)
        changes.to_read = [source for source in changes.to_read if source.path not in left]
        changes.gone = [path for path in changes.gone if path not in left]

    def _note_volumes(self, changes: Changes) -> None:
        """Remember which drives and folders are there, and say it when one has gone."""
        roots = set(self._library.roots())
        offline = set(changes.offline) | {
            item.path for item in changes.unreadable if item.missing and item.path in roots
        }
        before, known = set(self._library.offline()), self._library.volumes()
        for path in sorted(offline - before if self._run.calming is not None else changes.offline):
            self._say(
                failure(
                    path, None, DocumentError("unreadable", OFFLINE, "Plug it in, or drop it with `assistant remove`.")
                )
            )
        online = {
            path: identity
            for path, identity in changes.online.items()
            if known.get(path) != identity or Path(path) in before
        }
        if online or offline - before:
            self._library.note_volumes(online, offline)

    def _say_unreadable(self, changes: Changes) -> None:
        for item in changes.unreadable:
            self._say(failure(item.path, None, DocumentError("unreadable", item.message)))

    def _say_unchanged(self, changes: Changes) -> None:
        """Files that did not change; what could not be read of them is said again."""
        problems: dict[str, list[FileProblem]] = defaultdict(list)
        for problem in self._library.problems():
            if problem.page is None:
                problems[os.fspath(problem.path)].append(problem)
        for name in changes.unchanged:
            self._done += 1
            path = Path(name)
            if all(problem.inside is not None for problem in problems[name]):
                self._say(Unchanged(path))
            for problem in problems[name]:
                error = DocumentError(problem.code, problem.message, problem.hint)
                self._say(failure(path, problem.inside, error))

    def _read(self, sources: list[SourceFile]) -> None:
        """Read, embed and publish; reading threads run ahead of this one, which publishes."""
        if self._shop.tools.must_compile():
            self._say(Paused(COMPILING))
        pipeline = self._shop.tools.pipeline()
        waiting: queue.SimpleQueue[SourceFile] = queue.SimpleQueue()
        for source in sources:
            waiting.put(source)
        ready: queue.Queue[Prepared | BaseException] = queue.Queue(PREPARED_AHEAD)
        over = threading.Event()
        threads = [
            threading.Thread(target=self._read_files, args=(pipeline, waiting, ready, over), name="read", daemon=True)
            for _ in range(self._shop.tools.parallel)
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in sources:
                self._publish(pipeline, self._next(ready))
        finally:
            over.set()

    def _read_files(
        self,
        pipeline: Pipeline,
        waiting: queue.SimpleQueue[SourceFile],
        ready: queue.Queue[Prepared | BaseException],
        over: threading.Event,
    ) -> None:
        """A reading thread."""

        def unwanted() -> bool:
            return over.is_set() or self._is_cancelled()

        while not unwanted():
            if self._ahead > PASSAGES_AHEAD:
                over.wait(CHECK_SECONDS)
                continue
            try:
                source = waiting.get_nowait()
            except queue.Empty:
                return
            result: Prepared | BaseException
            try:
                result = self._prepare(pipeline, source, unwanted)
                self._count_ahead(result.passages)
            except Cancelled:
                return
            except Exception as error:  # noqa: BLE001 - raised again by the thread that publishes
                result = error
            while not unwanted():
                try:
                    ready.put(result, timeout=CHECK_SECONDS)
                    break
                except queue.Full:
                    continue

    def _prepare(self, pipeline: Pipeline, source: SourceFile, unwanted: Callable[[], bool]) -> Prepared:
        if not self._shop.gate.wait(unwanted):
            raise Cancelled
        if source.size > self._max_bytes:
            message = f"the file has {source.size / 1e6:.0f} MB; at most {self._max_bytes // 1_000_000} are read"
            hint = "Raise max_file_mb in the [folders] section of config.toml."
            return Prepared(source, error=DocumentError("too_large", message, hint))

        def on_page(page: int, pages: int | None) -> None:
            if unwanted():
                raise Cancelled
            self._say(Reading(source.path, page, pages, self._done, self._files))

        return pipeline.prepare(source, on_page)

    def _next(self, ready: queue.Queue[Prepared | BaseException]) -> Prepared:
        while True:
            self._check()
            try:
                result = ready.get(timeout=CHECK_SECONDS)
            except queue.Empty:
                self._wait_at_gate()
                continue
            if isinstance(result, BaseException):
                raise result
            return result

    def _count_ahead(self, passages: int) -> None:
        with self._ahead_lock:
            self._ahead += passages

    def _publish(self, pipeline: Pipeline, prepared: Prepared) -> None:
        self._wait_at_gate()
        events = pipeline.publish(prepared)
        self._count_ahead(-prepared.passages)
        self._done += 1
        for event in events:
            self._say(event)
        self._shop.feeder.wake()

    def _say(self, event: IndexEvent) -> None:
        self._counts[type(event)] += 1
        self._passages += event.passages if isinstance(event, Indexed) else 0
        if self._run.calming is None or isinstance(event, NEWS):
            self._run.emit(event)

    def _totals(self) -> Done:
        indexed, unchanged, removed, failed, skipped = (
            self._counts[kind] for kind in (Indexed, Unchanged, Removed, Failed, Skipped)
        )
        seconds = time.monotonic() - self._began
        return Done(indexed, unchanged, removed, failed, skipped, self._passages, seconds)

    def _is_cancelled(self) -> bool:
        return self._run.cancelled.is_set() or self._shop.ending.is_set()

    def _check(self) -> None:
        if self._is_cancelled():
            raise Cancelled

    def _wait_at_gate(self) -> None:
        if not self._shop.gate.wait(self._is_cancelled, lambda reason: self._say(Paused(reason))):
            raise Cancelled
