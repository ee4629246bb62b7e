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

from ingest.quantities import MONTHS, names
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
_FILLER = re.compile(r"^(?:for|in|on|of|from|für|im|in|am|von|aus|para|en|de|del|pour|dans|du)\s+", re.IGNORECASE)
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
_DETERMINED = (
    r"(?:the|my|our|his|her|their|this|that|der|die|das|dem|den|des|mein\w*|unser\w*|el|la|los|las|mi|mis|nuestr\w+"
    r"|le|les|mon|ma|mes|notre|nos)"
)
_PART = re.compile(
    rf"\b(?P<lead>for|of|in|on|with|about|from|at|für|von|im|in|am|beim?|über|mit|de|del|en|sobre|con|para|pour|du|dans|sur|avec)\s+"
    rf"(?P<thing>(?:{_DETERMINED}\s+)?(?P<noun>[^\s?.!,;:][^?.!,;:]*))$",
    re.IGNORECASE,
)
_TOPIC = re.compile(rf"\b{_DETERMINED}\s+[^?.!,;:]+$", re.IGNORECASE)
_PHRASE = re.compile(rf"\b{_DETERMINED}\s+[^\s?.!,;:]+", re.IGNORECASE)
_AUXILIARY = re.compile(r"\b(?:do|does|did|will|would|can|could|should|must|may)\b", re.IGNORECASE)
_WHO = re.compile(r"^\W*(?:who|whose|wer|wem|wen|wessen|quién|quiénes|qui)\b", re.IGNORECASE)
_CONTRACTED = {"del": "de", "du": "de", "im": "in", "am": "an", "beim": "bei"}
_ENDS = re.compile(r"[\s?.!]+$")
_TIME = re.compile(
    r"\s+(?:in|im|for|from|since|für|seit|en|desde|depuis)\s+(?:the\s+year\s+)?(?:1[89]|20)\d\d$", re.IGNORECASE
)


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
    opened = _OPENS.match(question) or _AND.match(question)
    if opened and opened.end() and len(words(question)) <= SHORT:
        return _continued(question[opened.end() :], last)
    if len(words(question)) <= SHORT and _only_time(question):
        return _continued(question, last)
    return _with_names(question, last)


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
    thing = _FILLER.sub("", rest)
    if not thing:
        return last.question
    return _asked(_exchanged(before, thing), last)


def _exchanged(before: str, thing: str) -> str:
    """The question with a thing in place of the one that it most likely replaces.

    A name takes the place of a name. Another word leaves a name where it is and takes that of the first thing; without
    a name, that of the last: "the rent of 12 Mill Road", and the deposit; "the insurance for the house", and the car.
    """
    time = _TIME.search(before)
    body, tail = (before[: time.start()], time[0]) if time else (before, "")
    tail = "" if _YEAR.search(thing) else tail
    named = [found for found in names(body) if words(body[: found[1]])]
    if named and thing[:1].isupper() and names(f"x {thing}"):
        _, start, end = named[-1]
        return body[:start] + thing + body[end:] + tail
    part, phrase = _PART.search(body), _PHRASE.search(body)
    if phrase and (named or not part or _AUXILIARY.search(body[: phrase.start()])):
        return body[: phrase.start()] + thing + body[phrase.end() :] + tail
    if part:
        lead = part["lead"]
        bare = _CONTRACTED.get(lead.casefold(), lead) if _PHRASE.match(thing) else lead
        return f"{body[: part.start()]}{bare} {thing}{tail}"
    return f"{body} {thing}{tail}"


def _with_names(question: str, last: Earlier) -> str | None:
    """The question with what its pronoun stands for; None where it has none, or names that itself."""
    match, meant = _PERSON.search(question), ""
    if match:
        meant = _person(last)
    if not meant:
        match = _THING.search(question)
        meant = _topic(last) if match else ""
    if match is None or not meant or _named_before(question, match.start()):
        return None
    if match.lastgroup and (detect_language(question) or DEFAULT_LANGUAGE) == DEFAULT_LANGUAGE:
        meant = f"{meant}'" if meant.endswith("s") else f"{meant}'s"
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


def _topic(last: Earlier) -> str:
    """What the question before was about: its last thing with all that belongs to it."""
    before = _TIME.sub("", _ENDS.sub("", last.question))
    match = _PART.search(before) or _TOPIC.search(before)
    if match is None:
        return next((name for name, start, _ in reversed(names(before)) if words(before[:start])), "")
    topic = match.groupdict().get("thing") or match[0]
    # Behind "does the boiler show" stands a verb.
    if _AUXILIARY.search(before[: match.start()]) and len(topic.split()) > 2:
        topic = topic.rsplit(" ", 1)[0]
    return topic


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
