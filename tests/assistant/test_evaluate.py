"""A person's own questions: read, asked of a small real library, measured, compared and proposed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answer import Answerer
from assistant.cli.common import Context
from assistant.cli.evaluating import accepted, with_settings
from assistant.cli.output import Output
from assistant.evaluate import Measured, OwnQuestion, Proposal, figures, measured, proposals, read
from assistant.evaluate.making import asked_of
from assistant.evaluate.measure import holds
from ingest import config
from ingest.embed import Encoder
from ingest.errors import AssistantError, UsageError
from ingest.library import Library
from ingest.records import Page
from tests.assistant.archive import TEXTS, build
from tests.command import assistant

RENT = {"id": "rent", "question": "What is the monthly rent of the flat at 12 Mill Road?", "answers": ["850 EUR"]}
PLACE = {"file": "Lease_Mill_Road_2022.txt", "page": 1}


def written(folder: Path, *rows: object) -> Path:
    file = folder / "questions.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.fixture
def answerer(small_library: Library, encoder: Encoder) -> Answerer:
    return Answerer(small_library, encoder, None, config.load())


def test_right_places_and_answers_are_told_from_wrong_ones(answerer: Answerer, tmp_path: Path) -> None:
    rows = [
        RENT,
        {**RENT, "id": "place", "evidence": [PLACE]},
        {**RENT, "id": "elsewhere", "evidence": [{**PLACE, "page": 7}], "answers": ["12 horses"]},
        {"id": "absent", "question": "Who composed the opera about the moon landing?"},
    ]
    rent, place, elsewhere, absent = measured(read(written(tmp_path, *rows)), answerer)
    assert (rent.found, rent.rank, rent.judged) == (True, 1, True)
    assert (place.rank, place.found) == (1, True)
    assert place.citation_precision is not None
    assert place.citation_precision > 0
    assert (elsewhere.rank, elsewhere.found, elsewhere.citation_precision) == (None, False, 0.0)
    assert (absent.answerable, absent.outcome, absent.found, absent.judged) == (False, "not_found", None, False)
    found = figures([rent, place, elsewhere, absent])
    assert (found.questions, found.answerable) == (4, 3)
    assert found.hit_at_1 == found.answer_found == pytest.approx(2 / 3)
    assert (found.refused_answerable, found.refused_unanswerable) == (0.0, 1.0)
    assert 0 < found.seconds_median <= found.seconds_slow


def test_shares_of_nothing_are_not_numbers() -> None:
    only = figures([Measured("1", False, "not_found", None, None, False, None, 0.1, 0.2)])
    assert (only.hit_at_1, only.answer_found, only.citation_precision, only.refused_answerable) == (None,) * 4


@pytest.mark.parametrize(
    ("text", "expected", "is_held"),
    [
        ("The rent is EUR 1,850.00 a month.", "1850 euros", True),
        ("The rent is EUR 1,860.00 a month.", "1850 euros", False),
        ("It was signed on 12.03.2024.", "12 March 2024", True),
        ("It was signed on 13.03.2024.", "12 March 2024", False),
        ("Sent to Dr Anna Berg.", "anna berg", True),
        ("Sent to Anna and Mr Berg.", "Anna Berg", False),
        ("Room 7 on floor 2", "Room 2", False),
        ("anything", "", False),
    ],
)
def test_an_answer_is_held_by_words_number_or_date(text: str, expected: str, is_held: bool) -> None:
    assert holds(text, expected) is is_held


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 1"),
        ("[1]", "no JSON object"),
        ('{"question": " "}', '"question"'),
        ('{"question": "x", "answers": "y"}', '"answers"'),
        ('{"question": "x", "evidence": [{"page": 1}]}', '"evidence"'),
        ('{"question": "x", "answerable": "yes"}', '"answerable"'),
        ('{"question": "x", "path": 1}', '"path"'),
        ('{"question": "x", "accepted": false}', "no accepted question"),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(tmp_path: Path, line: str, why: str) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=why) as raised:
        read(file)
    assert str(file) in raised.value.message
    assert raised.value.hint
    with pytest.raises(UsageError):
        read(tmp_path / "none.jsonl")


def test_what_a_line_leaves_out_has_a_meaning(tmp_path: Path) -> None:
    one, two = read(written(tmp_path, {"question": "Where?"}, {"question": "When?", "answers": [2024]}))
    assert (one.id, one.answerable, one.answers, one.within) == ("1", False, (), None)
    assert (two.id, two.answerable, two.answers) == ("2", True, ("2024",))


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("The deposit is 1,700 euros.", "What is the deposit?", "1,700 euros"),
        ("The boiler was serviced on 12 March 2024 by us.", "When was the boiler serviced?", "12 March 2024"),
        ("Die Kaltmiete beträgt 850 Euro im Monat.", "Wie hoch ist die Kaltmiete?", "850 Euro"),
        ("Invoice number: 4711-B", "What is the invoice number in Roof 2024?", "4711-B"),
    ],
)
def test_plain_statements_become_questions(text: str, question: str, answer: str) -> None:
    page = Page(number=1, label="p. 1", text=text, source="text")
    assert list(asked_of(page, "Roof_2024")) == [(question, answer, text)]


def test_what_cannot_be_turned_round_is_passed_over() -> None:
    page = Page(number=1, label="p. 1", text="The weather was fine. We met at the lake: it was cold.", source="text")
    assert list(asked_of(page, "diary")) == []


def test_proposals_are_answered_from_the_documents_they_come_from(small_library: Library, answerer: Answerer) -> None:
    found = list(proposals(small_library, 4))
    assert 0 < len(found) <= 4
    assert found == list(proposals(small_library, 4)), "the same seed proposes the same"
    assert len({one.question for one in found}) == len(found)
    own = [OwnQuestion(str(n), one.question, (one.answer,), True, ()) for n, one in enumerate(found)]
    assert any(one.found for one in measured(own, answerer))


def test_a_person_accepts_edits_and_passes_over() -> None:
    def one(name: str) -> Proposal:
        return Proposal(f"What is {name}?", "1", Path("/x/notes.txt"), 1, "…")

    said: Iterator[str] = iter(["y", "n", "e", "What is it?", "", "q", "y"])
    shown: list[str] = []
    kept = list(accepted([one("a"), one("b"), one("c"), one("d"), one("e")], lambda: next(said), shown.append))
    assert [(proposal.question, proposal.answer) for proposal in kept] == [("What is a?", "1"), ("What is it?", "1")]
    assert "1 of 5" in shown[0]


def test_a_closed_terminal_ends_accepting() -> None:
    def closed() -> str:
        raise EOFError

    assert list(accepted([Proposal("?", "1", Path("/x"), 1, "…")], closed, lambda _: None)) == []


def test_the_command_measures_compares_and_proposes(tmp_path: Path, encoder: Encoder) -> None:  # noqa: ARG001 - compiled first
    library = tmp_path / "library"
    build(library, Path("/archive"), TEXTS)
    file = written(tmp_path, RENT)
    rows = assistant(
        "eval", file, "--model", "none", "--compare", "answer.threshold=1.0", "--json", library=library
    ).rows
    assert [(row["event"], row["variant"]) for row in rows] == [
        ("question", "as configured"),
        ("result", "as configured"),
        ("question", "answer.threshold=1.0"),
        ("result", "answer.threshold=1.0"),
    ]
    assert (rows[1]["answer_found"], rows[3]["answer_found"]) == (1.0, 0.0)
    table = assistant("eval", file, "--model", "none", library=library)
    assert "expected answer shown" in table.out
    proposed = assistant("eval", "--make", "3", "--json", library=library).rows
    assert proposed
    assert all(row["accepted"] is False for row in proposed)
    new = tmp_path / "new.jsonl"
    assert assistant("eval", "--make", "3", new, library=library).code == 0
    assert len(new.read_text(encoding="utf-8").splitlines()) == len(proposed)
    assert assistant("eval", new, "--json", library=library).code == 2, "nothing is accepted yet"


@pytest.mark.parametrize("wrong", ["answer.nothing=1", "answer.threshold=much", "nonsense"])
def test_settings_to_compare_are_checked(wrong: str) -> None:
    here = Context(config.load(), Output(as_json=True))
    with pytest.raises(AssistantError):
        with_settings(here, wrong)
    changed = with_settings(here, "model=none,answer.threshold=0.5,answer.passages=3").config
    assert changed.section("model")["name"] == "none"
    assert (changed.section("answer")["threshold"], changed.section("answer")["passages"]) == (0.5, 3)
