"""Follow folders: what changes in them, as the system tells it, and when they must be looked at as a whole.

Each folder has a thread of its own. Where the system tells of changes (inotify, FSEvents, ReadDirectoryChangesW, all
through watchfiles) they are noted, and the folder is walked only now and then, to find what no event told of. Where it
does not (network drives; more folders than the system watches) the folder is walked every minute. A folder that is not
there is waited for. Knows nothing of what becomes of the changes.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.calm import MOST_WAITING, Calmer
from ingest.catalog.file_system import NETWORK_FILE_SYSTEMS, file_system
from ingest.folders import Rules, identity_of, is_below

RESCAN_SECONDS = 3600.0
"""How often a folder is walked although the system tells of its changes: queues overflow, links lead elsewhere."""
POLL_SECONDS = 60.0
"""How often a folder is walked of whose changes the system does not tell."""
ABSENT_SECONDS = 2.0
"""How often a folder that is not there is looked for, and one that is there is seen to be the same."""
STEP_MS = 500
"""Changes within this time of one another come together; also how soon a watch ends."""
DEBOUNCE_MS = 1_500
"""Changes are held together no longer than this."""


class Follower:
    """Follows folders and collects what changed. Safe to use from several threads.

    Args:
        rules: What is passed over.
    """

    def __init__(self, rules: Callable[[], Rules]) -> None:
        self._rules = rules
        self._lock = threading.Lock()
        self._calmer = Calmer()
        self._whole: set[Path] = set()
        self._watches: dict[Path, _Watch] = {}

    def follow(self, paths: Iterable[Path]) -> None:
        """Follow these files and folders, and no others."""
        wanted = set(paths)
        wanted = {path for path in wanted if not is_below(path.parent, wanted)}
        for path in wanted - self._watches.keys():
            self._watches[path] = _Watch(path, self._note, self._look_at)
        for path in self._watches.keys() - wanted:
            self._watches.pop(path).end()

    def polled(self) -> list[Path]:
        """Folders of whose changes the system does not tell."""
        return sorted(path for path, watch in list(self._watches.items()) if watch.polled)

    def take(self) -> list[Path]:
        """Files and folders to be looked at now, because they changed and have calmed, or because it is time."""
        with self._lock:
            due = set(self._calmer.take(time.monotonic())) | self._whole
            self._whole.clear()
        return sorted(path for path in due if not due & set(path.parents))

    def waiting(self) -> frozenset[Path]:
        """What changed and has not calmed yet."""
        with self._lock:
            return self._calmer.waiting()

    def postpone(self, paths: Iterable[Path]) -> None:
        """Have files looked at once they have calmed."""
        with self._lock:
            for path in paths:
                self._calmer.note(path, time.monotonic())

    def close(self) -> None:
        """Follow nothing any more."""
        self.follow([])

    def _look_at(self, root: Path) -> None:
        with self._lock:
            self._whole.add(root)

    def _note(self, root: Path, paths: Iterable[Path]) -> None:
        rules = self._rules()
        self.postpone(path for path in paths if root in path.parents and rules.lets_in(path, root))
        with self._lock:
            if len(self._calmer) > MOST_WAITING:
                self._calmer.clear()
                self._whole.update(list(self._watches))


class _Watch:
    """The thread of one folder or file that is followed."""

    def __init__(
        self, root: Path, note: Callable[[Path, Iterable[Path]], None], look_at: Callable[[Path], None]
    ) -> None:
        self.polled = False
        self._root = root
        self._note = note
        self._look_at = look_at
        self._ending = threading.Event()
        threading.Thread(target=self._work, name="follow", daemon=True).start()

    def end(self) -> None:
        """Let the thread end; what it still notes is harmless."""
        self._ending.set()

    def _work(self) -> None:
        while not self._ending.is_set():
            identity = _identity(self._root)
            if not identity:
                self._ending.wait(ABSENT_SECONDS)
                if _identity(self._root):
                    self._look_at(self._root)
            elif self.polled or not _tells_of_changes(self._root):
                self.polled = True
                self._ending.wait(POLL_SECONDS)
                self._look_at(self._root)
            else:
                self._watch(identity)

    def _watch(self, identity: str) -> None:
        """Listen to the system until the folder is another one or listening fails."""
        import watchfiles

        looked = float("-inf")
        real = os.path.realpath(self._root)
        try:
            for changes in watchfiles.watch(
                self._root,
                watch_filter=None,
                step=STEP_MS,
                debounce=DEBOUNCE_MS,
                stop_event=self._ending,
                rust_timeout=int(ABSENT_SECONDS * 1000),
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                if changes:
                    self._note(self._root, {self._as_named(path, real) for _, path in changes})
                if (
                    time.monotonic() - looked > RESCAN_SECONDS
                ):  # the first time too: what happened before the watch began
                    self._look_at(self._root)
                    looked = time.monotonic()
                if _identity(self._root) != identity:
                    self._look_at(self._root)
                    return
        except (OSError, RuntimeError) as error:
            self.polled = _identity(self._root) == identity
            logging.info("a folder is looked at every minute, since it cannot be watched (%s)", type(error).__name__)

    def _as_named(self, path: str, real: str) -> Path:
        """A path as it lies below the folder's own name: some systems tell where a link leads to."""
        root = os.fspath(self._root)
        if real != root and path.startswith(real + os.sep):
            return Path(root + path[len(real) :])
        return Path(path)


def _identity(path: Path) -> str:
    """What tells a folder from another one of its name; empty where there is none."""
    try:
        return identity_of(path.stat())
    except OSError:
        return ""


def _tells_of_changes(path: Path) -> bool:
    """Whether the system tells of changes: of those that another machine or a file system's own program makes it does not."""
    system = file_system(path)
    return path.is_dir() and system not in NETWORK_FILE_SYSTEMS and system != "fuse" and not system.startswith("fuse.")
