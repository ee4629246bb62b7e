"""Pictures of every screen in its states, compared with those that were looked at (`pytest --snapshot-update`)."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from assistant.history import FILE
from assistant.records import Answer, AnswerEvent, Claim, Finished, Searching
from assistant.tui.activity import Activity
from assistant.tui.app import AssistantApp
from assistant.tui.halves import QUOTE_MARGIN
from assistant.tui.screens.activity import ActivityScreen
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.shelf import Shelf
from assistant.tui.talks import Talks
from ingest.errors import LibraryError
from ingest.records import Reading
from tests.assistant.tui.hand import FOLDER, NOT_FOUND, QUOTED, STEPS, WRITTEN, HandDesk
from tests.assistant.tui.seen import ask, conversation, shown, until

SIZES = [(80, 24), (160, 50)]
THEMES = {"dark": "textual-dark", "light": "textual-light"}
ALBUM = Path(__file__).with_name("pictures")
PATIENCE_SECONDS = 20.0
"""How long another theme may take to be there; a crowded machine is slow."""
STEADY = 4
"""Equal pictures in a row that are taken for the last one."""
_NUMBERED = re.compile(r"terminal-\d+")

pytestmark = pytest.mark.parametrize("size", SIZES, ids=["80x24", "160x50"])

PARTLY = replace(
    WRITTEN,
    outcome="partly",
    text="The rent is 870 euros a month. [1]",
    claims=(WRITTEN.claims[0], Claim("The boiler costs nothing.", "unsupported", "no page says so", ())),
    citations=WRITTEN.citations[:1],
)
Take = Callable[[Pilot[int], str], Awaitable[None]]


@pytest.fixture
def take(request: pytest.FixtureRequest, size: tuple[int, int], tmp_path: Path) -> Take:
    """Compares the picture of the screen, dark and light, with the one in the album."""

    async def compare(pilot: Pilot[int], name: str) -> None:
        for entry in pilot.app.screen.query(Input):
            entry.cursor_blink = False
            entry._cursor_visible = True
        for shade, theme in THEMES.items():
            pilot.app.theme = theme
            await pilot.pause()
            file = ALBUM / f"{name}-{size[0]}x{size[1]}-{shade}.svg"
            if request.config.getoption("update_snapshots", default=False):
                file.parent.mkdir(exist_ok=True)
                file.write_text(await settled(pilot), encoding="utf-8")
                continue
            wanted = file.read_text(encoding="utf-8") if file.exists() else ""
            deadline = time.monotonic() + PATIENCE_SECONDS
            while (picture := drawn(pilot)) != wanted:
                if not wanted or time.monotonic() > deadline:
                    (tmp_path / file.name).write_text(picture, encoding="utf-8")
                    raise AssertionError(f"{tmp_path / file.name} is not as {file}; if it is right: --snapshot-update")
                await pilot.pause(0.05)  # another theme comes in steps

    return compare


def drawn(pilot: Pilot[int]) -> str:
    """The screen as a picture, without what differs from run to run."""
    picture = _NUMBERED.sub("terminal", pilot.app.export_screenshot())
    return re.sub(r"@font-face\s*\{[^}]*\}|<!--.*?-->", "", picture)


async def settled(pilot: Pilot[int]) -> str:
    """The picture of the screen once it no longer changes."""
    last, same = drawn(pilot), 0
    while same < STEADY:
        await pilot.pause(0.1)
        picture = drawn(pilot)
        same = same + 1 if picture == last else 0
        last = picture
    return last


def desk(events: Sequence[AnswerEvent]) -> HandDesk:
    return HandDesk(lambda _question: events)


async def answered(pilot: Pilot[int]) -> None:
    await ask(pilot, "What is the rent?")
    await until(pilot, lambda: not conversation(pilot).running and "15 documents" in shown(pilot))


async def test_nothing_asked_yet(take: Take, size: tuple[int, int]) -> None:
    async with AssistantApp(HandDesk()).run_test(size=size) as pilot:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await take(pilot, "nothing-asked-yet")


async def test_first_run(take: Take, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "person"
    (home / "Documents").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    async with AssistantApp(HandDesk(exists=False)).run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FolderScreen) and "Documents" in shown(pilot))
        await until(pilot, lambda: "no files" in shown(pilot))
        await take(pilot, "first-run")


async def test_a_library_that_cannot_be_opened(take: Take, size: tuple[int, int]) -> None:
    problem = LibraryError("catalog.db: made by a newer version of this program", "Update this program.")
    async with AssistantApp(HandDesk(exists=False, unreadable=problem)).run_test(size=size) as pilot:
        await until(pilot, lambda: "The library cannot be opened" in shown(pilot))
        await take(pilot, "unreadable")


async def test_draft(take: Take, size: tuple[int, int]) -> None:
    held = desk(STEPS)
    held.hold = threading.Event()
    async with AssistantApp(held).run_test(size=size) as pilot:
        await ask(pilot, "What is the rent?")
        await until(pilot, lambda: "and is serviced on 14" in shown(pilot) and "15 documents" in shown(pilot))
        await take(pilot, "draft")
        await pilot.press("escape")
        await until(pilot, lambda: "Stopped." in shown(pilot))
        await take(pilot, "stopped")
        held.hold.set()


@pytest.mark.parametrize("answer", [QUOTED, NOT_FOUND, PARTLY], ids=["quotes", "not-found", "partly"])
async def test_answer(take: Take, size: tuple[int, int], answer: Answer) -> None:
    async with AssistantApp(desk((Searching("What is the rent?"), Finished(answer)))).run_test(size=size) as pilot:
        await answered(pilot)
        await take(pilot, answer.outcome)


async def test_written_answer_and_its_page(take: Take, size: tuple[int, int]) -> None:
    async with AssistantApp(desk((Finished(WRITTEN),))).run_test(size=size) as pilot:
        await answered(pilot)
        await take(pilot, "written")
        await pilot.press("tab")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await take(pilot, "page")
        await pilot.press("p")
        await until(pilot, lambda: QUOTE_MARGIN + "▀" in shown(pilot))
        await take(pilot, "page-as-picture")
        await pilot.press("p", "2")
        await until(pilot, lambda: "compare it with the original" in shown(pilot) and "Dear tenant" in shown(pilot))
        await take(pilot, "page-of-a-poor-scan")


async def test_without_colours(take: Take, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with AssistantApp(desk((Finished(WRITTEN),))).run_test(size=size) as pilot:
        await answered(pilot)
        await pilot.press("tab")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await take(pilot, "without-colours")


async def test_error(take: Take, size: tuple[int, int]) -> None:
    broken = desk(())
    broken.error = LibraryError("the library is damaged: page 7 of catalog.db", "Run `assistant repair`.")
    async with AssistantApp(broken).run_test(size=size) as pilot:
        await ask(pilot, "What is the rent?")
        await until(pilot, lambda: "assistant repair" in shown(pilot) and "15 documents" in shown(pilot))
        await take(pilot, "error")


async def test_paused(take: Take, size: tuple[int, int]) -> None:
    status = {"documents": 7, "passages": 80, "state": "paused", "reason": "someone is at the keyboard", "pending": 31}
    async with AssistantApp(HandDesk(status=status)).run_test(size=size) as pilot:
        await until(pilot, lambda: "someone is at the keyboard" in shown(pilot))
        await take(pilot, "paused")


async def test_reading(take: Take, size: tuple[int, int]) -> None:
    status = {
        "documents": 7,
        "passages": 80,
        "state": "indexing",
        "pending": 31,
        "failed": 1,
        "pace": {"level": "slow"},
    }
    status |= {"reason": "someone is at the keyboard"}
    async with AssistantApp(HandDesk(status=status)).run_test(size=size) as pilot:
        await until(pilot, lambda: "someone is at the keyboard" in shown(pilot))
        activity: Activity = pilot.app.activity  # type: ignore[attr-defined]  # ours
        activity.hear(Reading(FOLDER / "scan.pdf", 3, 20, 12, 40), 0.0)
        activity._marks.clear()  # no time left is said, which would be another each time
        await until(pilot, lambda: "Indexing 12 of 40 · scan.pdf p. 3/20" in shown(pilot))
        await take(pilot, "reading")
        await pilot.press("f3")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, ActivityScreen) and len(pilot.app.screen._measured.pages) > 1
        )
        await take(pilot, "activity-reading")


async def test_conversations(
    take: Take, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    talks = Talks(tmp_path)
    for answer in (WRITTEN, NOT_FOUND):
        talks.begin_anew()
        talks.keep(answer)
    talks.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("UPDATE conversation SET started = 1709290800 + 3600 * id")
    async with AssistantApp(HandDesk(folder=tmp_path)).run_test(size=size) as pilot:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await pilot.press("f4")
        await until(pilot, lambda: "Who won the match?" in shown(pilot))
        await take(pilot, "conversations")
        await pilot.press("f6")
        await until(pilot, lambda: "Name of the conversation" in shown(pilot))
        await take(pilot, "asked-for-a-line")
        await pilot.press("escape", "down", "delete")
        await until(pilot, lambda: "y: yes" in shown(pilot))
        await take(pilot, "asked-for-yes-or-no")
        await pilot.press("n", "escape", "f4", *"zzz")
        await until(pilot, lambda: "No conversation holds" in shown(pilot))
        await take(pilot, "no-conversation-found")


async def test_screens(take: Take, size: tuple[int, int]) -> None:
    async with AssistantApp(HandDesk()).run_test(size=size) as pilot:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await pilot.press("f1")
        await until(pilot, lambda: "bring back" in shown(pilot))
        await take(pilot, "help")
        await pilot.press("escape", "ctrl+p")
        wanted = len(list(pilot.app.get_system_commands(pilot.app.screen)))
        await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count == wanted)
        await take(pilot, "palette")
        await pilot.press("escape", "f3")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, ActivityScreen) and len(pilot.app.screen._measured.pages) > 1
        )
        await take(pilot, "activity")
        await pilot.press("f5")
        await until(pilot, lambda: "● smollm2" in shown(pilot))
        await take(pilot, "settings")
        await pilot.press("slash", *"thres")
        await until(pilot, lambda: "0 answers always" in shown(pilot))
        await take(pilot, "setting")
        await pilot.press("escape")
        await pilot.press("f4")
        await until(pilot, lambda: "no conversations" in shown(pilot))
        await take(pilot, "no-conversations")


async def test_library(take: Take, size: tuple[int, int]) -> None:
    async with AssistantApp(HandDesk()).run_test(size=size) as pilot:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await pilot.press("f2")
        await until(pilot, lambda: "1 with problems" in shown(pilot) and "/archive" in shown(pilot).split("───")[-1])
        await take(pilot, "library")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await take(pilot, "document")
        await pilot.press("escape")
        await pilot.press("s")
        await until(pilot, lambda: "problems alone" in shown(pilot) and "old.msg" in shown(pilot))
        await pilot.press("down", "down")
        await until(pilot, lambda: "protected by a password" in shown(pilot))
        await take(pilot, "problem")
        await pilot.press("slash", *"le")
        await until(pilot, lambda: "LEASE AGREEMENT" in shown(pilot))
        await take(pilot, "found")


async def test_an_empty_library(take: Take, size: tuple[int, int]) -> None:
    empty = HandDesk(status={"documents": 0, "passages": 0, "failed": 0, "pending": 0, "state": "idle", "reason": ""})
    empty.shown = Shelf()
    async with AssistantApp(empty).run_test(size=size) as pilot:
        await until(pilot, lambda: "The library is empty." in shown(pilot))
        await take(pilot, "empty")
        await pilot.press("f2")
        await until(pilot, lambda: "Press a to add one" in shown(pilot))
        await take(pilot, "empty-library")
