"""The owner's log: a file of mode 0600 in the library, bounded in size, without any text of a document.

An unexpected error is logged as its type and the places it passed through; its message is left out, because it may
quote what was being read. Knows nothing of what is logged.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ingest.errors import AssistantError, LibraryError

LOG_HINT = "owner.log in the library folder"
MAX_LOG_BYTES = 1_000_000
"""Size at which the log begins anew; one earlier file is kept."""


def to_file(path: Path) -> None:
    """Send everything that is logged to a file of mode 0600."""
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    handler = RotatingFileHandler(path, maxBytes=MAX_LOG_BYTES, backupCount=1, encoding="utf-8", errors="replace")
    handler.setFormatter(logging.Formatter(f"%(asctime)s {os.getpid()} %(threadName)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def blot(names: Iterable[bytes]) -> None:
    """Overwrite what stands in the log files, in place, so that whoever writes them need not open them anew."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, RotatingFileHandler):
            for path in Path(handler.baseFilename).parent.glob(f"{Path(handler.baseFilename).name}*"):
                _blot(path, names)


def _blot(path: Path, names: Iterable[bytes]) -> None:
    with path.open("r+b") as file:
        text = file.read()
        for name in names:
            start = text.find(name)
            while start >= 0:
                file.seek(start)
                file.write(b"x" * len(name))
                start = text.find(name, start + len(name))
        file.flush()
        os.fsync(file.fileno())


def unexpected(where: str, error: BaseException) -> AssistantError:
    """Log an error that nobody foresaw and make it one that a person can be told.

    Args:
        where: The task it ended.
        error: The exception; the message of one of our own errors is kept, any other's is not.
    """
    if isinstance(error, AssistantError):
        logging.error("%s: %s: %s", where, type(error).__name__, error.message)
        return error
    places = "; ".join(
        f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)
    )
    logging.error("%s: %s at %s", where, type(error).__name__, places)
    return LibraryError(
        f"{where} ended with an internal error ({type(error).__name__})",
        f"See {LOG_HINT}; `assistant doctor` checks the installation, `assistant repair` the library.",
        "internal",
    )
