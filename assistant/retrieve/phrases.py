"""The things that a question speaks of, found by the small words around them: no grammar, but enough to exchange one.

A thing begins with a determiner or behind a preposition and ends before a verb, another preposition or a stop. English,
German, Spanish and French. Pure; knows nothing of conversations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.quantities import dates
from ingest.text import word_spans

DETERMINED = (
    r"(?:the|my|our|his|her|their|this|that|der|die|das|dem|den|des|mein\w*|unser\w*|el|la|los|las|mi|mis|nuestr\w+"
    r"|le|les|mon|ma|mes|notre|nos)"
)
PREPOSITIONS = frozenset(
    "for of in on with about from at to by für von im in am an bei beim über mit aus zu zum zur "
    "de del en sobre con para por pour du dans sur avec par".split()
)
CONTRACTED = {"del": "de", "du": "de", "im": "in", "am": "an", "beim": "bei", "zum": "zu", "zur": "zu"}
"""Prepositions that hold an article."""
AUXILIARIES = frozenset("do does did will would can could should must may might shall".split())
"""Verbs behind which stands who does something, and then what is done."""
_VERBS = AUXILIARIES | frozenset(
    "is are was were be been being has have had ist sind war waren sei wird werden wurde wurden hat haben hatte kann muss "
    "darf soll es son era fue fueron está están hay est sont était "
    "allow apply arrive ask become begin belong bring buy call change charge close contain cost cover cut depart do drive earn "
    "end expire feel find finish get give go grow happen have hold include keep know last lead leave let live look lose make "
    "mean measure meet mention move name need occur offer open own owe pay permit prove provide put reach read receive "
    "refill repair replace require return run say see sell send serve show sign sit stand start state stay stop take tell "
    "think turn use want weigh work write".split()
)
"""Words before which a thing ends. Nouns that look like one of these end it too early, which costs a word, not a question."""
_START = re.compile(rf"\b{DETERMINED}\s+(?=\w)", re.IGNORECASE)
_ARTICLE = re.compile(DETERMINED, re.IGNORECASE)
_STOPS = re.compile(r"[?.!,;:]")
_BEFORE_TIME = re.compile(
    r"\s+(?:in|im|for|from|since|on|am|vom|für|seit|en|el|desde|depuis|le)\s+(?:the\s+year\s+)?$", re.IGNORECASE
)
_YEAR_AT_END = re.compile(r"\b(?:1[89]|20)\d\d$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of a text that names a thing."""

    text: str
    """The words, with the determiner."""
    start: int
    """First character."""
    end: int
    """One past the last."""

    @property
    def head(self) -> str:
        """Its last word, case-folded."""
        return word_spans(self.text)[-1][0]


def determined(text: str, joined: bool = False) -> list[Phrase]:
    """The things with a determiner, in order.

    Args:
        text: A question without its mark.
        joined: Whether what hangs on a thing by a preposition belongs to it: "the room in the old house".
    """
    return [found for match in _START.finditer(text) if (found := at(text, match.start(), match.end(), joined))]


def behind(text: str, preposition: str | None = None) -> Phrase | None:
    """The last thing behind a preposition, behind any where none is given; None where there is none."""
    wanted = CONTRACTED.get(preposition, preposition) if preposition else None
    for word, _, end in reversed(word_spans(text)):
        fits = word in PREPOSITIONS if wanted is None else CONTRACTED.get(word, word) == wanted
        if fits and (rest := re.match(r"\s+(?=\w)", text[end:])):
            start = end + rest.end()
            article = _START.match(text, start)
            return at(text, start, article.end() if article else start)
    return None


def done_to(text: str) -> Phrase | None:
    """What stands behind the last verb without a determiner, "damage by flood" in "Does it cover damage by flood"; else None."""
    verbs = [end for word, _, end in word_spans(text) if word in _VERBS]
    rest = re.match(r"\s+(?=\w)", text[verbs[-1] :]) if verbs else None
    if rest is None:
        return None
    start = verbs[-1] + rest.end()
    first = word_spans(text[start:])[0][0]
    if first in PREPOSITIONS or _START.match(text, start) or _STOPS.search(text, start):
        return None
    return Phrase(text[start:], start, len(text))


def at(text: str, start: int, behind_article: int, joined: bool = False) -> Phrase | None:
    """The thing that begins at a place; None where there is only its article."""
    end, count, cut, language_of_nouns = start, 0, False, False
    for word, first, last in word_spans(text):
        if first < behind_article:
            continue
        if _STOPS.search(text, end, first):
            break
        ends = word in _VERBS or (not joined and (word in PREPOSITIONS or _ARTICLE.fullmatch(word)))
        if count and ends:
            cut = True
            break
        end, count = last, count + 1
        language_of_nouns |= text[first].isupper()
    while joined and word_spans(text[start:end])[-1:] and word_spans(text[start:end])[-1][0] in PREPOSITIONS:
        end = start + len(text[start:end].rstrip().rsplit(" ", 1)[0])
    if not count:
        return None
    if not cut and count > 1 and _asks_with_verb(text[:start], text[start:end], language_of_nouns):
        end = start + len(text[start:end].rsplit(" ", 1)[0])
    return Phrase(text[start:end], start, end)


def _asks_with_verb(before: str, phrase: str, capitals: bool) -> bool:
    """Whether the last word of a thing that runs to the end is the question's verb: "does the boiler hum", "abgegeben"."""
    last = phrase.rsplit(" ", 1)[-1]
    if any(word in AUXILIARIES for word, _, _ in word_spans(before)):
        return not any(word in PREPOSITIONS for word, _, _ in word_spans(phrase))
    return capitals and last.islower() and last.endswith(("t", "en"))


def without_time(text: str) -> tuple[str, str]:
    """A text and the time at its end: ("What was paid", " in March 2024")."""
    starts = [day.start for day in dates(text) if day.end == len(text)]
    year = _YEAR_AT_END.search(text)
    for start in [*starts, *([year.start()] if year else [])]:
        if lead := _BEFORE_TIME.search(text, 0, start):
            return text[: lead.start()], text[lead.start() :]
    return text, ""
