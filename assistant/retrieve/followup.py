"""Follow-up questions: "and the year before?", "what about the car?", "when does it expire?" made whole.

A search knows only the words it is given, so what a follow-up leaves out is taken from the question before it: another
year in place of the one that was asked about, another thing in the place of the last one, the thing itself in the place
of a pronoun. What was made of it is always shown. English, German, Spanish and French. Pure: no model, so that the same
conversation gives the same question, and nothing is added that the person did not say or read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.retrieve.phrases import (
    AUXILIARIES,
    CONTRACTED,
    DETERMINED,
    PREPOSITIONS,
    Phrase,
    behind,
    determined,
    done_to,
    without_time,
)
from ingest.quantities import MONTHS, dates, names
from ingest.text import content_stems, detect_language, stop_words, words

SHORT = 7
"""Words of the longest question that is taken for a follow-up because it opens like one."""
DEFAULT_LANGUAGE = "en"

_OPENS = re.compile(
    r"^\s*(?:(?:and|or|but|und|oder|aber|y|o|pero|et|ou|mais)\b[\s,]+)?"
    r"(?:(?:what|how)\s+about\b|(?:und\s+)?(?:was|wie)\s+(?:ist|steht|sieht\s+es)\s+(?:mit|aus\s+mit|um)\b|wie\s+steht\s+es\s+um\b"
    r"|¿?\s*qu[eé]\s+(?:hay\s+de|tal)\b|¿?\s*y\s+(?:qu[eé]\s+)?(?:hay\s+de\b)?|(?:et\s+)?(?:pour|qu['’]en\s+est-il\s+de)\b)\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"^\s*¿?\s*(?:and|or|und|oder|y|o|et|ou)\b[\s,]+", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|will|has|have"
    r"|wer|wem|wen|wessen|wann|wo|wohin|wie|was|welche[mnrs]?|warum|ist|sind|war|hat"
    r"|quién|cuándo|cuánt[oa]s?|dónde|cómo|cuál|qui|quand|où|combien|comment|quel\w*|pourquoi)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(rf"({'|'.join(sorted(PREPOSITIONS))})\s+", re.IGNORECASE)
_BELONGS = re.compile(r"\s+(?:of|des|der)\s", re.IGNORECASE)
_ONE = re.compile(
    rf"(?:the\s+ones?|el|la|los|las|der|die|das|ceux|celle|celui)\s+(?=(?:{'|'.join(sorted(PREPOSITIONS))})\s)",
    re.IGNORECASE,
)
_ONES_OWN = re.compile(r"\S+['’]s?$")
_POSSESSIVE = re.compile(r"(?:my|our|his|her|their|your|\S+['’]s)(?=\s)", re.IGNORECASE)
_ASKING = (
    r"(?:(?:by|for|to|from|with|since|until)\s+)?(?:how(?:\s+(?:much|many|long|often|far|old|big))?|what|who|whom|when|where|why|which"
    r"|(?:von|mit|bis|seit)?\s*(?:wie(?:\s+(?:viel|viele|lange|oft|hoch|weit))?|wem|wen|wer|wann|wo|warum)|quién|cuándo|cuánto|dónde|cómo|qui|quand|où|combien)"
)
_ASKS_ALONE = re.compile(rf"\s*({_ASKING})\s*\W*$", re.IGNORECASE)
_ASKED_WITH = re.compile(rf"\W*{_ASKING}\s+", re.IGNORECASE)
_SEVERAL = re.compile(r"they|them|their", re.IGNORECASE)
_WHICH = re.compile(r"\W*(?:which|what|how\s+many)\s+([^\W\d_]+s)\b", re.IGNORECASE)
_OF = re.compile(r"\s(?:of|von|de)\s+", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_BEFORE = re.compile(
    r"\b(?:the\s+)?(?:year\s+before|previous\s+year|(?:das\s+)?(?:jahr\s+davor|vorjahr)|(?:el\s+)?año\s+anterior|(?:l['’])?année\s+(?:précédente|d['’]avant))\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:the\s+)?(?:year\s+after|(?:next|following)\s+year|(?:das\s+)?(?:jahr\s+danach|folgejahr)|(?:el\s+)?año\s+siguiente|(?:l['’])?année\s+(?:suivante|d['’]après))\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:he|she|him|(?P<of>his|her)|er(?=\s)|ihn|ihm|(?P<von>seine?[mnrs]?)|él|ella|il|elle|lui)\b", re.IGNORECASE
)
_THING = re.compile(
    r"\b(?:it|(?P<of>its|their)|they|them|davon|dessen|deren|dafür|darin|ello|eso|esto|celui-ci|cela|ça"
    r"|(?:this|that|these|those)(?=\s*(?:[?.!,]|$)|\s+(?:is|was|are|were|means?|meant|costs?|works?|happens?|ends?|starts?)\b))\b",
    re.IGNORECASE,
)
_PHRASE = re.compile(rf"\b{DETERMINED}\s+[^\s?.!,;:]+", re.IGNORECASE)
_WHO = re.compile(r"^\W*(?:who|whose|wer|wem|wen|wessen|quién|quiénes|qui)\b", re.IGNORECASE)
_ENDS = re.compile(r"[\s?.!]+$")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question of the conversation with its answer."""

    question: str
    """As it was searched: whole."""
    answer: str
    """What was shown."""


def whole_question(question: str, conversation: Sequence[Earlier]) -> str | None:
    """A follow-up made a question of its own.

    Args:
        question: As a person wrote it.
        conversation: What came before, oldest first.

    Returns:
        The question to be searched; None where it stands alone.
    """
    if not conversation or not words(question):
        return None
    last = conversation[-1]
    if alone := _ASKS_ALONE.match(_AND.sub("", question)):
        return _asked_otherwise(alone[1], last)
    opened = _OPENS.match(question) or _AND.match(question)
    if opened and opened.end() and len(words(question)) <= SHORT:
        rest = question[opened.end() :]
        return _with_names(rest[:1].upper() + rest[1:], last) if _ASKS.match(rest) else _continued(rest, last)
    if len(words(question)) <= SHORT and _only_time(question):
        return _continued(question, last)
    return _with_names(question, last)


def _asked_otherwise(asking: str, last: Earlier) -> str:
    """The question before with another word that asks: "By whom?", "How long?"."""
    before = last.question.lstrip("¿ ")
    rest = before[with_.end() :] if (with_ := _ASKED_WITH.match(before)) else before[:1].lower() + before[1:]
    return f"{asking[:1].upper()}{asking[1:]} {rest}"


def _continued(rest: str, last: Earlier) -> str:
    """What came before with another year, or another thing, in place of its own."""
    rest, before = _ENDS.sub("", rest).strip(), _ENDS.sub("", last.question)
    years = _YEAR.findall(before)
    for pattern, step in ((_BEFORE, -1), (_AFTER, 1)):
        if pattern.search(rest) and years:
            return _asked(_YEAR.sub(str(int(years[-1]) + step), before), last)
    year = _YEAR.search(rest)
    if year and not _left(_YEAR.sub(" ", rest)):
        return _asked(_YEAR.sub(year[0], before) if years else f"{before} {rest}", last)
    return _asked(_exchanged(before, rest), last) if rest else last.question


def _exchanged(before: str, rest: str) -> str:
    """The question with a thing in place of the one that it most likely replaces.

    What follows a preposition takes the place of what followed it before; what ends in the same word, as "the opening
    balance" and "the closing balance", takes that place; a name takes that of a name. Another word leaves a name where it
    is and takes that of the first thing, as it does of what belongs to another; otherwise that of the last: "the rent of
    12 Mill Road", and the deposit; "the insurance for the house", and the car.
    """
    body, tail = without_time(before)
    tail = "" if _YEAR.search(rest) or dates(rest) else tail
    rest = _ONE.sub("", rest)
    lead = _LEAD.match(rest)
    thing = rest[lead.end() :] if lead else rest
    if lead and (same := behind(body, lead[1].casefold())):
        return _put(body, same, thing) + tail
    things = determined(body)
    alike = [one for one in things if len(words(thing)) > 1 and one.head == words(thing)[-1]]
    if alike:
        return _put(body, alike[-1], thing) + tail
    if _ONES_OWN.match(thing) and (own := _POSSESSIVE.search(body)):
        return body[: own.start()] + thing + body[own.end() :] + tail
    named = [found for found in names(body) if words(body[: found[1]])]
    if named and thing[:1].isupper() and names(f"x {thing}"):
        return _put(body, Phrase(*named[-1]), thing) + tail
    if not _PHRASE.match(thing) and AUXILIARIES & set(words(body)) and (done := done_to(body)):
        return _put(body, done, thing) + tail
    if things and (named or _first_is_meant(body, things[0])):
        return _put(body, things[0], thing) + tail
    last = max([*things, *([hung] if (hung := behind(body)) else [])], key=lambda one: one.start, default=None)
    return (_put(body, last, thing) if last else f"{body} {rest}") + tail


def _first_is_meant(body: str, first: Phrase) -> bool:
    """Whether the first thing is what a question is about: who does something, or what belongs to another thing."""
    hangs = [word for word in words(body[first.end :]) if word in PREPOSITIONS]
    return bool(AUXILIARIES & set(words(body[: first.start])) or _BELONGS.match(body, first.end) or len(hangs) > 1)


def _put(text: str, old: Phrase, thing: str) -> str:
    """A text with another thing in the place of one."""
    bare, apart = text[: old.start], re.compile(r"\b(del|du|im|am|beim|zum|zur)\s+$", re.IGNORECASE)
    if _PHRASE.match(thing):
        bare = apart.sub(lambda match: CONTRACTED[match[1].casefold()] + " ", bare)
    return bare + thing + text[old.end :]


def _with_names(question: str, last: Earlier) -> str | None:
    """The question with what its pronoun stands for; None where it has none, or names that itself."""
    match, meant = _PERSON.search(question), ""
    if match:
        meant = _person(last)
    if not meant:
        match = _THING.search(question)
        meant = _topic(last, bool(_SEVERAL.fullmatch(match[0]))) if match else ""
    if match is None or not meant or _named_before(question, match.start()):
        return None
    if match.lastgroup and (detect_language(question) or DEFAULT_LANGUAGE) == DEFAULT_LANGUAGE:
        meant = f"{meant}'" if meant.endswith("s") else f"{meant}'s"
    elif match.lastgroup and (owned := re.match(r"\s+[^\W\d_]+", question[match.end() :])):
        return f"{question[: match.start()]}{owned[0].strip()} von {meant}{question[match.end() + owned.end() :]}"
    return question[: match.start()] + meant + question[match.end() :]


def _named_before(question: str, place: int) -> bool:
    """Whether a question itself says what its pronoun at this place stands for."""
    return bool(_PHRASE.search(question[:place])) or any(
        start < place and words(question[:start]) for _, start, _ in names(question)
    )


def _person(last: Earlier) -> str:
    """A name of the answer where the question before asked for one, otherwise one of that question."""
    texts = [last.answer, last.question] if _WHO.search(last.question) else [last.question, last.answer]
    for text in texts:
        found = [name for name, _, _ in names(f"“ {text}") if " " in name and not any(map(str.isdigit, name))]
        if found:
            return found[0]
    return ""


def _topic(last: Earlier, several: bool = False) -> str:
    """What the question before was about: its first thing with all that hangs on it; of "the price of the car" the car.

    Args:
        last: The question before.
        several: Whether it is spoken of as several: "Which vaccinations does the dog need?", and "What do they cost?".
    """
    if several and (which := _WHICH.match(last.question)):
        return f"the {which[1]}"
    before, _ = without_time(_ENDS.sub("", last.question))
    things = determined(before, joined=True)
    if not things:
        named = [name for name, start, _ in names(before) if words(before[:start])]
        return named[-1] if named else ""
    whose = _OF.split(things[0].text, maxsplit=1)[-1]
    return re.split(r"['’]s?\s", whose, maxsplit=1)[0]


def _only_time(question: str) -> bool:
    """Whether a question says a time and nothing else: "in 2022?"."""
    has = _YEAR.search(question) or _BEFORE.search(question) or _AFTER.search(question)
    return bool(has) and not _left(_AFTER.sub(" ", _BEFORE.sub(" ", _YEAR.sub(" ", question))))


def _left(text: str) -> list[str]:
    """Words that carry meaning, months aside."""
    language = detect_language(text) or DEFAULT_LANGUAGE
    passed_over = stop_words(language) | stop_words(DEFAULT_LANGUAGE) | MONTHS.keys()
    return [stem for stem in content_stems(text, language) if stem not in passed_over]


def _asked(text: str, last: Earlier) -> str:
    """With the mark at its end that the question before had."""
    mark = last.question.rstrip()[-1:]
    return text + mark if mark in "?.!" else text
