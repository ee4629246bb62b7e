"""Misspelled words of a question, put right by the words of the documents themselves.

A word that no document has may be a slip of the pen, or a word for something that the documents do not speak of. Only
the former is touched: the word is no everyday word (those the embedding model knows whole), it holds letters alone, does
not stand in quotation marks, and a word of the documents is one slip away (two for a long word), of the same first
letter. Names have many neighbours, and everyday words are known in English alone, so both allow less. What is compared
are stems, since the word index holds those. The correction is always shown. Pure.

On 600 questions of qa_squad2 over their own articles it touches 25 words, of which 23 are misspelled or without their
diacritics; on 200 of them over the contracts of qa_pdf_cuad 5, of which 2 are misspelled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.retrieve.everyday import EVERYDAY
from ingest.text import word_spans

SHORTEST = 6
"""Letters of the shortest stem that is put right; shorter ones have too many neighbours."""
SHORTEST_NAME = 7
"""The same for a name."""
SHORTEST_FOREIGN = 10
"""The same in a language whose everyday words are not known."""
TWO_SLIPS = 8
"""Letters from which a stem may differ in two places."""

_QUOTED = re.compile(r"[\"“”„‟«»][^\"“”„‟«»]+[\"“”„‟«»]")


@dataclass(frozen=True, slots=True)
class Correction:
    """One word put right."""

    written: str
    """As it stands in the question."""
    meant: str
    """The word of the documents."""


def doubtful(
    question: str, unseen: Mapping[str, str], language: str, everyday: Callable[[str], bool]
) -> dict[str, tuple[str, int]]:
    """Which of the words that no document has may be misspelled: the word to its stem and in how many places.

    Args:
        question: As a person wrote it.
        unseen: Case-folded words of it that no document has, with their stems.
        language: Language of the question.
        everyday: Whether a word is an ordinary one, so that it was surely meant.
    """
    quoted = " ".join(match.group().casefold() for match in _QUOTED.finditer(question))
    spans = word_spans(question)
    names = {word for word, start, _ in spans[1:] if question[start].isupper()}
    found: dict[str, tuple[str, int]] = {}
    for word, stem in unseen.items():
        foreign, name = language != EVERYDAY, word in names
        shortest = SHORTEST_FOREIGN if foreign else SHORTEST_NAME if name else SHORTEST
        if len(stem) >= shortest and word.isalpha() and word not in quoted and not everyday(word):
            found[word] = stem, 1 if foreign or name or len(stem) < TWO_SLIPS else 2
    return found


def nearest(stem: str, terms: Sequence[tuple[str, int]], most: int) -> str | None:
    """The term that is the fewest slips away, the most frequent of several; None where all are further than `most`."""
    found = [(distance(stem, term, most), -count, term) for term, count in terms if term.isalpha()]
    best = min(found, default=None)
    return best[2] if best is not None and 0 < best[0] <= most else None


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, leave out, exchange or swap with their neighbour to make one word of the other.

    Optimal string alignment (Damerau 1964); any number beyond `most` stands for "further".
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def corrected(question: str, corrections: Sequence[Correction]) -> str:
    """The question with its words put right; a capital letter stays one."""
    meant = {one.written: one.meant for one in corrections}
    parts, last = [], 0
    for word, start, end in word_spans(question):
        if word in meant:
            better = meant[word]
            parts += [question[last:start], better.capitalize() if question[start].isupper() else better]
            last = end
    return "".join([*parts, question[last:]])
