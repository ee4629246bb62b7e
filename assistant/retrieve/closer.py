"""What tells the passages of one document apart: its best sentence, and words that stand together as in the question.

Inside one contract every clause speaks of the parties and the agreement, so single words say little. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from assistant.late import PassageTokens, Probe
from ingest.text import sentences, stem, word_spans

TOGETHER = 2
"""Words apart up to which two words stand together."""
NEARBY = 8
"""Words apart up to which they are worth half as much."""


def best_sentence(question: Probe, text: str, tokens: PassageTokens) -> float:
    """Cosine of the question with the mean of the tokens of the passage's nearest sentence; 0 without tokens."""
    chosen = [tokens.inside(start, end) for start, end in sentences(text)]
    return max((float(tokens.mean(one) @ question.vector) for one in chosen if len(one)), default=0.0)


def nearness(question: Probe, text: str) -> float:
    """Share of the question's neighbouring content words, by the rarer of both, that stand near one another; 0 to 1."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, (word, _, _) in enumerate(word_spans(text)):
        places[stem(word, question.language)].append(place)
    total = found = 0.0
    for one, other in pairwise(question.stems):
        weight = min(question.stems[one], question.stems[other])
        apart = min((abs(a - b) for a in places.get(one, ()) for b in places.get(other, ())), default=NEARBY + 1)
        total += weight
        found += weight if apart <= TOGETHER else weight / 2 if apart <= NEARBY else 0.0
    return found / total if total else 0.0
