"""How often words stand in texts of a language at large, as the embedding model's vocabulary tells.

The idf of a small library takes "still" and "altogether" for the rarest words of a question, because it has them nowhere;
then nothing that it holds seems to answer, and passages with "much" are found for "how much". The vocabulary of the
embedding model is in the order of frequency, so Zipf's law gives the share of passages in which a word usually stands.
Pure.
"""

from __future__ import annotations

from collections.abc import Callable

from ingest.text import stem, word_spans

EVERYDAY = "en"
"""Language whose everyday words the embedding model knows."""
FIRST = 30.0
"""Share of passages with the word of rank 1, were there that many: Zipf's law in passages of about 200 words."""
MOST = 0.5
"""Share of passages that the most frequent content words have."""
RARE = 30_000
"""Rank of a word that the vocabulary does not have whole."""
COMMON = 1_500
"""Words up to this rank say what is asked rather than what it is asked of: "still", "need"."""

Rank = Callable[[str], int | None]
"""The rank of a case-folded word by frequency, from 1; None where it is rare."""


def usual_shares(text: str, language: str, rank: Rank) -> dict[str, float]:
    """Share of passages, 0 to 1, in which the stems of a text usually stand; empty in a language that is not known."""
    if language != EVERYDAY:
        return {}
    return {stem(word, language): min(MOST, FIRST / _rank(word, rank)) for word, _, _ in word_spans(text)}


def all_common(text: str, rank: Rank) -> bool:
    """Whether a text holds no word but common ones."""
    return all(_rank(word, rank) <= COMMON for word, _, _ in word_spans(text))


def _rank(word: str, rank: Rank) -> int:
    if any(map(str.isdigit, word)):
        return RARE
    found = rank(word)
    return RARE if found is None else found
