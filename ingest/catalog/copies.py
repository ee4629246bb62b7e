"""Copies of a SQLite database, whole and consistent while others write it.

Knows nothing of what a database holds.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from ingest.errors import LibraryError

SPARE_BYTES = 64 << 20
"""Room that must be left beside a copy."""
PAGES_A_STEP = 4096
"""Database pages copied between two looks at what others write: 16 MB."""


def copy_database(source: Path, target: Path) -> None:
    """Copy a database into a file that only this person can read; it appears whole or not at all.

    Args:
        source: The database; others may write it meanwhile.
        target: The copy, one file without a log beside it; replaced where it exists.

    Raises:
        LibraryError: There is no room, or one of the two cannot be read or written.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        require_room(target.parent, source.stat().st_size)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        uri = f"file:{quote(os.fsencode(source.absolute()))}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new, pages=PAGES_A_STEP)
            new.execute("PRAGMA journal_mode = DELETE").fetchone()
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except sqlite3.Error as error:
        part.unlink(missing_ok=True)
        raise LibraryError(f"{source} cannot be copied: {error}", "Run `assistant check`.", "damaged") from error
    except OSError as error:
        raise LibraryError(f"{target}: {error.strerror}", "Name a folder that you may write.", "unwritable") from error


def require_room(folder: Path, size: int) -> None:
    """See that a folder has room for so many bytes and some to spare.

    Raises:
        LibraryError: It has not (code `disk_full`).
        OSError: The folder cannot be looked at.
    """
    free = shutil.disk_usage(folder).free
    if free < size + SPARE_BYTES:
        raise LibraryError(
            f"{folder}: {size / 1e6:.0f} MB are to be written and {free / 1e6:.0f} MB are free",
            "Make room on the disk and try again.",
            "disk_full",
        )
