"""The owner forgets in the midst of a long run, and goes on with what an owner before it did not finish."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.library import ERASING, Library
from ingest.records import Done, Indexed
from tests.ingest.owner_help import connected, write_files

FILES = 8


@pytest.fixture
def folder(tmp_path: Path, models_folder: Path) -> Path:
    assert models_folder
    write_files(tmp_path / "files", FILES)
    return tmp_path / "files"


def test_forgetting_does_not_wait_for_a_long_run(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    with connected(library) as client, connected(library) as other:
        forgotten: list[Path] = []
        erased: list[str] = []
        for event in client.index([folder]):
            if isinstance(event, Indexed) and not forgotten:
                forgotten.append(event.path)
                assert other.forget(event.path)["files"] == 1
                erased += other.erase()["left"]
        assert isinstance(event, Done)
        assert event.failed == 0
    assert erased == []
    with Library.open(library) as opened:
        assert opened.excluded() == forgotten
        assert sorted(row.path for row in opened.files()) == sorted(set(folder.iterdir()) - set(forgotten))
        assert opened.counts().documents == FILES - 1
        assert opened.check() == []


def test_what_was_begun_is_finished_by_the_next_owner(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    path = folder / "report-000.md"
    with connected(library) as client:
        *_, done = client.index([path, folder / "report-001.md"])
        assert isinstance(done, Done)
    with Library.open(library, write=True) as opened:
        opened.forget(path)
        assert opened.todo(ERASING)
    with connected(library) as client:
        list(client.index([]))
        assert client.status()["vectors"]["rows"] > 0
    with Library.open(library) as opened:
        assert opened.todo(ERASING) == []
        assert [row.path.name for row in opened.files()] == ["report-001.md"]
    assert b"Report 0" not in (library / "catalog.db").read_bytes()
