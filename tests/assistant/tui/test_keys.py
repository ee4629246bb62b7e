"""What single keys do, and that the help tells of them; the data is made by hand."""

from __future__ import annotations

import asyncio
import threading

from assistant.records import Quotes, Searching
from assistant.tui.app import AssistantApp
from assistant.tui.screens.activity import ActivityScreen
from assistant.tui.screens.conversation import ConversationScreen
from assistant.tui.screens.help import EVERYWHERE, KEYS, READING, HelpScreen
from assistant.tui.screens.library import LibraryScreen
from assistant.tui.screens.settings import SettingsScreen
from assistant.tui.screens.talks import TalksScreen
from assistant.tui.widgets.question import QuestionInput
from assistant.tui.widgets.viewer import Viewer
from tests.assistant.tui.hand import QUOTED, RENT, STEPS, HandDesk
from tests.assistant.tui.seen import SMALL, ask, conversation, shown, until


async def test_escape_stops_the_answer_and_keeps_the_quotes() -> None:
    desk = HandDesk(lambda _question: STEPS)
    desk.hold = threading.Event()
    async with AssistantApp(desk).run_test(size=SMALL) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: "not checked yet" in shown(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: not conversation(pilot).running)
        text = shown(pilot)
        assert "Stopped." in text
        assert "The monthly rent is 870 euros" in text
        assert "not checked yet" not in text


async def test_letters_typed_anywhere_go_to_the_question() -> None:
    async with AssistantApp(HandDesk()).run_test(size=SMALL) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("tab", "w", "h", "o")
        entry = pilot.app.screen.query_one(QuestionInput)
        assert entry.has_focus
        assert entry.value == "who"
        await pilot.press("1")
        assert entry.value == "who1", "a number in a question is a number"


async def test_earlier_questions_come_back() -> None:
    async with AssistantApp(HandDesk()).run_test(size=SMALL) as pilot:
        for question in ("first?", "second?"):
            await ask(pilot, question)
            await until(pilot, lambda: not conversation(pilot).running)
        entry = pilot.app.screen.query_one(QuestionInput)
        entry.focus()
        await pilot.press("up", "up")
        assert entry.value == "first?"
        await pilot.press("down", "down")
        assert entry.value == ""


async def test_one_key_pauses_and_resumes() -> None:
    async with AssistantApp(HandDesk()).run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Indexing paused: by you" in shown(pilot))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Ready" in shown(pilot))


async def test_keys_are_explained_and_every_command_has_a_name() -> None:
    async with AssistantApp(HandDesk()).run_test(size=SMALL) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: "bring back an earlier question" in shown(pilot))
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape")
        app = pilot.app
        titles = {command.title for command in app.get_system_commands(app.screen)}
        names = {
            "Add a folder",
            "Pause or resume indexing",
            "New conversation",
            "Library",
            "Models and settings",
            "Quit",
        }
        assert names <= titles
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Add a folder" in shown(pilot))


async def test_copy_gives_the_quote_with_its_place() -> None:
    async with AssistantApp(HandDesk()).run_test(size=SMALL) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("ctrl+y")
        assert "[1] lease.pdf · p. 2: “The monthly rent" in pilot.app.clipboard
        await pilot.press("tab")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await pilot.press("ctrl+y")
        assert pilot.app.clipboard == f"“{RENT.quote}” (lease.pdf · p. 2)"


async def test_ctrl_c_stops_the_answer_first_and_leaves_then() -> None:
    desk = HandDesk(lambda _question: (Searching("x"), Quotes(QUOTED)))
    desk.hold = threading.Event()
    app = AssistantApp(desk)
    async with app.run_test(size=SMALL) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: "870 euros" in shown(pilot))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not conversation(pilot).running)
        assert app.is_running
        await pilot.press("ctrl+c")
        await asyncio.sleep(0)
    assert app.return_code == 0


async def test_every_key_of_the_help_is_a_key() -> None:
    """What the help promises is bound somewhere."""
    bound = {
        key
        for screen in (
            ConversationScreen,
            LibraryScreen,
            ActivityScreen,
            TalksScreen,
            SettingsScreen,
            AssistantApp,
            Viewer,
        )
        for binding in screen.BINDINGS
        for key in binding.key.split(",")  # type: ignore[union-attr]  # bindings, not tuples
    }
    promised = [word for key, _ in (*KEYS, *READING, *EVERYWHERE) for word in key.split()]
    names = {"←": "left", "→": "right", "+": "plus", "-": "minus", "ctrl+↑": "ctrl+up", "ctrl+↓": "ctrl+down"}
    own = {"enter", "↑", "↓", "1", "…", "9", "?", "space"}
    assert {names.get(key, key) for key in promised} - own <= bound
