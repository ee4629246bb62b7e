"""Comparing a walk with the catalog: what is read, what is gone, what is spared."""

from __future__ import annotations

import os
from pathlib import Path

from ingest.changes import Changes, Known, Mark, compare
from ingest.folders import Found, Listing, Unreadable

SAME: Mark = (1, 1)


def known(*files: Path, locked: tuple[Path, ...] = (), **volumes: str) -> Known:
    return Known({os.fspath(path): SAME for path in files}, {os.fspath(path) for path in locked}, volumes)


def listing(folder: Path, *files: Path, identity: str = "1:1", volume: bool = False) -> Listing:
    return Listing(os.fspath(folder), identity, volume, [(os.fspath(path), 1, 1) for path in files])


def on(
    volume: Path, files: list[Path], found: list[Found], identity: str = "1:1", walked: Path | None = None
) -> Changes:
    state = Known({os.fspath(path): SAME for path in files}, set(), {os.fspath(volume): identity})
    return compare([walked or volume], found, state)


def test_size_or_time_or_pending_decides(tmp_path: Path) -> None:
    same, touched, grown, new, waiting = (tmp_path / name for name in ("s", "t", "g", "n", "w"))
    state = known(same, touched, grown, waiting)
    state.marks[os.fspath(waiting)] = None
    found = listing(tmp_path)
    found.files.extend((os.fspath(path), 1, 1) for path in (same, new, waiting))
    found.files.extend([(os.fspath(touched), 1, 2), (os.fspath(grown), 2, 1)])
    changes = compare([tmp_path], [found], state)
    assert changes.unchanged == [os.fspath(same)]
    assert [source.path for source in changes.to_read] == [new, waiting, touched, grown]
    assert changes.again == {os.fspath(path) for path in (waiting, touched, grown)}
    assert changes.files == 5


def test_a_file_that_can_or_cannot_be_opened_any_more_is_read_again(tmp_path: Path) -> None:
    still_shut, opened, shut, plain = (tmp_path / name for name in ("a", "b", "c", "d"))
    state = known(still_shut, opened, shut, plain, locked=(still_shut, opened))
    found = listing(tmp_path, still_shut, opened, shut, plain)
    found.locked.update({os.fspath(still_shut), os.fspath(shut)})
    changes = compare([tmp_path], [found], state)
    assert [source.path for source in changes.to_read] == [opened, shut]


def test_gone_only_below_what_was_walked(tmp_path: Path) -> None:
    inside, outside = tmp_path / "a" / "x", tmp_path / "b" / "x"
    assert compare([tmp_path / "a"], [listing(tmp_path / "a")], known(inside, outside)).gone == [inside]


def test_a_missing_folder_and_one_that_cannot_be_listed_delete_nothing(tmp_path: Path) -> None:
    drive, shut = tmp_path / "drive", tmp_path / "here" / "shut"
    found: list[Found] = [
        Unreadable(drive, "missing", missing=True),
        Unreadable(shut, "permission denied", missing=False),
    ]
    changes = compare([drive, tmp_path / "here"], found, known(drive / "d" / "x", shut / "y", tmp_path / "here" / "z"))
    assert changes.gone == [tmp_path / "here" / "z"]
    assert set(changes.unreadable) == set(found)


def test_a_volume_that_is_missing_is_offline(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    changes = on(drive, [drive / "x"], [Unreadable(drive, "missing", missing=True)])
    assert (changes.gone, changes.offline, changes.unreadable) == ([], [drive], [])


def test_an_empty_mount_point_is_offline_and_an_emptied_folder_is_not(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    x = drive / "x"
    assert on(drive, [x], [listing(drive, identity="1:1", volume=True)]).gone == [x]
    other = on(drive, [x], [listing(drive, identity="1:2", volume=True)])
    assert (other.gone, other.offline, other.online) == ([], [drive], {})


def test_another_medium_is_told_from_a_folder_that_was_replaced(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    old, new = drive / "x", drive / "new"
    medium = on(drive, [old], [listing(drive, new, identity="2:1", volume=True)])
    assert (medium.gone, medium.offline) == ([], [drive])
    replaced = on(drive, [old], [listing(drive, new, identity="1:9", volume=True)])
    assert (replaced.gone, replaced.offline, replaced.online) == ([old], [], {os.fspath(drive): "1:9"})
    moved = on(drive, [old, drive / "y"], [listing(drive, old, identity="2:1", volume=True)])
    assert (moved.gone, moved.offline) == ([drive / "y"], [])


def test_a_mount_point_below_a_folder(tmp_path: Path) -> None:
    drive, here = tmp_path / "drive", tmp_path / "x"
    found: list[Found] = [listing(tmp_path, here, volume=True), listing(drive, identity="1:5")]
    changes = on(drive, [here, drive / "y"], found, identity="2:1", walked=tmp_path)
    assert (changes.gone, changes.offline) == ([], [drive])
    vanished = on(drive, [here, drive / "y"], found[:1], identity="2:1", walked=tmp_path)
    assert (vanished.gone, vanished.offline) == ([], [drive])


def test_a_named_file_or_folder_that_was_deleted_is_gone(tmp_path: Path) -> None:
    path, folder = tmp_path / "x.md", tmp_path / "sub"
    missing: list[Found] = [Unreadable(path, "missing", missing=True), Unreadable(folder, "missing", missing=True)]
    identity = f"{tmp_path.stat().st_dev}:{tmp_path.stat().st_ino}"
    state = Known({os.fspath(path): SAME, os.fspath(folder / "y"): SAME}, set(), {os.fspath(tmp_path): identity})
    changes = compare([path, folder], missing, state)
    assert (changes.gone, changes.unreadable) == ([path, folder / "y"], [])
    unknown = compare([path], missing[:1], known())
    assert unknown.unreadable == missing[:1]


def test_what_is_missing_on_a_volume_that_is_not_there_is_not_deleted(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    missing: list[Found] = [Unreadable(path, "missing", missing=True)]
    state = Known({os.fspath(path): SAME}, set(), {os.fspath(tmp_path): "0:0"})
    assert compare([path], missing, state).gone == []
