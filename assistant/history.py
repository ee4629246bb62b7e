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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.records import Answer, Citation
from ingest.errors import LibraryError

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


@dataclass(frozen=True, slots=True)
class Conversation:
    """A row of the history."""

    id: int
    """Its number."""
    started: float
    """Seconds since 1970."""
    title: str
    """Its first question."""
    turns: int
    """Questions in it."""


@dataclass(frozen=True, slots=True)
class StoredCitation:
    """What is remembered of a citation."""

    number: int
    """Its mark in the answer."""
    document_id: str
    """The document."""
    page: int
    """Page of the document, from 1."""
    quote: str
    """The words that were shown."""
    start: int
    """Where the quote began in the page's text when it was shown."""
    path: str
    """Where the document was, for a person; undecodable bytes as surrogate escapes."""
    label: str
    """What the page was called."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer, as they were."""

    id: int
    """Its number."""
    asked: float
    """Seconds since 1970."""
    question: str
    """As it was asked."""
    text: str
    """The answer's text with its marks."""
    outcome: str
    """Outcome of the answer."""
    written_by: str
    """`model` or `quotes`."""
    confidence: float
    """Confidence of the answer."""
    claims: tuple[dict[str, Any], ...]
    """Claims as in the command line's JSON, with their reasons."""
    citations: tuple[StoredCitation, ...]
    """What it rested on."""
    notes: tuple[str, ...]
    """What the reader was told."""


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

    def _prepare(self) -> None:
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            self._connection.close()
            raise LibraryError(f"{self._path}: made by a newer version", "Update the program.", "newer")
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
        stored = json.dumps(_as_json(answer), ensure_ascii=True)
        with self._transaction() as connection:
            row = connection.execute(
                "INSERT INTO turn(conversation, asked, question, answer) VALUES (?, ?, ?, ?)",
                (conversation, time.time(), answer.question, stored),
            )
            return int(row.lastrowid or 0)

    def conversations(self, limit: int = 100) -> list[Conversation]:
        """The latest conversations, newest first."""
        rows = self._rows(
            "SELECT c.id, c.started, c.title, count(t.id) FROM conversation c LEFT JOIN turn t ON t.conversation = c.id"
            " GROUP BY c.id ORDER BY c.id DESC LIMIT ?",
            (limit,),
        )
        return [Conversation(*row) for row in rows]

    def turns(self, conversation: int) -> list[Turn]:
        """The questions and answers of a conversation, in order."""
        rows = self._rows(
            "SELECT id, asked, question, answer FROM turn WHERE conversation = ? ORDER BY id", (conversation,)
        )
        return [_turn(*row) for row in rows]

    def forget(self, conversation: int) -> None:
        """Delete a conversation; its bytes are overwritten."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM conversation WHERE id = ?", (conversation,))

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
    if text is None:
        return None
    places, start = [], text.find(citation.quote)
    while start >= 0:
        places.append(start)
        start = text.find(citation.quote, start + 1)
    return min(places, key=lambda place: abs(place - citation.start), default=None)


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "text": answer.text,
        "outcome": answer.outcome,
        "written_by": answer.written_by,
        "confidence": answer.confidence,
        "claims": [claim.as_json(with_reason=True) for claim in answer.claims],
        "citations": [_citation(one) for one in answer.citations],
        "notes": list(answer.notes),
    }


def _citation(one: Citation) -> dict[str, Any]:
    return {
        "number": one.number,
        "document_id": one.document_id,
        "page": one.span.page,
        "quote": one.quote,
        "start": one.span.start,
        "path": str(one.path),
        "label": one.label,
    }


def _turn(number: int, asked: float, question: str, stored: str) -> Turn:
    kept = json.loads(stored)
    return Turn(
        id=number,
        asked=asked,
        question=question,
        text=kept["text"],
        outcome=kept["outcome"],
        written_by=kept["written_by"],
        confidence=kept["confidence"],
        claims=tuple(kept["claims"]),
        citations=tuple(StoredCitation(**one) for one in kept["citations"]),
        notes=tuple(kept["notes"]),
    )
