"""From one document to the next: documents whose whole name stands in the question or in what was found first.

"Where was the designer of Starfaring born?" is answered by two documents: what is said of Starfaring names its
designer, and what is said of him names his town. No search for the question finds the second, because the question does
not name it; but documents are called what they are about, by people, and the first passage names it. So a document
whose name, file or title, stands there word for word is looked at too, and is worth what it adds: how much better its
passage meets those words of the question that the first passage leaves open (set cover over late interaction). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.quantities import names as names_in
from ingest.text import stop_words, word_spans, words

SHARED_NAME = 4
"""A name that more documents than this have says nothing about which of them is meant."""
SHORTEST = 3
"""Characters of the shortest name."""

_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A document named in a text."""

    document_id: str
    """The document."""
    start: int
    """First character of its name in the text."""
    end: int
    """One past the last character."""


@dataclass(frozen=True, slots=True)
class Link:
    """A passage that was put among the first because its document is named there."""

    passage_id: str
    """The passage."""
    document_id: str
    """Its document."""
    source: str | None
    """The document whose passage names it; None where the question does."""


def whole_names(path: Path, inside: str | None, title: str) -> frozenset[tuple[str, ...]]:
    """What a document is called, as words: by its file or member and by its title, brackets left out."""
    stem = Path(inside).stem if inside else path.stem
    named = (words(_BRACKETS.sub(" ", name)) for name in (stem.replace("_", " "), title))
    return frozenset(tuple(name) for name in named if len("".join(name)) >= SHORTEST)


def suspected(text: str) -> list[list[str]]:
    """Runs of words in which the name of a document may stand: what is written as a name or a code."""
    return [words(name) for name, _, _ in names_in(text)]


def mentions(text: str, names: Mapping[str, frozenset[tuple[str, ...]]], language: str) -> list[Mention]:
    """The documents whose whole name stands in a text; of names inside one another only the longest.

    A name of one word, or of stop words alone, must be written as a name: "History" at the start of a sentence and
    "for against" are none.

    Args:
        text: A question or a passage.
        names: What each document is called, as `whole_names` gives it.
        language: Language of the text.
    """
    spans = word_spans(text)
    at: dict[str, list[int]] = {}
    for index, (word, _, _) in enumerate(spans):
        at.setdefault(word, []).append(index)
    written = [(start, end) for _, start, end in names_in(text)]
    passed_over = stop_words(language)
    found: dict[tuple[int, int], set[str]] = {}
    for document, variants in names.items():
        for name in variants:
            weak = len(name) == 1 or all(word in passed_over for word in name)
            for start, end in _places(name, spans, at):
                if not weak or any(first <= start and end <= last for first, last in written):
                    found.setdefault((start, end), set()).add(document)
    outer = [place for place in found if not any(_inside(place, other) for other in found)]
    kept: dict[str, Mention] = {}
    for start, end in sorted(outer):
        if len(found[start, end]) <= SHARED_NAME:
            for document in sorted(found[start, end]):
                kept.setdefault(document, Mention(document, start, end))
    return list(kept.values())


def _places(
    name: tuple[str, ...], spans: Sequence[tuple[str, int, int]], at: Mapping[str, Sequence[int]]
) -> Iterator[tuple[int, int]]:
    """Where a run of words stands, as characters."""
    for index in at.get(name[0], ()):
        run = spans[index : index + len(name)]
        if len(run) == len(name) and all(word == wanted for (word, _, _), wanted in zip(run, name, strict=True)):
            yield run[0][1], run[-1][2]


def _inside(place: tuple[int, int], other: tuple[int, int]) -> bool:
    return place != other and other[0] <= place[0] and place[1] <= other[1]


def joined(ranked: Sequence[str], added: Sequence[str], head: int) -> list[str]:
    """A ranking with some entries moved to the end of its first places; their order and that of the rest is kept.

    Args:
        ranked: Best first.
        added: To be among the first `head`, not necessarily in `ranked`.
        head: How many are the first.
    """
    rest = [one for one in ranked if one not in added]
    return [*rest[: head - len(added)], *added, *rest[head - len(added) :]]
