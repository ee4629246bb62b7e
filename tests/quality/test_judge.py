"""The measure itself: what counts as a right place, a right answer, and a good ranking."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.quality.evaluate import answering, ranking
from tests.quality.judge import area_under_curve, has_answer, judge, words
from tests.quality.refusals import THRESHOLDS, curve, elsewhere
from tests.quality.sets import Question, QuestionSet, as_row, question_from, sets_below

CORPUS = Path("/papers")


def _question(**changes: Any) -> Question:
    row = {
        "id": "1",
        "question": "How much is the deposit?",
        "answers": ["2,850 euros"],
        "answerable": True,
        "evidence": [{"file": "lease.pdf", "page": 2, "quote": "a deposit of 2,850 euros"}],
    } | changes
    return question_from(row, CORPUS)


def _row(**changes: Any) -> dict[str, Any]:
    hit = {
        "rank": 1,
        "path": "/papers/lease.pdf",
        "inside": None,
        "page": 2,
        "text": "The tenant pays a deposit of 2,850 euros.",
    }
    citation = {
        "number": 1,
        "path": "/papers/lease.pdf",
        "inside": None,
        "page": 2,
        "quote": "a deposit of 2.850,00 euros",
    }
    return {
        "outcome": "answered",
        "answer": "2,850 euros [1]",
        "confidence": 0.9,
        "claims": [],
        "hits": [hit],
        "citations": [citation],
    } | changes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2,850", "2.850"),
        ("2,850.00", "2850"),
        ("36,5", "36.5"),
        ("1.234.567,80", "1,234,567.8"),
        ("07", "7"),
        ("Café", "café"),
    ],
)
def test_numbers_count_by_value_and_words_without_case(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_different_numbers_differ() -> None:
    assert words("2,850") != words("2,851")
    assert words("1.5") != words("15")


def test_an_answer_must_stand_word_for_word() -> None:
    question = _question(answers=["the second floor"])
    assert has_answer(question, ["It is on the Second  floor."])
    assert not has_answer(question, ["the second or third floor"])
    assert not has_answer(_question(answers=[]), ["anything"])


def test_a_mark_is_no_part_of_an_answer() -> None:
    verdict = judge(
        _question(answers=["deposit of 2,850"]), _row(answer="The deposit of [1] 2,850 euros", citations=[])
    )
    assert verdict.answer_found


def test_the_right_page_of_the_right_file_is_the_place() -> None:
    right = judge(_question(), _row())
    assert (right.file_at, right.place_at, right.answer_found, right.right_citation) == (1, 1, True, True)
    other_page = judge(_question(evidence=[{"file": "lease.pdf", "page": 3, "quote": None}]), _row())
    assert (other_page.file_at, other_page.place_at, other_page.right_citation) == (1, None, False)


def test_without_a_page_most_words_of_the_quote_decide() -> None:
    long = {"file": "lease.pdf", "page": None, "quote": "The tenant pays a deposit of 2,850 euros."}
    assert judge(_question(evidence=[long]), _row()).place_at == 1
    other = {"file": "lease.pdf", "page": None, "quote": "The stairs are cleaned by the caretaker on Fridays"}
    assert judge(_question(evidence=[other]), _row()).place_at is None


def test_an_attachment_is_another_place_than_its_mail() -> None:
    question = _question(evidence=[{"file": "lease.pdf", "page": 2, "quote": None, "inside": "quote.pdf"}])
    assert judge(question, _row()).place_at is None


def test_a_refusal_is_wrong_for_one_and_right_for_the_other() -> None:
    refused = _row(outcome="not_found", answer="2,850 euros", citations=[])
    asked, absent = _question(), _question(answerable=False, answers=[], evidence=[])
    verdicts = [judge(asked, refused), judge(absent, refused), judge(absent, _row())]
    metrics = {name: value for name, value, _ in answering([asked, absent, absent], verdicts)}
    assert metrics["answer found in answer or quotes"] == 0
    assert metrics["refused, though answerable"] == 1
    assert metrics["refused, of the unanswerable"] == 0.5
    assert metrics["right in all"] == pytest.approx(1 / 3)


def test_an_error_counts_as_no_answer() -> None:
    verdict = judge(_question(), {"id": "1", "error": {"code": "x", "message": "", "hint": ""}})
    assert (verdict.answered, verdict.file_at, verdict.answer_found) == (False, None, False)


def test_unsupported_claims_count_only_in_answers() -> None:
    claims = [{"verdict": "unsupported"}, {"verdict": "supported"}]
    assert judge(_question(), _row(claims=claims)).unsupported == 1
    assert judge(_question(), _row(claims=claims, outcome="partly")).unsupported == 0


def test_the_ranking_counts_a_document_once_at_its_best_rank() -> None:
    question = _question(relevant_files=["b.md", "c.md"])
    paths = ["/papers/a.md", "/papers/b.md", "/papers/b.md", "/papers/c.md"]
    hits = [{"rank": rank, "path": path} for rank, path in enumerate(paths, start=1)]
    metrics = {name: value for name, value, _ in ranking([question], [{"hits": hits, "seconds": {"total": 0.1}}])}
    gain = (1 / math.log2(3) + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    assert metrics["nDCG@10 over documents"] == pytest.approx(gain)
    assert metrics["right file is the first hit"] == 0


def test_the_curve_counts_ties_as_half() -> None:
    assert area_under_curve([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)
    assert area_under_curve([], [0.5]) is None


def test_a_tree_of_sets_is_read_and_a_limit_spreads_evenly(tmp_path: Path) -> None:
    (tmp_path / "one" / "corpus").mkdir(parents=True)
    (tmp_path / "no corpus").mkdir()
    rows = [{"id": str(n), "question": "?", "answers": [], "answerable": False, "evidence": []} for n in range(10)]
    text = "\n".join(map(json.dumps, rows))
    for folder in ("one", "no corpus"):
        (tmp_path / folder / "questions.jsonl").write_text(text + "\n", encoding="utf-8")
    (one,) = sets_below(tmp_path)
    assert one.name == "one"
    assert [question.id for question in one.limited(4).questions] == ["0", "2", "5", "7"]
    assert len(one.limited(None).questions) == len(one.limited(99).questions) == 10


def test_a_question_of_the_sample_archive_has_the_form_of_a_set() -> None:
    row = {
        "id": "x",
        "kind": "mail",
        "question": "?",
        "document": "a.eml",
        "inside": "q.pdf",
        "page": 2,
        "phrase": "p",
        "answers": ["1"],
    }
    assert as_row(row)["evidence"] == [{"file": "a.eml", "page": 2, "quote": "p", "inside": "q.pdf"}]
    assert (
        as_row({"id": "y", "kind": "unanswerable", "question": "?", "answerable": False, "why": "w"})["evidence"] == []
    )


def test_questions_are_asked_where_their_document_is_not() -> None:
    folders = (CORPUS / "home", CORPUS / "money", CORPUS / "notes")
    at_home = _question(evidence=[{"file": "home/lease.pdf", "page": 2, "quote": ""}])
    absent = _question(id="2", answerable=False, evidence=[])
    [moved] = elsewhere(QuestionSet("papers", CORPUS, (at_home, absent), folders))
    assert (moved.text, moved.answerable, moved.about) == (at_home.text, False, folders[1])
    assert elsewhere(QuestionSet("papers", CORPUS, (at_home,), (CORPUS,))) == []


def test_the_curve_of_refusals_rises() -> None:
    rising = [
        value for _, value, count in curve("answerable", [0.1, 0.22, 0.27, 0.9]) if count == 4 and value is not None
    ]
    assert len(rising) == len(THRESHOLDS)
    assert rising == sorted(rising)
    assert (rising[0], rising[-1]) == (0.25, 0.75)
    assert curve("unanswerable", [])[0][1] is None
