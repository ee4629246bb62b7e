"""The one place that opens the catalog: modes, WAL, time limits, schema, and errors in our words.

Readers open SQLite read-only, one connection a thread, and hold no transaction beyond one query, so that the write-ahead
log cannot grow behind them. The writer has one connection behind a lock. With `synchronous=NORMAL` in WAL mode a crash of
the process loses nothing and a power cut at most the last transactions, never a part of one. Knows nothing of what the
tables mean.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from ingest.catalog.copies import copy_database
from ingest.catalog.file_system import refuse_network
from ingest.errors import DISK_ERROR_HINT, LibraryError, SetupError

CATALOG = "catalog.db"
"""Name of the catalog in the library folder."""
VERSION = 2
"""Version of `schema.sql`, kept in `user_version`."""
COPY_PREFIX = f"{CATALOG}.version-"
"""How the copy is named that is made before a migration; the version follows."""
BUSY_SECONDS = 10.0
"""How long a statement waits for another process's lock: longer than any of our transactions."""
CACHE_KIB = 16_384
"""Page cache of the writer: the word index of a few hundred documents."""
LOG_LIMIT_BYTES = 16 << 20
"""To what size the write-ahead log is cut back after a checkpoint."""


class Catalog:
    """Connections to one catalog, usable from several threads."""

    def __init__(self, folder: Path, write: bool, immutable: bool = False) -> None:
        self.path = folder / CATALOG
        self.writable = write
        self._immutable = immutable
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
        self._writing = threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._closed = False

    @classmethod
    def open(cls, folder: Path, write: bool) -> Catalog:
        """Open the catalog of a library folder; for writing, make it where there is none.

        Raises:
            SetupError: There is no library (when reading).
            LibraryError: It is damaged, made by a newer version, or lies where it cannot work.
        """
        if write:
            _prepare_folder(folder)
            catalog = cls(folder, write=True)
            with _our_errors(catalog.path):
                catalog._bring_up_to_date()
            return catalog
        if not (folder / CATALOG).is_file():
            raise no_library(folder)
        refuse_network(folder)
        catalog = cls(folder, write=False)
        try:
            version = catalog._version()
        except LibraryError:
            if os.access(folder, os.W_OK):
                raise
            catalog.close()
            catalog = cls(folder, write=False, immutable=True)
            version = catalog._version()
        if version != VERSION:
            catalog.close()
            raise no_library(folder) if version == 0 else _wrong_version(catalog.path, version)
        return catalog

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """This thread's reading connection; outside a transaction, so hold it for one or a few queries.

        Raises:
            LibraryError: The catalog is damaged or busy.
        """
        with _our_errors(self.path):
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._connect("immutable=1" if self._immutable else "mode=ro")
                self._local.connection, self._local.serial = connection, len(self._opened)
            yield connection

    def changes(self) -> tuple[int, int]:
        """A pair that differs after anybody changed the catalog, and between threads."""
        with self.read() as connection:
            return self._local.serial, int(connection.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """The writing connection inside one transaction: committed at the end, undone by an exception.

        Raises:
            LibraryError: The library was opened for reading, is damaged or in use.
        """
        if not self.writable:
            raise LibraryError(f"{self.path}: opened for reading", "Only the owner writes.", "read_only")
        with self._writing, _our_errors(self.path):
            connection = self._writer_connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def outside(self) -> Iterator[sqlite3.Connection]:
        """The writing connection without a transaction, for what SQLite refuses inside one."""
        with self._writing, _our_errors(self.path):
            yield self._writer_connection()

    @property
    def writing(self) -> threading.RLock:
        """The lock that a writer holds; hold it to join a file's bytes with the transaction that names them."""
        return self._writing

    def close(self) -> None:
        """Close every connection; the last one to close writes the log back into the database."""
        with self._opening:
            self._closed = True
            for connection in self._opened:
                connection.close()
            self._opened.clear()
            self._writer = None
            self._local = threading.local()

    def _connect(self, mode: str) -> sqlite3.Connection:
        uri = f"file:{quote(os.fsencode(self.path.absolute()))}?{mode}"
        with self._opening:
            if self._closed:
                raise LibraryError(f"{self.path}: already closed", "", "closed")
            connection = sqlite3.connect(
                uri,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                uri=True,
                cached_statements=256,
            )
            self._opened.append(connection)
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    def _writer_connection(self) -> sqlite3.Connection:
        if self._writer is None:
            connection = self._connect("mode=rwc")
            for pragma in (
                "journal_mode = WAL",
                "synchronous = NORMAL",
                "foreign_keys = ON",
                "secure_delete = ON",
                f"cache_size = -{CACHE_KIB}",
                f"journal_size_limit = {LOG_LIMIT_BYTES}",
            ):
                connection.execute(f"PRAGMA {pragma}")
            self._writer = connection
        return self._writer

    def _version(self) -> int:
        with self.read() as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])

    def _bring_up_to_date(self) -> None:
        """Make the schema, or run the migrations that are missing, each in one transaction, over a copy that stays.

        A catalog of a newer version is looked at read-only and left as it is.
        """
        here = Path(__file__).parent
        version = self._version()
        if version > VERSION:
            raise _wrong_version(self.path, version)
        steps = [(VERSION, here / "schema.sql")] if version == 0 else []
        if version:
            steps = [(step, here / "migrations" / f"{step:04}.sql") for step in range(version + 1, VERSION + 1)]
        if version and steps:
            drop_copies(self.path.parent)
            copy_database(self.path, self.path.with_name(f"{COPY_PREFIX}{version}"))
        connection = self._writer_connection()
        for step, script in steps:
            text = script.read_text(encoding="utf-8")
            connection.executescript(f"BEGIN IMMEDIATE;\n{text}\nPRAGMA user_version = {step};\nCOMMIT;")


def drop_copies(folder: Path) -> int:
    """Delete the copies that migrations left in a library folder; return how many."""
    copies = [path for path in folder.glob(f"{COPY_PREFIX}*") if path.is_file()]
    for path in copies:
        path.unlink()
    return len(copies)


def no_library(folder: Path) -> SetupError:
    """The error of a command that needs a library where there is none."""
    return SetupError(f"There is no library in {folder}.", "Make one with `assistant index FOLDER`.", "no_library")


def _wrong_version(path: Path, version: int) -> LibraryError:
    if version > VERSION:
        hint = "Update this program, or name another library with --library."
        return LibraryError(f"{path}: made by a newer version of this program (format {version})", hint, "newer")
    return LibraryError(
        f"{path}: made by an older version", "Run `assistant index` once to bring it up to date.", "older"
    )


def _prepare_folder(folder: Path) -> None:
    """Make the folder and an empty catalog that nobody else can read.

    SQLite gives the files of its log the mode of the database.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_network(folder)
        os.close(os.open(folder / CATALOG, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise LibraryError(
            f"{folder}: {error.strerror}", "Name a folder that you may write with --library.", "unwritable"
        ) from error


@contextmanager
def _our_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        name, what, hint = _MEANINGS.get(code, ("damaged", str(error), "Run `assistant repair`."))
        raise LibraryError(f"{path}: {what}", hint, name) from error


_MEANINGS = {
    sqlite3.SQLITE_BUSY: ("in_use", "in use", "Wait for the other program to finish."),
    sqlite3.SQLITE_LOCKED: ("in_use", "in use", "Wait for the other program to finish."),
    sqlite3.SQLITE_FULL: ("disk_full", "the disk is full", "Make room, then run `assistant index`."),
    sqlite3.SQLITE_READONLY: ("unwritable", "cannot be written", "Check its mode, or use --library."),
    sqlite3.SQLITE_IOERR: ("disk_error", "the disk reports an error", DISK_ERROR_HINT),
    sqlite3.SQLITE_CANTOPEN: ("unreadable", "cannot be opened", "Check that you may read the folder."),
}
"""What SQLite's primary result codes mean for a person: our code, message and hint."""
