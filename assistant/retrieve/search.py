"""The fused search: words and meaning over a pool of candidates, and late interaction over the best of them.

Reads the library and asks the owner for nearest vectors where one answers. Knows nothing of names, filters and answers.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.late import PassageTokens, Probe, TokenStore, probe, weighted_maxsim
from assistant.retrieve.closer import best_sentence, nearness
from assistant.retrieve.everyday import usual_shares
from assistant.retrieve.fuse import Weights, complete, fuse, pool
from ingest.embed import Encoder, embedded_text
from ingest.library import Library
from ingest.records import FoundBy, Hit, Passage

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

EVERYWHERE = Weights(words=1.5, meaning=1.0, late=1.5)
"""In the whole library; see the package's table."""
INSIDE = Weights(words=0.5, meaning=1.0, late=0.5, sentence=1.0, near=0.5)
"""Inside the document that the question names: all passages share its words there, and meaning tells them apart."""
EACH = 200
"""Candidates asked of each search."""
POOL = 60
"""Candidates whose scores are compared."""
LATE_DEPTH = 16
"""Candidates that are read again by late interaction: a forward pass each where the passage is not remembered."""

Scored = tuple[int, float, FoundBy]
"""Passage key, score, and which search found it."""


class NearestSource(Protocol):
    """What is needed of the owner's client."""

    def nearest(self, vector: npt.NDArray[np.float32], limit: int) -> list[tuple[int, float]] | None:
        """(row, cosine) of the nearest vectors; None where no owner answers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One search."""

    compared: Probe
    """The question as it is compared."""
    limit: int
    """Most passages wanted."""
    within: Path | None = None
    """Folder or file to search in; everything where it is None."""
    documents: frozenset[str] | None = None
    """Ids of the documents to search in; all where it is None."""
    named: bool = False
    """Whether `documents` is the one that the question names."""
    cancelled: threading.Event | None = None
    """When set, the candidates that were not read again keep their first order."""


class Search:
    """Searches one library; may be used from several threads.

    Args:
        library: The library, open for reading.
        encoder: The embedding model, of the library's own variant.
        client: The owner's client; None to scan the vectors here.
        without: Parts that are left out, to measure what they are there for: judges of `Weights`, "usual".
        tokens: Token vectors shared with others; None for a store of its own.
    """

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        client: NearestSource | None,
        without: frozenset[str] = frozenset(),
        tokens: TokenStore | None = None,
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._client = client
        self._without = without
        self._everywhere, self._inside = EVERYWHERE.less(without), INSIDE.less(without)
        self._tokens = tokens or TokenStore(encoder)

    def probe(self, text: str, language: str, statement: bool = False) -> Probe:
        """A text, ready to be compared with passages.

        Args:
            text: A question or a statement.
            language: Language of its stems.
            statement: Whether all of it must be met: its everyday words then count as the library has them.
        """
        usual = {} if statement or "usual" in self._without else usual_shares(text, language, self._encoder.rank)
        return probe(text, language, self._encoder, self._library.idf, usual)

    def tokens(self, hits: Sequence[Hit], cancelled: threading.Event | None = None) -> list[PassageTokens]:
        """Token vectors of hits' passages, in order; kept for the next question."""
        return self._tokens.get([_wanted(hit.passage, hit.title) for hit in hits], cancelled)

    def ranked(self, asked: Asked, late: bool = True) -> list[Scored]:
        """Passages by score, best first.

        Args:
            asked: What is searched, and where.
            late: Whether the best are read again.
        """
        documents = set(asked.documents) if asked.documents is not None else None
        wanted = max(EACH, asked.limit)
        weights = self._inside if asked.named else self._everywhere
        words, meaning = dict[int, float](), dict[int, float]()
        if weights.words:
            text, usual = asked.compared.text, asked.compared.usual
            words = dict(self._library.search_words(text, wanted, asked.within, documents, usual=usual))
        if weights.meaning:
            meaning = dict(self._nearest(asked.compared.vector, wanted, asked.within, documents))
        keys = pool(list(words), list(meaning), max(POOL, asked.limit))
        if not keys:
            return []
        bm25, cosines = complete(words, keys), self._cosines(asked.compared, keys, meaning)
        first = dict(zip(keys, fuse([(weights.words, bm25), (weights.meaning, cosines)]), strict=True))
        order = sorted(keys, key=lambda key: (-first[key], key))
        top = self._read_again(asked, order[:LATE_DEPTH], first, weights) if late else []
        ranked = [*top, *order[len(top) :]]
        return [(key, first[key], _found_by(key, words, meaning)) for key in ranked]

    def _nearest(
        self, vector: npt.NDArray[np.float32], limit: int, within: Path | None, documents: set[str] | None
    ) -> list[tuple[int, float]]:
        if self._client is not None and within is None and documents is None:
            rows = self._client.nearest(vector, limit)
            if rows is not None:
                return self._library.passages_of_rows(rows, limit)
        return self._library.nearest(vector, limit, within, documents)

    def _read_again(self, asked: Asked, keys: list[int], scores: dict[int, float], weights: Weights) -> list[int]:
        """The first candidates in their order after they were read again; `scores` gets their new scores."""
        passages = self._library.passages(keys)
        living = self._library.hits([(key, 0.0, "both") for key in keys], asked.within)
        titles = {hit.passage.document_id: hit.title for hit in living}
        present = [key for key in keys if key in passages and passages[key].document_id in titles]
        tokens = self._tokens.get(
            [_wanted(passages[key], titles[passages[key].document_id]) for key in present], asked.cancelled
        )
        if asked.cancelled is not None and asked.cancelled.is_set():
            return keys
        question, texts = asked.compared, [passages[key].text for key in present]
        columns = [(weights.late, [weighted_maxsim(one.met(question), question.weights) for one in tokens])]
        if weights.sentence:
            pairs = zip(texts, tokens, strict=True)
            columns.append((weights.sentence, [best_sentence(question, text, one) for text, one in pairs]))
        if weights.near:
            columns.append((weights.near, [nearness(question, text) for text in texts]))
        for key, bonus in zip(present, fuse(columns), strict=True):
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
