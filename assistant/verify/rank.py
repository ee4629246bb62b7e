"""Which sentences answer a question best, and which words in them do.

Late interaction in the passage's context finds the sentence; the meaning of its tokens, the question words that it holds
literally and the kind of word that is asked for settle near ties; the passage's own rank keeps a good sentence of a poor
passage behind. What each is there for: the package's table. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.late import Probe, content_words
from assistant.own_date import asks_own_date, says_own_date
from assistant.parties import asks_parties, names_parties
from assistant.verify.defining import asked_term, introduces
from assistant.verify.evidence import Place, Sentence, is_heading, row_label, sentences_of
from assistant.verify.injection import addresses_assistant, asks_about_instructions
from ingest.quantities import dates, names, numbers
from ingest.text import words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from assistant.late import Floats

AROUND = 0.5
"""Share of late interaction in which a token may also be met by the title, the headings or the sentence before: "It costs
84 euros" answers what is asked about the weekend that stands in front of it."""
MEANING = 1.0
"""Weight of the sentence's cosine beside late interaction (1)."""
COVERAGE = 0.5
"""Weight of the question's words, by idf, that stand in it."""
PASSAGE = 0.03
"""Weight of the passage's fused z-scores: a good passage is worth a little, as sentences of one passage share it."""
KIND = 0.2
"""Added where a sentence holds a date, number or name as the question asks for, and taken off where it holds none."""
CODE = 0.4
"""Added for the share of the question's codes, such as "F7", that a sentence has: no other word stands for one. Also for
the row of a table that a number of the question labels, as in "what is planted in bed 3"."""
OWN_DATE = 0.6
"""Added in a document's first passage to a sentence that dates the document, where that is asked for; half of it in the second."""
DEFINES = 0.4
"""Added to a sentence that says by its form who or what the term of the question is, or who the parties are."""
ELSEWHERE = 0.4
"""Taken off a sentence of another document than the one that the question is about."""
HEADING = 0.3
"""Taken off a heading, which has the question's words and never the answer."""

_NUMBER_ASKED = re.compile(
    r"\bhow (?:many|much|long|old|far|tall|high|large|big|often|fast|deep|heavy)\b|\bwhat (?:percent|number|age|amount)"
    r"|\bwhat (?:is|are|was|were) (?:the|my|our|his|her|their)(?: [\w-]+){0,3}? (?:prices?|costs?|rent|fees?|total|amount|sum|deposit|salary|balance"
    r"|premium|percentage|temperature|pressure|weight|height|length|width|distance|population)\b"
    r"|\bwie ?viele?\b|\bwie (?:lange?|alt|weit|hoch|gro(?:ß|ss)|oft|schnell|schwer)\b|\bcuánt[oa]s?\b|\bcombien\b",
    re.IGNORECASE,
)
_DATE_ASKED = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade)\b|\bwann\b|\bcuándo\b|\bquand\b"
    r"|\bwelche[sm]? (?:jahr|datum|tag|monat)\b|\ben qué (?:año|fecha)\b",
    re.IGNORECASE,
)
_SPAN_ASKED = re.compile(
    r"\bhow (?:long|old|far)\b|\bwie (?:lange?|alt|weit)\b|\bcuánto tiempo\b|\bcombien de temps\b", re.IGNORECASE
)
_MONEY_ASKED = re.compile(
    r"\b(?:how much|what)\b.*\b(?:costs?|pay|paid|spend|spent|earn|owe|price|fees?|salary|rent|premium)\b|\bhow much money\b"
    r"|\bwas (?:kostet|kosten|kostete)\b|\bwie ?viel\b.*\b(?:kostet|kosten|kostete|bezahlt|gezahlt|verdient)\b",
    re.IGNORECASE,
)
_CURRENCIES = frozenset("eur usd gbp chf".split())
_CENTS = re.compile(r"[-−]?\d[\d.,'’]*[.,]\d\d(?!\d|\.\s|\s?%)")
"""An amount in a table, which says its currency once or never; "22.03." is a day."""
_SPANS = frozenset("h min d wk mo y km mi m cm mm".split())
"""Units of time and length."""
_NAME_ASKED = re.compile(r"\bwho(?:m|se)?\b|\bwer\b|\bwen\b|\bwem\b|\bquién(?:es)?\b|\bqui\b", re.IGNORECASE)
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])\w+")
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


def best_sentences(question: Probe, places: Sequence[Place], about: str | None = None) -> list[Ranked]:
    """The sentences of the places, best first, headings behind them; each once, and none that gives the assistant orders.

    Args:
        question: As it was compared.
        places: Where sentences are taken from.
        about: Id of the document that the question speaks of alone; None where it may be any.
    """
    allowed = asks_about_instructions(question.text)
    found: dict[str, Ranked] = {}
    for place in places:
        for ranked in _ranked_in(question, place, allowed, about):
            key = " ".join(ranked.sentence.text.split()).casefold()
            if key not in found or found[key].score < ranked.score:
                found[key] = ranked
    return sorted(found.values(), key=lambda ranked: (is_heading(ranked.sentence.text), -ranked.score))


def _ranked_in(question: Probe, place: Place, allowed: bool, about: str | None) -> Iterator[Ranked]:
    """The sentences of one place with their scores."""
    import numpy as np

    met, tokens = place.tokens.met(question), place.tokens
    asked = words(question.text)
    codes = {word for word in asked if _CODE.fullmatch(word)}
    figures = {word for word in asked if word.isdigit()}
    elsewhere = 0.0 if about in (None, place.hit.passage.document_id) else ELSEWHERE
    parties = asks_parties(question.text)
    term = "" if _NUMBER_ASKED.search(question.text) else asked_term(question.text)
    above = _best_met(met, np.flatnonzero(tokens.starts < 0))
    before = np.zeros_like(above)
    dating = OWN_DATE / (1 + place.hit.passage.ordinal) if asks_own_date(question.text) else 0.0
    for sentence in sentences_of(place):
        chosen = tokens.inside(sentence.start, sentence.end)
        row = _best_met(met, chosen)
        if allowed or not addresses_assistant(sentence.text):
            late = float(row @ question.weights)
            around = float(np.maximum(row, np.maximum(above, before)) @ question.weights)
            meaning = float(tokens.mean(chosen) @ question.vector) if len(chosen) else 0.0
            coverage = question.coverage(set(content_words(sentence.text, question.language)))
            score = (
                (1 - AROUND) * late
                + AROUND * around
                + MEANING * meaning
                + COVERAGE * coverage
                + PASSAGE * place.hit.score
                + KIND * _kind(question.text, sentence.text)
                + CODE * max(_codes_held(codes, sentence.text), row_label(sentence.text) in figures)
                + (dating if dating and says_own_date(sentence.text) else 0.0)
                + DEFINES * (introduces(sentence.text, term) or (parties and names_parties(sentence.text)))
                - HEADING * is_heading(sentence.text)
                - elsewhere
            )
            yield Ranked(sentence, score, late, meaning, coverage)
        before = row


def _best_met(met: Floats, chosen: npt.NDArray[np.intp]) -> Floats:
    """How well each token of the question is met by the best of the chosen tokens; zeros for none."""
    import numpy as np

    best: Floats = met[:, chosen].max(axis=1) if len(chosen) else np.zeros(len(met), dtype=np.float32)
    return best


def lacks_amount(question: str, text: str) -> bool:
    """Whether a question asks what something costs, and a text holds no amount of money."""
    return bool(_MONEY_ASKED.search(question)) and not answering_words(question, text)


def asks_kind(question: str) -> bool:
    """Whether a question asks for a date, a number or a name rather than for a passage."""
    return any(pattern.search(question) for pattern in (_MONEY_ASKED, _DATE_ASKED, _NUMBER_ASKED, _NAME_ASKED))


def _kind(question: str, text: str) -> int:
    """1 where a text holds what kind of word the question asks for, -1 where it does not, 0 where none is asked for."""
    if not asks_kind(question):
        return 0
    return 1 if answering_words(question, text) else -1


def answering_words(question: str, quote: str) -> tuple[tuple[int, int], ...]:
    """Stretches of a quote of the kind that the question asks for: amounts, dates, numbers or names; empty for others."""
    asked = set(words(question))
    days = [(mention.start, mention.end) for mention in dates(quote)]
    figures = [number for number in numbers(quote) if not _within(number.start, days)]
    if _MONEY_ASKED.search(question):
        found = [
            (number.start, number.end)
            for number in figures
            if number.unit in _CURRENCIES or _CENTS.match(quote, number.start)
        ]
    elif _DATE_ASKED.search(question):
        found = days + [match.span() for match in _YEAR.finditer(quote) if not _within(match.start(), days)]
    elif _NUMBER_ASKED.search(question):
        fitting = _SPANS if _SPAN_ASKED.search(question) else None
        found = [(number.start, number.end) for number in figures if fitting is None or number.unit in fitting]
    elif _NAME_ASKED.search(question):
        found = [(start, end) for _, start, end in names(quote)]
    else:
        return ()
    return tuple(sorted((start, end) for start, end in found if not set(words(quote[start:end])) <= asked))


def _codes_held(codes: set[str], text: str) -> float:
    """Share of codes that a text has; 0 for none."""
    return len(codes & set(words(text))) / len(codes) if codes else 0.0


def _within(place: int, stretches: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in stretches)
