"""What to do next: runs that clients wait for, one after another, and looks at the folders that are followed.

One run at a time, in a thread of its own. Knows nothing of sockets: a run is given where its events go.
"""

from __future__ import annotations

import logging
import queue
import threading
from pathlib import Path

from ingest import log
from ingest.config import Config
from ingest.feeder import Feeder
from ingest.following import Follower
from ingest.gate import Gate
from ingest.library import Library
from ingest.records import IndexEvent
from ingest.run import Cancelled, IndexRun, Run, Workshop
from ingest.tools import Tools

LOOK_SECONDS = 1.0
"""How soon a followed file that has calmed is read."""


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
        self._ending = threading.Event()
        self._shop = Workshop(library, config, tools, gate, feeder, self._ending)
        self._runs: queue.Queue[Run | None] = queue.Queue()
        self._followed: list[Run] = []
        self._follower = Follower(self._shop.rules)
        self._thread = threading.Thread(target=self._work, name="indexer", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def submit(self, run: Run) -> None:
        """Take on a run."""
        self._runs.put(run)

    def followed(self) -> list[Path]:
        """Files and folders that are followed."""
        runs = [run for run in self._followed if not run.cancelled.is_set()]
        return [path for run in runs for path in (run.paths or self._shop.library.roots())]

    def polled(self) -> list[Path]:
        """Those of them of whose changes the system does not tell, so that they are looked at every minute."""
        return self._follower.polled()

    def stop(self) -> None:
        """Cancel what goes on; nothing new is begun."""
        self._ending.set()
        self._runs.put(None)

    def close(self, seconds: float) -> None:
        """Wait until the thread has ended, at most so long."""
        self.stop()
        self._follower.close()
        self._thread.join(seconds)

    def _work(self) -> None:
        while not self._ending.is_set():
            try:
                run = self._runs.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                self._look()
                continue
            if run is not None:
                self._do(run)

    def _look(self) -> None:
        """Look at what changed in the followed folders and has calmed; not while indexing is paused."""
        self._followed = [run for run in self._followed if not run.cancelled.is_set()]
        self._follower.follow(self.followed())
        if not self._followed or self._shop.gate.reason:
            return
        paths = self._follower.take()
        if paths:
            followers = _Followers(self._followed)
            self._do(Run(paths, followers.emit, lambda _: None, cancelled=followers, calming=self._follower))

    def _do(self, run: Run) -> None:
        """One run; whatever ends it is said to its client."""
        self.running = True
        try:
            if run.task is not None:
                run.task()
            else:
                IndexRun(self._shop, run).work()
            run.end(None)
            if run.follow:
                self._followed.append(run)
        except Cancelled:
            logging.info("a run was cancelled")
        except Exception as error:  # noqa: BLE001 - told to the log and to the client, never lost
            run.end(log.unexpected("indexing", error))
        finally:
            self.running = False


class _Followers:
    """Those for whose sake folders are followed, as one: news goes to the first, from there to all who watch."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs = list(runs)

    def is_set(self) -> bool:
        """Whether none is left."""
        return all(run.cancelled.is_set() for run in self._runs)

    def set(self) -> None:
        """Say that none is left."""
        for run in self._runs:
            run.cancelled.set()

    def emit(self, event: IndexEvent) -> None:
        """Tell the first that is left."""
        for run in self._runs:
            if not run.cancelled.is_set():
                run.emit(event)
                return
