"""From a question to ranked hits: words and meaning, the document it names, and late interaction on the best.

Reads the library and asks the owner for nearest vectors where one answers. Knows nothing of quotes and answers.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.late import PassageTokens, Probe, TokenStore, content_words, probe, weighted_maxsim
from assistant.retrieve.fuse import Weights, complete, fuse, pool
from assistant.retrieve.naming import Named, leading, name_stems, without
from ingest.embed import Encoder, embedded_text
from ingest.errors import LibraryError
from ingest.library import Library
from ingest.records import FoundBy, Hit, Passage
from ingest.text import detect_language

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

EVERYWHERE = Weights(words=1.5, meaning=1.0, late=1.5)
"""In the whole library; see the package's table."""
INSIDE = Weights(words=0.5, meaning=1.0, late=0.5)
"""Inside the document that the question names: few passages share its words there, and meaning tells them apart."""
EACH = 200
"""Candidates asked of each search."""
POOL = 60
"""Candidates whose scores are compared."""
LATE_DEPTH = 16
"""Candidates that are read again by late interaction: a forward pass each where the passage is not remembered."""
NAMES = 50
"""Documents looked at for a name in the question."""
DEFAULT_LANGUAGE = "en"


class NearestSource(Protocol):
    """What is needed of the owner's client."""

    def nearest(self, vector: npt.NDArray[np.float32], limit: int) -> list[tuple[int, float]] | None:
        """(row, cosine) of the nearest vectors; None where no owner answers."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for a question, with what it takes to look closer."""

    hits: list[Hit]
    """Best first."""
    probe: Probe
    """The question as it was compared: without the words of a document's name, where it named one."""
    named: Named | None
    """The document that the question named, and in which something was found."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One search."""

    compared: Probe
    question: str
    limit: int
    within: Path | None
    document: str | None
    cancelled: threading.Event | None


_Scored = tuple[int, float, FoundBy]


class Retriever:
    """Searches one library; may be used from several threads.

    Args:
        library: The library, open for reading.
        encoder: The embedding model, of the library's own variant.
        client: The owner's client; None to scan the vectors here.
    """

    def __init__(self, library: Library, encoder: Encoder, client: NearestSource | None = None) -> None:
        self._library = library
        self._encoder = encoder
        self._client = client
        self._tokens = TokenStore(encoder)

    def search(self, question: str, limit: int, within: Path | None = None) -> list[Hit]:
        """The best hits for a question, best first.

        Args:
            question: As a person wrote it.
            limit: Most hits.
            within: Folder or file to search in; everything where it is None.
        """
        return self.rank(question, limit, within).hits

    def rank(
        self,
        question: str,
        limit: int,
        within: Path | None = None,
        cancelled: threading.Event | None = None,
        lead: bool = True,
    ) -> Ranking:
        """As `search`, with the compared question and the document it named.

        Args:
            question: As a person wrote it.
            limit: Most hits.
            within: Folder or file to search in; everything where it is None.
            cancelled: When set, the candidates that were not read again keep their first order.
            lead: Whether a document that is named is searched first; not for statements, which name what they are about.
        """
        language = self.language(question)
        named = self._named(question, language) if lead else None
        if named is not None:
            ranking = self._inside(named, question, language, limit, within, cancelled)
            if ranking is not None:
                return ranking
        compared = self.probe(question, language)
        ranked = self._ranked(_Asked(compared, question, limit, within, None, cancelled))
        return Ranking(self._library.hits(ranked[:limit], within), compared, None)

    def _inside(
        self,
        named: Named,
        question: str,
        language: str,
        limit: int,
        within: Path | None,
        cancelled: threading.Event | None,
    ) -> Ranking | None:
        """The named document first, asked without its name, then the rest; None where nothing is found in it."""
        asked = without(question, named.stems, language)
        if not content_words(asked, language):
            return None
        compared = self.probe(asked, language)
        inside = self._ranked(_Asked(compared, asked, limit, within, named.document_id, cancelled))
        if not inside:
            return None
        known, lowest = {key for key, _, _ in inside}, inside[-1][1]
        everywhere = _Asked(self.probe(question, language), question, limit, within, None, cancelled)
        rest = [found for found in self._ranked(everywhere, late=False) if found[0] not in known]
        tail = [(key, lowest - place, by) for place, (key, _, by) in enumerate(rest, 1)]
        return Ranking(self._library.hits([*inside, *tail][:limit], within), compared, named)

    def language(self, question: str) -> str:
        """Language of a question; the library's main language where it is too short to tell."""
        found = detect_language(question)
        if found:
            return found
        counts = self._library.meta().languages
        return max(counts, key=lambda code: counts[code]) if counts else DEFAULT_LANGUAGE

    def probe(self, text: str, language: str) -> Probe:
        """A text, ready to be compared with passages."""
        return probe(text, language, self._encoder, self._library.idf)

    def tokens(self, hits: Sequence[Hit], cancelled: threading.Event | None = None) -> list[PassageTokens]:
        """Token vectors of hits' passages, in order; kept for the next question."""
        return self._tokens.get([_wanted(hit.passage, hit.title) for hit in hits], cancelled)

    def _named(self, question: str, language: str) -> Named | None:
        stems = frozenset(content_words(question, language))
        names: dict[str, frozenset[str]] = {}
        for document_id, _ in self._library.search_names(question, NAMES):
            location = self._library.location(document_id, None)
            if location is not None:
                title = self._title(document_id)
                names[document_id] = name_stems(location.path, location.inside, title, stems, language)
        return leading(names, stems, self._library.counts().documents)

    def _title(self, document_id: str) -> str:
        """Title of a document; empty where it has just been removed."""
        try:
            return self._library.document(document_id).title
        except LibraryError as error:
            if error.code != "no_document":
                raise
            return ""

    def _nearest(
        self, vector: npt.NDArray[np.float32], limit: int, within: Path | None, documents: set[str] | None
    ) -> list[tuple[int, float]]:
        if self._client is not None and within is None and documents is None:
            rows = self._client.nearest(vector, limit)
            if rows is not None:
                return self._library.passages_of_rows(rows, limit)
        return self._library.nearest(vector, limit, within, documents)

    def _ranked(self, asked: _Asked, late: bool = True) -> list[_Scored]:
        """Passages by score, best first."""
        documents = {asked.document} if asked.document is not None else None
        wanted = max(EACH, asked.limit)
        words = dict(self._library.search_words(asked.question, wanted, asked.within, documents))
        meaning = dict(self._nearest(asked.compared.vector, wanted, asked.within, documents))
        keys = pool(list(words), list(meaning), max(POOL, asked.limit))
        if not keys:
            return []
        weights = INSIDE if asked.document is not None else EVERYWHERE
        bm25, cosines = complete(words, keys), self._cosines(asked.compared, keys, meaning)
        first = dict(zip(keys, fuse([(weights.words, bm25), (weights.meaning, cosines)]), strict=True))
        order = sorted(keys, key=lambda key: (-first[key], key))
        top = self._read_again(asked, order[:LATE_DEPTH], first, weights.late) if late else []
        ranked = [*top, *order[len(top) :]]
        return [(key, first[key], _found_by(key, words, meaning)) for key in ranked]

    def _read_again(self, asked: _Asked, keys: list[int], scores: dict[int, float], weight: float) -> list[int]:
        """The first candidates in their order after late interaction; `scores` gets their new scores."""
        passages = self._library.passages(keys)
        living = self._library.hits([(key, 0.0, "both") for key in keys], asked.within)
        titles = {hit.passage.document_id: hit.title for hit in living}
        present = [key for key in keys if key in passages and passages[key].document_id in titles]
        tokens = self._tokens.get(
            [_wanted(passages[key], titles[passages[key].document_id]) for key in present], asked.cancelled
        )
        if asked.cancelled is not None and asked.cancelled.is_set():
            return keys
        met = [weighted_maxsim(one.met(asked.compared), asked.compared.weights) for one in tokens]
        for key, bonus in zip(present, fuse([(weight, met)]), strict=True):
            scores[key] += bonus
        return sorted(keys, key=lambda key: (-scores[key], key))

    def _cosines(self, compared: Probe, keys: Sequence[int], known: dict[int, float]) -> list[float]:
        missing = self._library.vectors([key for key in keys if key not in known])
        known = known | {key: float(vector @ compared.vector) for key, vector in missing.items()}
        return [known.get(key, 0.0) for key in keys]


def _wanted(passage: Passage, title: str) -> tuple[str, str, str]:
    """What the token store asks of a passage."""
    return passage.id, embedded_text(title, passage.headings, passage.text), passage.text


def _found_by(key: int, words: dict[int, float], meaning: dict[int, float]) -> FoundBy:
    if key in words:
        return "both" if key in meaning else "words"
    return "meaning"
