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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.late import content_words
from ingest.text import stem, word_spans

NAMED = 1.4
"""Shared rare words (units of a word that one name alone has) from which a document counts as named. One such word is
often the topic of the question (0.983 instead of 0.993 of pages among five on qa_squad2); two are a name."""
AHEAD = 0.5
"""By how much the named document must be ahead of the next, in the same units; below, the question means both."""
TITLE_COVERED = 0.75
"""Share of a title's words that the question must contain before they count: a title is prose and shares words with
every question on its topic, a file's name is short."""

_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
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


def name_stems(path: Path, inside: str | None, title: str, question: frozenset[str], language: str) -> frozenset[str]:
    """Stems of the words in a document's file name, folder, way inside its file and title, as far as they count."""
    parts = [path.parent.name, path.stem, *([Path(inside).stem] if inside else [])]
    plain = re.sub(r"[_\W]+", " ", " ".join(parts))
    found = set(content_words(plain, language)) | set(content_words(_CAMEL.sub(" ", plain), language))
    in_title = set(content_words(title, language))
    if in_title and len(in_title & question) >= TITLE_COVERED * len(in_title):
        found |= in_title
    return frozenset(found)


def leading(names: Mapping[str, frozenset[str]], question: frozenset[str], documents: int) -> Named | None:
    """The document that the question names, if one is clearly named.

    Args:
        names: Name stems of the documents that share a word with the question.
        question: Content stems of the question.
        documents: Documents in the library.
    """
    frequency = Counter(word for stems in names.values() for word in stems)
    total = max(documents, len(names), 1)

    def rarity(word: str) -> float:
        return math.log(1 + (total - frequency[word] + 0.5) / (frequency[word] + 0.5))

    unit = math.log(1 + (total - 0.5) / 1.5)
    strengths = {key: sum(rarity(word) for word in stems & question) / unit for key, stems in names.items()}
    order = sorted(strengths, key=lambda key: (-strengths[key], key))
    if not order:
        return None
    best, behind = strengths[order[0]], strengths[order[1]] if len(order) > 1 else 0.0
    if best < NAMED or best - behind < AHEAD:
        return None
    return Named(order[0], names[order[0]] & question, best)


def without(question: str, stems: frozenset[str], language: str) -> str:
    """The question without the words of these stems, and without brackets that held nothing else."""
    kept, last = [], 0
    for word, start, end in word_spans(question):
        if stem(word, language) in stems:
            kept.append(question[last:start])
            last = end
    return _BLANKS.sub(" ", _EMPTY_BRACKETS.sub(" ", "".join(kept) + question[last:])).strip()
