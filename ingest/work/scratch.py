"""Private temporary folders that outlive nobody: page images and unpacked attachments are as private as the documents.

A warden's workers write below one root of mode 0700. The warden removes it when it ends; should it be killed, its owner
does; should both be killed at once, the next root that is made sweeps up those whose lock nobody holds any more.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from ingest.errors import SetupError

PREFIX = "document-assistant-"
_LOCK, _UNLOCKED = "lock", "unlocked"


def make_root() -> tuple[Path, int | None]:
    """Make a root, and sweep up abandoned ones.

    Returns:
        The root, and a descriptor that holds its lock as long as any process has it open (None where the system has no
        such locks: nothing is swept up there).

    Raises:
        SetupError: The temporary folder cannot be written.
    """
    sweep()
    try:
        root = Path(tempfile.mkdtemp(prefix=PREFIX))
    except OSError as error:
        raise SetupError(
            f"no temporary folder can be made: {error.strerror}", "Free some space, or set TMPDIR."
        ) from error
    try:
        import fcntl
    except ImportError:
        return root, None
    lock = os.open(root / _UNLOCKED, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    (root / _UNLOCKED).rename(root / _LOCK)  # before it had this name, nobody else could lock it
    return root, lock


def make_folder(root: Path, name: str) -> Path:
    """Make a private folder below a root."""
    folder = root / name
    folder.mkdir(mode=0o700)
    return folder


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, also what a hostile worker made hard to remove.

    A link is removed, never what it points to. What cannot be removed stays for the next sweep.
    """
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
        return
    for current, _, _ in os.walk(folder):
        with contextlib.suppress(OSError):
            Path(current).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove roots of this user that no living process holds."""
    try:
        import fcntl
    except ImportError:
        return
    for root in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if root.is_symlink() or root.stat().st_uid != os.getuid():
                continue
            lock = os.open(root / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            remove(root)
        finally:
            os.close(lock)
