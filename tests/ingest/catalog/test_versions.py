"""Older catalogs are brought forward over a copy, newer ones are left alone; where a library may lie."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ingest.catalog import connection as connection_module
from ingest.catalog.connection import CATALOG, COPY_PREFIX, VERSION
from ingest.catalog.file_system import NETWORK_FILE_SYSTEMS, deepest
from ingest.errors import LibraryError
from ingest.library import Library
from tests.ingest.library_maker import add, open_new, template, texts

MIGRATIONS = Path(connection_module.__file__).parent / "migrations"
FIRST = Path(__file__).with_name("version1.sql")
ROWS: dict[str, tuple[str, ...]] = {
    "files": (),
    "documents": (),
    "pages": (),
    "locations": (),
    "passages": (),
    "generations": (),
    "vectors": (),
    "words": ("rowid",),
    "names": ("rowid",),
}
"""Tables that hold something, with columns that are not listed."""
TEXT = "The rent of the flats was 1,200 euros in March 2021."


def make_first_version(folder: Path) -> None:
    """A library of version 1 with a document: the rows of a present one under the first schema."""
    with open_new(folder) as library:
        add(library, "/a/one.txt", TEXT)
    present = (folder / CATALOG).rename(folder / "present.db")
    with closing(sqlite3.connect(folder / CATALOG)) as catalog:
        catalog.executescript(f"BEGIN; {FIRST.read_text(encoding='utf-8')} PRAGMA user_version = 1; COMMIT;")
        catalog.execute("ATTACH ? AS present", (str(present),))
        for table, hidden in ROWS.items():
            columns = [name for _, name, *_ in catalog.execute(f"PRAGMA main.table_info({table})")]
            names = ", ".join([*hidden, *columns])
            catalog.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM present.{table}")  # noqa: S608
        catalog.commit()
    present.unlink()


def tables(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / CATALOG)) as catalog:
        return catalog.execute("SELECT type, name FROM sqlite_schema ORDER BY 1, 2").fetchall()


def test_there_is_a_migration_to_every_version() -> None:
    found = sorted(path.name for path in MIGRATIONS.glob("*.sql"))
    assert found == [f"{version:04}.sql" for version in range(2, VERSION + 1)]


def test_an_older_library_is_brought_forward_over_a_copy(tmp_path: Path) -> None:
    make_first_version(tmp_path / "old")
    with pytest.raises(LibraryError) as error:
        Library.open(tmp_path / "old")
    assert error.value.code == "older"
    with Library.open(tmp_path / "old", write=True) as library:
        assert library.check(template=template) == []
        assert texts(library, library.search_words("flat", 5)) == [TEXT]
    open_new(tmp_path / "new").close()
    assert tables(tmp_path / "old") == tables(tmp_path / "new")
    with closing(sqlite3.connect(tmp_path / "old" / f"{COPY_PREFIX}1")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT count(*) FROM passages").fetchone() == (1,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (tmp_path / "old" / f"{COPY_PREFIX}1").stat().st_mode & 0o777 == 0o600


def test_a_newer_library_is_left_as_it_is(tmp_path: Path) -> None:
    open_new(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / CATALOG)) as catalog:
        catalog.execute(f"PRAGMA user_version = {VERSION + 1}")
        catalog.execute("PRAGMA journal_mode = DELETE").fetchone()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for write in (False, True):
        with pytest.raises(LibraryError) as error:
            Library.open(tmp_path, write=write)
        assert error.value.code == "newer"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_deepest_mount_holds_a_folder() -> None:
    mounts = [("/", "ext4"), ("/home", "xfs"), ("/home/ann/share", "nfs4"), ("/home/ann/sharepoint", "fuse.sshfs")]
    kinds = {
        "/home/ann/share": "nfs4",
        "/home/ann/share/lib": "nfs4",
        "/home/ann/sharepoint/x": "fuse.sshfs",
        "/home/ann": "xfs",
        "/etc": "ext4",
    }
    for folder, kind in kinds.items():
        assert deepest(mounts, folder) == kind
    assert {"nfs4", "fuse.sshfs", "cifs", "smbfs"} <= NETWORK_FILE_SYSTEMS
    assert deepest([*mounts, ("/home", "tmpfs")], "/home/ann") == "tmpfs"
