"""The library's screen and what is below it: the tree and its states, search, problems and retry, removing, forgetting."""

from __future__ import annotations

from pathlib import Path

from assistant.tui.app import AssistantApp
from assistant.tui.screens.library import LibraryScreen
from assistant.tui.shelf import Entry, Folder, Shelf, Tree, entries, named, total
from ingest.library import FileProblem, FileRow
from tests.assistant.tui.hand import FOLDER, SHELF, HandDesk
from tests.assistant.tui.seen import LARGE, SMALL, shown, until


def test_every_file_has_its_state_and_its_folder() -> None:
    tree = Tree(SHELF, current=FOLDER / "mail/new.eml")
    archive, drive = tree.roots
    assert isinstance(archive, Folder)
    assert isinstance(drive, Folder)
    states = {entry.row.path.name: entry.state for entry in entries(archive)}
    assert states == {
        "lease.pdf": "ready",
        "letter.pdf": "ready",
        "old.msg": "problem",
        "new.eml": "scanning",
        "logo.bin": "skipped",
    }
    assert total(drive) == {"offline": 1}
    assert tree.counts == {"ready": 2, "problem": 1, "scanning": 1, "skipped": 1, "offline": 1}
    assert [entry.row.path.name for entry in archive.folders["mail"].files] == ["old.msg", "new.eml", "logo.bin"]


def test_a_filter_leaves_folders_that_hold_something() -> None:
    [archive, _] = Tree(SHELF, shown=["problem"]).roots
    assert [entry.row.path.name for entry in entries(archive)] == ["old.msg"]


def test_a_file_may_be_a_root_and_a_page_that_failed_is_a_problem() -> None:
    path = Path("/one.pdf")
    problem = FileProblem(path, None, 3, "damaged", "page 3 cannot be read", "")
    shelf = Shelf((path,), (), (FileRow(path, 1, 1, "indexed", 1),), (problem,))
    [entry] = Tree(shelf).roots
    assert isinstance(entry, Entry)
    assert entry.state == "problem"


def test_names_are_found_by_all_their_words() -> None:
    assert [row.path.name for row in named(SHELF, "MAIL o", 10)] == ["old.msg", "logo.bin"]
    assert not named(SHELF, " ", 10)


async def test_problem_remedy_retry() -> None:
    desk = HandDesk()
    async with AssistantApp(desk).run_test(size=SMALL, notifications=True) as pilot:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await pilot.press("f2")
        await until(pilot, lambda: "2 ready · 1 waiting · 1 with problems · 1 passed over" in shown(pilot))
        await pilot.press("s")
        await until(pilot, lambda: "problems alone" in shown(pilot) and "lease.pdf" not in shown(pilot))
        await pilot.press("down", "down")
        await until(pilot, lambda: "it is protected by a password" in shown(pilot))
        await until(pilot, lambda: "Save it without one." in shown(pilot))
        await pilot.press("r")
        await until(pilot, lambda: desk.reread_paths == [FOLDER / "mail/old.msg"])
        await until(pilot, lambda: "1 with problems" not in shown(pilot))


async def test_search_finds_names_and_contents_and_opens_them() -> None:
    async with AssistantApp(HandDesk()).run_test(size=LARGE) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: "lease.pdf" in shown(pilot))
        await pilot.press("slash", *"tenant")
        await until(pilot, lambda: "Dear tenant" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "the boiler will be serviced" in shown(pilot))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "2 ready" in shown(pilot) and "Dear tenant" not in shown(pilot))
        await pilot.press("slash", *"lease.pdf", "enter")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await pilot.press("escape", "escape")
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: "No name and no content" in shown(pilot))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, LibraryScreen))


async def test_removing_and_forgetting_ask_first() -> None:
    desk = HandDesk()
    async with AssistantApp(desk).run_test(size=SMALL, notifications=True) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: "lease.pdf" in shown(pilot))
        await pilot.press("down", "down", "delete")
        await until(pilot, lambda: "Forget /archive/lease.pdf?" in shown(pilot))
        await pilot.press("n")
        assert desk.shown == SHELF
        await pilot.press("delete", "y")
        await until(pilot, lambda: "lease.pdf" not in shown(pilot) and "2 ready" not in shown(pilot))
        await pilot.press("home", "d", "y")
        await until(pilot, lambda: desk.shown.roots == (Path("/drive"),))


async def test_an_empty_library_says_what_to_do() -> None:
    desk = HandDesk()
    desk.shown = Shelf()
    async with AssistantApp(desk).run_test(size=SMALL) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: "Press a to add one" in shown(pilot))
