"""What counts as right: one line of `ask --json` held against one question.

Standard library only. A place is right when file and page are right; where a set names no page, the passage must hold
60 % of the words of the quote. An answer is found when a right answer stands in the answer's text or in a cited quote.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.quality.sets import Evidence, Question

QUOTE_SHARE = 0.6
"""Share of a quote's words that makes a passage its place, where no page is known."""

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+", re.UNICODE)
_MARK = re.compile(r"\[\d+\]")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one answer did; None where a measure does not apply."""

    answered: bool
    file_at: int | None
    """Rank of the first hit in a right file, from 1."""
    place_at: int | None
    """Rank of the first hit at the evidence, from 1."""
    answer_found: bool | None
    right_citation: bool | None
    unsupported: int
    """Claims marked unsupported inside an `answered` outcome."""
    confidence: float


def judge(question: Question, row: Row) -> Verdict:
    """Judge one answer; a row with an error counts as no answer and no hits."""
    hits = sorted(row.get("hits") or [], key=lambda hit: int(hit["rank"]))
    citations = row.get("citations") or []
    answered = row.get("outcome") in {"answered", "partly"}
    shown = [_MARK.sub(" ", row.get("answer") or ""), *(citation["quote"] for citation in citations)]
    right = any(at_evidence(question, citation, citation["quote"]) for citation in citations)
    claims = row.get("claims") or []
    return Verdict(
        answered=answered,
        file_at=_first(Path(hit["path"]) in question.relevant for hit in hits),
        place_at=_first(at_evidence(question, hit, hit["text"]) for hit in hits),
        answer_found=(answered and has_answer(question, shown)) if question.answerable else None,
        right_citation=right if question.answerable and answered and question.evidence else None,
        unsupported=sum(claim["verdict"] != "supported" for claim in claims) if row.get("outcome") == "answered" else 0,
        confidence=float(row.get("confidence") or 0),
    )


def has_answer(question: Question, shown: Sequence[str]) -> bool:
    """Whether a right answer stands in one of the texts, word for word; numbers count by value."""
    texts = [words(text) for text in shown]
    return any(_inside(words(answer), text) for answer in question.answers for text in texts)


def at_evidence(question: Question, item: Row, text: str) -> bool:
    """Whether a hit or a citation is a place that answers the question."""
    return any(_at(place, item, text) for place in question.evidence)


def _at(place: Evidence, item: Row, text: str) -> bool:
    if Path(item["path"]) != place.file or place.inside not in {None, item.get("inside")}:
        return False
    if place.page is not None:
        return bool(item["page"] == place.page)
    quote, there = Counter(words(place.quote)), Counter(words(text))
    common = (quote & there).total()
    # A citation may be shorter than the quote that the set gives: then its own words decide.
    return common >= QUOTE_SHARE * max(1, min(quote.total(), there.total()))


def words(text: str) -> list[str]:
    """Words without case and punctuation; numbers by value, in English and continental notation."""
    return [_number(word) if word[0].isdigit() else word.casefold() for word in _WORD.findall(text)]


def _number(word: str) -> str:
    """One way of writing a number: "2,850.00" and "2.850" become "2850", "36,5" becomes "36.5"."""
    separators = [character for character in word if character in ".,"]
    if not separators:
        return word.lstrip("0") or "0"
    head, _, tail = word.rpartition(separators[-1])
    mixed = len(set(separators)) == 2
    if not mixed and (len(tail) == 3 or len(separators) > 1):
        return re.sub(r"[.,]", "", word)
    return (re.sub(r"[.,]", "", head) + "." + tail).rstrip("0").rstrip(".")


def _inside(needle: Sequence[str], hay: Sequence[str]) -> bool:
    return bool(needle) and any(list(hay[at : at + len(needle)]) == list(needle) for at in range(len(hay)))


def _first(flags: Any) -> int | None:
    return next((rank for rank, flag in enumerate(flags, start=1) if flag), None)


def squeezed(text: str) -> str:
    """Text without white space, so that line ends do not count."""
    return "".join(text.split())


def area_under_curve(present: Sequence[float], absent: Sequence[float]) -> float | None:
    """Chance that an answerable question got the higher confidence; None where one side is empty."""
    if not present or not absent:
        return None
    above = sum((one > other) + (one == other) / 2 for one in present for other in absent)
    return above / (len(present) * len(absent))
