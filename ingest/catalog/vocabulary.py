"""Words of the index that are spelled alike: what a misspelled word may have meant. Knows nothing of how alike is alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from ingest.catalog.words import frequency, question_words, terms


def unseen(connection: sqlite3.Connection, text: str, languages: Sequence[str]) -> dict[str, str]:
    """Words of a text, stop words aside, of which no passage has a form: the word to the stem that was looked up.

    Args:
        connection: For reading.
        text: A question.
        languages: By whose stems the library is indexed.
    """
    asked = {word: terms(word, languages) for word in question_words(text, languages)}
    return {word: stems[0] for word, stems in asked.items() if not any(frequency(connection, stem) for stem in stems)}


def terms_from(connection: sqlite3.Connection, start: str, shortest: int, longest: int) -> list[tuple[str, int]]:
    """Terms that begin with `start` and have so many characters, each with the number of passages that have it."""
    behind = start[:-1] + chr(ord(start[-1]) + 1)
    rows = connection.execute(
        "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
        (start, behind, shortest, longest),
    )
    return [(term, count) for term, count in rows]
