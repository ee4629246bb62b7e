"""Pictures of the main states, compared with those that were looked at and found good (`pytest --snapshot-update`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from assistant.records import AnswerEvent, Finished, Searching
from assistant.tui.app import AssistantApp
from assistant.tui.screens.folder import FolderScreen
from ingest.errors import LibraryError
from tests.assistant.tui.hand import NOT_FOUND, STEPS, WRITTEN, HandDesk
from tests.assistant.tui.test_screens import ask, conversation, shown, until

Compare = Callable[..., bool]
SIZES = [(80, 24), (160, 50)]
THEMES = ["textual-dark", "textual-light"]

pytestmark = pytest.mark.parametrize("size", SIZES, ids=["80x24", "160x50"])


async def calm(pilot: Pilot[int]) -> None:
    """No cursor that blinks."""
    for entry in pilot.app.screen.query(Input):
        entry.cursor_blink = False
        entry._cursor_visible = True
    await pilot.pause(0.1)


def desk(events: Sequence[AnswerEvent]) -> HandDesk:
    return HandDesk(lambda _question: events)


def test_nothing_asked_yet(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await calm(pilot)

    assert snap_compare(AssistantApp(HandDesk()), terminal_size=size, run_before=before)


def test_first_run(
    snap_compare: Compare, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "person"
    (home / "Documents").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, FolderScreen) and "Documents" in shown(pilot))
        await until(pilot, lambda: "no files" in shown(pilot))
        await calm(pilot)

    assert snap_compare(AssistantApp(HandDesk(exists=False)), terminal_size=size, run_before=before)


def test_draft(snap_compare: Compare, size: tuple[int, int]) -> None:
    held = desk(STEPS)
    held.hold = threading.Event()

    async def before(pilot: Pilot[int]) -> None:
        await ask(pilot, "What is the rent?")
        await until(pilot, lambda: "and is serviced on 14" in shown(pilot) and "15 documents" in shown(pilot))
        await calm(pilot)

    try:
        assert snap_compare(AssistantApp(held), terminal_size=size, run_before=before)
    finally:
        held.hold.set()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("reading", [False, True], ids=["answer", "page"])
def test_answer(snap_compare: Compare, size: tuple[int, int], theme: str, reading: bool) -> None:
    async def before(pilot: Pilot[int]) -> None:
        await ask(pilot, "What is the rent?")
        await until(pilot, lambda: not conversation(pilot).running and "15 documents" in shown(pilot))
        if reading:
            await pilot.press("tab")
            await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await calm(pilot)

    app = AssistantApp(desk((Searching("x"), Finished(WRITTEN))), theme)
    assert snap_compare(app, terminal_size=size, run_before=before)


def test_not_found(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[int]) -> None:
        await ask(pilot, "Who won the match?")
        await until(pilot, lambda: not conversation(pilot).running and "15 documents" in shown(pilot))
        await calm(pilot)

    assert snap_compare(AssistantApp(desk((Finished(NOT_FOUND),))), terminal_size=size, run_before=before)


def test_error(snap_compare: Compare, size: tuple[int, int]) -> None:
    broken = desk(())
    broken.error = LibraryError("the library is damaged: page 7 of catalog.db", "Run `assistant repair`.")

    async def before(pilot: Pilot[int]) -> None:
        await ask(pilot, "What is the rent?")
        await until(pilot, lambda: "assistant repair" in shown(pilot) and "15 documents" in shown(pilot))
        await calm(pilot)

    assert snap_compare(AssistantApp(broken), terminal_size=size, run_before=before)


def test_indexing(snap_compare: Compare, size: tuple[int, int]) -> None:
    status: dict[str, Any] = {"documents": 7, "state": "paused", "reason": "someone is at the keyboard", "pending": 31}

    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "someone is at the keyboard" in shown(pilot))
        await calm(pilot)

    assert snap_compare(AssistantApp(HandDesk(status=status)), terminal_size=size, run_before=before)


def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await pilot.press("f1")
        await until(pilot, lambda: "Keys" in shown(pilot))

    assert snap_compare(AssistantApp(HandDesk()), terminal_size=size, run_before=before)
