"""Start the owner of a library, or find the one that another process has just started.

An owner is a process in a session of its own, so that Ctrl-C in a terminal reaches the command and not the owner. It
gets the settings in force through its standard input and says on its standard output why it cannot begin. Knows
nothing of what is said over the link.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from ingest.config import Config
from ingest.errors import LibraryError, SetupError
from ingest.link import Link
from ingest.messages import error_from_json
from ingest.socket_files import OwnerNote, read_note

ANSWER_SECONDS = 10.0
"""An owner that holds the lock and does not answer for so long is reported."""
START_SECONDS = 60.0
"""A machine that swaps takes long to start an owner; nobody waits longer."""
MAX_KILLED = 5
"""Owners in a row that may be killed from outside while they start; more mean that starting another does not help."""
POLL_SECONDS = 0.02


class Starter:
    """Gets a link to the owner of a library, starting owners until one answers."""

    def __init__(self, library: Path, config: Config) -> None:
        self._library = library
        self._config = config
        self._process: subprocess.Popen[bytes] | None = None
        self._began = time.monotonic()
        self._killed = 0

    def link(self) -> Link:
        """A link to an owner.

        Raises:
            LibraryError: The lock is busy and its holder does not answer.
            AssistantError: The owner could not begin, for the reason it gave.
        """
        while True:
            note = read_note(self._library)
            if note is not None and (link := Link.open(note, ANSWER_SECONDS / 4)) is not None:
                self._let_go(link.note.pid)
                return link
            waited = time.monotonic() - self._began
            if self._process is None:
                if waited > ANSWER_SECONDS:
                    raise in_use(note)
                self._start()
            elif self._process.poll() is not None:
                self._judge_end()
            elif waited > START_SECONDS:
                self._process.kill()
                raise LibraryError("the library's owner did not start", "See owner.log in the library.")
            time.sleep(POLL_SECONDS)

    def _start(self) -> None:
        if not hasattr(os, "fork"):
            raise SetupError("indexing needs a system with Unix sockets", "Use Linux, macOS or WSL.")
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ingest", str(self._library), "--settings-from-input"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=_environment(),
        )
        assert process.stdin is not None  # noqa: S101 - asked for above
        try:
            process.stdin.write(json.dumps(self._config.values).encode())
            process.stdin.close()
        except BrokenPipeError:
            process.wait()
        self._process = process
        threading.Thread(target=process.wait, name="owner's end", daemon=True).start()

    def _let_go(self, owner: int) -> None:
        """An owner answers. One that was started beside it would wait for clients once that one ends: it is ended."""
        process = self._process
        if process is not None:
            if process.pid != owner:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def _judge_end(self) -> None:
        """The owner that was started has ended: it was killed, another holds the lock, or it says why it cannot begin."""
        assert self._process is not None and self._process.stdout is not None  # noqa: S101 - started with a pipe
        with self._process.stdout as stdout:
            said = stdout.read()
        code, self._process = self._process.returncode, None
        if code < 0 and self._killed < MAX_KILLED:
            self._killed += 1
            self._began = time.monotonic()
            return
        try:
            error = error_from_json(json.loads(said))
        except ValueError:
            error = LibraryError(f"the library's owner ended at once (exit {code})", "See owner.log in the library.")
        if error.code != "in_use":
            raise error
        time.sleep(POLL_SECONDS * 5)


def _environment() -> dict[str, str]:
    """This process's environment, with the folder of these packages on the path of modules."""
    root = str(Path(__file__).parents[1])
    known = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, known)))}


def in_use(note: OwnerNote | None) -> LibraryError:
    """The error of a library whose owner cannot be reached."""
    who = f"process {note.pid}" if note is not None else "another process"
    return LibraryError(f"the library is in use by {who}, which does not answer", f"End {who} and try again.", "in_use")
