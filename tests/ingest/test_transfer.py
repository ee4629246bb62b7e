"""A library in one file: whole, private, made while others write, and refused where it is damaged; folders that moved."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ingest.catalog.connection import CATALOG, VERSION
from ingest.errors import LibraryError, UsageError
from ingest.library import Library
from ingest.library.transfer import export, unpack
from ingest.socket_files import lock_of
from tests.ingest.library_maker import add, open_new, place, template, texts, vector_of

FLAT = "The rent of the flats was 1,200 euros in March 2021."
CAR = "Our cars were repaired by a garage in Bonn."


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = open_new(tmp_path / "library")
    made.add_root(Path("/home/ann/papers"))
    add(made, "/home/ann/papers/Flat/rent.txt", FLAT)
    add(made, "/home/ann/papers/car.txt", CAR)
    return made


def silent(_done: int, _of: int) -> None:
    pass


def test_what_goes_in_comes_out(library: Library, tmp_path: Path) -> None:
    with closing(sqlite3.connect(library.folder / "conversations.db")) as talks:
        talks.executescript("PRAGMA journal_mode = WAL; CREATE TABLE turn (text); INSERT INTO turn VALUES ('asked');")
    library.set_watermark(2)
    target, seen = tmp_path / "export.tar", list[tuple[int, int]]()
    size = export(library.folder, target, ["conversations.db", "absent.db"], lambda *at: seen.append(at))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert (target.stat().st_size, seen[-1][0]) == (size, seen[-1][1])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.tar", "library"]
    assert unpack(target, tmp_path / "new", silent) == 2
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        CATALOG,
        "conversations.db",
        "owner.lock",
        "vectors-1.f32",
    ]
    assert not list(library.folder.glob(".*"))
    with Library.open(tmp_path / "new", write=True) as new:
        assert new.check(template=template) == []
        assert new.watermark() == 0
        assert texts(new, new.search_words("flat", 5)) == [FLAT]
        assert texts(new, new.nearest(vector_of(template("", (), CAR)), 1)) == [CAR]
    with closing(sqlite3.connect(tmp_path / "new" / "conversations.db")) as talks:
        assert talks.execute("SELECT text FROM turn").fetchall() == [("asked",)]
    with pytest.raises(UsageError):
        export(library.folder, target, [], silent)
    with pytest.raises(UsageError):
        unpack(target, tmp_path / "new", silent)


def test_it_is_whole_while_others_write(library: Library, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            add(library, f"/home/ann/papers/{number}.txt", f"Number {number} of the papers.", title=f"Paper {number}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            export(library.folder, tmp_path / f"{number}.tar", [], silent)
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        unpack(tmp_path / f"{number}.tar", tmp_path / str(number), silent)
        with Library.open(tmp_path / str(number), write=True) as new:
            assert new.check(template=template) == []


def rewritten(source: Path, target: Path, change: dict[str, bytes]) -> Path:
    """A copy of an archive with the content of some members replaced."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            opened = old.extractfile(member)
            assert opened is not None
            data = change.get(member.name, opened.read())
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return target


def test_what_is_damaged_or_newer_is_refused_and_leaves_nothing(library: Library, tmp_path: Path) -> None:
    good = tmp_path / "good.tar"
    export(library.folder, good, [], silent)
    with tarfile.open(good) as archive:
        opened = archive.extractfile("manifest.json")
        assert opened is not None
        manifest = json.load(opened)
    vectors = (library.folder / "vectors-1.f32").read_bytes()
    bad = {
        "damaged": [
            rewritten(good, tmp_path / "1.tar", {"vectors-1.f32": b"x" + vectors[1:]}),
            rewritten(good, tmp_path / "2.tar", {"manifest.json": b"[]"}),
            rewritten(
                good,
                tmp_path / "3.tar",
                {"manifest.json": json.dumps(manifest | {"sizes": {"../catalog.db": 1}}).encode()},
            ),
        ],
        "newer": [
            rewritten(
                good, tmp_path / "4.tar", {"manifest.json": json.dumps(manifest | {"catalog": VERSION + 1}).encode()}
            )
        ],
    }
    for name, size in (("5.tar", 700), ("6.tar", 20_000)):
        (tmp_path / name).write_bytes(good.read_bytes()[:size])
        bad["damaged"].append(tmp_path / name)
    (tmp_path / "7.tar").write_text("no archive", encoding="utf-8")
    bad["damaged"].append(tmp_path / "7.tar")
    for code, files in bad.items():
        for file in files:
            with pytest.raises(LibraryError) as error:
                unpack(file, tmp_path / "new", silent)
            assert error.value.code == code, file
            assert [path.name for path in (tmp_path / "new").iterdir()] == ["owner.lock"]
    with lock_of(tmp_path / "new"), pytest.raises(LibraryError) as error:
        unpack(good, tmp_path / "new", silent)
    assert error.value.code == "in_use"
    assert unpack(good, tmp_path / "new", silent) == 2


def test_folders_that_moved_are_found_where_they_are(library: Library) -> None:
    assert library.relocate(Path("/home/ann"), Path("/media/disk/of ann")) == 2
    assert library.roots() == [Path("/media/disk/of ann/papers")]
    assert [row.path.name for row in library.files(Path("/media/disk/of ann/papers/Flat"))] == ["rent.txt"]
    (hit,) = library.hits([(key, score, "words") for key, score in library.search_words("flat", 5)])
    assert hit.location.path == Path("/media/disk/of ann/papers/Flat/rent.txt")
    assert library.relocate(Path("/media/disk/of ann/papers"), Path("/media/disk/of ann/papers/old")) == 2
    assert library.relocate(Path("/media/disk/of ann/papers/old/Flat"), Path("/rooms")) == 1
    assert [row.path for row in library.files()] == [
        Path("/media/disk/of ann/papers/old/car.txt"),
        Path("/rooms/rent.txt"),
    ]
    assert [name for name, _ in library.search_names("rooms", 5)] == [
        library.contents(Path("/rooms/rent.txt"))[0].document_id
    ]
    assert library.check(template=template) == []


def test_places_that_do_not_fit_are_refused(library: Library) -> None:
    place(library, "/other/one.txt")
    for old, new in (("/nowhere", "/x"), ("/home/ann", "/other")):
        with pytest.raises(UsageError):
            library.relocate(Path(old), Path(new))
    assert library.roots() == [Path("/home/ann/papers")]
    assert library.check(template=template) == []
