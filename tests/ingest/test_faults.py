"""A disk that is full or fails, a locked database, a folder that may not be written: said plainly, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ingest.errors import LibraryError
from ingest.library import Library
from tests.command import assistant
from tests.ingest.library_maker import add, open_new, template, texts
from tests.ingest.owner_help import write_files

REPOSITORY = Path(__file__).parents[2]
CAR = "Our cars were repaired by a garage in Bonn."

FULL = """
import os, sys
from pathlib import Path
from ingest.errors import LibraryError
from ingest.library import Library
from tests.ingest.library_maker import add, open_new, template

place = Path(sys.argv[1])
ballast = place / "ballast"
ballast.write_bytes(b"x" * 1_500_000)
library = open_new(place / "library")
said, kept = set(), []
number = 0
while len(said) < 1 or number < 40:
    number += 1
    text = "\\n".join(f"Line {number} {line} {os.urandom(20).hex()}" for line in range(40))
    try:
        add(library, f"/a/{number}.txt", text)
        kept.append(f"/a/{number}.txt")
    except LibraryError as error:
        said.add(error.code)
        assert error.hint
        if number > 400:
            break
assert said == {"disk_full"}, said
assert library.check(template=template) == [], "while full"
assert [str(row.path) for row in library.files() if row.documents] == sorted(kept)
library.close()
with Library.open(place / "library") as reader:
    assert reader.counts().documents == len(kept)
ballast.unlink()
with Library.open(place / "library", write=True) as again:
    for more in range(3):
        add(again, f"/b/{more}.txt", f"After there was room, {more}.")
    assert again.check(template=template) == [], "afterwards"
    assert again.counts().documents == len(kept) + 3
print("kept", len(kept))
"""


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """On a real file system of a few megabytes, in a mount namespace of its own."""
    if shutil.which("unshare") is None or sys.platform != "linux":
        pytest.skip("only Linux mounts a small file system for one process")
    mount = f'mount -t tmpfs -o size=5m tmpfs {tmp_path} && exec {sys.executable} -c "$SCRIPT" {tmp_path}'
    if subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", tmp_path], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine does not allow mounts")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount],
        env={**os.environ, "SCRIPT": FULL, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[1]) > 5


FAILING = """
import ctypes, sys
from pathlib import Path
from ingest.errors import LibraryError
from ingest.library import Library
from tests.ingest.library_maker import add, open_new, template

disk = ctypes.CDLL(None)

def text(calls, number):
    return "\\n".join(f"Line {number} {line} on disk {calls}" for line in range(40))

def found(library):
    return {str(row.path) for row in library.files() if row.documents}

failed = 0
for calls in range(0, int(sys.argv[2]), int(sys.argv[3])):
    library = open_new(Path(sys.argv[1]) / str(calls))
    kept = set()
    for number in range(5):
        if number == 2:
            disk.fail_after(calls)
        try:
            add(library, f"/a/{number}.txt", text(calls, number))
            kept.add(f"/a/{number}.txt")
        except LibraryError as error:
            failed += 1
            assert error.code == "disk_error" and "assistant check" in error.hint, error
    assert library.check(template=template) == [], f"while it fails after {calls} calls"
    assert kept <= found(library)
    library.close()
    disk.fail_after(-1)
    with Library.open(library.folder, write=True) as again:
        assert kept <= found(again)
        for number in range(7):
            add(again, f"/a/{number}.txt", text(calls, number))
        assert again.check(template=template) == [], f"afterwards, {calls} calls"
        assert again.counts().documents == 7
print("failed", failed)
"""


@pytest.fixture(scope="module")
def failing_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What makes the disk fail, compiled; to be loaded before a program's own libraries."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("making a disk fail needs Linux and a C compiler")
    built = tmp_path_factory.mktemp("shim") / "failing_disk.so"
    source = Path(__file__).with_name("failing_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", built, source, "-ldl"], check=True)
    return built


def fail_at_calls(shim: Path, folder: Path, last: int, step: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING, folder, str(last), str(step)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "LD_PRELOAD": str(shim), "FAIL_BELOW": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[1]) >= last / step


def test_a_failing_disk_loses_nothing(failing_disk: Path, tmp_path: Path) -> None:
    fail_at_calls(failing_disk, tmp_path, 60, 6)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_disk_that_fails_at_any_call_loses_nothing(failing_disk: Path, tmp_path: Path) -> None:
    fail_at_calls(failing_disk, tmp_path, 80, 1)


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("models_folder")
def test_indexing_on_a_failing_disk_is_said_and_goes_on_later(failing_disk: Path, tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder, 2)
    assert assistant("index", folder, library=library).code == 0
    write_files(folder, 6)
    failing = {"LD_PRELOAD": str(failing_disk), "FAIL_BELOW": str(library), "FAIL_AFTER": "60"}
    done = assistant("index", "--json", library=library, **failing)
    error = done.rows[-1]["error"]
    assert (done.code, error["code"]) == (4, "disk_error")
    assert "assistant check" in error["hint"]
    with Library.open(library) as opened:
        assert 2 <= opened.counts().documents < 6
        assert opened.check() == []
    assert assistant("index", library=library).code == 0
    with Library.open(library) as opened:
        assert opened.counts().documents == 6
        assert opened.check() == []


def test_a_lock_that_is_held_for_a_while_is_waited_for(tmp_path: Path) -> None:
    library = open_new(tmp_path / "library")
    held = threading.Event()

    def hold() -> None:
        other = sqlite3.connect(library.folder / "catalog.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        held.set()
        time.sleep(0.5)
        other.rollback()
        other.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    add(library, "/a/car.txt", CAR)
    thread.join()
    assert texts(library, library.search_words("garage", 5)) == [CAR]
    assert library.check(template=template) == []


def test_a_lock_that_is_never_given_back_is_said_and_costs_nothing(tmp_path: Path) -> None:
    library = open_new(tmp_path / "library")
    add(library, "/a/car.txt", CAR)
    other = sqlite3.connect(library.folder / "catalog.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryError) as error:
        library.remove_file(Path("/a/car.txt"))
    assert error.value.code == "in_use"
    assert texts(library, library.search_words("garage", 5)) == [CAR]
    other.rollback()
    other.close()
    assert library.remove_file(Path("/a/car.txt"))
    assert library.check(template=template) == []


READ_ONLY = """
import os, sys
from pathlib import Path
from ingest.errors import LibraryError
from ingest.library import Library
if os.getuid() == 0:
    os.setuid(65534)
try:
    Library.open(Path(sys.argv[1]), write=True)
except LibraryError as error:
    print(error.code)
"""


@pytest.mark.skipif(os.name == "nt", reason="modes of folders are not kept there")
def test_a_folder_that_may_not_be_written_is_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    above = tmp_path_factory.mktemp("readonly")
    for folder in (above, *above.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    with open_new(above / "library") as library:
        add(library, "/a/car.txt", CAR)
    for path in (*(above / "library").iterdir(), above / "library"):
        path.chmod(path.stat().st_mode & ~0o222 | 0o055 if path.is_dir() else 0o444)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(above / "library")],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    (above / "library").chmod(0o700)
    assert done.stdout == "unwritable\n", done.stderr
