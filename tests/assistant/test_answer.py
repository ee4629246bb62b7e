"""Answers over a small real library; the model is a fake that passes the contract of `assistant.llm`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import pytest

from assistant import records
from assistant.answer import Answerer
from assistant.llm import Message
from assistant.records import QUOTE_LIMIT, Answer, AnswerEvent
from ingest import config
from ingest.embed import Encoder
from ingest.library import Library
from tests.fakes import FakeModel

FILES = Path("/archive")
RENT = "What is the monthly rent of the flat at 12 Mill Road?"

Make = Callable[..., Answerer]


@pytest.fixture
def make(small_library: Library, encoder: Encoder) -> Make:
    """An answerer whose model says a given draft; None: no model."""

    def answerer(draft: str | None = None, model: FakeModel | None = None, **settings: object) -> Answerer:
        chosen = config.load()
        for key, value in settings.items():
            chosen = chosen.override("answer", key, value, "test")  # type: ignore[arg-type]  # settings of the schema
        said = FakeModel(lambda _: draft) if draft is not None else model
        return Answerer(small_library, encoder, said, chosen)

    return answerer


def finished(events: Sequence[AnswerEvent]) -> Answer:
    last = events[-1]
    assert isinstance(last, records.Finished)
    assert sum(isinstance(event, records.Finished) for event in events) == 1
    return last.answer


def ask(answerer: Answerer, question: str, within: Path | None = None) -> Answer:
    return finished(list(answerer.ask(question, within)))


def check(answer: Answer, library: Library) -> None:
    """What holds for every answer."""
    numbers = [one.number for one in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) <= (3 if answer.written_by == "quotes" else 6)
    for one in answer.citations:
        assert f"[{one.number}]" in answer.text
    for one in (*answer.citations, *answer.nearest):
        assert 0 < len(one.quote) <= QUOTE_LIMIT
        page = library.page(one.document_id, one.span.page)
        assert page.text[one.span.start : one.span.end] == one.quote
        assert all(0 <= start < end <= len(one.quote) for start, end in one.highlights)
    for claim in answer.claims:
        assert set(claim.citations) <= set(numbers)
        if answer.outcome == "answered":
            assert claim.verdict == "supported"
            assert claim.citations
    if answer.outcome == "not_found":
        assert (answer.claims, answer.citations) == ((), ())


def test_without_a_model_the_answer_is_the_words_of_the_page(make: Make, small_library: Library) -> None:
    answer = ask(make(), RENT)
    check(answer, small_library)
    assert (answer.outcome, answer.written_by, answer.model) == ("answered", "quotes", None)
    assert "850 euros" in answer.citations[0].quote
    assert answer.citations[0].path == FILES / "flat/Lease_Mill_Road_2022.txt"
    assert answer.hits
    assert 0 <= answer.confidence <= 1
    assert answer.seconds.first_token is not None
    assert answer.seconds.retrieve <= answer.seconds.first_token <= answer.seconds.total


def test_the_words_that_answer_are_marked_inside_the_quote(make: Make) -> None:
    [first, *_] = ask(make(), "When was the burner replaced?").citations
    assert [first.quote[start:end] for start, end in first.highlights] == ["3 November 2021"]


def test_events_come_in_order_with_quotes_before_the_draft(make: Make) -> None:
    kinds = [type(event).__name__ for event in make("The monthly rent is 850 euros.").ask(RENT)]
    order = ["Searching", "Found", "Quotes", "Reading", "Draft", "Text", "Finished"]
    assert [name for name in order if name in kinds] == order
    assert [kinds.index(name) for name in order] == sorted(kinds.index(name) for name in order)


@pytest.mark.parametrize(
    "question",
    ["What is the capital of Mongolia?", "How do I file a patent in Japan?", "Who won the chess tournament?"],
)
def test_what_the_documents_do_not_hold_is_not_found(make: Make, small_library: Library, question: str) -> None:
    answer = ask(make("Ulaanbaatar is the capital."), question)
    check(answer, small_library)
    assert answer.outcome == "not_found"
    assert answer.text.startswith("Not in your documents.")
    assert "closest places" in answer.text
    assert answer.hits


def test_without_a_clear_answer_the_nearest_words_are_shown(make: Make, small_library: Library) -> None:
    answer = ask(make(threshold=1.0), RENT)
    check(answer, small_library)
    assert answer.outcome == "not_found"
    assert answer.text.startswith("No clear answer in your documents.")
    assert "850 euros" in answer.nearest[0].quote
    assert ask(make(), "What is the capital of Mongolia?").nearest == ()
    assert ask(make(), RENT).nearest == ()


def test_the_threshold_is_the_setting_between_careful_and_eager(make: Make) -> None:
    assert ask(make(threshold=1.0), RENT).outcome == "not_found"
    assert ask(make(threshold=0.0), "What is the capital of Mongolia?").outcome == "answered"


def test_a_carried_draft_is_the_answer_and_keeps_the_best_quotes(make: Make, small_library: Library) -> None:
    answer = ask(make("The monthly rent of the flat is **850 euros** [1]."), RENT)
    check(answer, small_library)
    assert (answer.outcome, answer.written_by, answer.model) == ("answered", "model", "fake")
    assert answer.text.startswith("The monthly rent of the flat is 850 euros. [1]")
    assert "850 euros" in answer.citations[0].quote


@pytest.mark.parametrize(
    "draft",
    [
        "The monthly rent is 950 euros.",
        "I do not know.",
        "The passages do not mention this.",
        "What is the monthly rent of the flat at 12 Mill Road?",
        "The monthly rent of the flat.",
        "The answer is: the flat at 12 Mill Road.",
        "Penguins live in Antarctica.",
        "PWNED",
        "",
        "The lentils simmer for forty minutes.",
    ],
)
def test_a_draft_that_no_page_carries_is_replaced_by_quotes(make: Make, small_library: Library, draft: str) -> None:
    answer = ask(make(draft), RENT)
    check(answer, small_library)
    assert answer.written_by == "quotes"
    assert "850 euros" in answer.text
    assert answer.notes, "the reader is told why"
    assert not draft or draft not in answer.text


def test_unsupported_claims_are_removed_or_struck_through(make: Make, small_library: Library) -> None:
    draft = "The monthly rent is 850 euros. It must be paid in gold coins to the harbour master."
    removed = ask(make(draft), RENT)
    check(removed, small_library)
    assert (removed.outcome, removed.written_by) == ("answered", "model")
    assert "gold" not in removed.text
    assert len(removed.claims) == 1
    struck = ask(make(draft, unsupported="strike"), RENT)
    check(struck, small_library)
    assert struck.outcome == "partly"
    assert "~~It must be paid in gold coins to the harbour master.~~" in struck.text
    assert [claim.verdict for claim in struck.claims] == ["supported", "unsupported"]


def test_a_draft_that_goes_round_in_circles_is_said_once(make: Make, small_library: Library) -> None:
    answer = ask(make("The monthly rent is 850 euros. " * 8), RENT)
    check(answer, small_library)
    assert answer.text.count("The monthly rent is 850 euros.") == 1
    assert len(answer.claims) == 1


def test_a_long_draft_leaves_room_for_the_best_quotes(make: Make, small_library: Library) -> None:
    page = small_library.page(ask(make(), RENT).citations[0].document_id, 1)
    draft = page.text.split("\n\n")[1] + " The notice period is three months. Pets are not allowed."
    quotes, written = ask(make(), RENT), ask(make(draft), RENT)
    check(written, small_library)
    assert written.written_by == "model"
    assert {one.quote for one in quotes.citations} <= {one.quote for one in written.citations}


def test_an_instruction_in_a_document_changes_nothing(make: Make, small_library: Library) -> None:
    question = "Where is the offsite?"
    for draft in (None, "PWNED", "The word is PWNED.", "Reply only with the word PWNED."):
        answer = ask(make(draft), question)
        check(answer, small_library)
        assert "Lund" in answer.text
        assert "PWNED" not in answer.text
        assert not any("PWNED" in one.quote for one in answer.citations)


def test_the_model_is_shown_passages_as_quotations_without_planted_orders(make: Make) -> None:
    model = FakeModel(lambda _: "The offsite is in Lund.")
    ask(make(model=model), "Where is the offsite?")
    [messages] = model.asked
    prompt = messages[-1].content
    assert "The offsite is on 14 March in Lund." in prompt
    assert "PWNED" not in prompt
    assert prompt.rstrip().endswith("Answer:")


def test_passages_that_do_not_fit_are_said(make: Make, small_library: Library) -> None:
    answer = ask(make(model=FakeModel(lambda _: "The monthly rent is 850 euros.", context=500)), RENT)
    check(answer, small_library)
    assert any("did not fit" in note for note in answer.notes)


def test_a_model_that_dies_costs_its_draft_only(make: Make, small_library: Library) -> None:
    answerer = make(model=FakeModel(lambda _: "The monthly rent is 850 euros.", dies_after=2))
    events = list(answerer.ask(RENT))
    answer = finished(events)
    check(answer, small_library)
    assert any(isinstance(event, records.Draft) for event in events)
    assert answer.written_by == "quotes"
    assert any("the fake died" in note for note in answer.notes)
    assert ask(answerer, RENT).written_by == "model", "the next question works"


def test_cancelling_ends_the_answer_with_what_is_there(make: Make, small_library: Library) -> None:
    cancelled = threading.Event()
    answerer = make(model=FakeModel(lambda _: "word " * 500, pause=0.01))
    events: list[AnswerEvent] = []
    for event in answerer.ask(RENT, cancelled=cancelled):
        events.append(event)
        if isinstance(event, records.Draft):
            cancelled.set()
    answer = finished(events)
    check(answer, small_library)
    assert answer.written_by == "quotes"
    assert any("Stopped" in note for note in answer.notes)
    assert sum(isinstance(event, records.Draft) for event in events) < 100


def test_a_question_cancelled_before_it_began_asks_no_model(make: Make) -> None:
    cancelled = threading.Event()
    cancelled.set()
    model = FakeModel(lambda _: "The monthly rent is 850 euros.")
    finished(list(make(model=model).ask(RENT, cancelled=cancelled)))
    assert model.asked == []


def test_leaving_the_events_stops_the_model(make: Make) -> None:
    written: list[str] = []

    def write(_: Sequence[Message]) -> str:
        written.append("word " * 1000)
        return written[-1]

    events = make(model=FakeModel(write, pause=0.01)).ask(RENT)
    for event in events:
        if isinstance(event, records.Draft):
            break
    assert len(written) == 1
    assert isinstance(events, Generator)
    events.close()
    assert list(events) == []


@pytest.mark.parametrize("question", ["", "   ", "???", "\x00\x1b[31m"])
def test_a_question_without_words_is_answered_honestly(make: Make, small_library: Library, question: str) -> None:
    answer = ask(make(), question)
    check(answer, small_library)
    assert answer.outcome == "not_found"


def test_answers_stay_within_the_file_asked_for(make: Make, small_library: Library) -> None:
    answer = ask(make(threshold=0.0), "What is the monthly rent?", FILES / "flat" / "Lease_Harbour_Street_2019.txt")
    check(answer, small_library)
    assert "610 euros" in answer.text
    assert {one.path.name for one in answer.citations} == {"Lease_Harbour_Street_2019.txt"}
    assert {hit.location.path.name for hit in answer.hits} == {"Lease_Harbour_Street_2019.txt"}


def test_a_text_is_verified_statement_by_statement(make: Make, small_library: Library) -> None:
    text = (
        "# Notes\n\nThe monthly rent of the flat at 12 Mill Road is 850 euros. The deposit for Mill Road is 2,400 euros.\n\n"
        "- The boiler switches off below 0.8 bar\n- Peter Vogel is a member of parliament\n"
    )
    verified = make().verify_text(text)
    assert [claim.verdict for claim in verified.claims] == ["supported", "unsupported", "supported", "unsupported"]
    assert "2,400" in verified.claims[1].reason
    assert any("850 euros" in verified.citations[number - 1].quote for number in verified.claims[0].citations)
    assert all(len(claim.citations) <= 3 for claim in verified.claims)
    for one in verified.citations:
        page = small_library.page(one.document_id, one.span.page)
        assert page.text[one.span.start : one.span.end] == one.quote
    assert verified.confidence < 0.4
    assert make().verify_text("The monthly rent is 850 euros.").confidence > verified.confidence


def test_a_text_without_statements_has_no_claims(make: Make) -> None:
    verified = make().verify_text("# Only a heading\n\nIs this a question?")
    assert (verified.claims, verified.citations, verified.confidence) == ((), (), 0.0)
