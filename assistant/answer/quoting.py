"""The answer in quotes: the fewest verbatim sentences that answer, best first.

It stands before any model has read a word, and stays the answer where the model has nothing better that is supported.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer.citing import Citer, marks
from assistant.records import Answer, Claim
from assistant.verify import NEIGHBOUR, Ranked, Sentence, asks_kind, widened

MOST_QUOTES = 3
"""Quotes shown (contract)."""
BEHIND = 0.25
"""A sentence further behind the best than this is not quoted; see the table of `assistant.verify`."""


def shortlist(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The sentences worth showing, best first."""
    return [one for one in ranked[:MOST_QUOTES] if one.score >= ranked[0].score - BEHIND]


def _chosen(question: str, ranked: Sequence[Ranked]) -> list[Sentence]:
    """The quotes, best first: sentences, or stretches of a paragraph where the question asks for no date, number or name."""
    if asks_kind(question):
        return [one.sentence for one in shortlist(ranked)]
    found: list[Sentence] = []
    left = [one for one in ranked if one.score >= ranked[0].score - BEHIND - NEIGHBOUR]
    while left and left[0].score >= ranked[0].score - BEHIND and len(found) < MOST_QUOTES:
        found.append(widened(left[0], left))
        left = [one for one in left if not one.sentence.overlaps(found[-1])]
    return found


def quoted(text: str) -> str:
    """A quote on one line, in quotation marks."""
    return f"“{' '.join(text.split())}”"


def quote_answer(question: str, ranked: Sequence[Ranked], citer: Citer, confidence: float) -> Answer:
    """The answer in quotes; without claims where no quote stands on its page."""
    claims, lines = [], []
    for sentence in _chosen(question, ranked):
        number = citer.cite(sentence)
        if number is not None:
            text = quoted(sentence.text)
            claims.append(Claim(text, "supported", "these are the words of the page", (number,)))
            lines.append(text + marks([number]))
    return Answer(
        question=question,
        text="\n".join(lines),
        outcome="answered" if claims else "not_found",
        written_by="quotes",
        confidence=confidence,
        claims=tuple(claims),
        citations=citer.citations,
        notes=citer.notes(),
    )
