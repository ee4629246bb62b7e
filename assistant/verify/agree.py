"""Do a claim and the words that should carry it agree: numbers with units, dates, names, negation, comparisons.

Each disagreement names what differs, for the reason of a verdict. Pure; works on words alone, without any model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ingest.quantities import DateMention, Number, dates, names, numbers
from ingest.text import words

Kind = Literal["number", "date", "name", "opposite"]

NEGATIONS = frozenset(
    """no not never none neither nor without cannot can't don't doesn't didn't isn't aren't wasn't weren't won't wouldn't
    shouldn't couldn't hasn't haven't hadn't nobody nothing nowhere kein keine keinen keinem keiner keines nicht nie
    niemals niemand nichts ohne weder""".split()
)
UPWARD = frozenset(
    """increase increased increases increasing higher more greater raise raised raises elevated elevate enhance enhanced
    enhances promote promotes promoted upregulate upregulated upregulates activate activates activated gain gains above
    over larger longer better rise rises rose grew improve improved improves positive maximum least after later exceeds
    steigt stieg gestiegen höher mehr größer länger über mindestens nach später""".split()
)
DOWNWARD = frozenset(
    """decrease decreased decreases decreasing lower less fewer reduce reduced reduces reducing reduction decline declined
    diminish diminished suppress suppresses suppressed inhibit inhibits inhibited downregulate downregulated impair
    impaired loss losses below under smaller shorter worse fall falls fell drop dropped negative prevent prevents
    prevented minimum most before earlier sinkt sank gesunken niedriger weniger kleiner kürzer unter höchstens vor
    früher""".split()
)
"""Words of direction: a claim that only goes up is not carried by words that only go down."""
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


def opposite_direction(claim: Facts, evidence: Facts) -> bool:
    """Whether one goes only up and the other only down."""
    up, down = bool(claim.words & UPWARD), bool(claim.words & DOWNWARD)
    evidence_up, evidence_down = bool(evidence.words & UPWARD), bool(evidence.words & DOWNWARD)
    return (up and not down and evidence_down and not evidence_up) or (
        down and not up and evidence_up and not evidence_down
    )


def negation_differs(claim: Facts, evidence: Facts) -> bool:
    """Whether one of them is negated and the other is not."""
    return bool(claim.words & NEGATIONS) != bool(evidence.words & NEGATIONS)
