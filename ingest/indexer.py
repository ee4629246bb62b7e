"""Runs over paths: what to do next, in which order, and what is said of it.

One run at a time, in a thread of its own: walk, compare, read and embed what changed, remove what is gone, and wait
until Chroma holds it all. Files are read by a few threads ahead of the one that publishes; the queue between them is
bounded. Knows nothing of sockets: a run is given where its events go.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest import log
from ingest.changes import Changes, compare
from ingest.config import Config
from ingest.errors import AssistantError, DocumentError
from ingest.feeder import Feeder
from ingest.folders import Rules, Unreadable, walk
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
COMPILING = "the embedding model is made ready for this machine; this happens once and takes about a minute"
RESCAN_SECONDS = 60.0
"""How often followed folders are looked at again."""
CHECK_SECONDS = 0.2
"""How soon a waiting thread notices that its run was cancelled."""


class Cancelled(Exception):  # noqa: N818 - no error: nobody waits for the run any more
    """The run is to end without a word."""


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
    """Whether to look again every minute until it is cancelled."""
    task: Callable[[], None] | None = None
    """Done instead of indexing, while no run goes on."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    """Set when nobody waits any more."""


class Indexer:
    """Does runs one after another; `start` begins. Safe to call from several threads.

    Args:
        library: Open for writing.
        config: The settings in force.
        tools: What reads and embeds.
        gate: Says when to wait.
        feeder: Keeps Chroma fed.
    """

    def __init__(self, library: Library, config: Config, tools: Tools, gate: Gate, feeder: Feeder) -> None:
        self.running = False
        """Whether a run goes on."""
        self._library = library
        self._tools = tools
        self._gate = gate
        self._feeder = feeder
        self._rules = Rules.from_config(config.section("folders"), [library.folder])
        self._max_bytes = int(config.section("folders")["max_file_mb"]) * 1_000_000
        self._readers = tools.parallel
        self._runs: queue.Queue[Run | None] = queue.Queue()
        self._followed: list[Run] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="indexer", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def submit(self, run: Run) -> None:
        """Take on a run."""
        self._runs.put(run)

    def followed(self) -> list[Path]:
        """Folders that are looked at again and again."""
        runs = [run for run in self._followed if not run.cancelled.is_set()]
        return [path for run in runs for path in (run.paths or self._library.roots())]

    def stop(self) -> None:
        """Cancel what goes on; nothing new is begun."""
        self._ending.set()
        self._runs.put(None)

    def close(self, seconds: float) -> None:
        """Wait until the thread has ended, at most so long."""
        self.stop()
        self._thread.join(seconds)

    def _work(self) -> None:
        while not self._ending.is_set():
            try:
                run = self._runs.get(timeout=RESCAN_SECONDS)
            except queue.Empty:
                self._rescan()
                continue
            if run is not None:
                self._do(run)

    def _rescan(self) -> None:
        self._followed = [run for run in self._followed if not run.cancelled.is_set()]
        for run in self._followed:
            quiet = Run(run.paths, _but_unchanged(run.emit), lambda _: None, cancelled=run.cancelled)
            self._do(quiet)

    def _do(self, run: Run) -> None:
        """One run; whatever ends it is said to its client."""
        self.running = True
        try:
            if run.task is not None:
                run.task()
            else:
                _IndexRun(self, run).work()
            run.end(None)
            if run.follow:
                self._followed.append(run)
        except Cancelled:
            logging.info("a run was cancelled")
        except Exception as error:  # noqa: BLE001 - told to the log and to the client, never lost
            run.end(log.unexpected("indexing", error))
        finally:
            self.running = False


def _but_unchanged(emit: Callable[[IndexEvent], None]) -> Callable[[IndexEvent], None]:
    """The events of a rescan that are worth a word."""

    def only_news(event: IndexEvent) -> None:
        if isinstance(event, Reading | Indexed | Removed | Failed | Skipped):
            emit(event)

    return only_news


class _IndexRun:
    """One run from the walk to `Done`."""

    def __init__(self, indexer: Indexer, run: Run) -> None:
        self._indexer = indexer
        self._library = indexer._library
        self._run = run
        self._began = time.monotonic()
        self._counts: dict[type[object], int] = defaultdict(int)
        self._passages = 0
        self._done = 0
        self._files = 0

    def work(self) -> None:
        self._wait_at_gate()
        paths = self._run.paths or list(self._library.roots())
        for path in self._run.paths:
            if path.exists():
                self._library.add_root(path)
        changes = self._compare(paths)
        self._files = changes.files
        self._say(Started(changes.files))
        self._say_unreadable(changes)
        self._say_unchanged(changes)
        if changes.to_read:
            self._library.mark_pending(changes.to_read)
            self._read(changes.to_read)
        for path in changes.gone:
            self._library.remove_file(path)
            self._say(Removed(path))
        self._library.purge_unlocated()
        self._indexer._feeder.wait_fed(self._is_cancelled)
        self._check()
        self._say(self._totals())

    def _compare(self, paths: Sequence[Path]) -> Changes:
        known = {row.path: row for row in self._library.files()}
        found = walk(paths, self._indexer._rules)
        return compare(paths, self._while_wanted(found), known, self._indexer._tools.reader)

    def _while_wanted(self, items: Iterator[SourceFile | Unreadable]) -> Iterator[SourceFile | Unreadable]:
        for item in items:
            self._check()
            yield item

    def _say_unreadable(self, changes: Changes) -> None:
        for item in changes.unreadable:
            self._say(failure(item.path, None, DocumentError("unreadable", item.message)))

    def _say_unchanged(self, changes: Changes) -> None:
        """Files that did not change; what could not be read of them is said again."""
        problems = defaultdict(list)
        for problem in self._library.problems():
            if problem.page is None:
                problems[problem.path].append(problem)
        for row in changes.unchanged:
            self._done += 1
            if row.state == "indexed":
                self._say(Unchanged(row.path))
            for problem in problems[row.path]:
                error = DocumentError(problem.code, problem.message, problem.hint)
                self._say(failure(row.path, problem.inside, error))

    def _read(self, sources: list[SourceFile]) -> None:
        """Read, embed and publish; reading threads run ahead of this one, which publishes."""
        if self._indexer._tools.must_compile():
            self._say(Paused(COMPILING))
        pipeline = self._indexer._tools.pipeline()
        waiting: queue.SimpleQueue[SourceFile] = queue.SimpleQueue()
        for source in sources:
            waiting.put(source)
        ready: queue.Queue[Prepared | BaseException] = queue.Queue(PREPARED_AHEAD)
        over = threading.Event()
        threads = [
            threading.Thread(target=self._read_files, args=(pipeline, waiting, ready, over), name="read", daemon=True)
            for _ in range(self._indexer._readers)
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
            try:
                source = waiting.get_nowait()
            except queue.Empty:
                return
            result: Prepared | BaseException
            try:
                result = self._prepare(pipeline, source, unwanted)
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
        if not self._indexer._gate.wait(unwanted):
            raise Cancelled
        if source.size > self._indexer._max_bytes:
            message = (
                f"the file has {source.size / 1e6:.0f} MB; at most {self._indexer._max_bytes // 1_000_000} are read"
            )
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

    def _publish(self, pipeline: Pipeline, prepared: Prepared) -> None:
        self._wait_at_gate()
        events = pipeline.publish(prepared)
        self._done += 1
        for event in events:
            self._say(event)
        self._indexer._feeder.wake()

    def _say(self, event: IndexEvent) -> None:
        self._counts[type(event)] += 1
        self._passages += event.passages if isinstance(event, Indexed) else 0
        self._run.emit(event)

    def _totals(self) -> Done:
        indexed, unchanged, removed, failed, skipped = (
            self._counts[kind] for kind in (Indexed, Unchanged, Removed, Failed, Skipped)
        )
        seconds = time.monotonic() - self._began
        return Done(indexed, unchanged, removed, failed, skipped, self._passages, seconds)

    def _is_cancelled(self) -> bool:
        return self._run.cancelled.is_set() or self._indexer._ending.is_set()

    def _check(self) -> None:
        if self._is_cancelled():
            raise Cancelled

    def _wait_at_gate(self) -> None:
        if not self._indexer._gate.wait(self._is_cancelled, lambda reason: self._say(Paused(reason))):
            raise Cancelled
