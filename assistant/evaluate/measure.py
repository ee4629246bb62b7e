"""What one answer is worth, and the figures of many. Pure.

An answer is found when one that is expected stands, word for word or as the same number or date, in the answer's text or
in a quote. A hit or a citation is right when it is at a place of the question's evidence; where the person gave none,
when it holds an expected answer.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.evaluate.questions import OwnQuestion
from assistant.records import Answer, Outcome
from ingest.quantities import dates, numbers
from ingest.text import words

SLOW_SHARE = 0.95
"""Share of the answers that came within the slower of the two times."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one answer is worth."""

    id: str
    """The question's id."""
    answerable: bool
    """Whether the documents answer it."""
    outcome: Outcome
    """Of the answer."""
    found: bool | None
    """Whether an expected answer is shown; None where none is expected."""
    rank: int | None
    """Of the first right hit, from 1; None where no hit is right, or it is not known which are."""
    judged: bool
    """Whether it is known which places are right."""
    citation_precision: float | None
    """Share of the citations that are right; None without citations or where it is not known."""
    confidence: float
    """Of the program in its answer."""
    seconds: float
    """From the question to the finished answer."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of many answers; a share is None where there is nothing that it could be of."""

    questions: int
    """How many were asked."""
    answerable: int
    """How many of them the documents answer."""
    hit_at_1: float | None
    """Share with a right first hit."""
    hit_at_5: float | None
    """Share with a right hit among the first five."""
    answer_found: float | None
    """Share of the answerable that show an expected answer."""
    right_citation: float | None
    """Share of the answers with at least one right citation."""
    citation_precision: float | None
    """Mean share of right citations."""
    refused_answerable: float | None
    """Share of the answerable that were refused."""
    refused_unanswerable: float | None
    """Share of the others that were refused."""
    seconds_median: float
    """Half of the answers took no longer."""
    seconds_slow: float
    """`SLOW_SHARE` of the answers took no longer."""


def measure(question: OwnQuestion, answer: Answer) -> Measured:
    """Hold one answer against what is expected."""
    judged = question.answerable and bool(question.evidence or question.answers)
    rank, precision = None, None
    if judged:
        right = (
            place
            for place, hit in enumerate(answer.hits, 1)
            if _right(question, hit.location.path, hit.page, hit.passage.text)
        )
        rank = next(right, None)
        cited = [_right(question, one.path, one.page, one.quote) for one in answer.citations]
        precision = sum(cited) / len(cited) if cited else None
    shown = [answer.text, *(one.quote for one in answer.citations)] if answer.outcome != "not_found" else []
    expects = question.answerable and bool(question.answers)
    return Measured(
        id=question.id,
        answerable=question.answerable,
        outcome=answer.outcome,
        found=any(holds(text, one) for text in shown for one in question.answers) if expects else None,
        rank=rank,
        judged=judged,
        citation_precision=precision,
        confidence=answer.confidence,
        seconds=answer.seconds.total,
    )


def _right(question: OwnQuestion, path: Path, page: int, text: str) -> bool:
    """Whether a hit or a citation is one that answers."""
    if not question.evidence:
        return any(holds(text, one) for one in question.answers)
    return any(
        path.parts[-len(place.file.parts) :] == place.file.parts and place.page in (None, page)
        for place in question.evidence
    )


def holds(text: str, expected: str) -> bool:
    """Whether a text says an expected answer: its words in their order, or the same number or date."""
    needle, hay = words(expected), words(text)
    if needle and any(hay[at : at + len(needle)] == needle for at in range(len(hay) - len(needle) + 1)):
        return True
    days = dates(expected)
    if days:
        return (
            len(days) == 1 and _is_all(expected, days[0].start, days[0].end) and any(map(days[0].agrees, dates(text)))
        )
    amounts = numbers(expected)
    if len(amounts) != 1 or len(needle) > 1 + bool(amounts[0].unit):
        return False
    return any(map(amounts[0].agrees, numbers(text)))


def _is_all(text: str, start: int, end: int) -> bool:
    return not words(text[:start]) and not words(text[end:])


def figures(results: Sequence[Measured]) -> Figures:
    """The figures of at least one answer."""
    present = [one for one in results if one.answerable]
    absent = [one for one in results if not one.answerable]
    judged = [one for one in present if one.judged]
    precise = [one.citation_precision for one in present if one.citation_precision is not None]
    seconds = sorted(one.seconds for one in results)
    return Figures(
        questions=len(results),
        answerable=len(present),
        hit_at_1=_share([one.rank == 1 for one in judged]),
        hit_at_5=_share([one.rank is not None and one.rank <= 5 for one in judged]),
        answer_found=_share([one.found for one in present if one.found is not None]),
        right_citation=_share([share > 0 for share in precise]),
        citation_precision=statistics.fmean(precise) if precise else None,
        refused_answerable=_share([one.outcome == "not_found" for one in present]),
        refused_unanswerable=_share([one.outcome == "not_found" for one in absent]),
        seconds_median=statistics.median(seconds),
        seconds_slow=seconds[min(len(seconds) - 1, int(SLOW_SHARE * len(seconds)))],
    )


def _share(flags: Sequence[bool]) -> float | None:
    return statistics.fmean(flags) if flags else None
