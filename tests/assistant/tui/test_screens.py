"""What the screens show of events and do with clicks; the data is made by hand."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from textual.color import Color
from textual.widgets import Input

from assistant.records import Answer, Citation, Draft, Finished, Quotes, Searching, Seconds
from assistant.tui.app import AssistantApp
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.widgets.question import QuestionInput
from assistant.tui.widgets.turn import TurnView
from ingest.errors import LibraryError, SetupError
from ingest.records import Span
from tests.assistant.tui.hand import EVIL, FOLDER, NOT_FOUND, QUOTED, STEPS, WRITTEN, HandDesk
from tests.assistant.tui.seen import LARGE, SMALL, ask, conversation, reading, shown, until


async def test_quotes_come_first_and_the_draft_is_marked_until_claims_replace_it() -> None:
    desk = HandDesk(lambda _question: STEPS)
    desk.hold = threading.Event()
    async with AssistantApp(desk).run_test(size=LARGE) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: "and is serviced on 14" in shown(pilot))
        text = shown(pilot)
        assert text.index("The monthly rent is 870 euros") < text.index("not checked yet")
        assert "✓ The rent is 870 euros a month." in text
        assert "✗ The boiler costs nothing." in text
        assert text.count("The boiler costs nothing") == 1
        assert text.count("The rent is 870 euros a month.") == 1, "a claim takes the place of its part of the draft"
        desk.hold.set()
        await until(pilot, lambda: not conversation(pilot).running)
        assert "not checked yet" not in shown(pilot)


async def test_the_markdown_of_a_draft_is_shown_as_styles() -> None:
    desk = HandDesk(lambda _question: (Searching("x"), Draft("The rent:\n\n- it is **870 euros**\n- paid `monthly")))
    desk.hold = threading.Event()
    async with AssistantApp(desk).run_test(size=LARGE) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: "• paid monthly" in shown(pilot))
        assert "• it is 870 euros" in shown(pilot)
        strips = [strip for strip in pilot.app.screen._compositor.render_strips() if "870 euros" in strip.text]
        [marked] = [segment.style for segment in strips[0] if segment.text == "870 euros"]
        assert marked is not None
        assert marked.bold
        desk.hold.set()


async def test_a_finished_answer_replaces_the_draft_and_says_what_it_rests_on() -> None:
    async with AssistantApp(HandDesk(lambda _q: (*STEPS, Finished(WRITTEN)))).run_test(size=LARGE) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        text = shown(pilot)
        assert "The rent is 870 euros a month. [1]" in text
        assert "The boiler costs nothing" not in text
        assert "Every statement is supported" in text
        assert "poor scan" in text


async def test_numbers_tab_and_clicks_open_the_page_at_its_quote() -> None:
    async with AssistantApp(HandDesk()).run_test(size=SMALL) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("tab")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        page = pilot.app.screen.query_one("#page-text")
        assert page.has_focus
        assert reading(pilot)
        await pilot.press("2")
        await until(pilot, lambda: "Dear tenant" in shown(pilot))
        assert "compare it with the original" in shown(pilot), "a poor scan says so"
        await pilot.press("right")
        await until(pilot, lambda: "Page 2 of letter.pdf." in shown(pilot))
        await pilot.press("tab")
        await until(pilot, lambda: not reading(pilot))
        assert pilot.app.screen.query_one(QuestionInput).has_focus, "behind the last source comes the question"
        await pilot.click(".source")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await pilot.press("escape")
        assert not reading(pilot)


async def test_a_number_in_the_empty_line_opens_a_source_and_behind_a_space_begins_a_question() -> None:
    async with AssistantApp(HandDesk()).run_test(size=LARGE) as pilot:
        entry = pilot.app.screen.query_one(QuestionInput)
        await pilot.press("1")
        assert entry.value == "1", "without sources a number is a number"
        entry.value = ""
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running and "the number of a source" in shown(pilot))
        entry.focus()
        await pilot.press("2")
        await until(pilot, lambda: "Dear tenant" in shown(pilot))
        assert entry.value == ""
        await pilot.press("7")
        assert reading(pilot), "there is no source 7: nothing happens"
        await pilot.press("escape", "space", *"2024")
        assert entry.value == " 2024"
        assert not reading(pilot)
        entry.value = ""
        await pilot.press("3")
        assert entry.value == "3", "there is no third source"
        entry.value = ""
        await pilot.press("question_mark")
        await until(pilot, lambda: "bring back an earlier question" in shown(pilot))


async def test_a_mark_in_the_answer_is_a_link() -> None:
    async with AssistantApp(HandDesk()).run_test(size=LARGE) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        line = next(at for at, text in enumerate(shown(pilot).split("\n")) if "a month. [1]" in text)
        column = shown(pilot).split("\n")[line].index("[1]") + 1
        await pilot.click(offset=(column, line))
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))


async def test_the_quote_is_marked_and_in_view_on_a_long_page() -> None:
    text = "\n".join(f"line {number}" for number in range(5000)) + "\nTHE QUOTE\n" + "\n".join(map(str, range(5000)))

    class LongPages(HandDesk):
        def page(self, source, number=None):  # type: ignore[no-untyped-def]  # as in HandDesk
            seen = super().page(source, number)
            at = text.index("THE QUOTE")
            return type(seen)(source, 1, 1, "p. 1", "", text, ((at, at + 9),), ((at, at + 3),), None)

    async with AssistantApp(LongPages()).run_test(size=SMALL) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("tab")
        await until(pilot, lambda: "THE QUOTE" in shown(pilot))
        strips = [strip for strip in pilot.app.screen._compositor.render_strips() if "THE QUOTE" in strip.text]
        marked = {segment.text: segment.style for segment in strips[0]}
        answer, quote = marked["THE"], marked[" QUOTE"]
        assert answer is not None
        assert quote is not None
        assert answer.bgcolor != quote.bgcolor
        await pilot.resize_terminal(130, 40)
        await until(pilot, lambda: "rent?" in shown(pilot))
        await until(pilot, lambda: "THE QUOTE" in shown(pilot))


async def test_text_of_documents_is_never_markup_and_never_reaches_the_terminal() -> None:
    evil = Citation(1, FOLDER / "[bold]x\x1b[2J.txt", None, 1, "p. \x1b1", EVIL, "evil.txt", Span(1, 0, len(EVIL)))
    answer = Answer(EVIL, f"{EVIL} [1]", "answered", "quotes", 0.9, (), (evil,), (), None, Seconds(0, 0, 0), (EVIL,))
    events = (Searching(EVIL), Quotes(answer), Draft(EVIL), Finished(answer))
    async with AssistantApp(HandDesk(lambda _q: events)).run_test(size=LARGE) as pilot:
        await ask(pilot, "x")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("tab")
        await until(pilot, lambda: shown(pilot).count("[bold red]costs[/]") >= 3)
        text = shown(pilot)
        assert "[@click=app.quit]nothing[/]" in text
        assert not any(ord(one) < 32 and one != "\n" for one in text)
        assert "\u202e" not in text


async def test_not_found_shows_the_closest_places_to_open() -> None:
    async with AssistantApp(HandDesk(lambda _q: (Finished(NOT_FOUND),))).run_test(size=SMALL) as pilot:
        await ask(pilot, "who?")
        await until(pilot, lambda: "closest places" in shown(pilot))
        await pilot.press("tab")
        await until(pilot, lambda: "LEASE AGREEMENT" in shown(pilot))


async def test_without_a_clear_answer_the_nearest_words_can_be_opened() -> None:
    near = replace(NOT_FOUND, nearest=QUOTED.citations)
    async with AssistantApp(HandDesk(lambda _q: (Finished(near),))).run_test(size=SMALL) as pilot:
        await ask(pilot, "who?")
        await until(pilot, lambda: "nearest words" in shown(pilot) and QUOTED.citations[0].quote[:20] in shown(pilot))
        await pilot.press("tab")
        await until(pilot, lambda: "tab next source" in shown(pilot))


async def test_an_error_says_what_to_do_and_the_next_question_works() -> None:
    desk = HandDesk()
    desk.error = LibraryError("the library is damaged", "Run `assistant repair`.")
    async with AssistantApp(desk).run_test(size=SMALL) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: "assistant repair" in shown(pilot))
        desk.error = None
        await ask(pilot, "again?")
        await until(pilot, lambda: "Every statement is supported" in shown(pilot))


async def test_the_first_run_asks_for_a_folder_and_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Documents").mkdir()
    (tmp_path / "Documents" / "a.txt").write_text("hello")
    desk = HandDesk(exists=False)
    async with AssistantApp(desk).run_test(size=SMALL) as pilot:
        await until(
            pilot, lambda: isinstance(pilot.app.screen, FolderScreen) and "This machine: 4 cores" in shown(pilot)
        )
        entry = pilot.app.screen.query_one("#folder", Input)
        entry.value = "~/nowhere"
        await pilot.press("enter")
        await until(pilot, lambda: "is not there" in shown(pilot))
        entry.value = "~/Doc"
        entry.cursor_position = len(entry.value)
        await until(pilot, lambda: "Documents/" in shown(pilot))
        await pilot.press("right")
        assert entry.value == "~/Documents/"
        await until(pilot, lambda: "1 file, 5 B" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, FolderScreen))
        await until(pilot, lambda: desk.indexed == [tmp_path / "Documents"])
        await until(pilot, lambda: "15 documents" in shown(pilot))


async def test_asking_without_a_library_says_what_to_do() -> None:
    async with AssistantApp(HandDesk(exists=False)).run_test(size=SMALL, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FolderScreen))
        await pilot.press("escape")
        await until(pilot, lambda: "ctrl+o" in shown(pilot))
        await pilot.press("h", "i", "enter")
        await until(pilot, lambda: "There is nothing to search yet." in shown(pilot))
        assert not pilot.app.screen.query(TurnView)


async def test_a_missing_model_is_told_and_the_program_goes_on() -> None:
    problem = SetupError("the model x is not installed", "Install it: pip install x")
    async with AssistantApp(HandDesk(problems=(problem,))).run_test(size=LARGE, notifications=True) as pilot:
        await until(pilot, lambda: "pip install x" in shown(pilot))
        await ask(pilot, "rent?")
        await until(pilot, lambda: "Every statement is supported" in shown(pilot))


async def test_a_library_that_cannot_be_opened_says_why_and_what_to_do() -> None:
    problem = LibraryError("catalog.db: made by a newer version", "Update this program.")
    desk = HandDesk(exists=False, unreadable=problem)
    async with AssistantApp(desk).run_test(size=SMALL, notifications=True) as pilot:
        await until(pilot, lambda: "The library cannot be opened." in shown(pilot))
        assert "Update this program." in shown(pilot)
        await ask(pilot, "rent?")
        await until(pilot, lambda: shown(pilot).count("made by a newer version") == 2)
        assert not pilot.app.screen.query(TurnView)


async def test_a_new_conversation_is_empty() -> None:
    async with AssistantApp(HandDesk()).run_test(size=SMALL) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: not pilot.app.screen.query(TurnView))
        await until(pilot, lambda: "Ask your documents a question." in shown(pilot))


async def test_wide_shows_page_beside_answer_and_narrow_in_its_place() -> None:
    async with AssistantApp(HandDesk()).run_test(size=LARGE) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("tab")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await until(pilot, lambda: "Every statement is supported" in shown(pilot))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "Every statement is supported" not in shown(pilot))
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await pilot.resize_terminal(40, 12)
        await until(pilot, lambda: "870 euros" in shown(pilot))


WIDE_ANSWER = "合同规定租金为八百七十欧元 🏠 the rent is 870 € מאה 🇩🇪 naïve cafe\u0301"


async def test_wide_letters_and_other_directions_keep_the_layout() -> None:
    text = f"{WIDE_ANSWER}\n" * 40
    odd = Citation(1, FOLDER / "租约 🏠 עברית.pdf", None, 1, "第 1 页", text[:300], "odd.pdf", Span(1, 0, 300))
    answer = Answer("多少钱？ 🏠", f"{WIDE_ANSWER} [1]", "answered", "model", 0.9, (), (odd,))

    class OddPages(HandDesk):
        def page(self, source, number=None):  # type: ignore[no-untyped-def]  # as in HandDesk
            seen = super().page(source, number)
            return replace(seen, text=text, quotes=((0, 300),), answers=((4, 9),))

    async with AssistantApp(OddPages(lambda _q: (Finished(answer),))).run_test(size=LARGE) as pilot:
        await ask(pilot, "多少钱？ 🏠")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("tab")
        await until(pilot, lambda: shown(pilot).count("合同规定") >= 3)
        for size in (LARGE, SMALL, (33, 12)):
            await pilot.resize_terminal(*size)
            await pilot.pause(0.2)
            strips = pilot.app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {size[0]}


async def test_without_colours_everything_is_still_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with AssistantApp(HandDesk(lambda _q: (*STEPS, Finished(WRITTEN)))).run_test(size=LARGE) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("tab")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        assert pilot.app.no_color
        for strip in pilot.app.screen._compositor.render_strips():
            for segment in strip.apply_filter(pilot.app._filters[0], Color.parse("black")):
                for color in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    rgb = color.triplet if color is not None else None
                    assert rgb is None or rgb.red == rgb.green == rgb.blue
