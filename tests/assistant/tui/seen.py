"""Asking in the program under test, and waiting for what it shows."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.pilot import Pilot

from assistant.tui.app import AssistantApp
from assistant.tui.widgets.question import QuestionInput
from assistant.tui.widgets.turn import TurnView

PATIENCE_SECONDS = 60.0
SMALL, LARGE = (80, 24), (160, 50)


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for what threads bring; a crowded machine is slow."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        await pilot.pause(0.01)
        if condition():
            await pilot.pause()  # what else came with it is drawn too
            return
    raise AssertionError(f"never came: {shown(pilot)}")


def shown(pilot: Pilot[int]) -> str:
    """The characters on the screen."""
    screen = pilot.app.screen
    return "\n".join(strip.text for strip in screen._compositor.render_strips())


def conversation(pilot: Pilot[int]) -> TurnView:
    app = pilot.app
    assert isinstance(app, AssistantApp)
    return app.conversation.query(TurnView).last()


def reading(pilot: Pilot[int]) -> bool:
    """Whether a page is open."""
    app = pilot.app
    assert isinstance(app, AssistantApp)
    return app.conversation.reading


async def ask(pilot: Pilot[int], question: str) -> None:
    app = pilot.app
    assert isinstance(app, AssistantApp)
    await until(pilot, lambda: app._exists is not None)
    app.conversation.query_one(QuestionInput).value = question
    await pilot.press("enter")
