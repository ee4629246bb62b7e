"""Walking folders: order, rules, links, names that are no UTF-8, and what cannot be listed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest import config
from ingest.folders import Found, Listing, PassedOver, Rules, Unreadable, is_below, walk

DEFAULT = config.load(None).section("folders")


def names(found: list[Found], root: Path) -> list[str]:
    listings = [item for item in found if isinstance(item, Listing)]
    return [os.path.relpath(path, root) for listing in listings for path, _, _ in listing.files]


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
    assert isinstance(first, Listing)
    facts = (tmp_path / "b.md").stat()
    assert first.files == [(str(tmp_path / "b.md"), facts.st_size, facts.st_mtime_ns)]
    assert [item.is_volume for item in found if isinstance(item, Listing)] == [True, False, False, False]


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
    assert names(list(walk([tmp_path], Rules.from_config(DEFAULT))), tmp_path) == []


def test_names_that_are_no_utf8_survive(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (tmp_path / name).write_text("x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    (found,) = walk([tmp_path], Rules.from_config(DEFAULT))
    assert isinstance(found, Listing)
    assert os.fsencode(Path(found.files[0][0]).name) == b"caf\xe9.txt"


def test_missing_and_unlistable_paths_are_said(tmp_path: Path) -> None:
    (found,) = walk([tmp_path / "nowhere"], Rules.from_config(DEFAULT))
    assert isinstance(found, Unreadable)
    assert found.missing
    if os.geteuid() == 0:
        pytest.skip("root may list every folder")
    (tmp_path / "shut").mkdir(mode=0o000)
    _, shut = walk([tmp_path], Rules.from_config(DEFAULT))
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


def test_patterns_of_the_person_come_after_the_defaults(tmp_path: Path) -> None:
    touch(tmp_path, "build/a.md", "sub/build/b.md", "notes.tmp", "draft.md", "sub/draft.md", "old/x/y.md")
    section = {**DEFAULT, "also_ignore": ["/build", "!notes.tmp", "draft.md", "old/**/y.md"]}
    found = list(walk([tmp_path], Rules.from_config(section)))
    assert names(found, tmp_path) == ["notes.tmp", "sub/build/b.md"]


def test_what_is_passed_over_is_told_with_the_reason(tmp_path: Path) -> None:
    touch(tmp_path, "keep.md", ".git/config", "node_modules/deep/x.md", "a.tmp", "library/catalog.db")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    told: list[PassedOver] = []
    list(walk([tmp_path], Rules.from_config(DEFAULT, avoid=[tmp_path / "library"]), told.append))
    assert {(item.path.name, item.why) for item in told} == {
        (".git", "its name begins with a dot"),
        ("node_modules", "node_modules"),
        ("a.tmp", "*.tmp"),
        ("loop", "a link to a folder"),
        ("pipe", "neither a file nor a folder"),
    }


def test_what_the_rules_let_in(tmp_path: Path) -> None:
    touch(tmp_path, "keep.md", "node_modules/x.md", "library/x.md", ".hidden/a.md")
    rules = Rules.from_config({**DEFAULT, "also_ignore": ["only/"]}, avoid=[tmp_path / "library"])
    asked = ["keep.md", "gone.md", "only", "node_modules/x.md", "library/x.md", ".hidden/a.md", "sub/only/x.md"]
    assert [name for name in asked if rules.lets_in(tmp_path / name, tmp_path)] == ["keep.md", "gone.md", "only"]
    assert rules.lets_in(tmp_path / ".hidden" / "a.md", tmp_path / ".hidden")


def test_a_file_that_may_not_be_opened_is_locked(tmp_path: Path) -> None:
    touch(tmp_path, "open.md", "shut.md")
    (tmp_path / "shut.md").chmod(0o000)
    (listing,) = walk([tmp_path], Rules.from_config(DEFAULT))
    assert isinstance(listing, Listing)
    assert listing.locked == (set() if os.geteuid() == 0 else {str(tmp_path / "shut.md")})


def test_a_part_of_a_folder_is_walked_as_a_part_of_it(tmp_path: Path) -> None:
    touch(tmp_path, "sub/build/a.md", "sub/b.md", "build/c.md")
    rules = Rules.from_config({**DEFAULT, "also_ignore": ["/build", "sub/b.md"]})
    found = list(walk([tmp_path / "sub"], rules, roots=[tmp_path]))
    assert names(found, tmp_path) == ["sub/build/a.md"]
    assert not any(item.is_volume for item in found if isinstance(item, Listing))
    alone = list(walk([tmp_path / "sub"], rules, roots=[tmp_path, tmp_path / "sub"]))
    assert names(alone, tmp_path) == ["sub/b.md"]
    assert [item.is_volume for item in alone if isinstance(item, Listing)] == [True]
