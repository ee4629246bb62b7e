"""A sentence with its neighbours as one quote.

A clause is seldom one sentence: its condition or exception stands beside it. So do the rows around a row of
a table, one of which may be the one that is meant. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.records import QUOTE_LIMIT
from assistant.verify.evidence import Sentence
from assistant.verify.rank import Ranked
from ingest.records import Span

NEIGHBOUR = 0.5
"""A neighbour joins a quote while its score is at most this far behind the sentence that was chosen."""


def widened(chosen: Ranked, ranked: Sequence[Ranked]) -> Sentence:
    """The chosen sentence with the neighbours of its paragraph that bear on the question too, as far as a quote may be.

    Args:
        chosen: A sentence that is quoted.
        ranked: Sentences that may join it, best first.
    """
    near = [one.sentence for one in ranked if one.score >= chosen.score - NEIGHBOUR]
    beside = [one for one in near if one.place is chosen.sentence.place]
    whole = chosen.sentence
    while True:
        wider = next((joined for one in beside if (joined := _joined(whole, one)) is not None), None)
        if wider is None:
            return whole
        whole = wider


def _joined(one: Sentence, other: Sentence) -> Sentence | None:
    """Both as one stretch; None where they are no neighbours in a paragraph, or too long together."""
    first, last = (one, other) if one.start < other.start else (other, one)
    between = one.place.hit.passage.text[first.end : last.start]
    apart = last.span.page != first.span.page or last.span.start - first.span.end != last.start - first.end
    if last.start < first.end or apart or between.strip() or between.count("\n") > 1:
        return None
    if last.end - first.start > QUOTE_LIMIT:
        return None
    text = one.place.hit.passage.text[first.start : last.end]
    return Sentence(one.place, text, first.start, last.end, Span(first.span.page, first.span.start, last.span.end))
