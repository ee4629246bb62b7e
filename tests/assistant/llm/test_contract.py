"""What every language model keeps to: the real one in its child, a server, and the fake that other tests use."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from assistant.llm import Generated, LanguageModel, Message, ModelError, Piece, Progress, open_model
from ingest import config
from tests.assistant.llm.server import ModelServer
from tests.fakes import FakeModel

QUESTION = [Message("system", "Repeat what you are told."), Message("user", "The heating was repaired in March 2021.")]


@pytest.fixture(scope="module", params=["child", "http", "fake"])
def model(request: pytest.FixtureRequest) -> Iterator[LanguageModel]:
    if request.param == "fake":
        yield FakeModel(pause=0.005)
    elif request.param == "child":
        child = open_model(config.load())
        assert child is not None
        yield child
        child.close()
    else:
        server = ModelServer()
        server.pause = 0.005
        remote = open_model(config.load().override("model", "name", server.address, "test"))
        assert remote is not None
        yield remote
        remote.close()
        server.stop()


def write(
    model: LanguageModel, messages: list[Message], max_tokens: int = 24
) -> tuple[list[Piece | Progress], Generated]:
    events = list(model.generate(messages, max_tokens=max_tokens, seed=1))
    last = events[-1]
    assert isinstance(last, Generated)
    others = [event for event in events[:-1] if not isinstance(event, Generated)]
    assert len(others) == len(events) - 1, "exactly one end"
    return others, last


def test_says_its_name_and_its_context(model: LanguageModel) -> None:
    assert model.name
    assert model.context >= 1024


def test_pieces_make_the_text_and_the_end_comes_last(model: LanguageModel) -> None:
    events, last = write(model, QUESTION)
    assert "".join(event.text for event in events if isinstance(event, Piece)) == last.text
    assert last.text.strip()
    assert all(event.text for event in events if isinstance(event, Piece))
    assert last.reason in ("stop", "length", "loop")
    assert last.prompt_tokens > 0
    assert 0 < last.generated_tokens <= 24


def test_the_same_prompt_gets_the_same_text(model: LanguageModel) -> None:
    assert write(model, QUESTION)[1].text == write(model, QUESTION)[1].text


def test_stops_at_the_longest_text(model: LanguageModel) -> None:
    last = write(model, QUESTION, max_tokens=2)[1]
    assert last.reason == "length"
    assert len(last.text.split()) <= 2


def test_counts_more_for_longer_texts(model: LanguageModel) -> None:
    short, long, nothing = model.count(["Heating.", "The heating was repaired in March 2021.", ""])
    assert nothing == 0 < short < long
    assert model.count([]) == []


def test_a_cancel_is_answered_at_once_and_the_next_question_works(model: LanguageModel) -> None:
    cancelled = threading.Event()
    long = [Message("user", "Count from one to three hundred: " + ", ".join(map(str, range(1, 80))))]
    events, asked, waited = [], 0.0, 0.0
    for event in model.generate(long, max_tokens=200, seed=1, cancelled=cancelled):
        if cancelled.is_set():
            waited = time.monotonic() - asked
        elif isinstance(event, Piece):
            cancelled.set()
            asked = time.monotonic()
        events.append(event)
    assert isinstance(events[-1], Generated)
    assert events[-1].reason == "cancelled"
    assert waited < 2.0, "a quarter of a second, with room for a crowded machine"
    assert write(model, QUESTION)[1].text.strip()


def test_a_cancel_before_the_first_word_gives_an_end_without_text(model: LanguageModel) -> None:
    cancelled = threading.Event()
    cancelled.set()
    (last,) = [
        event
        for event in model.generate(QUESTION, max_tokens=20, seed=1, cancelled=cancelled)
        if isinstance(event, Generated)
    ]
    assert (last.text, last.reason) == ("", "cancelled")


def test_closing_the_iterator_stops_it_too(model: LanguageModel) -> None:
    events = model.generate(QUESTION, max_tokens=100, seed=1)
    next(event for event in events if isinstance(event, Piece))
    events.close()  # type: ignore[attr-defined]  # an iterator by type, a generator in every implementation
    assert write(model, QUESTION)[1].text.strip()


def test_a_broken_character_in_a_document_breaks_nothing(model: LanguageModel) -> None:
    said = [Message("user", "Name: \udcff\x00\x1b[31m — Größe 漢字 🙂")]
    assert write(model, said)[1].generated_tokens >= 1


def test_a_grammar_is_followed_or_refused(model: LanguageModel) -> None:
    try:
        last = list(model.generate(QUESTION, max_tokens=8, seed=1, grammar='root ::= "yes" | "no"'))[-1]
    except ModelError as error:
        assert error.code == "refused"
    else:
        assert isinstance(last, Generated)
        assert last.text in ("yes", "no")
