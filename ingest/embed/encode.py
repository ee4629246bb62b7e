"""`Encoder`: texts to unit vectors by a compiled model.

Needs onnxruntime, tokenizers and numpy only. A vector is a function of the text, the fingerprint and the variant: each
text runs alone, so its vector does not depend on what else is encoded. Knows nothing of passages and of storage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ingest.embed import compiled
from ingest.embed.compiled import Compiled
from ingest.embed.session import Session
from ingest.embed.template import TEMPLATE_VERSION
from ingest.embed.tokens import Tokenizer, counter
from ingest.model_files import FoundModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

__all__ = ["Encoder", "counter", "fingerprint"]

WINDOWS_VERSION = 1
"""Part of the fingerprint: to be raised when texts longer than the model's limit are put together in another way."""


def fingerprint(model: FoundModel) -> str:
    """Hex digest of all that decides a vector beside text and variant: weights, tokenizer, pooling, limit, template."""
    return hashlib.sha256(f"{model.fingerprint}\0{TEMPLATE_VERSION}\0{WINDOWS_VERSION}".encode()).hexdigest()


class Encoder:
    """A compiled embedding model, ready to run; may be used by several threads at once.

    Args:
        compiled: The variant to run.

    Raises:
        SetupError: It cannot be loaded.
    """

    def __init__(self, compiled: Compiled) -> None:
        self.name = compiled.model.name
        """Name of the model."""
        self.fingerprint = fingerprint(compiled.model)
        """What vectors must share to be compared, beside the variant."""
        self.variant = compiled.variant
        """Name of the way the model was compiled."""
        self.dimensions = compiled.dimensions
        """Length of a vector."""
        self.max_tokens = compiled.max_tokens
        """What the model takes at once, special tokens included; longer texts are encoded in windows."""
        self._session = Session(compiled.graph)
        self._tokenizer = Tokenizer(compiled.model.path, compiled.max_tokens)

    @classmethod
    def open(cls, model: str, variant: str | None = None) -> Encoder:
        """Open a model, compiling it in a child process on first use (most of a minute, once a machine).

        Args:
            model: Known name, or a folder in the form of sentence-transformers.
            variant: The library's variant; None for the one chosen on this machine.

        Raises:
            SetupError: The model is missing or damaged, or cannot be compiled or loaded.
        """
        return cls(compiled.prepare(model, variant))

    @classmethod
    def for_questions(cls, model: str, variant: str) -> Encoder:
        """Open a library's model to ask questions: in the library's variant, or in this machine's where it fails here.

        Variants of one model differ by less than passages do, so that questions find the same; but vectors that are
        kept must be of one variant.

        Args:
            model: Known name or folder.
            variant: The library's variant.

        Raises:
            SetupError: The model is missing or damaged, or cannot be compiled or loaded.
        """
        own = compiled.prepare(model)
        return cls(compiled.ready(own.model, variant) or own)

    def encode(self, text: str) -> Vectors:
        """The unit vector of a text, float32 of shape (dimensions,).

        A text beyond the model's limit is cut into windows; their vectors are averaged by their tokens.
        """
        import numpy as np

        windows = self._tokenizer.windows(text)
        if len(windows) == 1:
            return self._session.sentence(windows[0].ids)
        vectors = np.stack([self._session.sentence(window.ids) for window in windows])
        weights = np.array([[len(window.ordinary)] for window in windows], dtype=np.float32)
        return _unit((vectors * weights).sum(axis=0))

    def encode_many(self, texts: Iterable[str]) -> Vectors:
        """The unit vectors of texts, float32 of shape (texts, dimensions); each as `encode` gives it."""
        import numpy as np

        vectors = [self.encode(text) for text in texts]
        return np.stack(vectors) if vectors else np.empty((0, self.dimensions), dtype=np.float32)

    def tokens(self, text: str) -> tuple[Vectors, list[tuple[int, int]]]:
        """The vectors of a text's tokens, for late interaction.

        Returns:
            Unit vectors, float32 of shape (tokens, dimensions), and where each token stands in the text, as characters
            from and up to. Special tokens are left out.
        """
        import numpy as np

        vectors: list[Vectors] = []
        offsets: list[tuple[int, int]] = []
        for window in self._tokenizer.windows(text):
            if window.ordinary:
                vectors.append(self._session.tokens(window.ids)[window.ordinary])
                offsets.extend(window.offsets[position] for position in window.ordinary)
        if not vectors:
            return np.empty((0, self.dimensions), dtype=np.float32), []
        return _unit(np.concatenate(vectors)), offsets

    def count(self, text: str) -> int:
        """Tokens of a text, without special ones."""
        return sum(len(window.ordinary) for window in self._tokenizer.windows(text))

    def rank(self, word: str) -> int | None:
        """How frequent a case-folded word is in the language of the model: 1 for the most frequent; None for a rare one."""
        return self._tokenizer.rank(word)


def _unit(vectors: Vectors) -> Vectors:
    """The vectors, along the last axis, at length 1; zero stays zero."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
