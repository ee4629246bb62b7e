"""Do a claim and the words that should carry it agree: numbers with units, dates, names, negation.

Each disagreement names what differs, for the reason of a verdict. Pure; works on words alone, without any model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.verify.direction import NEGATIONS, REACH
from ingest.quantities import DateMention, Number, dates, names, numbers
from ingest.stop_words import STOP_WORDS
from ingest.text import words

Kind = Literal["number", "date", "name", "opposite", "strength", "subject"]

SMALL = frozenset().union(*STOP_WORDS.values())
"""Words that say nothing on their own, in any language."""
CURRENCIES = frozenset("EUR USD GBP CHF JPY SEK NOK DKK PLN CZK AUD CAD".split())
"""Capitals that are units of numbers and no names."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One point in which claim and evidence differ."""

    kind: Kind
    """What differs."""
    wanted: str
    """What the claim says, as written."""
    instead: str = ""
    """What the evidence says in its place, as written; empty where it says nothing of the kind."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What must agree in a text, found once."""

    text: str
    """The text."""
    numbers: list[Number]
    """Numbers that are part of no date."""
    all_numbers: list[Number]
    """All numbers."""
    dates: list[DateMention]
    """Dates."""
    names: list[str]
    """Names and codes."""
    words: frozenset[str]
    """Case-folded words."""


def facts(text: str) -> Facts:
    """Numbers, dates, names and words of a text."""
    found, mentions = numbers(text), dates(text)
    plain = [one for one in found if not any(day.start <= one.start < day.end for day in mentions)]
    named = [
        name for name, _, _ in names(text) if name not in CURRENCIES and not all(word.isdigit() for word in words(name))
    ]
    return Facts(text, plain, found, mentions, named, frozenset(words(text)))


def missing_numbers(claim: Facts, evidence: Facts) -> list[Disagreement]:
    """Numbers and dates of the claim that the evidence does not have."""
    found = []
    for number in claim.numbers:
        if not any(number.agrees(other) for other in evidence.all_numbers):
            alike = [one for one in evidence.numbers if one.unit == number.unit]
            instead = evidence.text[alike[0].start : alike[0].end] if len(alike) == 1 else ""
            found.append(Disagreement("number", claim.text[number.start : number.end], instead))
    for day in claim.dates:
        if not any(day.agrees(other) for other in evidence.dates):
            instead = evidence.text[evidence.dates[0].start : evidence.dates[0].end] if evidence.dates else ""
            found.append(Disagreement("date", claim.text[day.start : day.end], instead))
    return found


def lacks_numbers(claim: str, evidence: str) -> bool:
    """Whether a text lacks a number or date of a claim."""
    return bool(missing_numbers(facts(claim), facts(evidence)))


def missing_names(claim: Facts, evidence: frozenset[str]) -> list[Disagreement]:
    """Names of the claim of which the evidence lacks a word.

    Args:
        claim: The claim.
        evidence: Case-folded words of quotes, title and headings.
    """
    return [Disagreement("name", name) for name in claim.names if not set(words(name)) <= evidence]


def foreign_names(claim: Facts, evidence: frozenset[str]) -> list[Disagreement]:
    """Names of the claim of which the evidence has no word at all."""
    return [Disagreement("name", name) for name in claim.names if not set(words(name)) & evidence]


def negation_differs(claim: Facts, evidence: Facts) -> bool:
    """Whether a word that both have is negated in only one of them."""
    ours, theirs = negated(claim.text), negated(evidence.text)
    if ours & theirs:
        return False
    return bool((ours & evidence.words) | (theirs & claim.words))


def negated(text: str) -> frozenset[str]:
    """Case-folded words that stand up to `REACH` words behind a negation, small words left out."""
    found = words(text)
    behind = (found[place + 1 : place + 1 + REACH] for place, word in enumerate(found) if word in NEGATIONS)
    return frozenset(word for some in behind for word in some if word not in NEGATIONS and word not in SMALL)


def negated_figures(claim: Facts) -> frozenset[str]:
    """Figures that a claim denies: who has them undenied says the opposite."""
    return frozenset(word for word in negated(claim.text) if word[0].isdigit())
