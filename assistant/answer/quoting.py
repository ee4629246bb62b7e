"""The answer in quotes: the fewest verbatim sentences that answer, best first.

It stands before any model has read a word, and stays the answer where the model has nothing better that is supported.
Sentences come with their neighbours that bear on the question too: one quote that can be understood instead of two that
cannot. What that and `BEHIND` are worth, measured without refusals (answer found, right citation, citation precision):

    |                                            | qa_squad2      | qa_pdf_cuad    | qa_multilingual_xquad |
    | `BEHIND` 0.25, neighbours for clauses only | .963 .933 .801 | .572 .741 .589 |                       |
    | `BEHIND` 0.25, neighbours always           | .973 .953 .836 | .572 .741 .589 | .940 .935 .780        |
    | `BEHIND` 0.20 (now)                        | .967 .947 .856 | .560 .729 .600 | .935 .930 .807        |
    | `BEHIND` 0.15                              | .953 .933 .871 | .542 .717 .611 | .930 .925 .842        |
    | `BEHIND` 0.10                              | .940 .927 .888 | .524 .699 .616 | .920 .910 .858        |

Halves of the questions differ by at most .03, in the same order. One quote of each document that is needed brings both
documents of 0.77 instead of 0.33 of the questions of qa_multihop_hotpot on the screen (n = 30).
A width that shrinks with the confidence in the first quote, or with what it lacks of the question, is no better on either.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer.citing import Citer, marks
from assistant.records import Answer, Claim
from assistant.verify import NEIGHBOUR, Ranked, Sentence, is_heading, widened

MOST_QUOTES = 3
"""Quotes shown (contract)."""
BEHIND = 0.2
"""A sentence further behind the best than this is not quoted."""


def chosen(ranked: Sequence[Ranked], together: Sequence[str] = ()) -> list[Sentence]:
    """The quotes, best first: sentences with the neighbours that bear on the question too.

    Args:
        ranked: Best for the question first, headings last: they may join a quote, and are one only where nothing else is.
        together: Ids of documents of which each is needed; the best sentence of each is among the quotes.
    """
    if not ranked:
        return []
    found: list[Sentence] = []
    left = [one for one in ranked if one.score >= ranked[0].score - BEHIND - NEIGHBOUR]
    only_headings = is_heading(ranked[0].sentence.text)
    while left and left[0].score >= ranked[0].score - BEHIND and len(found) < MOST_QUOTES:
        if is_heading(left[0].sentence.text) and not only_headings:
            break
        found.append(widened(left[0], left))
        left = [one for one in left if not one.sentence.overlaps(found[-1])]
    return _with_each(found, ranked, together)


def _with_each(found: Sequence[Sentence], ranked: Sequence[Ranked], together: Sequence[str]) -> list[Sentence]:
    """The quotes, the last ones giving way to the best sentence of each document that is needed and not quoted."""
    quoted_ones = {_document(one) for one in found}
    first = {document: one for one in reversed(ranked) if (document := _document(one.sentence)) in together}
    needed = [widened(one, ranked) for document, one in first.items() if document not in quoted_ones]
    needed = needed[: MOST_QUOTES - 1]
    return [*found[: MOST_QUOTES - len(needed)], *needed]


def _document(sentence: Sentence) -> str:
    return sentence.place.hit.passage.document_id


def quoted(text: str) -> str:
    """A quote on one line, in quotation marks."""
    return f"“{' '.join(text.split())}”"


def quote_answer(question: str, quotes: Sequence[Sentence], citer: Citer, confidence: float) -> Answer:
    """The answer in quotes; without claims where no quote stands on its page."""
    claims, lines = [], []
    for sentence in quotes:
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
    )
