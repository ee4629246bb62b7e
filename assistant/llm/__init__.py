"""Language models: the seam that the answering code stands on, and the way to open the one that is configured.

Two real implementations: `child.ChildModel` runs a GGUF file in a process of its own, `http.HttpModel` asks a server
that speaks the OpenAI protocol.

    child.py     a GGUF file in a process of its own         process.py   one life of that process
    worker.py    what runs in it                             engine.py    llama.cpp, token by token
    states.py    evaluated beginnings of prompts, kept       options.py   settings to load with, from fast to safe
    gguf.py      what a file says about its model            http.py      a server of this machine
    timed.py     how fast a model was, kept in the library

Knows nothing of passages, claims or citations: what is said to a model is written in
`assistant.prompt`, and what it says back is believed by nobody before `assistant.verify` has seen it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from ingest.config import Config
from ingest.errors import AssistantError

NO_MODEL = "none"
"""Name that stands for answering with quotes only."""

Role = Literal["system", "user", "assistant"]
StopReason = Literal["stop", "length", "loop", "cancelled"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what is said to a model."""

    role: Role
    """Who speaks."""
    content: str
    """What is said; control tokens of the model inside it are taken apart, so that no document can speak as the system."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The next characters of the model's text."""

    text: str
    """Never empty."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The prompt is being read; comes at least every two seconds while it is."""

    done: int
    """Tokens of the prompt read so far, those kept from the question before included."""
    total: int
    """Tokens of the prompt; 0 while unknown, such as before the model is loaded."""


@dataclass(frozen=True, slots=True)
class Generated:
    """The end of a text; always the last event."""

    text: str
    """All pieces joined."""
    reason: StopReason
    """The model ended; it reached `max_tokens`; it went round in circles; the caller cancelled."""
    prompt_tokens: int
    """Tokens of the whole prompt; 0 where it was cancelled before it was counted."""
    cached_tokens: int
    """Tokens of the prompt that were kept from the question before."""
    generated_tokens: int
    """Tokens written."""
    seconds: float
    """Wall time from the request to here."""


Event = Piece | Progress | Generated


class ModelError(AssistantError):
    """The model gave no text; the answer falls back to quotes.

    Codes: `crashed` (its process ended), `silent` (nothing heard for too long), `load` (it cannot be loaded),
    `context` (the prompt does not fit), `refused` (a server said no), `protocol` (an answer that makes no sense).
    """

    default_code: ClassVar[str] = "crashed"


class LanguageModel(Protocol):
    """What the answering code needs of a model. One text at a time; may be called from any thread."""

    @property
    def name(self) -> str:
        """Name shown beside answers."""

    @property
    def context(self) -> int:
        """Tokens that prompt and answer share."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without any frame of the conversation around it.

        Raises:
            ModelError: The model is not there.
        """

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int,
        grammar: str | None = None,
        cancelled: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Let the model write: the likeliest token each time, so that the same prompt gives the same text.

        Args:
            messages: What is said, oldest first.
            max_tokens: Longest text, in tokens.
            seed: Seed of the choices where the model has any.
            grammar: A GBNF grammar that the text must follow; models that cannot follow one raise `refused`.
            cancelled: Set it to stop; `Generated` with reason `cancelled` comes within a quarter of a second.
                Closing the iterator stops as well.

        Raises:
            ModelError: The model gave no text, or none further.
        """

    def close(self) -> None:
        """End the model and all that it started. Calling it twice is harmless."""


def open_model(config: Config, instructions: str = "") -> LanguageModel | None:
    """The configured model, already loading in the background; None where answers are quotes only.

    Args:
        config: Its `[model]` name is `none`, a known model, the path of a GGUF file, or a server's address as
            `http://host:port/v1` (`#name` behind it picks one of its models).
        instructions: What every conversation begins with. A model file evaluates it while it waits for the first
            question, and keeps what came of it on disk; so it must hold no word of a document.

    Raises:
        SetupError: The model's file is missing or is not what it should be, or the address is not this machine.
    """
    from assistant.llm.timed import TimedModel

    name = str(config.section("model")["name"]).strip()
    if name.lower() in ("", NO_MODEL):
        return None
    if name.startswith(("http://", "https://")):
        from assistant.llm.http import HttpModel

        return TimedModel(HttpModel.open(name, config), config.library)
    from assistant.llm.child import ChildModel

    return TimedModel(ChildModel.open(name, config, instructions=instructions), config.library)
