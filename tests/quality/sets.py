"""Question sets for `evaluate`: a folder `corpus/` beside a `questions.jsonl`, and `expected.toml` in the same form.

A line of `questions.jsonl` is `{"id", "question", "answers": [any one is right], "answerable", "evidence": [{"file", "page",
"quote"}]}`; optional are `relevant_files` (for sets that only rank documents) and `asked_about: {"file"}`. Files are
relative to `corpus/`, pages count from 1 and may be null. Standard library only; knows nothing of the program.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that answers a question."""

    file: Path
    """Absolute."""
    page: int | None
    """Page from 1; None where the file has no pages that count."""
    quote: str
    """Words that stand there; empty where the set names none."""
    inside: str | None = None
    """Member of a container."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what is known about its answer."""

    id: str
    text: str
    answerable: bool
    answers: tuple[str, ...]
    """Any one is right."""
    evidence: tuple[Evidence, ...]
    relevant: frozenset[Path]
    """Documents that count as found: those of the evidence, or those that the set judged."""
    about: Path | None
    """The document that the question was written for; None where the set does not say."""
    kind: str = ""
    """What the question tries; only in `expected.toml`."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Documents and questions about them."""

    name: str
    corpus: Path
    """Folder that the files of the questions are relative to."""
    questions: tuple[Question, ...]
    indexed: tuple[Path, ...]
    """What is indexed: the corpus, or the folders in it where the questions lie beside them."""

    @property
    def ranks_only(self) -> bool:
        """Whether the set judges documents rather than answers."""
        return self.name.startswith("retrieval")

    def limited(self, limit: int | None) -> QuestionSet:
        """The set with at most `limit` questions, evenly spread, always the same ones."""
        if limit is None or limit >= len(self.questions):
            return self
        picked = tuple(self.questions[number * len(self.questions) // limit] for number in range(limit))
        return replace(self, questions=picked)


def sample_set(folder: Path) -> QuestionSet:
    """`sample_docs/` with its `expected.toml`, which is not indexed: it would be found for every question."""
    folder = folder.resolve()
    rows = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))["question"]
    folders = tuple(sorted(path for path in folder.iterdir() if path.is_dir()))
    return QuestionSet(folder.name, folder, tuple(question_from(as_row(row), folder) for row in rows), folders)


def as_row(row: dict[str, Any]) -> dict[str, Any]:
    """A question of `expected.toml` in the form of `questions.jsonl`."""
    answerable = row.get("answerable", True)
    place = {
        "file": row.get("document"),
        "page": row.get("page"),
        "quote": row.get("phrase"),
        "inside": row.get("inside"),
    }
    return {
        "id": row["id"],
        "question": row["question"],
        "answers": row.get("answers", []),
        "answerable": answerable,
        "evidence": [place] if answerable else [],
        "kind": row["kind"],
    }


def sets_below(folder: Path) -> list[QuestionSet]:
    """Every set in the folders of a tree, by name."""
    return [
        _read_set(file.parent) for file in sorted(folder.glob("*/questions.jsonl")) if (file.parent / "corpus").is_dir()
    ]


def _read_set(folder: Path) -> QuestionSet:
    corpus = (folder / "corpus").resolve()
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = tuple(question_from(json.loads(line), corpus) for line in lines if line.strip())
    return QuestionSet(folder.name, corpus, questions, (corpus,))


def question_from(row: dict[str, Any], corpus: Path) -> Question:
    """The question of one line of `questions.jsonl`."""
    evidence = tuple(
        Evidence(corpus / place["file"], place.get("page"), place.get("quote") or "", place.get("inside"))
        for place in row.get("evidence") or []
    )
    judged = frozenset(corpus / name for name in row.get("relevant_files") or [])
    about = (row.get("asked_about") or {}).get("file")
    return Question(
        id=row["id"],
        text=row["question"],
        answerable=row["answerable"],
        answers=tuple(str(answer) for answer in row.get("answers") or []),
        evidence=evidence,
        relevant=judged or frozenset(place.file for place in evidence),
        about=corpus / about if about else None,
        kind=row.get("kind", ""),
    )
