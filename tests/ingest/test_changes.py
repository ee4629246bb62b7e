"""Comparing a walk with the catalog: what is read, what is gone, what is spared."""

from __future__ import annotations

from pathlib import Path

from ingest.catalog.facts import FileRow, FileState
from ingest.changes import compare
from ingest.folders import Unreadable
from ingest.records import SourceFile


def row(path: Path, size: int = 1, mtime: int = 1, state: FileState = "indexed") -> FileRow:
    return FileRow(path, size, mtime, state, 1, reader="r1")


def test_size_or_time_or_pending_decides(tmp_path: Path) -> None:
    same, touched, grown, new, waiting, failed = (tmp_path / name for name in ("s", "t", "g", "n", "w", "f"))
    known = {
        r.path: r
        for r in (row(same), row(touched), row(grown), row(waiting, state="pending"), row(failed, state="failed"))
    }
    found = [
        SourceFile(same, 1, 1),
        SourceFile(touched, 1, 2),
        SourceFile(grown, 2, 1),
        SourceFile(new, 1, 1),
        SourceFile(waiting, 1, 1),
        SourceFile(failed, 1, 1),
    ]
    changes = compare([tmp_path], found, known, reader="r1")
    assert [r.path for r in changes.unchanged] == [same, failed]
    assert [s.path for s in changes.to_read] == [touched, grown, new, waiting]
    assert changes.files == 6
    assert compare([tmp_path], found, known, reader="r2").unchanged == []


def test_gone_only_below_what_was_walked(tmp_path: Path) -> None:
    inside, outside = tmp_path / "a" / "x", tmp_path / "b" / "x"
    known = {path: row(path) for path in (inside, outside)}
    assert compare([tmp_path / "a"], [], known, reader="r1").gone == [inside]


def test_a_missing_folder_and_one_that_cannot_be_listed_delete_nothing(tmp_path: Path) -> None:
    drive, shut = tmp_path / "drive", tmp_path / "here" / "shut"
    known = {path: row(path) for path in (drive / "x", shut / "y", tmp_path / "here" / "z")}
    found = [Unreadable(drive, "missing", missing=True), Unreadable(shut, "permission denied", missing=False)]
    changes = compare([drive, tmp_path / "here"], found, known, reader="r1")
    assert changes.gone == [tmp_path / "here" / "z"]
    assert changes.unreadable == found


def test_a_named_file_that_was_deleted_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    changes = compare([path], [Unreadable(path, "missing", missing=True)], {path: row(path)}, reader="r1")
    assert changes.gone == [path]
    assert changes.unreadable == []
    unknown = compare([path], [Unreadable(path, "missing", missing=True)], {}, reader="r1")
    assert [item.path for item in unknown.unreadable] == [path]
