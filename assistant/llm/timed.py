"""How fast a language model was: every text's tokens and seconds, kept in one small file of the library.

Numbers, a date and the model's name, never a word that was said. Several processes may add lines at once; the oldest go.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.llm import Event, Generated, LanguageModel, Message, Piece

FILE = "answer-costs.jsonl"
MOST_BYTES = 60_000
"""Size from which the older half of the file is dropped: some three hundred texts."""


class TimedModel:
    """A model whose times are kept.

    Args:
        model: The model itself.
        library: Folder of the library; nothing is kept while it does not exist.
    """

    def __init__(self, model: LanguageModel, library: Path) -> None:
        self._model, self._library = model, library

    @property
    def name(self) -> str:
        """Name shown beside answers."""
        return self._model.name

    @property
    def context(self) -> int:
        """Tokens that prompt and answer share."""
        return self._model.context

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text; see `LanguageModel.count`."""
        return self._model.count(texts)

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int,
        grammar: str | None = None,
        cancelled: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Let the model write; see `LanguageModel.generate`."""
        began = time.monotonic()
        first: float | None = None
        events = self._model.generate(messages, max_tokens=max_tokens, seed=seed, grammar=grammar, cancelled=cancelled)
        for event in events:
            if isinstance(event, Piece) and first is None:
                first = time.monotonic() - began
            elif isinstance(event, Generated) and first is not None:
                _add(self._library, _row(self.name, event, first))
            yield event

    def close(self) -> None:
        """End the model and all that it started."""
        self._model.close()


def read(library: Path) -> list[dict[str, Any]]:
    """The texts written last, oldest first.

    Returns:
        Rows with `at`, `model`, `first_token` and `seconds` (from the request), `prompt_tokens`, `cached_tokens`,
        `generated_tokens`. Damaged lines are left out.
    """
    rows: list[dict[str, Any]] = []
    with contextlib.suppress(OSError):
        for line in (library / FILE).read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict) and all(isinstance(row.get(name), int | float) for name in _NUMBERS):
                    rows.append(row)
    return rows


_NUMBERS = ("first_token", "seconds", "prompt_tokens", "cached_tokens", "generated_tokens")


def _row(model: str, done: Generated, first: float) -> dict[str, Any]:
    return {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "model": model,
        "first_token": round(first, 4),
        "seconds": round(done.seconds, 4),
        "prompt_tokens": done.prompt_tokens,
        "cached_tokens": done.cached_tokens,
        "generated_tokens": done.generated_tokens,
    }


def _add(library: Path, row: dict[str, Any]) -> None:
    """Append a line in one write; where that fails, only the figures are lost."""
    if not library.is_dir():
        return
    path = library / FILE
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, (json.dumps(row) + "\n").encode())
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
        if size > MOST_BYTES:
            lines = path.read_bytes().splitlines(keepends=True)
            kept = path.with_suffix(f".{os.getpid()}")
            kept.write_bytes(b"".join(lines[len(lines) // 2 :]))
            kept.replace(path)
