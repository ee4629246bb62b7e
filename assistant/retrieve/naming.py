"""Leading a question to the document that it names, by file, folder or title.

A person who writes "in the lease for Mill Road" wants that lease. Its name's words say where to look and nothing about
what to find there, so the document is searched with the question without them. Whether a document is named is told by
how rare the shared words are among the names of the library, in units of the idf of a word that one name alone has:
words that many names share ("agreement", "report") add little, so no list of such words is needed. Pure.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.late import content_words
from ingest.text import stem, word_spans

NAMED = 1.4
"""Shared rare words (units of a word that one name alone has) from which a document counts as named. One such word is
often the topic of the question (0.983 instead of 0.993 of pages among five on qa_squad2); two are a name."""
AHEAD = 0.5
"""By how much the named document must be ahead of the next, in the same units; below, the question means both."""
MOST_NAMED = 3
"""Documents that one question may name side by side."""
COVERED = 0.75
"""Share of a title's words that the question must contain before they count: a title is prose and shares words with
every question on its topic, a file's name is short. Also the share of a file's name that must be said where a question
names several side by side."""

CAPITALISED_NOUNS = frozenset({"de"})
"""Languages in which capitals say nothing about names."""

_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_BRACKETS = re.compile(r"\([^()]*\)")
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][\w'’&.-]*"
_RUN = re.compile(rf"\b{_CAPITAL}(?:\s+(?:(?:of|and|for|/)\s+)*{_CAPITAL})*")
_EMPTY_BRACKETS = re.compile(r"[(\[]\W*[)\]]")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Named:
    """The document that a question names."""

    document_id: str
    """The document."""
    stems: frozenset[str]
    """Stems of the words by which it is named."""
    strength: float
    """Shared rare words, in units of a word that one name alone has."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a document is called."""

    stems: frozenset[str]
    """Stems of its file name, folder, way inside its file and title, as far as they count."""
    own: frozenset[str]
    """Those of its file or member name that are no numbers."""


def called(path: Path, inside: str | None, title: str, question: frozenset[str], language: str) -> Called:
    """What a document is called, as far as it counts for a question.

    Args:
        path: Its file.
        inside: Its way inside the file.
        title: Its title.
        question: Content stems of the question.
        language: Language of the question.
    """
    own = _stems(Path(inside).stem if inside else path.stem, language)
    found = own | _stems(path.parent.name, language) | _stems(path.stem, language)
    in_title = frozenset(content_words(title, language))
    if in_title and len(in_title & question) >= COVERED * len(in_title):
        found |= in_title
    return Called(found, frozenset(word for word in own if not any(map(str.isdigit, word))))


def _stems(name: str, language: str) -> frozenset[str]:
    plain = re.sub(r"[_\W]+", " ", name)
    return frozenset(content_words(plain, language)) | frozenset(content_words(_CAMEL.sub(" ", plain), language))


def leading(names: Mapping[str, Called], question: frozenset[str], documents: int) -> tuple[Named, ...]:
    """The document that the question names, or the two or three that it names side by side; empty for none.

    Several are named only where each has rare words of its own in the question: "the rent of Mill Road and of Harbour
    Street", but not the two papers of one flat.

    Args:
        names: What the documents are called that share a word with the question.
        question: Content stems of the question.
        documents: Documents in the library.
    """
    frequency = Counter(word for one in names.values() for word in one.stems)
    total = max(documents, len(names), 1)
    unit = math.log(1 + (total - 0.5) / 1.5)

    def strength(stems: frozenset[str]) -> float:
        return sum(math.log(1 + (total - frequency[word] + 0.5) / (frequency[word] + 0.5)) for word in stems) / unit

    best = _strongest(names, question, strength)
    if best is None or best.strength < NAMED:
        return ()
    behind = max((strength(one.stems & question) for key, one in names.items() if key != best.document_id), default=0.0)
    if best.strength - behind >= AHEAD:
        return (best,)
    found: list[Named] = []
    left = question
    while best is not None and best.strength >= NAMED and len(found) < MOST_NAMED:
        rival = max(
            (strength(one.stems & best.stems) for key, one in names.items() if key != best.document_id), default=0.0
        )
        own = names[best.document_id].own
        if best.strength - rival < AHEAD or strength(own & question) < COVERED * strength(own):
            break
        found.append(best)
        left -= best.stems
        best = _strongest(names, left, strength)
    return tuple(found) if len(found) > 1 else ()


def _strongest(
    names: Mapping[str, Called], question: frozenset[str], strength: Callable[[frozenset[str]], float]
) -> Named | None:
    """The document whose name shares most with these stems of the question."""
    order = sorted((-strength(one.stems & question), key) for key, one in names.items())
    return Named(order[0][1], names[order[0][1]].stems & question, -order[0][0]) if order else None


def without(question: str, stems: frozenset[str], language: str) -> str:
    """The question without the name of a document: what is left asks about its content.

    Taken out are the words of these stems; capitalised words that are one name with them; and the brackets in which one
    of them stands or that follow the name, which say which document is meant and nothing about it: of "which law governs
    the Supply Agreement (Hydron, 01/01/1997)" is left "which law governs the".
    """
    runs = _capitalised(question, language)
    names = [span for span in runs if _share(question[slice(*span)], stems, language) > 0.5]
    for bracket in _BRACKETS.finditer(question):
        before = [one for one in runs if one[1] <= bracket.start() and not question[one[1] : bracket.start()].strip()]
        if any(_share(part, stems, language) for part in (bracket.group(), *(question[slice(*one)] for one in before))):
            names += [bracket.span(), *before]
    names += [(start, end) for word, start, end in word_spans(question) if stem(word, language) in stems]
    out = {place for span in names for place in range(*span)}
    left = "".join(character for place, character in enumerate(question) if place not in out)
    return _BLANKS.sub(" ", _EMPTY_BRACKETS.sub(" ", left)).strip()


def _share(text: str, stems: frozenset[str], language: str) -> float:
    """Share of a text's content words that are among the stems."""
    found = _stems(text, language)
    return len(found & stems) / len(found) if found else 0.0


def _capitalised(question: str, language: str) -> list[tuple[int, int]]:
    """Runs of capitalised words behind the first word; none where every noun has a capital."""
    if language in CAPITALISED_NOUNS:
        return []
    first = _BLANKS.search(question)
    return [match.span() for match in _RUN.finditer(question, first.end() if first else len(question))]
