"""What was asked and answered, kept privately in the library folder; the only module here that speaks SQL.

A stored citation is (document, page, quote): a document that was read again, or moved, is found by its id, and the
quote by its words; where they are gone, that is said instead of pointing at other words. Any assistant process may
write (WAL); nothing is ever sent or logged. Knows nothing of how answers are made or shown.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.records import Answer
from assistant.turns import Conversation, StoredCitation, Turn, as_json, turn
from ingest.errors import AssistantError, LibraryError

FILE = "conversations.db"
VERSION = 1
"""Layout of the database; a newer one is left alone."""
BUSY_SECONDS = 5.0
"""How long a writer waits for another process."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversation (
    id INTEGER PRIMARY KEY, started REAL NOT NULL, title TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS turn (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    asked REAL NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS turn_of ON turn(conversation, id);
"""


class History:
    """The conversations of one library; may be used from several threads.

    Args:
        library: Folder of the library; it must exist.

    Raises:
        LibraryError: The database cannot be opened, is damaged, or was made by a newer version.
    """

    def __init__(self, library: Path) -> None:
        self._path = library / FILE
        self._lock = threading.Lock()
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._path.chmod(0o600)
            self._connection = sqlite3.connect(
                self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise self._error(error) from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise self._error(error) from error
        self.forgotten = self._forget_waiting()
        """Conversations deleted at opening, because they cited what was forgotten."""

    def _prepare(self) -> None:
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            self._connection.close()
            raise LibraryError(f"{self._path}: made by a newer version", "Update the program.", "newer")
        self._connection.create_function("folded", 1, _folded, deterministic=True)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("PRAGMA secure_delete = ON")
        if version < VERSION:
            self._connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {VERSION};COMMIT;")

    def _error(self, error: Exception) -> LibraryError:
        return LibraryError(
            f"{self._path}: {error}", "Move this file away; it holds past conversations only.", "history"
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._error(error) from error

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise self._error(error) from error

    def start(self, title: str) -> int:
        """Begin a conversation.

        Args:
            title: Usually its first question.

        Returns:
            Its number.
        """
        with self._transaction() as connection:
            row = connection.execute("INSERT INTO conversation(started, title) VALUES (?, ?)", (time.time(), title))
            return int(row.lastrowid or 0)

    def add(self, conversation: int, answer: Answer) -> int:
        """Keep a finished answer; returns the turn's number."""
        stored = json.dumps(as_json(answer), ensure_ascii=True)
        with self._transaction() as connection:
            row = connection.execute(
                "INSERT INTO turn(conversation, asked, question, answer) VALUES (?, ?, ?, ?)",
                (conversation, time.time(), answer.question, stored),
            )
            return int(row.lastrowid or 0)

    def conversations(self, limit: int = 100, search: str = "") -> list[Conversation]:
        """The latest conversations, newest first.

        Args:
            limit: How many.
            search: Words that must all stand in a conversation: in its name, a question or an answer.
        """
        words = search.casefold().split()
        text = "folded(c.title || ' ' || coalesce(group_concat(t.question || ' ' || json_extract(t.answer, '$.text'), ' '), ''))"
        having = " AND ".join(["instr(whole, ?)"] * len(words)) or "1"
        whole = text if words else "''"
        rows = self._rows(
            f"SELECT id, started, title, turns FROM (SELECT c.id, c.started, c.title, count(t.id) AS turns, {whole} AS whole"  # noqa: S608 - our own text
            " FROM conversation c LEFT JOIN turn t ON t.conversation = c.id GROUP BY c.id)"
            f" WHERE {having} ORDER BY id DESC LIMIT ?",
            (*words, limit),
        )
        return [Conversation(*row) for row in rows]

    def latest(self) -> int | None:
        """The conversation in which something was asked last; None where there is none."""
        rows = self._rows("SELECT conversation FROM turn ORDER BY id DESC LIMIT 1")
        return int(rows[0][0]) if rows else None

    def turns(self, conversation: int) -> list[Turn]:
        """The questions and answers of a conversation, in order."""
        rows = self._rows(
            "SELECT id, asked, question, answer FROM turn WHERE conversation = ? ORDER BY id", (conversation,)
        )
        return [turn(*row) for row in rows]

    def rename(self, conversation: int, title: str) -> None:
        """Give a conversation another name."""
        with self._transaction() as connection:
            connection.execute("UPDATE conversation SET title = ? WHERE id = ?", (title, conversation))

    def forget(self, conversation: int) -> None:
        """Delete a conversation; its bytes are overwritten."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM conversation WHERE id = ?", (conversation,))

    def forget_documents(self, documents: Iterable[str]) -> int:
        """Delete every conversation in which one of these documents, by id, is cited; return how many."""
        with self._transaction() as connection:
            deleted = connection.execute(
                "DELETE FROM conversation WHERE id IN (SELECT turn.conversation FROM turn, json_each(turn.answer, '$.citations') "
                "AS cited WHERE json_extract(cited.value, '$.document_id') IN (SELECT value FROM json_each(?)))",
                (json.dumps(list(documents)),),
            ).rowcount
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return deleted

    def _forget_waiting(self) -> int:
        """Delete what cites documents that were forgotten while nobody looked after the conversations; how many."""
        from ingest.library import Library

        try:
            with Library.open(self._path.parent) as library:
                forgotten = library.forgotten_documents()
        except AssistantError:
            return 0  # there is no library, or it says itself what is wrong with it
        return self.forget_documents(forgotten) if forgotten else 0

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> History:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def found_again(citation: StoredCitation, page_text: Callable[[str, int], str | None]) -> int | None:
    """Where a stored quote begins on its page now.

    Args:
        citation: What is remembered.
        page_text: Text of (document, page); None where it is gone.

    Returns:
        The first character, nearest to where it stood; None when the words are no longer there.
    """
    text = page_text(citation.document_id, citation.page)
    return None if text is None else place_of(text, citation.quote, citation.start)


def place_of(text: str, quote: str, start: int) -> int | None:
    """Where a quote stands in a text: the place nearest to `start`; None where it does not."""
    places, at = [], text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    return min(places, key=lambda place: abs(place - start), default=None)


def _folded(text: str) -> str:
    return text.casefold()
