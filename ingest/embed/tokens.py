"""The embedding model's tokenizer: counts, windows that fit the model, and where each token stands in the text.

Loads only `tokenizer.json`, so counting for the chunker needs neither the model nor its runtime. Knows nothing of
vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ingest import model_files
from ingest.errors import SetupError
from ingest.stop_words import STOP_WORDS

RANKED = "en"
"""Language by whose most frequent words the beginning of the vocabulary is told."""
WORD_MARKS = ("", "▁", "Ġ")
"""What stands in front of a token that begins a word, by kind of tokenizer."""


@dataclass(frozen=True, slots=True)
class Window:
    """As much of a text as the model takes at once."""

    ids: list[int]
    """Token numbers, with the special tokens that the model was trained with."""
    offsets: list[tuple[int, int]]
    """Where each token stands in the whole text; meaningless for special ones."""
    ordinary: list[int]
    """Positions in `ids` of the tokens that come from the text."""


class Tokenizer:
    """A tokenizer for one model.

    Args:
        folder: Folder of the embedding model.
        max_tokens: What the model takes at once, special tokens included; None where only counting is wanted.

    Raises:
        SetupError: `tokenizer.json` cannot be read.
    """

    def __init__(self, folder: Path, max_tokens: int | None = None) -> None:
        from tokenizers import Tokenizer as Reader

        path = folder / "tokenizer.json"
        try:
            self._reader: Any = Reader.from_str(path.read_text(encoding="utf-8"))
        except Exception as error:  # the library raises nothing narrower
            raise SetupError(f"{path}: {error}", "Install the embedding model again.", "model_damaged") from error
        self._reader.no_padding()
        self._reader.no_truncation()
        if max_tokens is not None:
            self._reader.enable_truncation(max_tokens)

    def windows(self, text: str) -> list[Window]:
        """The text cut into windows of at most `max_tokens`, in order; one, without ordinary tokens, for an empty text."""
        first = self._reader.encode(_encodable(text))
        return [
            Window(
                encoding.ids,
                encoding.offsets,
                [position for position, special in enumerate(encoding.special_tokens_mask) if not special],
            )
            for encoding in (first, *first.overflowing)
        ]

    def count(self, text: str) -> int:
        """Tokens of a text, without special ones; never cut where `max_tokens` was left out."""
        return len(self._reader.encode_batch_fast([_encodable(text)], add_special_tokens=False)[0].ids)

    def rank(self, word: str) -> int | None:
        """The place of a case-folded word among the vocabulary's whole words, from 1; None where it is not one of them.

        Vocabularies are made from the most frequent word on, so the rank is the one that Zipf's law speaks of.
        """
        number = self._whole(word)
        return None if number is None else max(1, number - self._first_word + 1)

    def _whole(self, word: str) -> int | None:
        """Number of the token that is a whole word, in the spelling of WordPiece, SentencePiece or byte-level BPE."""
        found = (self._reader.token_to_id(f"{mark}{word}") for mark in WORD_MARKS)
        return next((number for number in found if number is not None), None)

    @cached_property
    def _first_word(self) -> int:
        """Number of the most frequent stop word: what stands before are special tokens and single characters."""
        known = (self._whole(word) for word in STOP_WORDS[RANKED] if len(word) > 1)
        return min((number for number in known if number is not None), default=0)


def counter(model: str) -> Callable[[str], int]:
    """A function that counts the tokens of a text, without special ones, as the embedding model does.

    Args:
        model: Known name or folder of the embedding model.

    Raises:
        SetupError: The model is not here.
    """
    return Tokenizer(model_files.find(model, "embedding").path).count


def _encodable(text: str) -> str:
    """The text with a question mark for each lone surrogate, which the tokenizer refuses; offsets stay as they are."""
    return text.encode("utf-8", "replace").decode("utf-8")
