"""Temporary folders: private, removed, and swept up when nobody was left to remove them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from ingest.work import scratch


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_abandoned_folders_are_swept_up_and_held_ones_stay(tmp_path: Path) -> None:
    held, held_lock = scratch.make_root()
    abandoned, lock = scratch.make_root()
    assert lock is not None
    assert held_lock is not None
    assert held.stat().st_mode & 0o777 == 0o700
    (scratch.make_folder(abandoned, "0") / "page.png").write_text("private")
    strange = tmp_path / f"{scratch.PREFIX}strange"
    strange.mkdir()
    scratch.sweep()
    assert abandoned.exists()
    os.close(lock)
    scratch.sweep()
    assert not abandoned.exists()
    assert held.exists()
    assert strange.exists(), "not made here, or being made just now"
    os.close(held_lock)


def test_link_is_removed_and_not_what_it_points_to(tmp_path: Path) -> None:
    person = tmp_path / "documents"
    person.mkdir()
    (person / "letter.txt").write_text("dear")
    root, lock = scratch.make_root()
    (root / "link").symlink_to(person)
    locked = scratch.make_folder(root, "locked")
    (locked / "x").write_text("x")
    locked.chmod(0)
    scratch.remove(root)
    assert not root.exists()
    assert (person / "letter.txt").read_text() == "dear"
    scratch.remove(root)
    if lock is not None:
        os.close(lock)
