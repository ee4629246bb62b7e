"""Pictures of every screen in its states, compared with those that were looked at (`pytest --snapshot-update`)."""

from __future__ import annotations

import re
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from assistant.records import Answer, AnswerEvent, Finished, Searching
from assistant.tui.app import AssistantApp
from assistant.tui.halves import QUOTE_MARGIN
from assistant.tui.screens.activity import ActivityScreen
from assistant.tui.screens.folder import FolderScreen
from ingest.errors import LibraryError
from tests.assistant.tui.hand import NOT_FOUND, QUOTED, STEPS, WRITTEN, HandDesk
from tests.assistant.tui.seen import ask, conversation, shown, until

SIZES = [(80, 24), (160, 50)]
THEMES = {"dark": "textual-dark", "light": "textual-light"}
ALBUM = Path(__file__).with_name("pictures")
_NUMBERED = re.compile(r"terminal-\d+")

pytestmark = pytest.mark.parametrize("size", SIZES, ids=["80x24", "160x50"])

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
            await pilot.pause(0.05)
            picture = _NUMBERED.sub("terminal", pilot.app.export_screenshot())
            picture = re.sub(r"@font-face\s*\{[^}]*\}|<!--.*?-->", "", picture)
            file = ALBUM / f"{name}-{size[0]}x{size[1]}-{shade}.svg"
            if request.config.getoption("update_snapshots", default=False):
                file.parent.mkdir(exist_ok=True)
                file.write_text(picture, encoding="utf-8")
            elif not file.exists() or picture != file.read_text(encoding="utf-8"):
                (tmp_path / file.name).write_text(picture, encoding="utf-8")
                raise AssertionError(f"{tmp_path / file.name} is not as {file}; if it is right: --snapshot-update")

    return compare


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


async def test_draft(take: Take, size: tuple[int, int]) -> None:
    held = desk(STEPS)
    held.hold = threading.Event()
    async with AssistantApp(held).run_test(size=size) as pilot:
        await ask(pilot, "What is the rent?")
        await until(pilot, lambda: "and is serviced on 14" in shown(pilot) and "15 documents" in shown(pilot))
        await take(pilot, "draft")
        held.hold.set()


@pytest.mark.parametrize("answer", [QUOTED, NOT_FOUND], ids=["quotes", "not-found"])
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


async def test_screens(take: Take, size: tuple[int, int]) -> None:
    async with AssistantApp(HandDesk()).run_test(size=size) as pilot:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await pilot.press("f1")
        await until(pilot, lambda: "bring back" in shown(pilot))
        await take(pilot, "help")
        await pilot.press("escape", "f3")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, ActivityScreen) and len(pilot.app.screen._measured.pages) > 1
        )
        await take(pilot, "activity")
        await pilot.press("f5")
        await until(pilot, lambda: "● smollm2" in shown(pilot))
        await take(pilot, "settings")
        await pilot.press("f4")
        await until(pilot, lambda: "no conversations" in shown(pilot))
        await take(pilot, "no-conversations")


async def test_library(take: Take, size: tuple[int, int]) -> None:
    async with AssistantApp(HandDesk()).run_test(size=size) as pilot:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await pilot.press("f2")
        await until(pilot, lambda: "1 with problems" in shown(pilot) and "/archive" in shown(pilot).split("───")[-1])
        await take(pilot, "library")
        await pilot.press("s")
        await until(pilot, lambda: "problems alone" in shown(pilot) and "old.msg" in shown(pilot))
        await pilot.press("down", "down")
        await until(pilot, lambda: "protected by a password" in shown(pilot))
        await take(pilot, "problem")
        await pilot.press("slash", *"le")
        await until(pilot, lambda: "LEASE AGREEMENT" in shown(pilot))
        await take(pilot, "found")
