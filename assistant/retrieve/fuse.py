"""Fusing rankings: what the word index and the vectors say about a passage, as one number.

Pure. Scores of one question are made comparable by their z-scores over a pool of candidates; ranks alone (reciprocal
rank fusion) say only who is in the pool, because they forget how far the first is ahead of the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from statistics import fmean, pstdev

RANK_CONSTANT = 60
"""k of reciprocal rank fusion (Cormack et al. 2009); it decides the pool only, where any value from 10 does as well."""
UNFOUND = 0.9
"""A candidate that the word index did not return is worth this share of the worst score that it did return."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each judge counts, in units of z-scores."""

    words: float
    """BM25."""
    meaning: float
    """Cosine of the passage's vector."""
    late: float
    """Late interaction with the passage's tokens."""
    sentence: float = 0.0
    """Cosine of the passage's best sentence, by its tokens."""
    near: float = 0.0
    """Neighbouring words of the question that stand near one another."""

    def less(self, parts: frozenset[str]) -> Weights:
        """The same with these judges left out."""
        return replace(self, **dict.fromkeys(parts & {field.name for field in fields(self)}, 0.0))


def pool(words: Sequence[int], meaning: Sequence[int], size: int) -> list[int]:
    """The best candidates of two rankings by the sum of their reciprocal ranks, best first."""
    scores: dict[int, float] = {}
    for ranking in (words, meaning):
        for rank, key in enumerate(ranking):
            scores[key] = scores.get(key, 0.0) + 1.0 / (RANK_CONSTANT + rank + 1)
    return sorted(scores, key=lambda key: (-scores[key], key))[:size]


def z_scores(values: Sequence[float]) -> list[float]:
    """Distances from the mean in standard deviations; zeros where all are equal."""
    if not values:
        return []
    mean, deviation = fmean(values), pstdev(values)
    return [(value - mean) / deviation if deviation > 1e-12 else 0.0 for value in values]


def complete(found: Mapping[int, float], candidates: Sequence[int]) -> list[float]:
    """Scores of the word index for all candidates, those that it did not return included."""
    floor = UNFOUND * min(found.values(), default=0.0)
    return [found.get(key, floor) for key in candidates]


def fuse(columns: Sequence[tuple[float, Sequence[float]]]) -> list[float]:
    """Weighted sum of z-scores; one (weight, scores of the candidates) for each judge that counts."""
    weighted = [(weight, z_scores(scores)) for weight, scores in columns if weight]
    size = len(columns[0][1]) if columns else 0
    return [sum(weight * scores[place] for weight, scores in weighted) for place in range(size)]
