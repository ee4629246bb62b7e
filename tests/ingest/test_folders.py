"""Walking folders: order, rules, links, names that are no UTF-8, and what cannot be listed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest import config
from ingest.folders import Rules, Unreadable, is_below, walk
from ingest.records import SourceFile

DEFAULT = config.load(None).section("folders")


def names(found: list[SourceFile | Unreadable], root: Path) -> list[str]:
    return [os.fspath(item.path.relative_to(root)) for item in found if isinstance(item, SourceFile)]


def touch(root: Path, *paths: str) -> None:
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.encode("utf-8", "surrogateescape"))


def test_walks_in_order_with_size_and_time(tmp_path: Path) -> None:
    touch(tmp_path, "b.md", "a/2.md", "a/1.md", "c/deep/x.txt")
    found = list(walk([tmp_path], Rules.from_config(DEFAULT)))
    assert names(found, tmp_path) == ["b.md", "a/1.md", "a/2.md", "c/deep/x.txt"]
    first = found[0]
    assert isinstance(first, SourceFile)
    facts = (tmp_path / "b.md").stat()
    assert (first.size, first.mtime_ns) == (facts.st_size, facts.st_mtime_ns)


def test_ignored_and_hidden_names_are_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, "keep.md", ".secret", ".git/config", "node_modules/x.md", "~$draft.docx", "x.part", "sub/.dot/y.md")
    assert names(list(walk([tmp_path], Rules.from_config(DEFAULT))), tmp_path) == ["keep.md"]
    shown = Rules.from_config({**DEFAULT, "hidden": True})
    assert names(list(walk([tmp_path], shown)), tmp_path) == [".secret", "keep.md", "sub/.dot/y.md"]


def test_a_named_path_is_read_whatever_its_name(tmp_path: Path) -> None:
    touch(tmp_path, ".notes/a.md", ".b.md")
    found = list(walk([tmp_path / ".notes", tmp_path / ".b.md"], Rules.from_config(DEFAULT)))
    assert names(found, tmp_path) == [".notes/a.md", ".b.md"]


def test_links_to_files_are_followed_and_links_to_folders_are_not(tmp_path: Path) -> None:
    touch(tmp_path, "real/a.md")
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "b.md").symlink_to(tmp_path / "real" / "a.md")
    (tmp_path / "broken.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "ring.md").symlink_to(tmp_path / "ring.md")
    found = list(walk([tmp_path], Rules.from_config(DEFAULT)))
    assert names(found, tmp_path) == ["b.md", "real/a.md"]
    assert not [item for item in found if isinstance(item, Unreadable)]


def test_a_pipe_is_no_document(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert list(walk([tmp_path], Rules.from_config(DEFAULT))) == []


def test_names_that_are_no_utf8_survive(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (tmp_path / name).write_text("x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    (found,) = walk([tmp_path], Rules.from_config(DEFAULT))
    assert os.fsencode(found.path.name) == b"caf\xe9.txt"


def test_missing_and_unlistable_paths_are_said(tmp_path: Path) -> None:
    (found,) = walk([tmp_path / "nowhere"], Rules.from_config(DEFAULT))
    assert isinstance(found, Unreadable)
    assert found.missing
    if os.geteuid() == 0:
        pytest.skip("root may list every folder")
    (tmp_path / "shut").mkdir(mode=0o000)
    (shut,) = walk([tmp_path], Rules.from_config(DEFAULT))
    assert isinstance(shut, Unreadable)
    assert not shut.missing


def test_each_file_once_and_the_library_never(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.md", "library/catalog.db")
    rules = Rules.from_config(DEFAULT, avoid=[tmp_path / "library"])
    assert names(list(walk([tmp_path, tmp_path / "a"], rules)), tmp_path) == ["a/1.md"]


def test_is_below() -> None:
    assert is_below(Path("/a/b/c"), [Path("/a/b")])
    assert is_below(Path("/a/b"), [Path("/a/b")])
    assert not is_below(Path("/a/bc"), [Path("/a/b")])
