"""The library under damage, many readers and kills: it is mended, and nothing half done is found."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import LibraryError
from ingest.library import Library
from tests.ingest.library_maker import (
    BOAT,
    CAR,
    DIMENSIONS,
    FLAT,
    add,
    embed,
    nearest,
    place,
    publish,
    template,
    texts,
    vector_of,
)


def damage(library: Library, statement: str) -> None:
    connection = sqlite3.connect(library.folder / "catalog.db")
    with connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE words SET text = 'nonsense' WHERE rowid = 1", "words"),
        ("DELETE FROM words WHERE rowid = 2", "words"),
        ("INSERT INTO words (rowid, text) VALUES (99, 'ghost')", "words"),
        ("DELETE FROM names WHERE rowid = 1", "names"),
        ("DELETE FROM vectors WHERE row = 1", "vector"),
        ("UPDATE vectors SET crc = crc + 1 WHERE row = 0", "vector"),
        ("UPDATE passages SET spans = '[[1, 5, 900]]' WHERE key = 1", "spans"),
        ("UPDATE pages SET text = x'00'", "page"),
        ("DELETE FROM words_data WHERE id > 10", "words"),
    ],
)
def test_damage_is_found_and_mended(library: Library, statement: str, what: str) -> None:
    library.add_root(Path("/a"))
    document = publish(library, [f"{FLAT}\n{CAR}"])
    place(library, "/a/one.txt", document)
    assert library.check(template=template) == []
    damage(library, statement)
    assert what in {finding.what for finding in library.check(template=template)}
    assert {finding.what for finding in library.repair(embed, template)} == {"repaired"}
    assert library.check(template=template) == []
    if library.file(Path("/a/one.txt")) is None:
        assert what in ("spans", "page")
        publish(library, [f"{FLAT}\n{CAR}"])
        place(library, "/a/one.txt", document)
    assert texts(library, library.search_words("flat", 5)) == [FLAT]
    assert nearest(library, CAR)[0] == CAR
    assert library.search_names("one", 5)[0][0] == document.id


def test_a_vector_file_that_lost_its_end_is_mended(library: Library) -> None:
    add(library, "/a/one.txt", FLAT, CAR, BOAT)
    library.close()
    with (library.folder / "vectors-1.f32").open("r+b") as file:
        file.truncate(DIMENSIONS * 4 * 2 + 5)
    with Library.open(library.folder, write=True) as again:
        with pytest.raises(LibraryError):
            nearest(again, BOAT)
        assert [finding.what for finding in again.check()] == ["vector"]
        assert {finding.what for finding in again.repair(embed, template)} == {"repaired"}
        assert nearest(again, BOAT)[0] == BOAT
        assert again.row_count() == 4


def test_many_threads_read_while_one_writes(library: Library) -> None:
    stop, errors = threading.Event(), list[BaseException]()

    def read() -> None:
        try:
            while not stop.is_set():
                found = library.search_words("garage number", 5)
                for hit in library.hits([(key, score, "words") for key, score in found]):
                    assert hit.passage.text.startswith("garage number")
                library.nearest(vector_of("x"), 5)
        except BaseException as error:  # noqa: BLE001  # carried to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(60):
        add(library, f"/a/{number % 20}.txt", f"garage number {number}")
        library.purge_unlocated()
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert library.counts().documents == 20


PUBLISHER = """
import sys
from pathlib import Path
from tests.ingest.library_maker import add, open_new
library = open_new(Path(sys.argv[1]))
print("open", flush=True)
for number in range(int(sys.argv[2]), 100000):
    add(library, f"/a/{number % 7}.txt", *(f"garage {number} page {page}\\nline two of {number}" for page in range(3)))
    if number % 5 == 0:
        library.purge_unlocated()
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="kills as a POSIX system does")
def test_kill_at_any_moment_leaves_whole_documents(tmp_path: Path) -> None:
    folder, rng, number = tmp_path / "library", random.Random(5), 0
    rows = 0
    for _ in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, str(folder), str(number)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        time.sleep(rng.uniform(0.05, 0.5))
        child.send_signal(signal.SIGKILL)
        done = [int(line) for line in child.stdout.read().split("\n")[:-1]]
        child.stdout.close()
        child.wait()
        with Library.open(folder, write=True) as library:
            assert library.check(template=template) == []
            assert library.row_count() >= rows
            rows = library.row_count()
            for last in done[-7:]:
                (location,) = library.contents(Path(f"/a/{last % 7}.txt"))
                said = "\n".join(page.text for page in library.pages(location.document_id))
                assert int(said.split()[1]) in (last, last + 7)
            found = library.search_words("garage line", 1000)
            whole = library.passages([key for key, _ in found])
            by_document: dict[str, int] = {}
            for passage in whole.values():
                by_document[passage.document_id] = by_document.get(passage.document_id, 0) + 1
            assert set(by_document.values()) <= {6}
            everything = library.nearest(np.ones(DIMENSIONS, np.float32), 1000)
            assert {key for key, _ in everything} == set(whole)
        number = max([number, *(last + 1 for last in done)])
    assert number > 8
