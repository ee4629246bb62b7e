"""The owner: the one process that holds a library's lock, writes into it and has work done.

It lives while anyone is connected: it waits a while for its first client, and when the last one has gone it stops what
it does, ends its workers and itself. What must survive it (a pause, folders to look at) is rows in the catalog. Knows
nothing of questions and answers, only that a client says when it is answering one.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import filelock
import psutil

from ingest import log
from ingest.config import Config
from ingest.costs import Costs
from ingest.errors import LibraryError
from ingest.feeder import Feeder
from ingest.frames import Message
from ingest.gate import Gate
from ingest.governor.decide import Policy
from ingest.indexer import Indexer
from ingest.library import Library
from ingest.pacer import Pacer
from ingest.records import SourceFile
from ingest.run import Run
from ingest.sessions import Listener, Reply, Session
from ingest.socket_files import LOG_NAME, NOTE_NAME, lock_of, new_note, read_note, write_note
from ingest.tools import Tools
from ingest.upkeep import Upkeep

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_CLIENT_SECONDS = 10.0
"""An owner that nobody has come to ends again."""
END_SECONDS = 4.0
"""Time that ending takes at most; clients wait a second longer before they kill."""
INDEXER_SECONDS = 1.5
"""Part of it for the indexer, which may be within a transaction."""
MAX_LIMIT = 10_000
"""Nearest rows that one request may ask for."""
PAUSED_BY_PERSON = "paused by you"
ANSWERING = "a question is being answered"

Done = TypeVar("Done")


class Owner:
    """A running owner of one library; `run` is its whole life.

    Args:
        folder: The library's folder, made where it is missing.
        config: The settings in force.
    """

    def __init__(self, folder: Path, config: Config) -> None:
        self._folder = folder
        self._config = config
        self._lock = threading.Lock()
        self._sessions: set[Session] = set()
        self._runs: dict[tuple[Session, int], Run] = {}
        self._following: set[tuple[Session, int]] = set()
        self._ending = False
        self._finished = threading.Event()

    def run(self, started: threading.Event | None = None) -> None:
        """Take the lock, serve until the last client has gone, and end everything.

        Args:
            started: Set once clients can connect.

        Raises:
            LibraryError: Another process holds the lock (code `in_use`), or the library cannot be opened.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = lock_of(self._folder)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            note = read_note(self._folder)
            who = f"process {note.pid}" if note else "another process"
            raise LibraryError(f"the library is in use by {who}", "Wait until it has ended.", "in_use") from error
        try:
            self._serve(started or threading.Event())
        finally:
            (self._folder / NOTE_NAME).unlink(missing_ok=True)
            lock.release()

    def finish(self) -> None:
        """Begin to end, from a signal's handler or another thread."""
        self._finished.set()

    def _serve(self, started: threading.Event) -> None:
        log.to_file(self._folder / LOG_NAME)
        note = new_note(self._folder)
        self._library = Library.open(self._folder, write=True)
        self._tools = Tools(self._library, self._config)
        self._gate = Gate(self._tools.set_running)
        self._feeder = Feeder(self._library, lambda entry: self._tools.spawn(entry, pausable=False), self._gate)
        self._indexer = Indexer(self._library, self._config, self._tools, self._gate, self._feeder)
        self._costs = Costs(self._folder)
        self._pacer = Pacer(
            self._folder,
            Policy.from_section(self._config.section("pace")),
            self._gate,
            self._tools.set_running,
            lambda: self._indexer.running,
            self._is_waited_for,
            self._tools.let_go,
            self._costs,
        )
        self._upkeep = Upkeep(self._library, self._tools, self._feeder, self._gate, self._submit)
        if self._library.todo("pause"):
            self._gate.shut("pause", PAUSED_BY_PERSON)
        key = bytes.fromhex(note.key)

        def session(connection: socket.socket) -> None:
            Session(connection, key, self._handle, self._open, self._close)

        listener = Listener(Path(note.socket), session)
        write_note(self._folder, note)
        self._feeder.start()
        self._upkeep.resume()
        self._indexer.start()
        self._pacer.start()
        logging.info("owner of the library")
        started.set()
        self._finished.wait(FIRST_CLIENT_SECONDS)
        while self._sessions and not self._finished.wait(FIRST_CLIENT_SECONDS):
            logging.debug("%d clients", len(self._sessions))
        self._end(listener)

    def _end(self, listener: Listener) -> None:
        """Stop everything, in the order in which things depend on one another."""
        watchdog = threading.Timer(END_SECONDS, os._exit, (1,))
        watchdog.daemon = True
        watchdog.start()
        with self._lock:
            self._ending = True
            sessions = list(self._sessions)
        listener.close()
        for session in sessions:
            session.hang_up()
        self._upkeep.close()
        self._pacer.close()
        self._feeder.close()
        self._indexer.stop()
        self._tools.close()
        self._indexer.close(INDEXER_SECONDS)
        self._library.close()
        watchdog.cancel()
        logging.info("owner ended")

    def _is_waited_for(self) -> bool:
        with self._lock:
            return any(not run.follow for run in self._runs.values())

    def _open(self, session: Session) -> bool:
        with self._lock:
            if not self._ending:
                self._sessions.add(session)
            return not self._ending

    def _close(self, session: Session) -> None:
        """A connection has ended: what it waited for is cancelled; after the last one the owner ends."""
        self._gate.open(session)
        with self._lock:
            for owner, number in [place for place in self._runs if place[0] is session]:
                self._runs.pop((owner, number)).cancelled.set()
                self._following.discard((owner, number))
            self._sessions.discard(session)
            if not self._sessions:
                self._ending = True
                self._finished.set()

    def _handle(self, session: Session, header: Message, payload: bytes) -> Reply:
        """Answer a request; in the session's thread."""
        match header["op"]:
            case "nearest":
                return self._nearest(int(header["limit"]), int(header.get("generation", 0)), payload), b""
            case "index":
                self._index(session, header)
            case "cancel":
                self._cancel(session, int(header["run"]))
            case "status":
                return {"status": self._status()}, b""
            case "pause":
                self._pause()
            case "resume":
                self._resume()
            case "answering":
                self._gate.shut(session, ANSWERING)
            case "answered":
                self._gate.open(session)
            case "add_folder":
                self._library.add_root(Path(header["path"]))
            case "drop_folder":
                path = Path(header["path"])
                self._library.drop_root(path)
                self._between_runs(lambda: self._upkeep.drop_files(path))
            case "watch":
                session.watching = True
            case "repair":
                return {"findings": self._repair()}, b""
            case "reread":
                return {"files": self._reread([Path(path) for path in header["paths"]])}, b""
            case "forget":
                return self._upkeep.forget(Path(header["path"])), b""
            case "erase":
                return self._between_runs(self._upkeep.erase, at_once=True), b""
            case "forgotten":
                self._upkeep.conversations_forgotten()
            case "relocate":
                old, new = Path(header["old"]), Path(header["new"])
                return {"files": self._between_runs(lambda: self._library.relocate(old, new), at_once=True)}, b""
            case "generation":
                return self._generation(header), b""
            case "bye":
                return self._goodbye(session), b""
        return {}, b""

    def _nearest(self, limit: int, wanted: int, payload: bytes) -> Message:
        """Rows nearest to a vector, of the wanted generation if one is named.

        Raises:
            LibraryError: Another one is in use: who asks has its file (code `other_generation`).
        """
        import numpy as np

        generation = self._library.generation()
        if wanted and (generation is None or generation.key != wanted):
            raise LibraryError("other vectors are in use now", "Open the library again.", "other_generation")

        vector: NDArray[np.float32] = np.frombuffer(payload, "<f4").astype(np.float32)
        if generation is None or vector.size != generation.dimensions:
            return {"rows": []}
        return {"rows": self._feeder.nearest(vector, max(1, min(limit, MAX_LIMIT)))}

    def _index(self, session: Session, header: Message) -> None:
        number = int(header["run"])

        def end(error: Any) -> None:
            with self._lock:
                if run.follow and error is None:
                    self._following.add((session, number))
                else:
                    self._runs.pop((session, number), None)
            session.end_run(number, error)

        run = Run([Path(path) for path in header["paths"]], lambda event: self._tell(session, number, event), end)
        run.follow = bool(header.get("follow"))
        with self._lock:
            self._runs[session, number] = run
        self._indexer.submit(run)

    def _tell(self, session: Session, number: int, event: Any) -> None:
        """An event goes to who asked for the run, and to all who watch."""
        self._costs.count(event)
        session.put(number, event)
        with self._lock:
            watching = [other for other in self._sessions if other.watching and other is not session]
        for other in watching:
            other.put(0, event)

    def _cancel(self, session: Session, number: int) -> None:
        with self._lock:
            run = self._runs.pop((session, number), None)
        if run is not None:
            run.cancelled.set()

    def _pause(self) -> None:
        if not self._library.todo("pause"):
            self._library.add_todo("pause")
        self._gate.shut("pause", PAUSED_BY_PERSON)

    def _resume(self) -> None:
        for todo in self._library.todo("pause"):
            self._library.drop_todo(todo.key)
        self._gate.open("pause")

    def _reread(self, paths: list[Path]) -> int:
        rows = [row for path in paths for row in self._library.files(path)]
        self._library.read_again([SourceFile(row.path, row.size, row.mtime_ns) for row in rows])
        return len(rows)

    def _repair(self) -> list[list[str]]:
        return self._between_runs(lambda: [[finding.what, finding.detail] for finding in self._tools.repair()])

    def _generation(self, header: Message) -> Message:
        """Begin, bring back or drop vectors beside those in use."""
        match header["do"]:
            case "new":
                self._between_runs(lambda: self._upkeep.new_generation(str(header["model"])), at_once=True)
            case "back":
                self._between_runs(self._upkeep.bring_back, at_once=True)
            case "drop":
                return {"dropped": self._between_runs(self._upkeep.drop_generations, at_once=True)}
        return {}

    def _submit(self, task: Callable[[], None]) -> None:
        """Have something done between runs, without waiting for it."""
        self._indexer.submit(Run([], lambda _: None, lambda _: None, task=task))

    def _between_runs(self, task: Callable[[], Done], at_once: bool = False) -> Done:
        """Have something done while no run goes on, and wait for it.

        Args:
            task: What is done.
            at_once: Whether runs are interrupted for it; they begin again behind it.
        """
        done = threading.Event()
        results: list[Done] = []
        errors: list[Exception] = []

        def end(error: Any) -> None:
            errors.extend([error] if error is not None else [])
            done.set()

        again = self._interrupt_runs() if at_once else []
        self._indexer.submit(Run([], lambda _: None, end, task=lambda: results.append(task())))
        for run in again:
            self._indexer.submit(run)
        while not done.wait(1.0):
            if self._finished.is_set():
                raise LibraryError("the library's owner is ending", "Try again.")
        if errors:
            raise errors[0]
        return results[0]

    def _interrupt_runs(self) -> list[Run]:
        """Cancel all runs that somebody waits for; those that shall begin again in their place."""
        again: list[Run] = []
        with self._lock:
            for place, run in [item for item in self._runs.items() if item[0] not in self._following]:
                self._runs[place] = Run(run.paths, run.emit, run.end, run.follow)
                again.append(self._runs[place])
                run.cancelled.set()
        return again

    def _status(self) -> Message:
        reason = self._gate.reason
        state = "paused" if reason else "indexing" if self._indexer.running else "idle"
        pace = self._pacer.pace
        if not reason and state == "indexing" and pace.duty < 1.0:
            reason = pace.reason
        return {
            "state": state,
            "reason": reason,
            "pace": {"level": "paused" if state == "paused" else pace.level, "reason": reason or pace.reason},
            "pid": os.getpid(),
            "priority": self._config.section("pace")["priority"],
            "generation": self._upkeep.progress(),
            "watching": [str(path) for path in self._indexer.followed()],
            "vectors": {
                "rows": self._library.row_count(),
                "in_chroma": self._library.watermark(),
                "answered_by_chroma": self._feeder.by_chroma,
                "answered_exactly": self._feeder.by_scan,
            },
        }

    def _goodbye(self, session: Session) -> Message:
        """A client leaves; the last one learns that it is, and which processes will end with the owner."""
        with self._lock:
            session.said_goodbye = True
            last = all(other.said_goodbye for other in self._sessions)
            self._ending = self._ending or last
        children = psutil.Process().children(recursive=True) if last else []
        return {"last": last, "processes": [[child.pid, _created(child)] for child in children]}


def _created(process: psutil.Process) -> float:
    try:
        return process.create_time()
    except psutil.Error:
        return 0.0
