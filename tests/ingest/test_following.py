"""Following real folders: what the system tells, what is left out, what comes and goes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from ingest import config
from ingest.folders import Rules
from ingest.following import Follower

Kind = TypeVar("Kind")


@pytest.fixture
def follower(tmp_path: Path) -> Iterator[Follower]:
    rules = Rules.from_config(config.load().section("folders"), avoid=[tmp_path / "files" / "library"])
    follower = Follower(lambda: rules)
    yield follower
    follower.close()


def wait_for(condition: Callable[[], object]) -> None:
    """The system tells of changes when it gets to it; a minute is far more than it needs."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def grown(seen: set[Kind], more: Iterable[Kind]) -> set[Kind]:
    """The set with what was found since the last time."""
    seen.update(more)
    return seen


def settled(follower: Follower, *roots: Path) -> None:
    """Wait until folders are watched, and take what they begin with."""
    seen: set[Path] = set()
    wait_for(lambda: grown(seen, follower.take()) >= set(roots))


def test_changes_of_every_kind_are_noted_and_nothing_else(follower: Follower, tmp_path: Path) -> None:
    root = tmp_path / "files"
    for name in (
        "edited.md",
        "renamed.md",
        "deleted.md",
        "mode.md",
        "library/catalog.db",
        ".hidden/x",
        "sub/deep/a.md",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("before")
    follower.follow([root])
    settled(follower, root)
    (root / "library" / "catalog.db").write_text("changed")
    (root / ".hidden" / "x").write_text("changed")
    (root / "new.tmp").write_text("ignored")
    (root / "new.md").write_text("new")
    (root / "edited.md").write_text("after")
    (root / "renamed.md").rename(root / "other.md")
    (root / "deleted.md").unlink()
    (root / "mode.md").chmod(0o600)
    (root / "sub").rename(root / "moved")
    (root / "folder").mkdir()
    expected = {"new.md", "edited.md", "renamed.md", "other.md", "deleted.md", "mode.md", "sub", "moved", "folder"}
    noted: set[str] = set()
    wait_for(lambda: expected <= grown(noted, (os.path.relpath(path, root) for path in follower.waiting())))
    assert not noted & {"library", "library/catalog.db", ".hidden", ".hidden/x", "new.tmp"}
    taken: set[str] = set()
    wait_for(lambda: expected <= grown(taken, (os.path.relpath(path, root) for path in follower.take())))


def test_a_folder_that_goes_and_comes_back_is_looked_at_each_time(follower: Follower, tmp_path: Path) -> None:
    root = tmp_path / "drive"
    root.mkdir()
    follower.follow([root])
    settled(follower, root)
    root.rename(tmp_path / "unplugged")
    settled(follower, root)
    (tmp_path / "unplugged").rename(root)
    settled(follower, root)
    (root / "new.md").write_text("after it came back")
    wait_for(lambda: root / "new.md" in follower.waiting())


def test_a_folder_that_is_no_longer_followed_is_left_alone(follower: Follower, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two, one / "sub"):
        folder.mkdir()
    follower.follow([one, two, one / "sub"])
    settled(follower, one, two)
    follower.follow([two])
    (one / "a.md").write_text("a")
    (two / "b.md").write_text("b")
    wait_for(lambda: two / "b.md" in follower.waiting())
    assert not [path for path in follower.waiting() if one in path.parents]


def test_a_file_that_was_named_itself_is_looked_at_every_minute(follower: Follower, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("a")
    follower.follow([path])
    wait_for(lambda: follower.polled() == [path])


def test_a_link_to_a_folder_is_followed_under_its_own_name(follower: Follower, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    follower.follow([link])
    settled(follower, link)
    (tmp_path / "real" / "a.md").write_text("a")
    wait_for(lambda: link / "a.md" in follower.waiting())
