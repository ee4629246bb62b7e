"""Passages, places and a small library made from plain texts, for the tests of answering."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.late import no_tokens, words_probe
from assistant.verify import Place
from ingest.records import Hit, Location, Passage, Span


def even(stems: Sequence[str]) -> dict[str, float]:
    """Every word is as rare as every other."""
    return dict.fromkeys(stems, 1.0)


def place(
    text: str, *, title: str = "", page: int = 1, start: int = 0, score: float = 0.0, name: str = "note.txt"
) -> Place:
    """One passage of one span without token vectors."""
    passage = Passage(f"{name}:{page}:{start}", name, 0, (), text, (Span(page, start, start + len(text)),))
    hit = Hit(passage, Location(name, Path("/archive") / name, None, 1), page, f"p. {page}", title, score, "both")
    return Place(hit, no_tokens())


def statement(text: str, language: str = "en", idf: Callable[[Sequence[str]], dict[str, float]] = even):  # type: ignore[no-untyped-def]
    """A statement or question prepared by words alone."""
    return words_probe(text, language, idf)
