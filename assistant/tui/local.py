"""The desk over this machine's library: library, models and owner, behind calls that the screens make from threads.

The one place where the terminal program meets the rest. Knows no widget, so it is tested without a screen.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.records import AnswerEvent, Finished
from assistant.tui.desk import Opened, PageSeen, PictureSeen, Source
from assistant.tui.talks import Talks
from ingest.config import Config
from ingest.errors import AssistantError, LibraryError, SetupError
from ingest.records import Hit, IndexEvent, Location

if TYPE_CHECKING:
    from assistant.answer import Answerer
    from assistant.llm import LanguageModel
    from assistant.tui.choices import ModelHere, Setting
    from assistant.tui.shelf import Shelf
    from ingest.client import Client
    from ingest.library import Library
    from ingest.work.drawing import Drawer

MOST_FOUND = 30
"""Passages that a search for words shows."""
FIRST_LOOK_SECONDS = 0.25
"""How often a question that is quicker than the first document looks for it."""
ATTEMPTS = 5
"""Owners that may be lost during one run of indexing before the person is told."""


class LocalDesk:
    """The desk over this machine's library.

    Args:
        config: The settings in force.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self.talks = Talks(config.library)
        self._lock = threading.RLock()
        self._library: Library | None = None
        self._answerer: Answerer | None = None
        self._model: LanguageModel | None = None
        self._client: Client | None = None
        self._runner: Client | None = None
        self._drawer: Drawer | None = None
        self._runs = 0  # of indexing, that go on
        self._opened = threading.Event()
        self._closed = threading.Event()
        self._closing = threading.Lock()

    def open(self) -> Opened:
        """Look what is here; the language model begins to load."""
        from assistant.llm import open_model
        from assistant.prompt import INSTRUCTIONS

        problems: list[AssistantError] = []
        unreadable: AssistantError | None = None
        with self._lock:
            try:
                self._model = open_model(self._config, INSTRUCTIONS)
            except AssistantError as error:
                problems.append(error)
            try:
                self._open_library()
            except SetupError:
                pass  # no library yet: the first folder makes one
            except AssistantError as error:
                unreadable = error
        model = self._model.name if self._model is not None else None
        self._opened.set()
        exists = self._library is not None
        machine = ""
        if not exists and unreadable is None:  # only the first screen shows it
            from assistant.tui.machine import found

            machine = found(model)
        return Opened(self._config.library, exists, model, machine, tuple(problems), unreadable)

    def ask(self, question: str, cancelled: threading.Event) -> Iterator[AnswerEvent]:
        """Answer a question from the documents, while indexing yields; the very first one waits for a document.

        Raises:
            SetupError: There is no library yet.
        """
        from assistant.retrieve import Earlier

        self._opened.wait()  # a question may be quicker than the models
        while self._runs and self._holds_nothing() and not cancelled.wait(FIRST_LOOK_SECONDS):
            pass
        if cancelled.is_set():
            return
        answerer, client = self._answering(), self._client
        yielding = client is not None and client.connected
        if client is not None and yielding:
            client.answering()
        try:
            earlier = [Earlier(one.searched or one.question, one.text) for one in self.talks.said()]
            for event in answerer.ask(question, None, cancelled, earlier):
                if isinstance(event, Finished) and not cancelled.is_set():
                    self.talks.keep(event.answer)
                yield event
        finally:
            if client is not None and yielding:
                client.answered()

    def page(self, source: Source, number: int | None = None) -> PageSeen:
        """The page that a source stands on, or another page of its document.

        Raises:
            LibraryError: The document is no longer there.
        """
        from assistant.tui.pages import page_seen

        return page_seen(self._reading(), source, number)

    def picture(self, seen: PageSeen, width: int) -> PictureSeen:
        """The picture of a page that is being read, `width` pixels across.

        Raises:
            DocumentError: The file is gone, was changed, or has no pictures of its pages.
        """
        from assistant.tui.pages import picture_seen
        from ingest.work.drawing import Drawer

        with self._lock:
            if self._drawer is None:
                self._drawer = Drawer(self._config.section("reading"))
            drawer = self._drawer
        return picture_seen(self._reading(), drawer, seen, width)

    def index(self, paths: Sequence[Path]) -> Iterator[IndexEvent]:
        """Add folders, or bring all up to date where none are given, and follow them from then on."""
        self._runs += 1
        try:
            yield from self._index(paths)
        finally:
            self._runs -= 1

    def _index(self, paths: Sequence[Path]) -> Iterator[IndexEvent]:
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

    def shelf(self) -> Shelf:
        """Folders, files and problems; empty where there is no library."""
        from assistant.tui.shelf import Shelf

        try:
            library = self._reading()
        except SetupError:
            return Shelf()
        return Shelf(
            tuple(library.roots()), tuple(library.offline()), tuple(library.files()), tuple(library.problems())
        )

    def place_of(self, path: Path) -> Location | None:
        """The first document in a file; None where nothing of it can be found."""
        return next(iter(self._reading().contents(path)), None)

    def find(self, words: str, quick: bool = False) -> list[Hit]:
        """Passages that hold the words, best first; no model is asked. `quick`: the rarer words alone, while one types."""
        library = self._reading()
        found = library.search_words(words, MOST_FOUND, quick=quick)
        return library.hits([(key, score, "words") for key, score in found])

    def reread(self, paths: Sequence[Path]) -> None:
        """Have files read again by the next run, whether they changed or not."""
        self._owner().reread(paths)

    def drop(self, folder: Path) -> None:
        """Take a folder out of the library, with what was read from it."""
        self._owner().drop_folder(folder)

    def forget(self, path: Path) -> str:
        """Erase what was read at and below a path, with the conversations that cite it; says what was done."""
        owner, library = self._owner(), self._reading()
        begun = owner.forget(path)
        conversations = self.talks.forget_documents(library.forgotten_documents())
        owner.conversations_forgotten()
        erased = owner.erase()
        left = f" Still there: {', '.join(erased['left'])}." if erased["left"] else " Nothing of it is left."
        return f"{begun['files']} files, {erased['documents']} documents and {conversations} conversations.{left}"

    def models(self) -> list[ModelHere]:
        """The language models on this machine."""
        from assistant.tui import choices

        return choices.models(self._config)

    def settings(self) -> list[Setting]:
        """Every setting in force."""
        from assistant.tui import choices

        return choices.settings(self._config)

    def change(self, section: str, key: str, typed: str | None) -> str | None:
        """Write a setting into the person's file, None for its default; gives the name of the model that answers.

        Raises:
            UsageError: It is no value of this setting, or the file cannot be written.
            SetupError: The model is not here; the one in use stays.
        """
        from assistant.llm import open_model
        from assistant.prompt import INSTRUCTIONS
        from assistant.tui import choices

        with self._lock:
            changed = choices.changed(self._config, section, key, typed)
            model = self._model
            if section == "model":
                model = open_model(changed, INSTRUCTIONS)
            choices.write(self._config, section, key, typed)
            if model is not self._model and self._model is not None:
                self._model.close()
            self._config, self._model, self._answerer = changed, model, None
            return model.name if model is not None else None

    def stats(self) -> dict[str, Any]:
        """What the owner and its workers use of this machine, and what reading has cost so far."""
        from assistant.tui.usage import usage
        from ingest import costs

        client = self._client
        pid = client.status().get("pid") if client is not None and client.connected else None
        return (usage(int(pid)) if pid else {}) | {"costs": costs.read(self._config.library)}

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
            drawer, self._drawer = self._drawer, None
        if runner is not None:
            runner.close()
        if model is not None:
            model.close()
        if drawer is not None:
            drawer.close()
        if client is not None:
            client.close()
        self.talks.close()
        if library is not None:
            library.close()

    def _open_library(self) -> None:
        """Open the library; one of an earlier version is brought up to date first, by its owner."""
        try:
            self._reading()
        except LibraryError as error:
            if error.code != "older":
                raise
            self._owner()
            self._reading()

    def _reading(self) -> Library:
        from ingest.library import Library

        with self._lock:
            if self._closed.is_set():
                raise SetupError("the terminal program is closing", "", "closing")
            if self._library is None:
                self._library = Library.open(self._config.library)
            return self._library

    def _holds_nothing(self) -> bool:
        """Whether there is nothing to find yet, and reading is not paused."""
        client = self._client
        try:
            empty = self._reading().counts().documents == 0
        except SetupError:
            empty = True  # the owner is about to make the library
        return empty and (client is None or not client.connected or client.status().get("state") != "paused")

    def _answering(self) -> Answerer:
        from assistant.answer import Answerer
        from assistant.opening import open_encoder

        with self._lock:
            if self._answerer is None or self._reading().outdated():
                library = self._reading()
                if not library.meta().model:
                    raise SetupError(
                        "nothing has been read yet", "Wait until the first document is read, and ask again."
                    )
                encoder = open_encoder(library, self._client)
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
