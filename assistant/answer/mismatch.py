"""What a question says that a sentence does not: its names, its numbers, its rarest word, or the opposite of one.

A question that looks answerable and is not differs from the nearest sentence in few words, and similarity of meaning
passes over just those: another name, another number, "lowest" for "highest". Words are compared by their stems, alike
when they share their beginning or differ in one letter, so that "Latin" meets "Latinised" and a typing error its word.
Pure; works without any model.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from assistant.late import Probe, content_words
from ingest.quantities import numbers
from ingest.text import stem, stop_words, word_spans, words

ALIKE_FROM = 4
"""Letters that a word must have before a word with the same beginning counts as the same."""
BEGINNING = 5
"""Letters that two words share when they are forms of one, such as "Latin" and "Latinised"."""
TYPO_FROM = 6
"""Letters from which one letter that is wrong, missing or too many makes no other word."""
TITLE_CASE = 0.6
"""Share of capitalised words from which capitals say nothing about names."""
CAPITALISED_NOUNS = frozenset({"de"})
"""Languages in which every noun has a capital."""
ORDINALS = {
    word: float(number)
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}

_OPPOSITES = """old new|hot cold|warm cool|high low|higher lower|highest lowest|vertical horizontal|weak strong|weaker stronger
internal external|first last|early late|earlier later|earliest latest|north south|northern southern|east west|eastern western
left right|maximum minimum|largest smallest|biggest smallest|greatest least|most least|more less|more fewer|before after
above below|increase decrease|rise fall|raise lower|gain lose|gain loss|profit loss|open closed|inside outside|import export
win lose|start end|begin end|start finish|attack defend|precede succeed|accept reject|include exclude|allow prohibit
permit forbid|male female|husband wife|father mother|son daughter|brother sister|king queen|buy sell|buyer seller
landlord tenant|lessor lessee|licensor licensee|employer employee|lender borrower|creditor debtor|income expense
arrival departure|arrive depart|winter summer|morning evening|short long|shorter longer|shortest longest|slow fast
light heavy|rich poor|same different|similarity difference|public private|urban rural|oldest youngest|oldest newest|best worst
better worse|minor major|partial full|positive negative|active passive|always never|majority minority|common rare
build destroy|create destroy|unite divide|supporter opponent|friend enemy|teacher student|parent child|adopt abandon
join leave|appear disappear|wet dry|deep shallow|wide narrow|thick thin|upper lower|push pull|cheap expensive|gross net
empty full|deposit withdrawal|debit credit|sender recipient|alt neu|heiß kalt|hoch niedrig|groß klein|erste letzte
mieter vermieter|käufer verkäufer|nord süd|ost west|brutto netto|sommer winter|größte kleinste|höchste niedrigste"""
_CODE = re.compile(r"[^\W\d_]+\d\w*")
_ASKS = re.compile(r"\b(?:how|wie)\s+(\w+)")
"""A word that asks for a number, as in "how much": an answer has the number instead, and in a small library no word is common."""
_NEGATING = {"un": 4, "non": 4, "in": 6, "im": 6, "ab": 6, "dis": 6, "anti": 6}
"""Negating syllables, and how many letters a word must have behind one: "discover" is not the opposite of "cover"."""


def missing_names(question: str, language: str, found: AbstractSet[str], text: str) -> float:
    """1 where a name of the question is in neither the words found nor the initials of the text, otherwise 0.

    Args:
        question: As a person wrote it.
        language: By which words are stemmed.
        found: Stems of the sentence and of what it stands under.
        text: The sentence.
    """
    initials = "".join(word[0] for word in re.findall(r"\b[^\W\d_]\w+", text) if word[0].isupper()).casefold()
    return float(
        any(
            not is_among(name, found) and not (len(name) > 1 and name in initials)
            for name in names_of(question, language)
        )
    )


def names_of(question: str, language: str) -> list[str]:
    """Stems of the capitalised words behind the first; none where capitals say nothing."""
    spans = word_spans(question)[1:]
    capitals = [(word, start) for word, start, _ in spans if question[start].isupper()]
    if language in CAPITALISED_NOUNS or len(capitals) > TITLE_CASE * len(spans):
        return []
    return [stem(word, language) for word, _ in capitals if word not in stop_words(language)]


def missing_numbers(question: str, text: str) -> float:
    """Share of the question's numbers that the text has not; ordinals count as numbers."""
    wanted = _values(question)
    found = {value for one in _values(text) for value in one}
    return sum(not one & found for one in wanted) / len(wanted) if wanted else 0.0


def _values(text: str) -> list[frozenset[float]]:
    spelled = [frozenset({ORDINALS[word]}) for word in words(text) if word in ORDINALS]
    return [number.readings for number in numbers(text)] + spelled


def codes_found(question: str, text: str) -> float:
    """Share of the question's codes, such as "F7", that the text has; 0 where it asks for none."""
    wanted = {word for word in words(question) if _CODE.fullmatch(word)}
    return len(wanted & set(words(text))) / len(wanted) if wanted else 0.0


def rarest_missing(probe: Probe, found: AbstractSet[str]) -> float:
    """Idf of the question's rarest word that was not found, as a share of that of its rarest word; 0 where all were."""
    asking = {stem(word, probe.language) for word in _ASKS.findall(probe.text.casefold())}
    wanted = {word: idf for word, idf in probe.stems.items() if word not in asking}
    missing = [idf for word, idf in wanted.items() if not is_among(word, found)]
    return max(missing, default=0.0) / max(*wanted.values(), 1e-9) if missing else 0.0


def says_opposite(question: str, text: str, language: str) -> float:
    """1 where a text has the opposite of a word of the question and not that word: "old" for "new", "possible" for "impossible"."""
    asked, said = ({word: stem(word, language) for word in words(one)} for one in (question, text))
    roots, other_roots = set(asked.values()), set(said.values())
    only, only_said = roots - other_roots, other_roots - roots
    if any(_opposites().get(root, frozenset()) & only_said for root in only):
        return 1.0
    negated = any(stem(bare, language) in only_said for word in asked for bare in _unnegated(word))
    return float(negated or any(stem(bare, language) in only for word in said for bare in _unnegated(word)))


def _unnegated(word: str) -> list[str]:
    """What may be left of a word without a negating syllable."""
    return [
        word.removeprefix(syllable)
        for syllable, letters in _NEGATING.items()
        if word.startswith(syllable) and len(word) >= len(syllable) + letters
    ]


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES.replace("\n", "|").split("|"):
        one, other = (stem(word, "en") for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


def stems_around(text: str, context: str, language: str) -> frozenset[str]:
    """Content stems of a sentence and of what it stands under."""
    return frozenset(content_words(f"{text} {context}", language))


def is_among(word: str, found: AbstractSet[str]) -> bool:
    """Whether a stem is among others, in another form or with a typing error."""
    if word in found:
        return True
    if len(word) < ALIKE_FROM or any(map(str.isdigit, word)):
        return False
    return any(
        len(other) >= ALIKE_FROM
        and (_same_beginning(word, other) or (len(word) >= TYPO_FROM and _one_edit(word, other)))
        for other in found
    )


def _same_beginning(one: str, other: str) -> bool:
    shared = min(BEGINNING, max(ALIKE_FROM, min(len(one), len(other)) - 1))
    return one[:shared] == other[:shared]


def _one_edit(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours are swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or swapped
