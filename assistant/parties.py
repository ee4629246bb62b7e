"""Questions for the parties to a contract, and the sentences that name them.

"Who are the parties?" shares no word with "between Hollis & Crane Lettings and Clara Wendelin". The question is known by
its words, the answer by its form, near the beginning of the contract. Pure.
"""

from __future__ import annotations

import re

from ingest.text import words

_PARTIES = frozenset("parties parteien vertragsparteien".split())
_WHO = frozenset("who wer".split())
_BETWEEN = re.compile(r"\b(?:between|among)\b.{3,300}?\band\b|\bzwischen\b.{3,300}?\bund\b", re.IGNORECASE)
_NAMED = re.compile(r"[^\W\d_a-zß-öø-ÿ][\w'’&.-]+ [^\W\d_a-zß-öø-ÿ&]")
"""Two capitalised words in a row, as names of persons and firms have."""


def asks_parties(question: str) -> bool:
    """Whether a question asks who the parties to a contract are."""
    asked = set(words(question))
    return bool(asked & _PARTIES) and bool(asked & _WHO)


def names_parties(text: str) -> bool:
    """Whether a text says between whom something is made."""
    made = _BETWEEN.search(" ".join(text.split()))
    return made is not None and _NAMED.search(made.group()) is not None
