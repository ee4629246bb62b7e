"""What a text leaves behind in a catalog, noted before it is erased and looked for afterwards.

Notes that must outlive a crash are salted hashes, so that they say nothing of the text; the bytes themselves are kept in
memory only. Knows nothing of vectors and files.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.catalog.rows import as_json, unpacked

NOTED = 1000
"""Lines, and words, that are noted of all that is erased together."""
SOUGHT_BYTES = 8
"""Pages, and phrases, that are sought byte by byte in the library's files, each a pass over all of them."""
PHRASE_WORDS = 6
"""Neighbouring words that are sought together: fewer stand in other texts too."""
LINE_CHARACTERS = 24
"""Shorter lines stand in many texts."""
WORD_CHARACTERS = 6
"""Shorter words stand inside others."""
BLOB = slice(16, 48)
"""Part of a packed page that is sought: behind the header that many have in common."""


@dataclass(slots=True)
class Traces:
    """What to look for."""

    salt: str = field(default_factory=lambda: secrets.token_hex(16))
    """Mixed into the hashes."""
    lines: set[str] = field(default_factory=set)
    """Hashes of long lines of pages."""
    words: set[str] = field(default_factory=set)
    """Hashes of indexed words."""
    lengths: set[int] = field(default_factory=set)
    """Lengths of the noted lines: others need not be hashed."""
    pages_bytes: list[bytes] = field(default_factory=list)
    """Parts of packed pages; lost in a crash."""
    phrases: list[str] = field(default_factory=list)
    """Some neighbouring words as the word index keeps them; lost in a crash."""

    def hashed(self, text: str) -> str:
        """The hash under which a text is noted."""
        return hashlib.sha256(f"{self.salt}{text}".encode("utf-8", "surrogatepass")).hexdigest()[:20]

    def as_json(self) -> dict[str, Any]:
        """What outlives a crash."""
        return {
            "salt": self.salt,
            "lines": sorted(self.lines),
            "words": sorted(self.words),
            "lengths": sorted(self.lengths),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Traces:
        """The inverse of `as_json`."""
        return cls(kept["salt"], set(kept["lines"]), set(kept["words"]), set(kept["lengths"]))


def note(connection: sqlite3.Connection, documents: Sequence[int], traces: Traces) -> None:
    """Note what documents leave behind, a sample of it where it is much.

    Args:
        connection: Reading.
        documents: Keys of the documents.
        traces: Where it is noted.
    """
    keys = as_json(list(documents))
    pages = connection.execute("SELECT key FROM pages WHERE document IN (SELECT value FROM json_each(?))", (keys,))
    for number, page in enumerate(_spread([row[0] for row in pages.fetchall()], NOTED)):
        (packed,) = connection.execute("SELECT text FROM pages WHERE key = ?", (page,)).fetchone()
        line = max(unpacked(packed).splitlines(), key=len, default="")
        if len(line) >= LINE_CHARACTERS:
            traces.lines.add(traces.hashed(line))
            traces.lengths.add(len(line))
        if number % max(1, NOTED // SOUGHT_BYTES) == 0 and len(packed) >= BLOB.stop:
            traces.pages_bytes.append(packed[BLOB])
    passages = connection.execute(
        "SELECT key FROM passages WHERE document IN (SELECT value FROM json_each(?))", (keys,)
    ).fetchall()
    found: dict[str, int] = {}
    for number, (passage,) in enumerate(passages):
        for (text,) in connection.execute("SELECT text FROM words WHERE rowid = ?", (passage,)):
            stems = text.split()
            if number % max(1, len(passages) // SOUGHT_BYTES) == 0 and len(stems) > PHRASE_WORDS + 2:
                middle = len(stems) // 2
                traces.phrases.append(" ".join(stems[middle - PHRASE_WORDS // 2 : middle + PHRASE_WORDS // 2]))
            for word in stems:
                if len(word) >= WORD_CHARACTERS and word.isascii() and word.isalnum():
                    found[word] = found.get(word, 0) + 1
    rarest = sorted(found, key=lambda word: (found[word], word))[:NOTED]
    traces.words.update(map(traces.hashed, rarest))


def left_lines(connection: sqlite3.Connection, traces: Traces) -> tuple[int, dict[str, int]]:
    """Look through the text of every page; how many there are, and the documents in which noted lines stand."""
    looked_at = 0
    found: dict[str, int] = {}
    rows = connection.execute("SELECT documents.id, text FROM pages JOIN documents ON documents.key = pages.document")
    for document, packed in rows:
        looked_at += 1
        for line in unpacked(packed).splitlines() if traces.lengths else ():
            if len(line) in traces.lengths and traces.hashed(line) in traces.lines:
                found[document] = found.get(document, 0) + 1
    return looked_at, found


def left_words(connection: sqlite3.Connection, traces: Traces) -> tuple[int, list[str]]:
    """Look through the word index; how many words it has, and those noted that stand in no passage any more.

    A noted word that some passage still has is that passage's.
    """
    looked_at = 0
    left: list[str] = []
    for (word,) in connection.execute("SELECT term FROM vocabulary").fetchall():
        looked_at += 1
        if traces.hashed(word) in traces.words and not _stands_somewhere(connection, word):
            left.append(word)
    return looked_at, left


def gone_phrases(connection: sqlite3.Connection, traces: Traces) -> list[bytes]:
    """Noted phrases, as far as they are known, that stand in no passage any more, as the index would keep them."""
    query = "SELECT 1 FROM words WHERE words MATCH ? LIMIT 1"
    quoted = {phrase: '"' + phrase.replace('"', '""') + '"' for phrase in traces.phrases}
    gone = [phrase for phrase, asked in quoted.items() if connection.execute(query, (asked,)).fetchone() is None]
    return [f" {phrase} ".encode("utf-8", "surrogatepass") for phrase in gone]


def _passages_with(connection: sqlite3.Connection, word: str) -> int:
    row = connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (word,)).fetchone()
    return int(row[0]) if row else 0


def _stands_somewhere(connection: sqlite3.Connection, word: str) -> bool:
    """Whether a passage that the index names for a word really has it."""
    rows = connection.execute(
        "SELECT words.text || ' ' || words.headings FROM words JOIN passages ON passages.key = words.rowid WHERE words MATCH ? LIMIT 1",
        (f'"{word}"',),
    )
    return any(word in text for (text,) in rows)


def _spread(items: list[Any], limit: int) -> Iterator[Any]:
    """At most `limit` items, evenly taken."""
    step = max(1, -(-len(items) // limit))
    return iter(items[::step])
