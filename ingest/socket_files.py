"""Where an owner and its clients meet: the lock, the note that names the owner, and the folder of its socket.

The lock file is never deleted, so that two processes can never hold locks on two files of the same name. The note
(`owner.json`, mode 0600) says which process owns the library, where its socket lies and what key opens it. A socket's
path is limited to about 100 bytes, so the socket lies in a short private folder instead of the library. Knows nothing
of what is said over the socket.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import LibraryError

if TYPE_CHECKING:
    import filelock
    import psutil

LOCK_NAME = "owner.lock"
NOTE_NAME = "owner.json"
LOG_NAME = "owner.log"
SAME_START_SECONDS = 5.0
"""Start times are told relative to a boot time that each process reads for itself, rounded, from a clock that is set."""
MAX_SOCKET_PATH_BYTES = 100
"""Below the smallest limit of the systems that have Unix sockets (104 on macOS, 108 on Linux)."""


@dataclass(frozen=True, slots=True)
class OwnerNote:
    """Who owns a library and how to reach it."""

    pid: int
    """Process id of the owner."""
    started: float
    """Creation time of that process as the system reports it: tells it from a later one with the same id."""
    socket: str
    """Path of its Unix socket."""
    key: str
    """Hex key of the handshake, made anew by every owner."""

    def process(self) -> psutil.Process | None:
        """The owner's process, or None when it has ended."""
        import psutil

        try:
            process = psutil.Process(self.pid)
            same = (
                abs(process.create_time() - self.started) < SAME_START_SECONDS
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.Error:
            return None
        return process if same else None


def lock_of(library: Path) -> filelock.BaseFileLock:
    """The library's lock, not yet taken."""
    import filelock

    return filelock.FileLock(str(library / LOCK_NAME), mode=0o600, thread_local=False, preserve_lock_file=True)


def new_note(library: Path) -> OwnerNote:
    """A note for this process, with a fresh key."""
    import psutil

    process = psutil.Process()
    return OwnerNote(process.pid, process.create_time(), str(socket_path(library)), secrets.token_hex(32))


def write_note(library: Path, note: OwnerNote) -> None:
    """Put the note in place in one step, readable by this person alone."""
    temporary = library / f"{NOTE_NAME}.{note.pid}"
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(note), file)
    temporary.replace(library / NOTE_NAME)


def read_note(library: Path) -> OwnerNote | None:
    """The note of the present or last owner; None where there is none that can be understood."""
    try:
        return OwnerNote(**json.loads((library / NOTE_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def socket_path(library: Path) -> Path:
    """Path of the library's socket; its folder is made, private to this person.

    Raises:
        LibraryError: There is no place for a socket that only this person can use.
    """
    name = f"pda-{_user()}-{hashlib.sha256(os.fsencode(library.resolve())).hexdigest()[:12]}"
    for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - made 0700 below
        path = Path(base or "/nonexistent") / name / "s"
        if len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES and _private_folder(path.parent):
            return path
    raise LibraryError("there is no private folder for the library's socket", "Set XDG_RUNTIME_DIR or TMPDIR.")


def _private_folder(folder: Path) -> bool:
    """Make a folder of mode 0700; false where it cannot be, or where somebody else made it first."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == _user() and not stat.S_IMODE(facts.st_mode) & 0o077


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
