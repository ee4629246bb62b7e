"""Forgetting leaves nothing of a text in any file of the library, and is finished by whoever comes next."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from ingest.catalog.connection import COPY_PREFIX
from ingest.catalog.copies import copy_database
from ingest.errors import DocumentError
from ingest.library import CONVERSATIONS, ERASING, Kind, Library
from ingest.records import SourceFile
from tests.ingest.library_maker import DIMENSIONS, add, embed, open_new, place, publish, template, texts, vector_of

ERASED_TEXT = "Xylographers quarrelled about the walnut cupboard in Zinnowitz that nobody had insured."
KEPT_TEXT = "Our cars were repaired by a garage in Bonn while the harbour was closed for a week."


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return open_new(tmp_path / "library")


def remains(folder: Path, text: str) -> list[str]:
    """Files of a library in which a text, its words or its vector still stand, however they are kept there."""
    found = set()
    needles = [b"xylograph", b"quarrel", b"zinnowitz"] if text == ERASED_TEXT else [text.encode()]
    for path in (path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if any(needle in data.lower() for needle in needles) or vector_of(template("", (), text)).tobytes() in data:
            found.add(path.name)
    with closing(sqlite3.connect(folder / "catalog.db")) as catalog:
        pages = [zlib.decompress(page) for (page,) in catalog.execute("SELECT text FROM pages")]
        words = [word for (word,) in catalog.execute("SELECT term FROM vocabulary")]
    found.update(["a page"] if any(text.encode() in page for page in pages) else [])
    found.update(["the vocabulary"] if any(word.startswith(("xylogr", "zinnow")) for word in words) else [])
    return sorted(found)


def test_it_is_found_no_more_at_once_and_never_read_again(library: Library) -> None:
    add(library, "/a/secret.txt", ERASED_TEXT)
    add(library, "/a/plain.txt", KEPT_TEXT)
    begun = library.forget(Path("/a/secret.txt"))
    assert (begun.files, len(begun.documents), begun.elsewhere) == (1, 1, [])
    assert library.search_words("xylographers", 5) == []
    assert library.search_names("secret", 5) == []
    assert library.excluded() == [Path("/a/secret.txt")]
    document = publish(library, [ERASED_TEXT])
    place(library, "/a/secret.txt", document)
    library.mark_pending([SourceFile(Path("/a/secret.txt"), 1, 1)])
    library.fail_file(SourceFile(Path("/a/secret.txt"), 1, 1), DocumentError("damaged", "x"))
    assert library.file(Path("/a/secret.txt")) is None
    assert library.search_words("xylographers", 5) == []
    library.add_root(Path("/a/secret.txt"))
    assert library.excluded() == []


def test_nothing_is_left_in_any_file(library: Library) -> None:
    add(library, "/a/secret.txt", ERASED_TEXT, ERASED_TEXT + " Twice.", title="Zinnowitz papers")
    add(library, "/a/plain.txt", KEPT_TEXT)
    copy_database(library.folder / "catalog.db", library.folder / f"{COPY_PREFIX}1")
    (library.folder / "chroma-1").mkdir()
    (library.folder / "chroma-1" / "data_level0.bin").write_bytes(vector_of(template("", (), ERASED_TEXT)).tobytes())
    library.begin_generation(Kind("other", "other", "variant", DIMENSIONS))
    library.build_generation(0, embed, template)
    library.switch_generation()
    assert remains(library.folder, ERASED_TEXT)
    library.forget(Path("/a/secret.txt"))
    erased = library.erase_forgotten(lambda: None)
    assert erased.left == []
    assert (erased.documents, erased.copies, erased.shared) == (1, 1, [])
    assert erased.pages_read == 1
    assert erased.bytes_read > 4096
    assert remains(library.folder, ERASED_TEXT) == []
    assert remains(library.folder, KEPT_TEXT)
    assert library.todo(ERASING) == []
    assert library.check(template=template) == []
    assert texts(library, library.search_words("garage", 5)) == [KEPT_TEXT]
    library.close()
    assert remains(library.folder, ERASED_TEXT) == []


def test_the_search_finds_what_is_left(library: Library) -> None:
    add(library, "/a/secret.txt", ERASED_TEXT)
    add(library, "/a/plain.txt", KEPT_TEXT)
    (library.folder / "chroma-1").mkdir()
    kept = library.folder / "chroma-1" / "data_level0.bin"
    kept.write_bytes(b"1234567" + vector_of(template("", (), ERASED_TEXT)).tobytes())
    library.forget(Path("/a/secret.txt"))
    assert [left.partition(":")[0] for left in library.erase_forgotten(lambda: None).left] == [
        "chroma-1/data_level0.bin"
    ]
    assert len(library.todo(ERASING)) == 1
    kept.unlink()
    assert library.erase_forgotten(lambda: None).left == []
    assert library.todo(ERASING) == []


def test_copies_elsewhere_stay_and_are_named(library: Library) -> None:
    document = add(library, "/a/secret.txt", ERASED_TEXT)
    place(library, "/b/copy.txt", document)
    other = add(library, "/b/quotes.txt", f"{KEPT_TEXT}\n{ERASED_TEXT}")
    add(library, "/a/alone.txt", "A line that stands nowhere else in all of the papers here.")
    begun = library.forget(Path("/a"))
    assert (begun.files, len(begun.documents), begun.elsewhere) == (2, 1, [Path("/b/copy.txt")])
    erased = library.erase_forgotten(lambda: None)
    assert (erased.documents, erased.left, erased.shared) == (1, [], [])
    assert ERASED_TEXT in texts(library, library.search_words("xylographers", 5))
    library.forget(Path("/b/copy.txt"))
    erased = library.erase_forgotten(lambda: None)
    assert (erased.documents, erased.left, erased.shared) == (1, [], [other.id])
    assert texts(library, library.search_words("xylographers", 5)) == [ERASED_TEXT]
    assert library.check(template=template) == []


def test_conversations_are_told_which_documents_went(library: Library) -> None:
    document = add(library, "/a/secret.txt", ERASED_TEXT)
    library.forget(Path("/a"))
    assert library.forgotten_documents() == [document.id]
    library.erase_forgotten(lambda: None)
    assert library.forgotten_documents() == [document.id]
    (work,) = library.todo(CONVERSATIONS)
    library.drop_todo(work.key)
    assert library.forgotten_documents() == []


KILLED = """
import os, sys
from pathlib import Path
from ingest.library import Library
import ingest.library.forgetting as forgetting

library = Library.open(Path(sys.argv[1]), write=True)
where = int(sys.argv[2])
count = 0

def step(frame, event, argument):
    global count
    if event == "line" and frame.f_code.co_filename.endswith(("forgetting.py", "traces.py", "file.py")):
        count += 1
        if count == where:
            os.kill(os.getpid(), 9)
    return step

sys.settrace(step)
library.erase_forgotten(lambda: None)
sys.settrace(None)
print(count)
"""


def test_it_is_finished_after_a_kill_at_any_point(tmp_path: Path) -> None:
    """Killed between any two lines, and then done again: nothing is left, and nothing else is lost."""
    whole = tmp_path / "whole"
    with open_new(whole) as library:
        add(library, "/a/secret.txt", ERASED_TEXT)
        add(library, "/a/plain.txt", KEPT_TEXT)
        library.forget(Path("/a/secret.txt"))

    def erase(folder: Path, where: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), str(where)], capture_output=True, text=True, check=False
        )

    shutil.copytree(whole, tmp_path / "counted")
    steps = int(erase(tmp_path / "counted", 0).stdout)
    assert steps > 100
    for number, where in enumerate(range(1, steps, steps // 8)):
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        assert erase(folder, where).returncode == -signal.SIGKILL
        with Library.open(folder, write=True) as library:
            while library.todo(ERASING):
                assert library.erase_forgotten(lambda: None).left == []
            assert library.check(template=template) == []
            assert texts(library, library.search_words("garage", 5)) == [KEPT_TEXT]
        assert remains(folder, ERASED_TEXT) == [], where
