"""Whole journeys over a real library: the desk, and the screens on top of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from assistant.history import History
from assistant.records import Finished, Quotes, Searching
from assistant.tui.app import AssistantApp
from assistant.tui.local import LocalDesk
from ingest import config
from ingest.embed import Encoder
from ingest.errors import SetupError
from ingest.records import IndexEvent
from tests.assistant.archive import TEXTS, build
from tests.assistant.tui.seen import LARGE, PATIENCE_SECONDS, ask, conversation, shown, until
from tests.ingest.catalog.test_versions import make_first_version

RENT = "What is the monthly rent of the flat at 12 Mill Road?"


class StillDesk(LocalDesk):
    """The desk without an owner: indexing has tests of its own, and `test_terminal` has both."""

    def index(self, paths: Sequence[Path]) -> Iterator[IndexEvent]:
        del paths
        yield from ()


@pytest.fixture
def folder(tmp_path: Path, encoder: Encoder) -> Path:  # noqa: ARG001 - compiled first
    build(tmp_path / "library", tmp_path / "archive", TEXTS)
    return tmp_path / "library"


def settings(folder: Path, model: str = "none") -> config.Config:
    return config.load().override("library", "folder", str(folder), "test").override("model", "name", model, "test")


@pytest.fixture
def desk(folder: Path) -> Iterator[LocalDesk]:
    made = LocalDesk(settings(folder))
    yield made
    made.close()


def test_an_answer_opens_at_its_quote_and_is_kept(desk: LocalDesk, folder: Path) -> None:
    opened = desk.open()
    assert (opened.exists, opened.model, opened.problems) == (True, None, ())
    events = list(desk.ask(RENT, threading.Event()))
    assert isinstance(events[0], Searching)
    assert isinstance(events[-1], Finished)
    answer = events[-1].answer
    seen = desk.page(answer.citations[0])
    ((start, end),) = seen.quotes
    assert seen.text[start:end] == answer.citations[0].quote
    assert (seen.number, seen.pages, seen.title) == (1, 2, "Lease of the flat at 12 Mill Road")
    other = desk.page(answer.citations[0], 2)
    assert "Pets are not allowed" in other.text
    assert not other.quotes
    hit = desk.page(answer.hits[0])
    assert hit.quotes
    desk.talks.begin_anew()
    list(desk.ask("When was the burner replaced?", threading.Event()))
    with History(folder) as history:
        assert [one.turns for one in history.conversations()] == [1, 1]


def test_a_cancelled_answer_is_not_kept(desk: LocalDesk, folder: Path) -> None:
    desk.open()
    cancelled = threading.Event()
    for event in desk.ask(RENT, cancelled):
        if isinstance(event, Quotes | Searching):
            cancelled.set()
    with History(folder) as history:
        assert not history.conversations()


def test_without_a_library_there_is_nothing_but_a_clear_word(tmp_path: Path) -> None:
    desk = LocalDesk(settings(tmp_path / "none"))
    opened = desk.open()
    assert not opened.exists
    assert "cores" in opened.machine
    assert desk.status() == {}
    with pytest.raises(SetupError):
        list(desk.ask("anything?", threading.Event()))
    desk.close()
    desk.close()


def test_a_library_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    make_first_version(tmp_path / "library")
    desk = LocalDesk(settings(tmp_path / "library"))
    try:
        opened = desk.open()
        assert (opened.exists, opened.unreadable) == (True, None)
        assert desk.status()["documents"] == 1
    finally:
        desk.close()


def test_a_question_that_is_quicker_than_the_first_document_waits_for_it(tmp_path: Path, encoder: Encoder) -> None:
    del encoder  # compiled first
    held = threading.Event()

    class SlowlyReading(LocalDesk):
        def _index(self, paths: Sequence[Path]) -> Iterator[IndexEvent]:
            held.wait(PATIENCE_SECONDS)
            build(tmp_path / "library", paths[0], TEXTS)
            yield from ()

    desk = SlowlyReading(settings(tmp_path / "library"))
    try:
        desk.open()
        reads = threading.Thread(target=lambda: list(desk.index([tmp_path / "archive"])))
        reads.start()
        answers: list[object] = []
        asks = threading.Thread(target=lambda: answers.extend(desk.ask(RENT, threading.Event())))
        asks.start()
        asks.join(0.5)
        assert asks.is_alive(), "it waits"
        held.set()
        asks.join(PATIENCE_SECONDS)
        reads.join(PATIENCE_SECONDS)
        assert isinstance(answers[-1], Finished)
        assert "850 euros" in answers[-1].answer.text
    finally:
        held.set()
        desk.close()


def test_a_missing_model_is_a_problem_and_quotes_go_on(folder: Path) -> None:
    desk = LocalDesk(settings(folder, "/nowhere/model.gguf"))
    try:
        opened = desk.open()
        assert opened.model is None
        assert [problem.exit_code for problem in opened.problems] == [3]
        *_, last = desk.ask(RENT, threading.Event())
        assert isinstance(last, Finished)
        assert last.answer.written_by == "quotes"
    finally:
        desk.close()


async def journey(pilot: Pilot[int]) -> None:
    """Question, citation, page, next question about nothing."""
    await until(pilot, lambda: "5 documents" in shown(pilot))
    await ask(pilot, RENT)
    await until(pilot, lambda: not conversation(pilot).running)
    await until(pilot, lambda: "850 euros" in shown(pilot))
    await pilot.press("tab")
    await until(pilot, lambda: "The deposit is 1,700 euros" in shown(pilot))
    await pilot.press("right")
    await until(pilot, lambda: "Pets are not allowed" in shown(pilot))
    await pilot.press("escape")
    await ask(pilot, "Who won the football world cup in 1954?")
    await until(pilot, lambda: not conversation(pilot).running)
    await until(pilot, lambda: "Not in your documents" in shown(pilot))


async def test_question_citation_page_with_quotes_only(folder: Path) -> None:
    async with AssistantApp(StillDesk(settings(folder))).run_test(size=LARGE) as pilot:
        await journey(pilot)


async def test_question_citation_page_with_the_starter_model(folder: Path) -> None:
    async with AssistantApp(StillDesk(settings(folder, "smollm2-135m-instruct"))).run_test(size=LARGE) as pilot:
        await journey(pilot)
