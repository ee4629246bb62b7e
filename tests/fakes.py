"""Doubles that pass the same contract suite as the real thing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

from assistant.llm import Event, Generated, Message, ModelError, Piece, Progress, StopReason


class FakeModel:
    """A language model that says what it is told to.

    Args:
        write: The text for a conversation.
        context: Tokens that prompt and answer share; a token is a word.
        dies_after: Pieces after which it fails as a killed process does, once; None: never.
        pause: Seconds between two pieces.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Message]], str] = lambda messages: f"You said: {messages[-1].content}",
        context: int = 2048,
        dies_after: int | None = None,
        pause: float = 0.0,
    ) -> None:
        self._write = write
        self._context = context
        self._dies_after = dies_after
        self._pause = pause
        self._evaluated: list[str] = []
        self.asked: list[tuple[Message, ...]] = []

    @property
    def name(self) -> str:
        return "fake"

    @property
    def context(self) -> int:
        return self._context

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int,  # noqa: ARG002 - part of the protocol; there is no chance in a fake
        grammar: str | None = None,
        cancelled: threading.Event | None = None,
    ) -> Iterator[Event]:
        if grammar is not None:
            raise ModelError("the fake follows no grammar", "", "refused")
        started = time.monotonic()
        self.asked.append(tuple(messages))
        prompt = [word for message in messages for word in (message.role, *message.content.split())]
        if len(prompt) >= self._context:
            raise ModelError("the prompt does not fit", "", "context")
        same = next((at for at, (a, b) in enumerate(zip(self._evaluated, prompt, strict=False)) if a != b), None)
        cached = min(len(self._evaluated), len(prompt) - 1) if same is None else same
        self._evaluated = prompt
        yield Progress(cached, len(prompt))
        yield Progress(len(prompt), len(prompt))
        words = self._write(messages).split(" ")
        pieces: list[str] = []
        reason: StopReason = "stop"
        for at, word in enumerate(words):
            waited = threading.Event() if cancelled is None else cancelled
            if waited.wait(self._pause) if self._pause else waited.is_set():
                reason = "cancelled"
                break
            if at == max_tokens:
                reason = "length"
                break
            if at == self._dies_after:
                self._dies_after = None
                raise ModelError("the fake died", "Ask again.", "crashed")
            pieces.append(word if at == 0 else f" {word}")
            yield Piece(pieces[-1])
        yield Generated("".join(pieces), reason, len(prompt), cached, len(pieces), time.monotonic() - started)

    def close(self) -> None:
        """Nothing to end."""
