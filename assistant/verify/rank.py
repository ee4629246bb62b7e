"""Which sentences answer a question best, and which words in them do.

Late interaction in the passage's context finds the sentence; the meaning of its tokens and the question words that it
holds literally settle near ties; the passage's own rank keeps a good sentence of a poor passage behind. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.late import Probe, content_words
from assistant.verify.evidence import Place, Sentence, sentences_of
from assistant.verify.injection import addresses_assistant, asks_about_instructions
from ingest.quantities import dates, names, numbers
from ingest.text import words

MEANING = 0.5
"""Weight of the sentence's cosine beside late interaction (1)."""
COVERAGE = 0.5
"""Weight of the question's words, by idf, that stand in it."""
PASSAGE = 0.05
"""Weight of the passage's fused z-scores: a good passage is worth a little, as sentences of one passage share it."""

_NUMBER_ASKED = re.compile(
    r"\bhow (?:many|much|long|old|far|tall|high|large|big|often|fast|deep|heavy)\b|\bwhat (?:percent|number|age|amount)"
    r"|\bwie ?viele?\b|\bwie (?:lange?|alt|weit|hoch|gro(?:ß|ss)|oft|schnell|schwer)\b|\bcuánt[oa]s?\b|\bcombien\b",
    re.IGNORECASE,
)
_DATE_ASKED = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade)\b|\bwann\b|\bcuándo\b|\bquand\b"
    r"|\bwelche[sm]? (?:jahr|datum|tag|monat)\b|\ben qué (?:año|fecha)\b",
    re.IGNORECASE,
)
_NAME_ASKED = re.compile(r"\bwho(?:m|se)?\b|\bwer\b|\bwen\b|\bwem\b|\bquién(?:es)?\b|\bqui\b", re.IGNORECASE)
_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-9]{2}\b")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence and how well it answers."""

    sentence: Sentence
    """What may be quoted."""
    score: float
    """Higher is better; comparable within one question."""
    late: float
    """Weighted MaxSim of the question with its tokens, -1 to 1."""
    meaning: float
    """Cosine of the question with its tokens' mean."""
    coverage: float
    """Share of the question's words, by idf, that it holds."""


def best_sentences(question: Probe, places: Sequence[Place]) -> list[Ranked]:
    """The sentences of the places, best first; each text once, and none that gives orders to the assistant."""
    allowed = asks_about_instructions(question.text)
    found: dict[str, Ranked] = {}
    for place in places:
        met = place.tokens.met(question)
        for sentence in sentences_of(place):
            if not allowed and addresses_assistant(sentence.text):
                continue
            chosen = place.tokens.inside(sentence.start, sentence.end)
            late = float(met[:, chosen].max(axis=1) @ question.weights) if len(chosen) else 0.0
            meaning = float(place.tokens.mean(chosen) @ question.vector) if len(chosen) else 0.0
            coverage = question.coverage(set(content_words(sentence.text, question.language)))
            score = late + MEANING * meaning + COVERAGE * coverage + PASSAGE * place.hit.score
            key = " ".join(sentence.text.split()).casefold()
            if key not in found or found[key].score < score:
                found[key] = Ranked(sentence, score, late, meaning, coverage)
    return sorted(found.values(), key=lambda ranked: -ranked.score)


def answering_words(question: str, quote: str) -> tuple[tuple[int, int], ...]:
    """Stretches of a quote of the kind that the question asks for: numbers, dates or names; empty for other questions."""
    asked = set(words(question))
    if _DATE_ASKED.search(question):
        found = [(mention.start, mention.end) for mention in dates(quote)]
        found += [match.span() for match in _YEAR.finditer(quote) if not _within(match.start(), found)]
    elif _NUMBER_ASKED.search(question):
        found = [(number.start, number.end) for number in numbers(quote)]
    elif _NAME_ASKED.search(question):
        found = [(start, end) for _, start, end in names(quote)]
    else:
        return ()
    return tuple(sorted((start, end) for start, end in found if not set(words(quote[start:end])) <= asked))


def _within(place: int, stretches: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in stretches)
