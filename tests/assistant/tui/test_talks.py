"""Conversations: kept, found, taken up again, named, saved, forgotten; and what is taken away of an answer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.history import FILE
from assistant.records import Answer, Finished, Searching
from assistant.tui.app import AssistantApp
from assistant.tui.export import as_markdown, as_text, name_for
from assistant.tui.screens.prompt import ConfirmScreen, PromptScreen
from assistant.tui.screens.talks import TalksScreen
from assistant.tui.talks import Talks
from assistant.tui.widgets.question import QuestionInput
from assistant.tui.widgets.turn import TurnView
from ingest.errors import UsageError
from tests.assistant.tui.hand import BOILER, NOT_FOUND, QUOTED, WRITTEN, HandDesk
from tests.assistant.tui.seen import LARGE, SMALL, ask, conversation, shown, until


def named(question: str) -> Answer:
    return Answer(question, WRITTEN.text, "answered", "model", 0.9, WRITTEN.claims, WRITTEN.citations)


def kept(folder: Path, *questions: str) -> Talks:
    talks = Talks(folder)
    for question in questions:
        talks.begin_anew()
        talks.keep(named(question))
    talks.close()
    return talks


def test_a_conversation_comes_back_as_it_was(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    talks.keep(WRITTEN)
    talks.keep(NOT_FOUND)
    talks.close()
    [talk] = talks.all()
    assert (talk.title, talk.turns) == (WRITTEN.question, 2)
    first, second = talks.go_on_with(talk.id)
    assert first.citations == WRITTEN.citations, "with its highlights and its page of the file"
    assert (first.text, first.model, first.seconds.total) == (WRITTEN.text, WRITTEN.model, WRITTEN.seconds.total)
    assert second.outcome == "not_found"
    talks.keep(QUOTED)
    assert [one.turns for one in talks.all()] == [3], "the next answer goes on with it"
    talks.close()


def test_any_word_of_a_conversation_finds_it(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    talks.keep(named("Wann läuft die KÜNDIGUNG ab?"))
    talks.begin_anew()
    talks.keep(Answer("Who?", "Nobody knows 100% of it.", "answered", "model", 0.9))
    assert [one.title for one in talks.all("kündigung 870")] == ["Wann läuft die KÜNDIGUNG ab?"]
    assert [one.title for one in talks.all("100%")] == ["Who?"]
    assert not talks.all("kündigung nobody")
    talks.rename(talks.all("who")[0].id, "  Of  knowing ")
    assert [one.title for one in talks.all("knowing")] == ["Of knowing"]
    talks.close()


def test_without_a_library_there_are_no_conversations(tmp_path: Path) -> None:
    assert Talks(tmp_path / "none").all() == []


def test_the_text_for_the_clipboard_has_every_source() -> None:
    assert as_text(WRITTEN).startswith("The rent is 870 euros a month. [1]")
    assert "[2] letter.pdf · p. 1: “the boiler" in as_text(WRITTEN)
    assert as_text(QUOTED).count("870 euros") == 1, "quotes are not said twice"


def test_markdown_escapes_what_documents_say() -> None:
    evil = Answer("# *What*?", "See <b>[x](http://evil)</b>", "not_found", "quotes", 0.1)
    text = as_markdown("A _title_", [evil, WRITTEN])
    assert text.startswith("# A \\_title\\_\n\n## \\# \\*What\\*?")
    assert "\\<b\\>\\[x\\](http://evil)\\</b\\>" in text
    assert "> the boiler will be serviced on 14 March 2023\n>\n> **[2]** letter.pdf" in text
    assert name_for("What is / was: the *rent*?") == "What is was the rent.md"
    assert name_for("???") == "Conversation.md"


def test_saving_never_overwrites(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    talks.keep(WRITTEN)
    talks.export("Rent", tmp_path / "rent.md")
    assert "## What is the rent" in (tmp_path / "rent.md").read_text()
    with pytest.raises(UsageError, match="exists already"):
        talks.export("Rent", tmp_path / "rent.md")
    with pytest.raises(UsageError, match="No such file"):
        talks.export("Rent", tmp_path / "no" / "rent.md")
    talks.close()


async def test_conversations_are_searched_and_taken_up_again(tmp_path: Path) -> None:
    kept(tmp_path, "What is the rent?", "When is the boiler serviced?")
    async with AssistantApp(HandDesk(folder=tmp_path)).run_test(size=SMALL) as pilot:
        await pilot.press("f4")
        await until(pilot, lambda: "What is the rent?" in shown(pilot) and "When is the boiler" in shown(pilot))
        await pilot.press(*"rent?")
        await until(pilot, lambda: "When is the boiler" not in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Every statement is supported" in shown(pilot))
        await pilot.press("tab")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await pilot.press("escape")
        await ask(pilot, "And now?")
        await until(pilot, lambda: not conversation(pilot).running)
        assert isinstance(pilot.app, AssistantApp)
        assert [one.turns for one in pilot.app.desk.talks.all("rent?")] == [2]


async def test_a_conversation_is_named_saved_and_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    kept(tmp_path, "What is the rent?")
    async with AssistantApp(HandDesk(folder=tmp_path)).run_test(size=SMALL, notifications=True) as pilot:
        await pilot.press("f4")
        await until(pilot, lambda: "What is the rent?" in shown(pilot))
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromptScreen))
        await pilot.press(*" Or not", "enter")
        await until(pilot, lambda: "What is the rent? Or not" in shown(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "~/What is the rent Or not.md" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, (tmp_path / "What is the rent Or not.md").exists)
        await until(pilot, lambda: isinstance(pilot.app.screen, TalksScreen))
        await pilot.press("down", "delete")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: "no conversations yet" in shown(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Ask your documents a question." in shown(pilot))


async def test_ask_again_and_edit() -> None:
    asked: list[str] = []

    def answer(question: str) -> tuple[Searching, Finished]:
        asked.append(question)
        return Searching(question + " (the lease)"), Finished(WRITTEN)

    async with AssistantApp(HandDesk(answer)).run_test(size=LARGE) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await until(pilot, lambda: "searched as: rent? (the lease)" in shown(pilot))
        await pilot.press("ctrl+g")
        await until(pilot, lambda: asked == ["rent?", "rent?"] and not conversation(pilot).running)
        await pilot.press("ctrl+t")
        entry = pilot.app.screen.query_one(QuestionInput)
        assert (entry.value, entry.has_focus) == ("rent?", True)


async def test_tab_steps_through_the_sources_of_all_answers() -> None:
    async with AssistantApp(HandDesk()).run_test(size=LARGE) as pilot:
        for question in ("first?", "second?"):
            await ask(pilot, question)
            await until(pilot, lambda: not conversation(pilot).running)
        app = pilot.app
        assert isinstance(app, AssistantApp)
        await pilot.press("shift+tab", "shift+tab", "shift+tab")
        await until(pilot, lambda: "Dear tenant" in shown(pilot))
        assert app.conversation.query(TurnView).first().query(".-chosen"), "from the latest answer into the one before"
        await pilot.press("tab", "tab", "tab")
        assert app.screen.query_one(QuestionInput).has_focus


async def test_quotes_that_are_the_answer_are_shown_once_with_the_answering_words_marked() -> None:
    async with AssistantApp(HandDesk(lambda _q: (Finished(QUOTED),))).run_test(size=LARGE) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        assert shown(pilot).count(BOILER.quote) == 1
        strips = [strip for strip in pilot.app.screen._compositor.render_strips() if "870 euros" in strip.text]
        [marked] = [segment.style for segment in strips[0] if segment.text == "870 euros"]
        assert marked is not None
        assert marked.bold
        assert marked.underline, "seen without colours too"


async def test_a_long_conversation_shows_its_end(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    for number in range(40):
        talks.keep(named(f"Question {number}?"))
    talks.close()
    async with AssistantApp(HandDesk(folder=tmp_path)).run_test(size=LARGE) as pilot:
        await pilot.press("f4")
        await until(pilot, lambda: "40 questions" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Question 39?" in shown(pilot))
        app = pilot.app
        assert isinstance(app, AssistantApp)
        assert len(app.conversation.query(TurnView)) == 30
        app.conversation._talk.scroll_home(animate=False)
        await until(pilot, lambda: "10 earlier questions" in shown(pilot))


async def test_filters_are_shown_and_each_can_be_taken_away() -> None:
    asked: list[str] = []

    def answer(question: str) -> tuple[Searching, Finished]:
        asked.append(question)
        filters = tuple(word for word in question.split() if ":" in word)
        return Searching("rent?"), Finished(replace(WRITTEN, searched="rent?", filters=filters))

    async with AssistantApp(HandDesk(answer)).run_test(size=LARGE) as pilot:
        await ask(pilot, "rent? folder:tax after:2023")
        await until(pilot, lambda: not conversation(pilot).running)
        await until(pilot, lambda: "searched as: rent?" in shown(pilot))
        await pilot.press("ctrl+t")
        assert pilot.app.screen.query_one(QuestionInput).value == "rent? folder:tax after:2023"
        line = next(at for at, text in enumerate(shown(pilot).split("\n")) if " folder:tax × " in text)
        column = shown(pilot).split("\n")[line].index("folder:tax") + 2
        await pilot.click(offset=(column, line))
        await until(pilot, lambda: asked[-1] == "rent? after:2023" and not conversation(pilot).running)


def test_a_conversation_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    talks.keep(WRITTEN)
    talks.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        [(text,)] = connection.execute("SELECT answer FROM turn").fetchall()
        kept = json.loads(text)
        for name in ("model", "seconds", "searched", "filters"):
            del kept[name]
        for name in ("inside", "file_page", "confidence", "highlights"):
            del kept["citations"][0][name]
        connection.execute("UPDATE turn SET answer = ?", (json.dumps(kept),))
    [answer] = talks.answers(talks.all()[0].id)
    talks.close()
    first = answer.citations[0]
    assert (first.quote, first.page, first.highlights) == (WRITTEN.citations[0].quote, 1, ())
    assert answer.model is None
