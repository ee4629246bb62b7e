"""`sample_docs/` is what `expected.toml` says, its made part can be made again, and the program answers from it."""

from __future__ import annotations

import email.policy
import os
import re
import subprocess
import tomllib
import unicodedata
from collections import Counter
from email.parser import BytesParser
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from tests.make_sample_docs.__main__ import make
from tests.quality import run
from tests.quality.evaluate import answering, quotes
from tests.quality.judge import Row, Verdict, judge, squeezed
from tests.quality.sets import Question, QuestionSet, sample_set

FOLDER = Path(__file__).parents[1] / "sample_docs"
EXPECTED: list[dict[str, Any]] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))["question"]
ANSWERABLE = [row for row in EXPECTED if row.get("answerable", True)]

SCANS = {".png", ".jpg"}
EVERYDAY = "everyday"
"""Kind of the questions that are put in other words than the document's."""


def _recognised(picture: bytes) -> str:
    """Text of a picture by Tesseract itself, without the program."""
    command = ["tesseract", "stdin", "stdout", "-l", "eng+deu"]
    settings = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return subprocess.run(command, input=picture, env=settings, check=True, capture_output=True).stdout.decode()


def _pdf_pages(content: bytes) -> list[str]:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return [page.extract_text() or _recognised(page.images[0].data) for page in pages]


def _pages(path: Path) -> list[str]:
    """Texts of a document's pages, read by other means than the program's."""
    if path.suffix == ".pdf":
        return _pdf_pages(path.read_bytes())
    if path.suffix in SCANS:
        return [_recognised(path.read_bytes())]
    if path.suffix == ".docx":
        made = docx.Document(str(path))
        cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
        return ["\n".join([paragraph.text for paragraph in made.paragraphs] + cells)]
    if path.suffix == ".eml":
        mail = BytesParser(policy=email.policy.default).parsebytes(path.read_bytes())
        body = mail.get_body()
        assert body is not None
        attached = [page for part in mail.iter_attachments() for page in _pdf_pages(part.get_content())]
        return [body.get_content(), *attached]
    text = path.read_text(encoding="utf-8")
    return [re.sub(r"<[^>]+>", " ", text) if path.suffix == ".html" else text]


@pytest.fixture(scope="module")
def page_texts() -> dict[str, list[str]]:
    """The pages of every document that is asked about, without white space."""
    return {
        name: [squeezed(page) for page in _pages(FOLDER / name)] for name in {row["document"] for row in ANSWERABLE}
    }


def test_there_are_enough_questions_of_every_kind() -> None:
    assert len({row["id"] for row in EXPECTED}) == len(EXPECTED) >= 40
    kinds = Counter(row["kind"] for row in EXPECTED)
    assert kinds["unanswerable"] == len(EXPECTED) - len(ANSWERABLE) >= 10
    assert kinds >= Counter(["pdf", "table", "scan", "photo", "mail", "docx", "html", "markdown", "text", "german"])
    assert kinds["near-identical"] == 2


def test_every_document_is_asked_about() -> None:
    documents = {unicodedata.normalize("NFC", path.relative_to(FOLDER).as_posix()) for path in FOLDER.glob("*/*")}
    assert {row["document"] for row in ANSWERABLE} == documents


@pytest.mark.parametrize("row", ANSWERABLE, ids=[row["id"] for row in ANSWERABLE])
def test_the_phrase_stands_on_its_page(row: dict[str, Any], page_texts: dict[str, list[str]]) -> None:
    page = page_texts[row["document"]][row["page"] - 1]
    assert squeezed(row["phrase"]).casefold() in page.casefold()
    answers = [squeezed(answer).casefold() for answer in row["answers"]]
    assert any(answer in page.casefold() for answer in answers)


def test_the_two_agreements_differ_in_one_figure_only() -> None:
    draft, signed = (_pages(FOLDER / f"Contracts/Studio agreement ({version}).pdf") for version in ("draft", "signed"))
    assert [page.replace("340", "365") for page in draft] == signed != draft


def test_the_made_documents_can_be_made_again(tmp_path: Path) -> None:
    make(tmp_path)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        committed = FOLDER / path.relative_to(tmp_path)
        # Pictures depend on the versions of Pillow and FreeType; what they say is tested above.
        assert path.suffix in SCANS or "scan" in path.name or _pages(path) == _pages(committed), path.name


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[QuestionSet, list[Row], dict[str, Any]]:
    """The answers of the program to all questions, by quotes only, and the totals of indexing."""
    library = tmp_path_factory.mktemp("sample") / "library"
    questions = sample_set(FOLDER)
    totals = run.index(questions.indexed, library)
    rows = list(run.batch("ask", questions.questions, library, options=["--model", "none"]))
    return questions, rows, totals


Answers = tuple[QuestionSet, list[Row], dict[str, Any]]


def _verdicts(answers: Answers) -> list[tuple[Question, Verdict]]:
    return [(question, judge(question, row)) for question, row in zip(answers[0].questions, answers[1], strict=True)]


def test_everything_is_indexed(answers: Answers) -> None:
    totals = answers[2]
    documents = len(list(FOLDER.glob("*/*"))) + 1  # the attachment of a mail is a document too
    assert (totals["event"], totals["indexed"], totals["failed"]) == ("done", documents, 0)


def test_the_questions_are_not_found_in_their_own_list(answers: Answers) -> None:
    assert {Path(hit["path"]).suffix for row in answers[1] for hit in row["hits"]}.isdisjoint({".toml"})


def test_answers_come_in_order_with_quotes_that_are_verbatim(answers: Answers) -> None:
    questions, rows, _ = answers
    assert [row["id"] for row in rows] == [question.id for question in questions.questions]
    _, share, count = quotes(rows, run.OWN_COMMAND)
    assert count > 0
    assert share == 1.0


def test_the_right_pages_and_answers_are_found(answers: Answers) -> None:
    pairs = _verdicts(answers)
    metrics = {name: value for name, value, _ in answering(answers[0].questions, [verdict for _, verdict in pairs])}
    found = {question.id: verdict for question, verdict in pairs if question.answerable and question.kind != EVERYDAY}
    misplaced = [name for name, verdict in found.items() if verdict.place_at is None or verdict.place_at > 5]
    unanswered = [name for name, verdict in found.items() if not verdict.answer_found]
    assert len(misplaced) <= MOST_MISPLACED, misplaced
    assert len(unanswered) <= MOST_UNANSWERED, unanswered
    assert metrics["unsupported claims in answers"] == 0


def test_everyday_questions_are_met_by_an_answer_or_by_the_nearest_words(answers: Answers) -> None:
    unmet = []
    for question, row in zip(answers[0].questions, answers[1], strict=True):
        if question.kind == EVERYDAY:
            shown = squeezed(" ".join(one["quote"] for one in (*row["citations"], *row["nearest"]))).casefold()
            if not any(squeezed(answer).casefold() in shown for answer in question.answers):
                unmet.append(question.id)
    assert len(unmet) <= MOST_UNMET, unmet


def test_the_two_agreements_are_told_apart_by_name(answers: Answers) -> None:
    kinds = {question.id: verdict for question, verdict in _verdicts(answers) if question.kind == "near-identical"}
    assert {name: verdict.file_at for name, verdict in kinds.items()} == dict.fromkeys(kinds, 1)


def test_what_nobody_can_answer_is_mostly_refused(answers: Answers) -> None:
    answered = [question.id for question, verdict in _verdicts(answers) if not question.answerable and verdict.answered]
    assert len(answered) <= MOST_INVENTED, answered


MOST_MISPLACED = 2
"""Answerable questions whose page is not among the first five hits."""
MOST_UNANSWERED = 8
"""Answerable questions without a right answer on screen, refusals included."""
MOST_UNMET = 8
"""Everyday questions, of 42, that are answered neither by what is shown as the answer nor by the nearest words."""
MOST_INVENTED = 16
"""Unanswerable questions, of 29, that are answered with quotes nevertheless."""
