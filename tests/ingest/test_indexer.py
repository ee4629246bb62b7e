"""Runs over folders through a real owner: what is read, what is not, what is said."""

from __future__ import annotations

import os
import queue
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.client import Client
from ingest.library import Library
from ingest.records import (
    Done,
    Failed,
    Indexed,
    IndexEvent,
    Paused,
    Reading,
    Removed,
    Skipped,
    Started,
    Unchanged,
)
from tests.ingest.owner_help import connected, content, facts, write_files


@pytest.fixture(autouse=True)
def _compiled(models_folder: Path) -> None:
    assert models_folder


def done_of(events: list[IndexEvent]) -> Done:
    assert isinstance(events[-1], Done)
    return events[-1]


def kinds(events: list[IndexEvent]) -> list[str]:
    return [type(event).__name__ for event in facts(events)]


def test_a_folder_from_new_to_gone(tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder, 6)
    with connected(library) as client:
        events = list(client.index([folder]))
        assert kinds(events) == ["Started"] + ["Indexed"] * 6 + ["Done"]
        assert any(isinstance(event, Reading) for event in events)
        first = done_of(events)
        assert (first.indexed, first.unchanged, first.passages) == (6, 0, count_passages(library))

        again = list(client.index([]))
        assert kinds(again) == ["Started"] + ["Unchanged"] * 6 + ["Done"]
        before = content(library)

        (folder / "report-000.md").rename(folder / "renamed.md")
        shutil.copy(folder / "report-001.md", folder / "copy.md")
        moved = done_of(list(client.index([folder])))
        assert (moved.indexed, moved.unchanged, moved.removed, moved.passages) == (0, 7, 1, 0)
        after = content(library)
        assert after["passages"] == before["passages"]
        assert after["vectors"] == before["vectors"]

        (folder / "report-002.md").write_text("# New\n\nSomething entirely different stands here now.\n")
        (folder / "report-003.md").unlink()
        changed = done_of(list(client.index([folder])))
        assert (changed.indexed, changed.removed, changed.unchanged) == (1, 1, 5)
    with Library.open(library) as opened:
        assert opened.counts().documents == 5
        assert opened.search_words("entirely different", 5)


def count_passages(library: Path) -> int:
    with Library.open(library) as opened:
        return opened.counts().passages


def test_failures_are_said_again_but_not_tried_again(tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder, 2)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nthis is no more than a beginning")
    (folder / "program.bin").write_bytes(bytes(range(256)) * 40)
    with connected(library) as client:
        first = list(client.index([folder]))
        again = list(client.index([folder]))
    for events in (first, again):
        assert [(e.path.name, e.code) for e in events if isinstance(e, Failed)] == [("broken.pdf", "damaged")]
        assert [(e.path.name, e.code) for e in events if isinstance(e, Skipped)] == [("program.bin", "unsupported")]
    assert done_of(first).indexed == 2
    assert (done_of(again).indexed, done_of(again).unchanged) == (0, 2)
    assert not any(isinstance(event, Reading) for event in again)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(600_000_000)
    with connected(tmp_path / "library") as client:
        events = list(client.index([folder]))
    assert [event.code for event in events if isinstance(event, Failed)] == ["too_large"]


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    path = folder / os.fsdecode(b"caf\xe9.md")
    try:
        path.write_text("# Coffee\n\nThe coffee house opens at seven.\n")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    with connected(tmp_path / "library") as client:
        events = list(client.index([folder]))
        assert [event.path for event in events if isinstance(event, Indexed)] == [path]
        assert [event.path for event in client.index([folder]) if isinstance(event, Unchanged)] == [path]


def test_a_folder_that_is_missing_altogether_deletes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "drive"
    write_files(folder, 3)
    with connected(tmp_path / "library") as client:
        list(client.index([folder]))
        folder.rename(tmp_path / "unplugged")
        events = list(client.index([]))
        assert done_of(events).removed == 0
        assert [event.code for event in events if isinstance(event, Failed)] == ["unreadable"]
        (tmp_path / "unplugged").rename(folder)
        assert done_of(list(client.index([]))).unchanged == 3


def test_pause_holds_over_owners_and_says_why(tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder, 3)
    with connected(library) as client:
        client.pause()
        assert client.status()["state"] == "paused"
    with connected(library) as client:
        assert client.status()["reason"] == "paused by you"
        events = in_background(client, folder)
        assert isinstance(events.get(timeout=10), Paused)
        client.resume()
        rest = list(iter(lambda: events.get(timeout=30), None))
        assert isinstance(rest[-1], Done)
        assert rest[-1].indexed == 3
        assert client.status()["state"] == "idle"


def in_background(client: Client, folder: Path) -> queue.Queue[IndexEvent | None]:
    events: queue.Queue[IndexEvent | None] = queue.Queue()

    def run() -> None:
        for event in client.index([folder]):
            events.put(event)
        events.put(None)

    threading.Thread(target=run, daemon=True).start()
    return events


def test_answering_stops_everything_until_answered(tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder, 30)
    with connected(library) as client:
        events = in_background(client, folder)
        while not isinstance(events.get(timeout=30), Indexed):
            pass
        client.answering()
        assert client.status()["reason"] == "a question is being answered"
        time.sleep(0.5)
        rows = client.status()["vectors"]["rows"]
        time.sleep(1.0)
        assert client.status()["vectors"]["rows"] == rows
        client.answered()
        rest = list(iter(lambda: events.get(timeout=30), None))
        assert isinstance(rest[-1], Done)
        assert rest[-1].indexed == 30


def test_nearest_rows_from_chroma_and_by_the_scan_agree(tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder, 10)
    with connected(library) as client:
        assert client.nearest(np.ones(384, dtype=np.float32), 5) == []
        list(client.index([folder]))
        with Library.open(library) as opened:
            vector = np.asarray(opened.rows(3, 4))[0]
            exact = opened.nearest_rows(vector, 5)
        for _ in range(20):
            found = client.nearest(vector, 5)
            assert found is not None
            assert [row for row, _ in found] == [row for row, _ in exact]
            assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in exact], abs=1e-4)
        vectors = client.status()["vectors"]
        assert vectors["in_chroma"] == vectors["rows"] == count_rows(library)
        assert vectors["answered_by_chroma"] + vectors["answered_exactly"] == 20
        ask_until_chroma_answers(client, vector)


def count_rows(library: Path) -> int:
    with Library.open(library) as opened:
        return opened.row_count()


@pytest.mark.parametrize("damage", ["gone", "nonsense", "older"])
def test_chroma_is_filled_again_when_it_lacks_what_it_should_know(tmp_path: Path, damage: str) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder, 4)
    with connected(library) as client:
        list(client.index([folder]))
    (chroma,) = library.glob("chroma*")
    spoil: dict[str, Callable[[], object]] = {
        "gone": lambda: shutil.rmtree(chroma),
        "nonsense": lambda: (chroma / "chroma.sqlite3").write_bytes(b"nonsense" * 5000),
        "older": lambda: shutil.copytree(tmp_path / "older", chroma),
    }
    if damage == "older":
        shutil.rmtree(chroma)
        shutil.copytree(older_chroma(tmp_path), tmp_path / "older")
    spoil[damage]()
    write_files(folder, 6)
    with connected(library) as client:
        list(client.index([folder]))
        status = client.status()["vectors"]
        assert status["in_chroma"] == status["rows"]
        with Library.open(library) as opened:
            vector = np.asarray(opened.rows(0, 1))[0]
        assert ask_until_chroma_answers(client, vector)[0][0] == 0


def ask_until_chroma_answers(client: Client, vector: NDArray[np.float32]) -> list[tuple[int, float]]:
    """What Chroma answers: on a busy machine its process of the lowest class loses some races against the scan."""
    while True:
        found = client.nearest(vector, 3)
        assert found
        if client.status()["vectors"]["answered_by_chroma"] > 0:
            return found
        time.sleep(0.05)


def older_chroma(tmp_path: Path) -> Path:
    """Chroma's folder of another, smaller library."""
    write_files(tmp_path / "few", 1, seed=9)
    with connected(tmp_path / "other") as client:
        list(client.index([tmp_path / "few"]))
    (chroma,) = (tmp_path / "other").glob("chroma*")
    return chroma


def test_after_a_power_cut_chroma_is_filled_again(tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder, 2)
    with connected(library) as client:
        list(client.index([folder]))
    (chroma,) = library.glob("chroma*")
    kept = chroma / "kept"
    kept.touch()
    write_files(folder, 3)
    with connected(library) as client:
        list(client.index([folder]))
    assert kept.exists(), "after an end in good order Chroma's folder stays"
    with closing(sqlite3.connect(library / "catalog.db")) as catalog, catalog:
        catalog.execute("UPDATE generations SET chroma_open = 1, boot_id = 'an earlier one'")
    write_files(folder, 4)
    with connected(library) as client:
        list(client.index([folder]))
        vectors = client.status()["vectors"]
        assert vectors["in_chroma"] == vectors["rows"]
    assert not kept.exists()


def test_two_clients_index_at_the_same_time(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write_files(one, 5, seed=1)
    write_files(two, 5, seed=2)
    with connected(tmp_path / "library") as first, connected(tmp_path / "library") as second:
        events = in_background(second, two)
        assert done_of(list(first.index([one]))).indexed == 5
        *_, done = iter(lambda: events.get(timeout=30), None)
        assert isinstance(done, Done)
        assert done.indexed == 5
        assert second.status()["state"] == "idle"


def test_the_log_holds_no_text_and_is_private(tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    folder.mkdir()
    (folder / "secret.md").write_text("# Zanzibar\n\nThe password is xylophone.\n")
    with connected(library) as client:
        events = list(client.index([folder]))
        assert isinstance(events[0], Started)
    log = library / "owner.log"
    assert log.stat().st_mode & 0o777 == 0o600
    text = log.read_text()
    assert "owner of the library" in text
    assert "xylophone" not in text
    assert "Zanzibar" not in text


def test_removed_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    write_files(folder, 2)
    with connected(tmp_path / "library") as client:
        list(client.index([folder]))
        (folder / "report-001.md").unlink()
        events = list(client.index([]))
    assert [event.path.name for event in events if isinstance(event, Removed)] == ["report-001.md"]
