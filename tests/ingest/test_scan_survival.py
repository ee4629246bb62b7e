"""A long scan whose owner is killed in the middle goes on at its page: no page is read a second time."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ingest.library import Library
from ingest.records import Done, Reading
from tests.ingest.extract.files import picture_of
from tests.ingest.owner_help import connected, marked, marked_processes, running

WORDS = ("harbour", "lighthouse", "archive", "orchard", "ferry")
KILL_AFTER = 1
"""Pages that are stored before the kill."""


def stored(library: Path) -> dict[int, tuple[int, str]]:
    """Number → key and source of each stored page; a page that is stored anew gets a new key."""
    with closing(sqlite3.connect(f"file:{library / 'catalog.db'}?mode=ro", uri=True)) as catalog:
        rows = catalog.execute("SELECT number, key, source FROM pages").fetchall()
    return {number: (key, source) for number, key, source in rows}


@pytest.mark.long
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_a_scan_goes_on_at_its_page(tmp_path: Path, models_folder: Path) -> None:
    assert models_folder
    library, scan = tmp_path / "library", tmp_path / "files" / "scan.tiff"
    scan.parent.mkdir()
    first, *others = [picture_of([f"Page {number} tells of the {word}."]) for number, word in enumerate(WORDS, 1)]
    first.save(scan, save_all=True, append_images=others, dpi=(150, 150))
    before: dict[int, tuple[int, str]] = {}
    with marked() as mark:
        with connected(library) as client:
            done = None
            for event in client.index([scan.parent]):
                if isinstance(event, Reading) and event.page >= KILL_AFTER and not before:
                    for process in running(mark, "--settings-from-input"):
                        process.kill()
                        process.wait(30)
                    before = stored(library)
                done = event
            assert isinstance(done, Done)
            assert (done.indexed, done.failed) == (1, 0)
        assert marked_processes(mark) == []
    after = stored(library)
    assert len(before) >= KILL_AFTER
    assert before.items() <= after.items()
    with Library.open(library) as opened:
        for word in WORDS:
            assert len(opened.search_words(word, 5)) == 1, f"the page of the {word} is found"
    assert {number: source for number, (_, source) in after.items()} == dict.fromkeys(range(1, len(WORDS) + 1), "ocr")
