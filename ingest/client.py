"""Find or start the owner of a library and talk to it.

The owner lives while anyone is connected, so a command that must write connects, stays until its work is done and says
goodbye; the last one to leave waits until owner, warden and workers have ended. A client whose owner was killed starts
another and asks again, which costs nothing, since every request may be repeated. Knows nothing of how the owner does
what it is asked.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ingest.config import Config
from ingest.errors import AssistantError, LibraryError
from ingest.frames import Message
from ingest.link import Link, LinkLost, RunItem
from ingest.records import IndexEvent
from ingest.socket_files import SAME_START_SECONDS, lock_of, read_note
from ingest.starter import Starter, in_use
from ingest.tally import Tally

if TYPE_CHECKING:
    import numpy as np
    import psutil
    from numpy.typing import NDArray

READ_SECONDS = 1.0
"""A reader does not wait longer for an owner: it can search without one."""
REPLY_SECONDS = 10.0
"""An owner that takes longer to answer is treated as gone."""
POLL_SECONDS = 0.02
LEAVE_SECONDS = 5.0
"""Time an owner has to end after its last client has gone; then it is killed."""
DYING_SECONDS = 5.0
"""Time that killed workers have to be gone: at the lowest priority even dying can take seconds on a busy machine."""
WORKERS_SECONDS = 1.0
"""Time its workers have after it; they end by themselves when it does."""
MAX_RESTARTS = 5
"""Owners in a row that may die without a single event; more mean that starting another does not help."""


class Client:
    """A connection to the owner of a library, renewed when the owner is lost. Safe to use from several threads."""

    def __init__(self, library: Path, config: Config, link: Link | None, may_start: bool) -> None:
        self.asked_generation = 0
        """Number of the generation of vectors that rows are asked of; 0: whichever is in use."""
        self._library = library
        self._config = config
        self._may_start = may_start
        self._link = link
        self._lock = threading.RLock()
        self._followed: list[Message] = []
        self._closed = False

    @classmethod
    def connect(cls, library: Path, config: Config, start: bool) -> Client | None:
        """Connect to the library's owner.

        Args:
            library: The library's folder.
            config: The settings in force; an owner that is started gets them.
            start: Whether to start an owner where there is none. Without, this never waits long.

        Returns:
            The client, or None where `start` is false and no owner answers.

        Raises:
            LibraryError: The library is in use by a process that does not answer.
            AssistantError: The owner that was started could not begin, for the reason it gave.
        """
        if start:
            return cls.start(library, config)
        note = read_note(library)
        link = Link.open(note, READ_SECONDS) if note is not None else None
        return cls(library, config, link, may_start=False) if link is not None else None

    @classmethod
    def start(cls, library: Path, config: Config) -> Client:
        """Connect to the library's owner, starting one where there is none; see `connect` for errors."""
        client = cls(library, config, None, may_start=True)
        client._live_link()
        return client

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def connected(self) -> bool:
        """Whether an owner is at the other end right now."""
        return self._link is not None and not self._link.lost

    def nearest(
        self, vector: NDArray[np.float32], limit: int, seconds: float = READ_SECONDS
    ) -> list[tuple[int, float]] | None:
        """Rows of the vector file nearest to a unit vector, best first, with their cosine.

        Returns:
            The rows, or None where no owner answers in time: then `Library.nearest` does.
        """
        link = self._link
        if link is None or link.lost:
            return None
        payload = vector.astype("<f4").tobytes()
        try:
            reply, _ = link.request(
                {"op": "nearest", "limit": limit, "generation": self.asked_generation}, payload, seconds
            )
        except (LinkLost, AssistantError):
            return None
        return [(int(row), float(cosine)) for row, cosine in reply["rows"]]

    def index(self, paths: Sequence[Path], follow: bool = False) -> Iterator[IndexEvent]:
        """Bring files and folders into the library and yield what happens; the last event is `Done`.

        Args:
            paths: Files and folders; none: all folders of the library.
            follow: Whether the owner goes on to look for changes while this client is connected.

        Raises:
            AssistantError: What ended the run; a single file that fails is an event instead.
        """
        header = {"op": "index", "paths": [os.path.abspath(path) for path in paths], "follow": follow}  # noqa: PTH100 - links stay
        if follow:
            self._followed.append(header)
        yield from Tally().of(self._run(header))

    def repair(self) -> Iterator[tuple[str, str]]:
        """Rebuild what `check` found damaged; yields what was done: a stable word and where."""
        reply, _ = self._live_link().request({"op": "repair"}, seconds=None)
        yield from ((str(what), str(detail)) for what, detail in reply["findings"])

    def events(self) -> Iterator[IndexEvent]:
        """What every run of the owner does, until this client is closed; the oldest go when nobody fetches them.

        A client that may start an owner goes on with another one when the present one is lost, and has it follow again
        what `index(…, follow=True)` asked for. Runs whose events `index` yields are not told twice.
        """
        first = True
        while not self._closed:
            try:
                link = self._live_link()
                link.request({"op": "watch"})
                for header in () if first else self._followed:
                    link.forget_run(link.start_run(header)[0])
                first = False
                yield from _watched(link)
            except LinkLost:
                first = False
            except LibraryError:
                if not self._closed:
                    raise
            if not self._may_start:
                return

    def status(self) -> dict[str, Any]:
        """What the owner is doing: `state`, `reason`, `pending`, `watching` and the counters of `vectors`."""
        return self._ask({"op": "status"})["status"]  # type: ignore[no-any-return]  # a JSON object

    def pause(self) -> None:
        """Stop indexing until `resume`, also in owners to come."""
        self._ask({"op": "pause"})

    def resume(self) -> None:
        """Let indexing go on."""
        self._ask({"op": "resume"})

    def answering(self) -> None:
        """Say that a question is being answered: indexing yields until `answered`."""
        self._ask({"op": "answering"})

    def answered(self) -> None:
        """Say that the question has been answered."""
        self._ask({"op": "answered"})

    def add_folder(self, path: Path) -> None:
        """Add a folder to those of the library, without reading it yet."""
        self._ask({"op": "add_folder", "path": os.path.abspath(path)})  # noqa: PTH100 - links stay

    def drop_folder(self, path: Path) -> None:
        """Drop a folder and what was read from it."""
        self._ask({"op": "drop_folder", "path": os.path.abspath(path)}, None)  # noqa: PTH100 - links stay

    def reread(self, paths: Sequence[Path]) -> int:
        """Have files read again by the next run over them, whether they changed or not; how many that concerns."""
        return int(self._ask({"op": "reread", "paths": [os.path.abspath(path) for path in paths]}, None)["files"])  # noqa: PTH100 - links stay

    def forget(self, path: Path) -> dict[str, Any]:
        """Take a file, or all below a folder, out of every search, never to be read again; `erase` does the rest.

        Returns:
            How many `files` and `documents` that concerns, and which files hold the same documents `elsewhere`.
        """
        return self._ask({"op": "forget", "path": os.path.abspath(path)})  # noqa: PTH100 - links stay

    def erase(self) -> dict[str, Any]:
        """Have what was forgotten erased and proved to be gone; see `ingest.library.forgetting.Erased`."""
        return self._ask({"op": "erase"}, None)

    def conversations_forgotten(self) -> None:
        """Say that the conversations that cited what was forgotten are gone."""
        self._ask({"op": "forgotten"})

    def relocate(self, old: Path, new: Path) -> int:
        """Say that a folder, with all below it, lies elsewhere now; how many files that concerns."""
        header = {"op": "relocate", "old": os.path.abspath(old), "new": os.path.abspath(new)}  # noqa: PTH100 - links stay
        return int(self._ask(header, None)["files"])

    def generation(self, do: Literal["new", "back", "drop"], model: str = "") -> dict[str, Any]:
        """Begin to make vectors anew with a model, bring the replaced ones back, or drop those that are not in use."""
        return self._ask({"op": "generation", "do": do, "model": model}, None)

    def close(self) -> None:
        """Say goodbye; the last client waits until the owner and its workers have ended, also after Ctrl-C."""
        self._closed = True
        link, self._link = self._link, None
        if link is None:
            return
        interrupted = False
        deadline = time.monotonic() + LEAVE_SECONDS
        while True:
            try:
                _leave(link, self._library, self._may_start, deadline)
                break
            except KeyboardInterrupt:
                interrupted = True
        if interrupted:
            raise KeyboardInterrupt

    def _ask(self, header: Message, seconds: float | None = REPLY_SECONDS) -> Message:
        """Ask, once more of a new owner when the present one is lost."""
        try:
            return self._live_link().request(header, seconds=seconds)[0]
        except LinkLost:
            try:
                return self._live_link().request(header, seconds=seconds)[0]
            except LinkLost as error:
                raise in_use(read_note(self._library)) from error

    def _run(self, header: Message) -> Iterator[IndexEvent]:
        """The events of a run, continued with a new owner when one is lost."""
        failures = 0
        while True:
            link, run, ended = None, 0, False
            try:
                link = self._live_link()
                run, items = link.start_run(header)
                for event in _events(items):
                    failures = 0
                    yield event
                ended = True
                return
            except LinkLost as error:
                failures += 1
                if link is not None:
                    link.close()
                if failures > MAX_RESTARTS:
                    raise LibraryError("the library's owner keeps ending", "See owner.log in the library.") from error
            finally:
                if link is not None and not link.lost:
                    link.forget_run(run)
                    if not ended:
                        _cancel(link, run)

    def _live_link(self) -> Link:
        """The link, or a new one to another owner when the old one is lost."""
        with self._lock:
            if self._link is None or self._link.lost:
                if self._closed or not self._may_start:
                    raise LibraryError("the library's owner has ended", "Try again.", "gone")
                self._link = Starter(self._library, self._config).link()
            return self._link


def _watched(link: Link) -> Iterator[IndexEvent]:
    """What is told to who watches, until the link is lost."""
    while not link.lost:
        with link.watched_changed:
            link.watched_changed.wait_for(lambda: link.lost or link.watched)
            events = list(link.watched)
            link.watched.clear()
        yield from events


def _events(items: queue.SimpleQueue[RunItem]) -> Iterator[IndexEvent]:
    while (item := items.get()) is not None:
        if isinstance(item, AssistantError | LinkLost):
            raise item
        yield item


def _cancel(link: Link, run: int) -> None:
    """Tell the owner that nobody waits for a run any more."""
    try:
        link.request({"op": "cancel", "run": run}, seconds=READ_SECONDS)
    except (LinkLost, AssistantError):
        link.close()


def _leave(link: Link, library: Path, may_end: bool, deadline: float) -> None:
    """Say goodbye and, as the last client, wait for the owner's end; past the deadline kill it.

    Args:
        link: The connection to leave.
        library: The library's folder.
        may_end: Whether a silent owner may be killed: by clients that may start another.
        deadline: Monotonic time.
    """
    last, workers = may_end, []
    try:
        reply, _ = link.request({"op": "bye"}, seconds=max(0.1, deadline - time.monotonic()))
        last = bool(reply["last"])
        workers = [process for process in map(_still_there, reply["processes"]) if process is not None]
    except (LinkLost, AssistantError):
        logging.debug("no goodbye from the owner")
    link.close()
    if not last:
        return
    while time.monotonic() < deadline and link.note.process() is not None:
        time.sleep(POLL_SECONDS)
    import psutil

    process = link.note.process()
    if process is not None and read_note(library) == link.note and _is_locked(library):
        with contextlib.suppress(psutil.Error):
            workers += process.children(recursive=True)
            process.kill()
    _, alive = psutil.wait_procs(workers, timeout=WORKERS_SECONDS)
    for worker in alive:
        with contextlib.suppress(psutil.Error):
            worker.kill()
    psutil.wait_procs(alive, timeout=DYING_SECONDS)


def _still_there(worker: Sequence[float]) -> psutil.Process | None:
    """The process of this id, if it is still the one that was created then."""
    import psutil

    try:
        process = psutil.Process(int(worker[0]))
        return process if abs(process.create_time() - worker[1]) < SAME_START_SECONDS else None
    except psutil.Error:
        return None


def _is_locked(library: Path) -> bool:
    import filelock

    lock = lock_of(library)
    try:
        with lock.acquire(timeout=0):
            return False
    except filelock.Timeout:
        return True
