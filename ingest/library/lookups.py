"""What retrieval asks beside the two searches: names of documents, what filters look at, words that are spelled alike.

Safe to use from several threads, like all of reading. Knows nothing of vectors and passages.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ingest.catalog import documents as documents_
from ingest.catalog import locations, names, words
from ingest.catalog.connection import Catalog
from ingest.catalog.shelf import Shelved, shelved
from ingest.catalog.vocabulary import terms_from, unseen
from ingest.records import Location

REMEMBERED = 16
"""Answers kept for as long as the catalog does not change: counts, and the rows that filters leave."""

Kept = TypeVar("Kept")


class Lookups:
    """A part of the reading half; `LibraryReader` adds the rest."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._remembered: dict[object, tuple[int, Any]] = {}
        self._remembering = threading.Lock()

    def search_names(self, question: str, limit: int) -> list[tuple[str, float]]:
        """Documents whose file name, folders or title hold words of a question: (document id, higher is better)."""
        with self._catalog.read() as connection:
            languages = self._remember("stemmers", lambda: words.languages(connection))
            return names.search(connection, question, languages, limit)

    def search_name_pairs(self, runs: Sequence[Sequence[str]], limit: int) -> list[str]:
        """Ids of documents whose name or title holds two neighbouring words of a run, or a run of one word; best first."""
        with self._catalog.read() as connection:
            return names.search_pairs(connection, runs, limit)

    def called(self, document_ids: Sequence[str]) -> dict[str, tuple[Location, str]]:
        """Where documents are found, the first place by path, and their titles; what is no more is left out."""
        with self._catalog.read() as connection:
            places = locations.choose(connection, document_ids, None)
            facts = documents_.many(connection, places)
        return {key: (place, facts[key].title) for key, place in places.items() if key in facts}

    def shelved(self) -> list[Shelved]:
        """Every place of every document that can be found, with what is known of the document beside its text."""
        with self._catalog.read() as connection:
            return list(shelved(connection))

    def unseen_words(self, text: str) -> dict[str, str]:
        """Words of a text, stop words aside, of which no passage has a form: the word to its stem."""
        with self._catalog.read() as connection:
            return unseen(connection, text, self._remember("stemmers", lambda: words.languages(connection)))

    def terms_from(self, start: str, shortest: int, longest: int) -> list[tuple[str, int]]:
        """Terms of the word index that begin with `start`, by their length, each with the passages that have it."""
        with self._catalog.read() as connection:
            return terms_from(connection, start, shortest, longest)

    def _remember(self, name: object, compute: Callable[[], Kept]) -> Kept:
        """An answer that holds for as long as the catalog does not change."""
        thread, version = self._catalog.changes()
        name = (thread, name)
        with self._remembering:
            if name in self._remembered and self._remembered[name][0] == version:
                return self._remembered[name][1]  # type: ignore[no-any-return]  # a name stands for one type
        value = compute()
        with self._remembering:
            while len(self._remembered) >= REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)))
            self._remembered[name] = (version, value)
        return value
