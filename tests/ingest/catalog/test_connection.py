"""How the catalog is opened: modes, versions, and errors in our words."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from ingest.catalog.connection import CATALOG, VERSION, Catalog
from ingest.catalog.file_system import file_system
from ingest.errors import LibraryError, SetupError


def test_nothing_to_read_is_a_setup_error(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as error:
        Catalog.open(tmp_path / "absent", write=False)
    assert error.value.exit_code == 3
    assert "assistant index" in error.value.hint
    assert not (tmp_path / "absent").exists()


def test_a_catalog_without_tables_is_no_library(tmp_path: Path) -> None:
    (tmp_path / CATALOG).touch()
    with pytest.raises(SetupError):
        Catalog.open(tmp_path, write=False)


def test_only_the_person_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        catalog = Catalog.open(tmp_path / "library", write=True)
        with catalog.write() as connection:
            connection.execute("INSERT INTO todo (kind, payload) VALUES ('a', '{}')")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "library").iterdir()}
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "library").stat().st_mode) == 0o700
    assert set(modes) >= {CATALOG, f"{CATALOG}-wal"}
    assert set(modes.values()) == {0o600}
    catalog.close()


def test_a_newer_catalog_is_refused(tmp_path: Path) -> None:
    Catalog.open(tmp_path, write=True).close()
    connection = sqlite3.connect(tmp_path / CATALOG)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    for write in (False, True):
        with pytest.raises(LibraryError) as error:
            Catalog.open(tmp_path, write=write)
        assert error.value.code == "newer"


def test_what_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / CATALOG).write_bytes(b"not a database at all" * 500)
    for write in (False, True):
        with pytest.raises(LibraryError) as error:
            Catalog.open(tmp_path, write=write)
        assert error.value.code == "damaged"
        assert error.value.exit_code == 4


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    catalog = Catalog.open(tmp_path, write=True)
    with pytest.raises(KeyError), catalog.write() as connection:
        connection.execute("INSERT INTO todo (kind, payload) VALUES ('a', '{}')")
        raise KeyError
    with catalog.read() as connection:
        assert connection.execute("SELECT count(*) FROM todo").fetchone() == (0,)
    catalog.close()


def test_a_reader_cannot_write_and_sees_each_commit(tmp_path: Path) -> None:
    writer = Catalog.open(tmp_path, write=True)
    reader = Catalog.open(tmp_path, write=False)
    with pytest.raises(LibraryError) as error, reader.write():
        pass
    assert error.value.code == "read_only"
    before = reader.changes()
    with writer.write() as connection:
        connection.execute("INSERT INTO todo (kind, payload) VALUES ('a', '{}')")
    assert reader.changes() != before
    with reader.read() as connection:
        assert connection.execute("SELECT count(*) FROM todo").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError):
            connection.execute("DELETE FROM todo")
    reader.close()
    writer.close()


def test_threads_have_connections_of_their_own(tmp_path: Path) -> None:
    catalog = Catalog.open(tmp_path, write=True)
    seen: set[int] = set()

    def look() -> None:
        with catalog.read() as connection:
            seen.add(id(connection))
            connection.execute("SELECT count(*) FROM files").fetchone()

    look()
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert len(seen) == 2
    catalog.close()
    with pytest.raises(LibraryError) as error, catalog.read():
        pass
    assert error.value.code == "closed"


READ = """
import os, sys
from pathlib import Path
from ingest.library import Library
if os.getuid() == 0:
    os.setuid(65534)
with Library.open(Path(sys.argv[1])) as library:
    print(library.counts().documents, os.access(sys.argv[1], os.W_OK))
"""


@pytest.mark.skipif(os.name == "nt", reason="modes of folders are not kept there")
def test_a_folder_that_cannot_be_written_is_read() -> None:
    with tempfile.TemporaryDirectory() as above:
        Path(above).chmod(0o755)
        folder = Path(above) / "library"
        Catalog.open(folder, write=True).close()
        (folder / CATALOG).chmod(0o444)
        folder.chmod(0o555)
        done = subprocess.run([sys.executable, "-c", READ, str(folder)], capture_output=True, text=True, check=False)
        folder.chmod(0o755)
    assert done.stdout == "0 False\n", done.stderr


def test_the_kind_of_file_system_is_told(tmp_path: Path) -> None:
    if not Path("/proc/self/mountinfo").exists():
        pytest.skip("only Linux tells")
    assert file_system(tmp_path)
    assert file_system(Path("/proc")) == "proc"
