"""Late interaction: how well the words of a question are met by the words of a passage, token vector by token vector.

The embedding model gives a vector for every token in the same forward pass that gives the passage's own. A question
token is met as well as its nearest passage token is near (MaxSim of ColBERT, Khattab and Zaharia 2020), and counts by
the idf of its word, so that names and numbers count and stop words do not. The vectors of a sentence are those of its
tokens *in the passage*, so ranking sentences costs no further pass.

Both retrieval and verification stand on this. Knows nothing of ranking, answers or verdicts.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ingest.text import stem, stop_words, word_spans

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

CACHE_BYTES = 96_000_000
"""Most memory that token vectors of passages may hold: about 600 full passages of 384 dimensions in half precision."""
PARALLEL = 2
"""Forward passes at the same time, each on one thread: a text a run is deterministic and no slower than a batch."""


class TokenEncoder(Protocol):
    """What is needed of the embedding model."""

    def encode(self, text: str) -> Floats:
        """One unit vector (dimensions,)."""

    def tokens(self, text: str) -> tuple[Floats, list[tuple[int, int]]]:
        """Unit vectors of the tokens (tokens, dimensions) and where each stands in the text."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A question or a statement, ready to be compared."""

    text: str
    """What is compared."""
    language: str
    """ISO 639-1 code by which its words, and those of what it is compared with, are stemmed."""
    stems: dict[str, float]
    """Content stems and their idf, in the order of the text."""
    vector: Floats
    """Its unit vector (dimensions,)."""
    tokens: Floats
    """Unit vectors of its tokens (tokens, dimensions)."""
    weights: Floats
    """Weight of each token, summing to 1; 0 for stop words and punctuation."""
    offsets: tuple[tuple[int, int], ...] = ()
    """Where each token stands in the text; empty where it was prepared by words alone."""
    usual: Mapping[str, float] = field(default_factory=dict)
    """Share of texts in which its stems usually stand, as far as its idf was reckoned with that."""

    def coverage(self, found: set[str]) -> float:
        """Share of its content words, by idf, that are among the stems; 0 for a text without content words."""
        total = sum(self.stems.values())
        return sum(idf for word, idf in self.stems.items() if word in found) / total if total else 0.0


def content_words(text: str, language: str) -> list[str]:
    """Distinct content stems in order of first occurrence."""
    passed_over = stop_words(language)
    return list(dict.fromkeys(stem(word, language) for word, _, _ in word_spans(text) if word not in passed_over))


def probe(
    text: str,
    language: str,
    encoder: TokenEncoder,
    idf: Callable[[Sequence[str], Mapping[str, float]], dict[str, float]],
    usual: Mapping[str, float],
) -> Probe:
    """Prepare a text for comparison.

    Args:
        text: A question or a statement.
        language: Language of its stems.
        encoder: The embedding model.
        idf: Inverse document frequency of stems, from the word index and the share of texts in which they usually stand.
        usual: That share, as far as it is known and to be reckoned with.
    """
    import numpy as np

    stems = content_words(text, language)
    known = idf(stems, usual)
    unseen = max(known.values(), default=1.0)
    weighted = {word: known.get(word, unseen) for word in stems}
    vectors, offsets = encoder.tokens(text)
    passed_over = stop_words(language)
    by_place = [
        (start, end, 0.0 if word in passed_over else weighted.get(stem(word, language), 0.0))
        for word, start, end in word_spans(text)
    ]
    weights = np.array(
        [next((idf for a, b, idf in by_place if a <= start < b), 0.0) for start, _ in offsets], dtype=np.float32
    )
    if not weights.sum():
        weights = np.ones(len(offsets), dtype=np.float32)
    weights /= max(float(weights.sum()), 1e-9)
    return Probe(text, language, weighted, encoder.encode(text), vectors, weights, tuple(offsets), usual)


def words_probe(text: str, language: str, idf: Callable[[Sequence[str]], dict[str, float]]) -> Probe:
    """A text prepared for comparison by words alone, where no embedding model is at hand: one weight a content stem."""
    import numpy as np

    stems = content_words(text, language)
    known = idf(stems)
    unseen = max(known.values(), default=1.0)
    weighted = {word: known.get(word, unseen) for word in stems}
    weights = np.array(list(weighted.values()), dtype=np.float32)
    nothing = np.zeros((0, 1), dtype=np.float32)
    return Probe(text, language, weighted, nothing[:0, 0], nothing, weights / max(float(weights.sum()), 1e-9))


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """The token vectors of one passage, read in the context of its title and headings."""

    vectors: npt.NDArray[np.float16]
    """Unit vectors (tokens, dimensions), half precision."""
    starts: npt.NDArray[np.int32]
    """First character of each token in the passage's text; negative for the title and headings in front."""
    ends: npt.NDArray[np.int32]
    """One past the last character of each token."""

    def met(self, question: Probe) -> Floats:
        """Similarity of every question token with every passage token: (question tokens, passage tokens)."""
        import numpy as np

        if not len(self.starts):
            return np.zeros((len(question.weights), 0), dtype=np.float32)
        return question.tokens @ self.vectors.astype(np.float32).T

    def inside(self, start: int, end: int) -> npt.NDArray[np.intp]:
        """Indices of the tokens within a stretch of the passage's text."""
        import numpy as np

        return np.flatnonzero((self.starts >= start) & (self.ends <= end))

    def mean(self, chosen: npt.NDArray[np.intp]) -> Floats:
        """Unit vector of the chosen tokens: a stretch's meaning in its context; zeros for none."""
        import numpy as np

        if not len(chosen):
            return np.zeros(self.vectors.shape[1], dtype=np.float32)
        vector: Floats = self.vectors[chosen].astype(np.float32).mean(axis=0)
        return vector / max(float(np.linalg.norm(vector)), 1e-9)


def weighted_maxsim(met: Floats, weights: Floats) -> float:
    """Mean over the question's tokens of the best similarity, weighted; 0 where there is nothing to meet it."""
    return float(met.max(axis=1) @ weights) if met.shape[1] else 0.0


class TokenStore:
    """Token vectors of passages, computed when first wanted and kept while memory allows.

    May be used from several threads.

    Args:
        encoder: The embedding model.
        limit: Most bytes kept.
    """

    def __init__(self, encoder: TokenEncoder, limit: int = CACHE_BYTES) -> None:
        self._encoder = encoder
        self._limit = limit
        self._kept: OrderedDict[str, PassageTokens] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(
        self, wanted: Sequence[tuple[str, str, str]], cancelled: threading.Event | None = None
    ) -> list[PassageTokens]:
        """Token vectors of passages, in order.

        Args:
            wanted: Passage id, the text that was embedded (title and headings in front), and the passage's own text.
            cancelled: When set, what is not there yet comes back empty.
        """
        with self._lock:
            known = {key: self._kept[key] for key, _, _ in wanted if key in self._kept}
        missing = list({item[0]: item for item in wanted if item[0] not in known}.values())
        if missing:
            with ThreadPoolExecutor(PARALLEL) as pool:
                made = pool.map(lambda item: self._make(item, cancelled), missing)
                known |= {item[0]: tokens for item, tokens in zip(missing, made, strict=True)}
        with self._lock:
            for key, tokens in known.items():
                if len(tokens.starts):
                    self._keep(key, tokens)
        return [known[key] for key, _, _ in wanted]

    def _make(self, item: tuple[str, str, str], cancelled: threading.Event | None) -> PassageTokens:
        import numpy as np

        if cancelled is not None and cancelled.is_set():
            return no_tokens()
        _, embedded, own = item
        vectors, offsets = self._encoder.tokens(embedded)
        places = np.array(offsets, dtype=np.int32).reshape(-1, 2) - (len(embedded) - len(own))
        return PassageTokens(vectors.astype(np.float16), places[:, 0], places[:, 1])

    def _keep(self, key: str, tokens: PassageTokens) -> None:
        if key in self._kept:
            self._kept.move_to_end(key)
            return
        self._kept[key] = tokens
        self._bytes += tokens.vectors.nbytes
        while self._bytes > self._limit and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.vectors.nbytes


def no_tokens() -> PassageTokens:
    """A passage of which no token vectors are known."""
    import numpy as np

    empty = np.zeros(0, dtype=np.int32)
    return PassageTokens(np.zeros((0, 1), dtype=np.float16), empty, empty)
