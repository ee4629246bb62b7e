"""Everything that may take time: library, models and owner, behind calls that the screens make from threads.

The one place where the terminal program meets the rest. Knows no widget, so it is tested without a screen, and the
screens are tested with data made by hand.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.records import Answer, AnswerEvent, Citation, Finished
from assistant.tui.plain import size
from ingest.config import Config
from ingest.errors import AssistantError, LibraryError, SetupError
from ingest.records import Hit, IndexEvent

if TYPE_CHECKING:
    from assistant.answer import Answerer
    from assistant.history import History
    from assistant.llm import LanguageModel
    from ingest.client import Client
    from ingest.library import Library

ATTEMPTS = 5
"""Owners that may be lost during one run of indexing before the person is told."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found when the program started."""

    library: Path
    """Where the library is, or will be."""
    exists: bool
    """Whether there is a library."""
    model: str | None
    """Name of the language model; None where answers are quotes only."""
    machine: str = ""
    """What this machine has, in words for a person."""
    problems: tuple[AssistantError, ...] = ()
    """What is missing, with its remedy; the program works without it."""


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page to be read, with what is marked on it."""

    source: Citation | Hit
    """What was opened."""
    number: int
    """Page of the document, from 1."""
    pages: int
    """Pages of the document."""
    label: str
    """What a person calls the page."""
    title: str
    """Title found in the document; empty where there is none."""
    text: str
    """The page's text, as it was read."""
    quotes: tuple[tuple[int, int], ...]
    """Stretches of the text that are the quote; empty on the pages around it."""
    answers: tuple[tuple[int, int], ...]
    """Stretches inside the quote that answer the question."""
    confidence: float | None
    """How well a scan was read; None for born-digital text."""


class Desk(Protocol):
    """What the screens ask for. Every call may block, and may come from any thread."""

    def open(self) -> Opened:
        """Look what is here; the language model begins to load."""

    def ask(self, question: str, cancelled: threading.Event) -> Iterator[AnswerEvent]:
        """Answer a question from the documents."""

    def page(self, source: Citation | Hit, number: int | None = None) -> PageSeen:
        """The page that a source stands on, or another page of its document."""

    def new_conversation(self) -> None:
        """The next answer begins another conversation."""

    def index(self, paths: Sequence[Path]) -> Iterator[IndexEvent]:
        """Add folders, or bring all up to date where none are given, and follow them from then on."""

    def status(self) -> dict[str, Any]:
        """State of indexing and counts of the library; empty where there is none."""

    def pause(self, paused: bool) -> None:
        """Stop indexing, or let it go on."""

    def close(self) -> None:
        """End what was started."""


class LocalDesk:
    """The desk over this machine's library.

    Args:
        config: The settings in force.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lock = threading.RLock()
        self._library: Library | None = None
        self._answerer: Answerer | None = None
        self._model: LanguageModel | None = None
        self._client: Client | None = None
        self._runner: Client | None = None
        self._history: History | None = None
        self._talk: int | None = None
        self._opened = threading.Event()
        self._closed = threading.Event()
        self._closing = threading.Lock()

    def open(self) -> Opened:
        """Look what is here; the language model begins to load."""
        from assistant.llm import open_model

        problems: list[AssistantError] = []
        with self._lock:
            try:
                self._model = open_model(self._config)
            except AssistantError as error:
                problems.append(error)
            try:
                self._reading()
            except SetupError:
                pass  # no library yet: the first folder makes one
            except AssistantError as error:
                problems.append(error)
        model = self._model.name if self._model is not None else None
        self._opened.set()
        exists = self._library is not None
        machine = "" if exists else _machine(model)  # only the first screen shows it
        return Opened(self._config.library, exists, model, machine, tuple(problems))

    def ask(self, question: str, cancelled: threading.Event) -> Iterator[AnswerEvent]:
        """Answer a question from the documents, while indexing yields.

        Raises:
            SetupError: There is no library yet.
        """
        self._opened.wait()  # a question may be quicker than the models
        answerer, client = self._answering(), self._client
        yielding = client is not None and client.connected
        if client is not None and yielding:
            client.answering()
        try:
            for event in answerer.ask(question, None, cancelled):
                if isinstance(event, Finished) and not cancelled.is_set():
                    self._keep(event.answer)
                yield event
        finally:
            if client is not None and yielding:
                client.answered()

    def new_conversation(self) -> None:
        """The next answer begins another conversation."""
        with self._lock:
            self._talk = None

    def page(self, source: Citation | Hit, number: int | None = None) -> PageSeen:
        """The page that a source stands on, or another page of its document.

        Raises:
            LibraryError: The document is no longer there.
        """
        library = self._reading()
        document_id = source.document_id if isinstance(source, Citation) else source.passage.document_id
        spans = (source.span,) if isinstance(source, Citation) else source.passage.spans
        wanted = number or spans[0].page
        document = library.document(document_id)
        page = library.page(document_id, wanted)
        quotes = tuple((span.start, span.end) for span in spans if span.page == wanted)
        answers: tuple[tuple[int, int], ...] = ()
        if isinstance(source, Citation) and quotes:
            answers = tuple((quotes[0][0] + start, quotes[0][0] + end) for start, end in source.highlights)
        return PageSeen(
            source=source,
            number=wanted,
            pages=document.page_count,
            label=page.label,
            title=document.title,
            text=page.text,
            quotes=quotes,
            answers=answers,
            confidence=page.confidence,
        )

    def index(self, paths: Sequence[Path]) -> Iterator[IndexEvent]:
        """Add folders, or bring all up to date where none are given, and follow them from then on."""
        for attempt in range(ATTEMPTS):
            runner = self._follower()
            if runner is None:
                continue
            try:
                yield from runner.index(paths, follow=True)
            except LibraryError as error:
                if self._closed.is_set():
                    return
                if error.code != "gone" or attempt == ATTEMPTS - 1:
                    raise
            else:
                return

    def status(self) -> dict[str, Any]:
        """State of indexing and counts of the library; empty where there is none."""
        found: dict[str, Any] = {}
        try:
            counts = self._reading().counts()
        except SetupError:
            pass  # no library yet
        else:
            found = {"documents": counts.documents, "passages": counts.passages, "failed": counts.failed}
            found["pending"] = counts.pending
        client = self._client
        if client is not None and client.connected:
            found |= client.status()
        return found

    def pause(self, paused: bool) -> None:
        """Stop indexing, or let it go on; an owner is started where there is none, so that it is remembered."""
        owner = self._owner()
        if paused:
            owner.pause()
        else:
            owner.resume()

    def close(self) -> None:
        """End what was started: the model at once, the owner where nobody else needs it. Again: waits for the first."""
        self._closed.set()
        self._opened.set()
        with self._closing:
            self._close()

    def _close(self) -> None:
        with self._lock:
            runner, self._runner = self._runner, None
            client, self._client = self._client, None
            model, self._model = self._model, None
            library, self._library = self._library, None
            history, self._history = self._history, None
        if runner is not None:
            runner.close()
        if model is not None:
            model.close()
        if client is not None:
            client.close()
        if history is not None:
            history.close()
        if library is not None:
            library.close()

    def _reading(self) -> Library:
        from ingest.library import Library

        with self._lock:
            if self._closed.is_set():
                raise SetupError("the terminal program is closing", "", "closing")
            if self._library is None:
                self._library = Library.open(self._config.library)
            return self._library

    def _answering(self) -> Answerer:
        from assistant.answer import Answerer
        from ingest.embed import Encoder

        with self._lock:
            if self._answerer is None:
                library = self._reading()
                meta = library.meta()
                if not meta.model:
                    raise SetupError(
                        "nothing has been read yet", "Wait until the first document is read, and ask again."
                    )
                encoder = Encoder.open(meta.model, meta.variant)
                self._answerer = Answerer(library, encoder, self._model, self._config, self._client)
            return self._answerer

    def _owner(self) -> Client:
        from ingest.client import Client

        with self._lock:
            if self._closed.is_set():
                raise SetupError("the terminal program is closing", "", "closing")
            if self._client is None:
                self._client = Client.connect(self._config.library, self._config, start=True)
                self._answerer = None  # the next question asks the owner for its nearest vectors
            if self._client is None:
                raise SetupError("indexing could not be started", "Run `assistant doctor`.")
            return self._client

    def _follower(self) -> Client | None:
        """A second connection, for runs: it ends with its owner, so that closing ends a run instead of renewing it."""
        from ingest.client import Client

        owner = self._owner()
        owner.status()  # a lost owner is replaced here
        with self._lock:
            if self._runner is None or not self._runner.connected:
                self._runner = Client.connect(self._config.library, self._config, start=False)
            return self._runner

    def _keep(self, answer: Answer) -> None:
        """Write an answer into the conversations of the library."""
        from assistant.history import History

        with self._lock:
            if self._history is None:
                self._history = History(self._config.library)
            if self._talk is None:
                self._talk = self._history.start(answer.question)
            self._history.add(self._talk, answer)


def _machine(model: str | None) -> str:
    """What this machine has and what that means, for the first screen."""
    from assistant import hardware

    here = hardware.look()
    graphics = f", {', '.join(here.graphics)}" if here.graphics else ""
    machine = f"This machine: {here.cores} cores, {size(here.memory)} of memory{graphics}."
    scans = "Scans can be read." if shutil.which("tesseract") else "Scans cannot be read: install tesseract-ocr."
    writes = f"Answers are written by {model}." if model else "Answers are quotes: there is no language model."
    return f"{machine} {scans} {writes}\nNothing leaves it, and no file of yours is ever changed."
