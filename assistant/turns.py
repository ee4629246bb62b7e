"""What is kept of a conversation: its questions and answers, and their form in the database.

A stored citation is (document, page, quote), with what it was shown as: enough to show an old answer as it stood, also
when the document is gone. Knows nothing of databases.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.records import Answer, Citation, Claim, Outcome, Seconds, WrittenBy
from ingest.records import Span


@dataclass(frozen=True, slots=True)
class Conversation:
    """A row of the history."""

    id: int
    """Its number."""
    started: float
    """Seconds since 1970."""
    title: str
    """Its first question."""
    turns: int
    """Questions in it."""


@dataclass(frozen=True, slots=True)
class StoredCitation:
    """What is remembered of a citation."""

    number: int
    """Its mark in the answer."""
    document_id: str
    """The document."""
    page: int
    """Page of the document, from 1."""
    quote: str
    """The words that were shown."""
    start: int
    """Where the quote began in the page's text when it was shown."""
    path: str
    """Where the document was, for a person; undecodable bytes as surrogate escapes."""
    label: str
    """What the page was called."""
    inside: str | None = None
    """Way to the member inside the file; None for the file itself."""
    file_page: int | None = None
    """Page of the file as a person counts; None where it was not written down."""
    confidence: float | None = None
    """Confidence of the OCR of that page; None for born-digital text."""
    highlights: tuple[tuple[int, int], ...] = ()
    """Stretches of the quote that answer the question."""

    def as_citation(self) -> Citation:
        """The citation as it was shown; whether its words still stand there is for `found_again` to say."""
        return Citation(
            number=self.number,
            path=Path(self.path),
            inside=self.inside,
            page=self.file_page or self.page,
            label=self.label,
            quote=self.quote,
            document_id=self.document_id,
            span=Span(self.page, self.start, self.start + len(self.quote)),
            confidence=self.confidence,
            highlights=self.highlights,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer, as they were."""

    id: int
    """Its number."""
    asked: float
    """Seconds since 1970."""
    question: str
    """As it was asked."""
    text: str
    """The answer's text with its marks."""
    outcome: Outcome
    """Outcome of the answer."""
    written_by: WrittenBy
    """`model` or `quotes`."""
    confidence: float
    """Confidence of the answer."""
    claims: tuple[dict[str, Any], ...]
    """Claims as in the command line's JSON, with their reasons."""
    citations: tuple[StoredCitation, ...]
    """What it rested on."""
    notes: tuple[str, ...]
    """What the reader was told."""
    model: str | None = None
    """The language model that was asked; None without one, or where it was not written down."""
    seconds: float = 0.0
    """How long the answer took; 0 where it was not written down."""
    searched: str = ""
    """The question as it was searched; empty where it is as it was asked."""
    filters: tuple[str, ...] = ()
    """The filters in force."""

    def as_answer(self) -> Answer:
        """The answer as it was shown, without the places that were found beside its citations."""
        claims = [
            Claim(one["text"], one["verdict"], one.get("reason", ""), tuple(one["citations"])) for one in self.claims
        ]
        return Answer(
            question=self.question,
            text=self.text,
            outcome=self.outcome,
            written_by=self.written_by,
            confidence=self.confidence,
            claims=tuple(claims),
            citations=tuple(one.as_citation() for one in self.citations),
            model=self.model,
            seconds=Seconds(0.0, None, self.seconds),
            notes=self.notes,
            searched=self.searched,
            filters=self.filters,
        )


def as_json(answer: Answer) -> dict[str, Any]:
    """What is kept of an answer."""
    return {
        "text": answer.text,
        "outcome": answer.outcome,
        "written_by": answer.written_by,
        "confidence": answer.confidence,
        "claims": [claim.as_json(with_reason=True) for claim in answer.claims],
        "citations": [_citation(one) for one in answer.citations],
        "notes": list(answer.notes),
        "model": answer.model,
        "seconds": answer.seconds.total,
        "searched": answer.searched,
        "filters": list(answer.filters),
    }


def _citation(one: Citation) -> dict[str, Any]:
    return {
        "number": one.number,
        "document_id": one.document_id,
        "page": one.span.page,
        "quote": one.quote,
        "start": one.span.start,
        "path": str(one.path),
        "label": one.label,
        "inside": one.inside,
        "file_page": one.page,
        "confidence": one.confidence,
        "highlights": one.highlights,
    }


def turn(number: int, asked: float, question: str, stored: str) -> Turn:
    """A turn from its number, the second it was asked at, the question, and `as_json` of its answer as text."""
    kept = json.loads(stored)
    return Turn(
        id=number,
        asked=asked,
        question=question,
        text=kept["text"],
        outcome=kept["outcome"],
        written_by=kept["written_by"],
        confidence=kept["confidence"],
        claims=tuple(kept["claims"]),
        citations=tuple(map(_stored_citation, kept["citations"])),
        notes=tuple(kept["notes"]),
        model=kept.get("model"),
        seconds=float(kept.get("seconds", 0.0)),
        searched=kept.get("searched", ""),
        filters=tuple(kept.get("filters", ())),
    )


def _stored_citation(kept: dict[str, Any]) -> StoredCitation:
    """A citation from its JSON; what a later version added is passed over."""
    known = {name: value for name, value in kept.items() if name in StoredCitation.__dataclass_fields__}
    known["highlights"] = tuple((start, end) for start, end in known.get("highlights", ()))
    return StoredCitation(**known)
