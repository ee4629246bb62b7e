"""Versions: hits that say nearly the same in documents that are nearly the same become one, the newest of them.

Two hits are folded where their documents resemble one another as a whole (`ingest.sketch`) and their passages do too.
Documents made from one template, such as the invoices of two months, can be as alike as two drafts; what tells them
apart is what is asked for. So a hit is never folded away when it holds a word of the question that the one in its place
lacks. `fold` is pure; `newest_first` reads the library.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.errors import LibraryError
from ingest.records import Hit
from ingest.sketch import resemblance, resembling
from ingest.stop_words import STOP_WORDS
from ingest.text import words

if TYPE_CHECKING:
    from ingest.library import Library

SAME_DOCUMENT = 0.6
"""Resemblance from which documents count as versions of one. Drafts that differ in one paragraph of six have about 0.7.
Of 276 pairs of different contracts one, made from one template, has 0.36 and all others have at most 0.05."""
SAME_PASSAGE = 0.4
"""Resemblance from which passages say nearly the same; the cut between passages may lie elsewhere in another format."""

_STOP_WORDS = frozenset().union(*STOP_WORDS.values())

Order = Callable[[Sequence[Hit]], list[Hit]]


def fold(
    hits: Sequence[Hit], sketches: Mapping[str, bytes], question: str, order: Order, apart: Collection[str] = ()
) -> list[Hit]:
    """The hits, each group of versions as one hit at the rank of its best.

    Args:
        hits: Ranked, best first.
        sketches: Sketches of their documents.
        question: What was asked.
        order: Puts versions in order, the one to be shown first.
        apart: Ids of documents that are needed as they are.
    """
    asked = frozenset(words(question)) - _STOP_WORDS
    groups: list[list[Hit]] = []
    for hit in hits:
        group = next((group for group in groups if _belongs(hit, group, sketches, asked, apart)), None)
        if group is None:
            groups.append([hit])
        elif all(hit.passage.document_id != other.passage.document_id for other in group):
            group.append(hit)
    return [_one(group, asked, order) for group in groups]


def newest_first(library: Library) -> Order:
    """An order by the documents' own dates where all have one, otherwise by when their files were changed."""

    def order(hits: Sequence[Hit]) -> list[Hit]:
        dates = [_date(library, hit) for hit in hits]
        times = [_changed(library, hit) for hit in hits]
        keys = [(date if all(dates) else "", time) for date, time in zip(dates, times, strict=True)]
        ranked = sorted(range(len(hits)), key=lambda place: (keys[place], -place), reverse=True)
        return [hits[place] for place in ranked]

    return order


def _belongs(
    hit: Hit, group: Sequence[Hit], sketches: Mapping[str, bytes], asked: frozenset[str], apart: Collection[str]
) -> bool:
    """Whether a hit is a version of what a group begins with."""
    first = group[0]
    one, other = first.passage.document_id, hit.passage.document_id
    if one == other or one in apart or other in apart:
        return False
    if resemblance(sketches.get(one, b""), sketches.get(other, b"")) < SAME_DOCUMENT:
        return False
    return resembling(first.passage.text, hit.passage.text) >= SAME_PASSAGE and _met(hit, asked) <= _met(first, asked)


def _met(hit: Hit, asked: frozenset[str]) -> frozenset[str]:
    """The words of the question that a hit holds, in its text or its name."""
    name = f"{hit.location.path.stem} {hit.location.inside or ''} {hit.title}".replace("_", " ")
    return asked.intersection(words(f"{hit.passage.text} {name}"))


def _one(group: Sequence[Hit], asked: frozenset[str], order: Order) -> Hit:
    """The hit that is shown for a group: the newest that holds as much of the question as the best."""
    if len(group) == 1:
        return group[0]
    ranked = order(group)
    shown = next(hit for hit in ranked if _met(group[0], asked) <= _met(hit, asked))
    others = tuple(hit.location for hit in ranked if hit is not shown)
    return replace(shown, score=group[0].score, other_versions=others)


def _date(library: Library, hit: Hit) -> str:
    try:
        return library.document(hit.passage.document_id).date
    except LibraryError as error:
        if error.code != "no_document":
            raise
        return ""


def _changed(library: Library, hit: Hit) -> int:
    row = library.file(hit.location.path)
    return row.mtime_ns if row is not None else 0
