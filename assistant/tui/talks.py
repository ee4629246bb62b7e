"""The conversations of a library, and the one that goes on. Knows no widget; every call may block."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.records import Answer
from ingest.errors import UsageError

if TYPE_CHECKING:
    from assistant.history import History
    from assistant.turns import Conversation

TITLE_LENGTH = 120
"""Characters of a conversation's name; the first question may be long."""


class Talks:
    """Keeps answers, and finds them again. May be used from several threads.

    Args:
        library: The library's folder; where it does not exist there are no conversations.
    """

    def __init__(self, library: Path) -> None:
        self._library = library
        self._lock = threading.RLock()
        self._history: History | None = None
        self._current: int | None = None
        self._said: list[Answer] = []
        self._title = ""

    def keep(self, answer: Answer) -> None:
        """Add an answer to the conversation that goes on; the first one begins it.

        Raises:
            LibraryError: It cannot be written.
        """
        with self._lock:
            history = self._open()
            if self._current is None:
                self._current = history.start(" ".join((self._title or answer.question).split())[:TITLE_LENGTH])
            history.add(self._current, answer)
            self._said.append(answer)

    def begin_anew(self, title: str = "") -> None:
        """The next answer begins another conversation, named after its question where no title is given."""
        with self._lock:
            self._current = None
            self._said = []
            self._title = title

    def take_up(self, title: str | None = None) -> None:
        """Go on with the conversation of this name, or with that in which something was asked last; begin one where there is none."""
        with self._lock:
            found = None
            if title is None:
                found = self._open().latest() if self._library.is_dir() else None
            else:
                title = " ".join(title.split())[:TITLE_LENGTH]
                same = (one.id for one in self.all(title) if one.title.casefold() == title.casefold())
                found = next(same, None)
            if found is None:
                self.begin_anew(title or "")
            else:
                self.go_on_with(found)

    def said(self) -> list[Answer]:
        """The answers of the conversation that goes on, oldest first."""
        with self._lock:
            return list(self._said)

    def all(self, search: str = "") -> list[Conversation]:
        """The latest conversations, newest first; those that hold all of the words searched."""
        with self._lock:
            return self._open().conversations(search=search) if self._library.is_dir() else []

    def go_on_with(self, conversation: int) -> list[Answer]:
        """Take up a conversation again.

        Returns:
            Its answers, oldest first.
        """
        with self._lock:
            answers = self.answers(conversation)
            self._current, self._said = conversation, list(answers)
            return answers

    def answers(self, conversation: int) -> list[Answer]:
        """The answers of a conversation, oldest first."""
        with self._lock:
            return [turn.as_answer() for turn in self._open().turns(conversation)]

    def export(self, title: str, path: Path, conversation: int | None = None) -> None:
        """Write a conversation to a Markdown file that does not exist yet; the one that goes on where none is given.

        Raises:
            UsageError: The file exists, or cannot be written.
        """
        from assistant.tui.export import as_markdown, write_new

        with self._lock:
            number = self._current if conversation is None else conversation
            answers = self.answers(number) if number is not None else []
        try:
            write_new(path, as_markdown(title, answers))
        except FileExistsError as error:
            raise UsageError(f"{path} exists already", "Choose another name; nothing was written.") from error
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}", "Choose another place.") from error

    def rename(self, conversation: int, title: str) -> None:
        """Give a conversation another name."""
        with self._lock:
            self._open().rename(conversation, " ".join(title.split())[:TITLE_LENGTH])

    def forget(self, conversation: int) -> None:
        """Delete a conversation; what it said is overwritten."""
        with self._lock:
            self._open().forget(conversation)
            if self._current == conversation:
                self.begin_anew()

    def forget_documents(self, documents: Iterable[str]) -> int:
        """Delete the conversations that cite documents; how many there were."""
        with self._lock:
            forgotten = self._open().forget_documents(documents) if self._library.is_dir() else 0
            if forgotten:
                self.begin_anew()
            return forgotten

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            history, self._history = self._history, None
            if history is not None:
                history.close()

    def _open(self) -> History:
        from assistant.history import History

        if self._history is None:
            self._history = History(self._library)
        return self._history
