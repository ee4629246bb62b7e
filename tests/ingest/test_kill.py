"""Whatever is killed while a folder is indexed: the run goes on, nothing is lost or invented, nobody is left behind."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from ingest.library import Library
from ingest.records import Done, Indexed
from tests.ingest.owner_help import connected, content, marked, marked_processes, running, write_files

FILES = 40
KILL_AFTER = 8
"""Documents that are published before the kill."""
PARTS = {
    "owner": "--settings-from-input",
    "warden": "ingest.work.warden_process",
    "reader": "ingest.extract.worker:main",
    "embedder": "ingest.embed.worker:main",
    "index child": "ingest.vectors.chroma:main",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, models_folder: Path) -> Path:
    assert models_folder
    folder = tmp_path_factory.mktemp("killed") / "files"
    write_files(folder, FILES)
    return folder


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("undisturbed") / "library"
    with connected(library) as client:
        *_, done = client.index([folder])
    assert isinstance(done, Done)
    assert (done.indexed, done.failed) == (FILES, 0)
    return library


def wait_for(mark: str, what: str) -> list[psutil.Process]:
    """The processes of a kind, which may only just be starting."""
    for _ in range(200):
        if found := running(mark, what):
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {what}")


def wait_until_stopped(processes: list[psutil.Process]) -> list[psutil.Process]:
    """A process takes note of the signal when it is next given a processor: later, on a busy machine."""
    for _ in range(200):
        if all(process.status() == psutil.STATUS_STOPPED for process in processes):
            return processes
        time.sleep(0.05)
    raise AssertionError("not stopped")


@pytest.mark.parametrize("part", PARTS)
def test_a_kill_changes_nothing(part: str, folder: Path, undisturbed: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    with marked() as mark:
        with connected(library) as client:
            published = 0
            done = None
            for event in client.index([folder]):
                published += isinstance(event, Indexed)
                if isinstance(event, Indexed) and published == KILL_AFTER:
                    for process in wait_for(mark, PARTS[part]):
                        process.kill()
                done = event
            assert isinstance(done, Done)
            assert done.failed == 0
            assert client.status()["vectors"]["in_chroma"] == client.status()["vectors"]["rows"]
        assert marked_processes(mark) == []
    assert content(library) == content(undisturbed)
    with Library.open(library) as opened:
        assert opened.check(lambda *_: None) == []


def test_a_stopped_worker_does_not_outlive_its_owner(folder: Path, tmp_path: Path) -> None:
    with marked() as mark:
        with connected(tmp_path / "library") as client:
            events = client.index([folder])
            for event in events:
                if isinstance(event, Indexed):
                    break
            client.answering()
            stopped = wait_until_stopped(wait_for(mark, PARTS["embedder"]))
            (owner,) = running(mark, PARTS["owner"])
            owner.kill()
            gone, alive = psutil.wait_procs(stopped, timeout=5)
            assert not alive
            assert gone
            *_, done = events
            assert isinstance(done, Done)
        assert marked_processes(mark) == []
