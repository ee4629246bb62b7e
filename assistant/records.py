"""The nouns of answering: frozen records with a sentence under each field.

The records of documents, pages, passages and hits are in `ingest.records`. Knows nothing of how an answer is found,
checked or shown. `as_json` gives the objects of the command line's contract, so that no front end spells them twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ingest.records import Hit, Span

Verdict = Literal["supported", "unsupported"]
Outcome = Literal["answered", "partly", "not_found"]
WrittenBy = Literal["model", "quotes"]


@dataclass(frozen=True, slots=True)
class Citation:
    """The words on a page that a statement rests on."""

    number: int
    """Its mark in the answer, from 1."""
    path: Path
    """The file, absolute."""
    inside: str | None
    """Way to the member inside the file; None for the file itself."""
    page: int
    """Page of the file as a person counts, from 1."""
    label: str
    """What a person calls that page."""
    quote: str
    """Verbatim from the page, at most `QUOTE_LIMIT` characters; never a model's words."""
    document_id: str
    """The document, by which the quote is found again."""
    span: Span
    """Where the quote stands: page of the *document*, characters of its text."""
    confidence: float | None = None
    """Mean confidence of the OCR of that page, 0 to 1; None for born-digital text."""
    highlights: tuple[tuple[int, int], ...] = ()
    """Stretches of `quote` that answer the question, half open; may be empty."""

    def as_json(self) -> dict[str, Any]:
        """The citation as in the contract's `citations`."""
        return {
            "number": self.number,
            "path": str(self.path),
            "inside": self.inside,
            "page": self.page,
            "label": self.label,
            "quote": self.quote,
            "confidence": self.confidence,
        }


QUOTE_LIMIT = 400
"""Most characters of a quote (contract)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer or of a text to be verified, with its verdict."""

    text: str
    """The statement as it stands in the draft, without marks."""
    verdict: Verdict
    """Whether a verbatim quote carries it."""
    reason: str
    """Why, for a person: what carries it, or what is missing or differs."""
    citations: tuple[int, ...] = ()
    """Numbers of the citations that carry it; those nearest to it when it is unsupported."""

    def as_json(self, with_reason: bool = False) -> dict[str, Any]:
        """The claim as in the contract; `reason` is part of `verify` alone."""
        row: dict[str, Any] = {"text": self.text, "verdict": self.verdict}
        if with_reason:
            row["reason"] = self.reason
        return row | {"citations": list(self.citations)}


@dataclass(frozen=True, slots=True)
class Seconds:
    """Where the time of an answer went; wall time."""

    retrieve: float
    """From the question to the ranked hits."""
    first_token: float | None
    """From the question to the first words of the answer: the first piece of the model, or the quotes."""
    total: float
    """From the question to the finished answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: what the person sees, and what it rests on."""

    question: str
    """As it was asked."""
    text: str
    """What is shown, with `[n]` marks for the citations."""
    outcome: Outcome
    """`answered`: every claim shown is supported; `partly`: some are not; `not_found`: not in the documents."""
    written_by: WrittenBy
    """Whether a model's words or verbatim quotes are shown."""
    confidence: float
    """How sure the program is that the documents answer the question, 0 to 1."""
    claims: tuple[Claim, ...] = ()
    """The statements of the text; empty for `not_found`."""
    citations: tuple[Citation, ...] = ()
    """Every one is marked in the text; empty for `not_found`."""
    hits: tuple[Hit, ...] = ()
    """The best places, best first; kept also for `not_found`."""
    model: str | None = None
    """Name of the language model that was asked; None without one."""
    seconds: Seconds = field(default_factory=lambda: Seconds(0.0, None, 0.0))
    """Where the time went."""
    notes: tuple[str, ...] = ()
    """What the reader should know: what did not fit, a poor scan, a model that failed."""
    searched: str = ""
    """The question as it was searched: a follow-up made whole, filters taken out, words put right; empty where it is as
    it was asked."""
    filters: tuple[str, ...] = ()
    """The filters in force, as they can be written in a question: `folder:tax`, `after:2023-03-01`."""
    nearest: tuple[Citation, ...] = ()
    """For `not_found`: the words that come nearest to an answer and may be none, best first; empty where none is near."""


@dataclass(frozen=True, slots=True)
class VerifiedText:
    """A text checked statement by statement."""

    claims: tuple[Claim, ...]
    """Its statements, in order."""
    citations: tuple[Citation, ...]
    """The quotes that the claims name, at most three a claim."""
    confidence: float
    """How sure the program is that the whole text is supported, 0 to 1."""
    seconds: float
    """Wall time."""


@dataclass(frozen=True, slots=True)
class Searching:
    """The question was understood and is being looked up."""

    question: str
    """The question as it is searched."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best places are known; told twice where a first look was asked for."""

    hits: tuple[Hit, ...]
    """Best first."""
    final: bool = True
    """Whether the order stays; False for the first look, before the best places are read again."""


@dataclass(frozen=True, slots=True)
class Quotes:
    """The answer in quotes alone: shown at once, and kept where the model has nothing better."""

    answer: Answer
    """A whole answer; `Finished` may replace it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The model is reading the passages."""

    done: int
    """Tokens of the prompt evaluated."""
    total: int
    """Tokens of the prompt."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An unchecked piece of the model's draft, to be shown as such or not at all."""

    piece: str
    """The next characters."""


@dataclass(frozen=True, slots=True)
class Text:
    """A claim of the draft with its verdict."""

    claim: Claim
    """Its citation numbers are those of the finished answer only if it survives."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer; the last event."""

    answer: Answer
    """What is shown and stored."""


AnswerEvent = Searching | Found | Quotes | Reading | Draft | Text | Finished
