"""What differs between a library that was disturbed and one that was not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ingest.library import Library
from tests.ingest.owner_help import content

QUESTIONS = 30
"""Passages whose first words, and whose vectors, both libraries are asked for."""
SAME_COSINE = 0.001
SAME_BM25 = 1e-9
Ranked = list[tuple[float, str]]
"""(score, passage id), best first."""


def differences(library: Path, reference: Path, complete: bool) -> list[str]:
    """Everything that a library says otherwise than the one it should equal.

    Args:
        library: The one that was disturbed.
        reference: The other.
        complete: Whether it should hold all that the other does; otherwise whole documents may be missing.
    """
    mine, its = content(library), content(reference)
    found: list[str] = []
    for what in its if complete else ("places", "problems"):
        lacking, extra = Counter(map(repr, its[what])), Counter(map(repr, mine[what]))
        if extra - lacking:
            found.append(f"{sum((extra - lacking).values())} {what} that should not be there")
        if complete and lacking - extra:
            found.append(f"{sum((lacking - extra).values())} {what} missing")
    with Library.open(library) as opened, Library.open(reference) as other:
        found += [f"check: {finding.what}: {finding.detail}" for finding in opened.check()]
        found += _documents(opened, other, {row[1] for row in mine["places"]})
        if complete:
            found += _searches(opened, other)
    return found


def _documents(library: Library, reference: Library, documents: set[str]) -> list[str]:
    """Documents that can be found and are not, page by page, what they should be."""
    return [
        f"document {name[:12]} has other pages"
        for name in sorted(documents)
        if library.document(name) != reference.document(name)
        or list(library.pages(name)) != list(reference.pages(name))
    ]


def _searches(library: Library, reference: Library) -> list[str]:
    """Questions for which the two answer otherwise."""
    found: list[str] = []
    keys = range(1, reference.counts().passages + 1)
    passages = reference.passages(list(keys)[:: max(1, len(keys) // QUESTIONS)])
    for key, passage in passages.items():
        question = " ".join(passage.text.split()[:8])
        mine, its = (_named(one, one.search_words(question, 10)) for one in (library, reference))
        if not _alike(mine, its, SAME_BM25):
            found.append(f"words: other places for passage {key}")
        vector = reference.vectors([key])[key]
        mine, its = (_named(one, one.nearest(vector, 10)) for one in (library, reference))
        if not _alike(mine, its, SAME_COSINE):
            found.append(f"meaning: other places for passage {key}")
    return found


def _named(library: Library, ranked: list[tuple[int, float]]) -> Ranked:
    passages = library.passages([key for key, _ in ranked])
    return [(score, passages[key].id) for key, score in ranked]


def _alike(mine: Ranked, its: Ranked, tolerance: float) -> bool:
    """Whether two rankings are the same but for the order of what is equally good."""
    if len(mine) != len(its) or any(abs(a - b) > tolerance for (a, _), (b, _) in zip(mine, its, strict=True)):
        return False
    last = its[-1][0] + tolerance if its else 0.0
    return {name for score, name in mine if score > last} <= {name for _, name in its} and {
        name for score, name in its if score > last
    } <= {name for _, name in mine}
