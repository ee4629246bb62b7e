"""What may be wrong inside the catalog, and how it is mended from what is right.

A document whose pages and passages do not fit is taken out together with its files' record, so that the next index run
reads it again. Knows nothing of vectors' bytes.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.catalog import names, words
from ingest.catalog.facts import Finding
from ingest.catalog.rows import inside_of, path_of, unpacked
from ingest.errors import LibraryError

Progress = Callable[[str, int, int], None]
Template = Callable[[str, tuple[str, ...], str], str]

REPORT_EVERY = 200
"""Documents between two reports."""


def structure(connection: sqlite3.Connection, progress: Progress) -> list[Finding]:
    """Damage of the database itself, of references and of the two word indexes' inner order."""
    progress("catalog", 0, 1)
    found = [Finding("catalog", text) for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]
    for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        found.append(Finding("catalog", f"{table}: a row refers to nothing in {parent}"))
    extra = connection.execute("SELECT count(*) FROM words WHERE rowid NOT IN (SELECT key FROM passages)").fetchone()[0]
    if extra:
        found.append(Finding("words", f"{extra} entries of the word index belong to no passage"))
    extra = connection.execute("SELECT count(*) FROM names WHERE rowid NOT IN (SELECT key FROM locations)").fetchone()[
        0
    ]
    if extra:
        found.append(Finding("names", f"{extra} entries of the index of names belong to no place"))
    roots = names.roots(connection)
    places = connection.execute(
        "SELECT locations.key, path, inside, title, language, documents.state FROM locations "
        "JOIN files ON files.key = file JOIN documents ON documents.key = document"
    )
    for key, path, inside, title, language, state in places.fetchall():
        if state != "published":
            found.append(Finding("location", f"place {key} names a document that was not published"))
        row = connection.execute("SELECT name, folders, title FROM names WHERE rowid = ?", (key,)).fetchone()
        wanted = names.indexed(path_of(path), inside_of(inside), title, language, roots)
        if row is None or (row[0], row[2]) != (wanted[0], wanted[2]):
            found.append(Finding("names", f"place {key} is not in the index of names as it should be"))
    progress("catalog", 1, 1)
    return found


def documents(connection: sqlite3.Connection, progress: Progress, template: Template | None) -> list[Finding]:
    """Published documents whose pages, passages and words do not fit together."""
    rows = connection.execute(
        "SELECT key, id, title, language, pages_key FROM documents WHERE state = 'published' ORDER BY key"
    ).fetchall()
    found: list[Finding] = []
    for number, row in enumerate(rows, 1):
        found += _document(connection, row, template)
        if number % REPORT_EVERY == 0 or number == len(rows):
            progress("documents", number, len(rows))
    return found


def _document(
    connection: sqlite3.Connection, row: tuple[int, str, str, str, str], template: Template | None
) -> Iterator[Finding]:
    key, id_, title, language, pages_key = row
    texts = _texts(connection, key, pages_key)
    for number, page_text in texts.items():
        if page_text is None:
            yield Finding("page", f"document {id_[:12]}, page {number}: its text is damaged")
    rows = connection.execute(
        "SELECT passages.key, ordinal, passages.headings, spans, text_key, words.text, words.headings FROM passages "
        "LEFT JOIN words ON words.rowid = passages.key WHERE document = ? ORDER BY ordinal",
        (key,),
    ).fetchall()
    for position, (passage, ordinal, headings_json, spans, text_key, stems, heading_stems) in enumerate(rows):
        where = f"document {id_[:12]}, passage {ordinal}"
        if ordinal != position:
            yield Finding("passage", f"{where}: passage {position} is missing")
        text = _text(json.loads(spans), texts)
        if text is None:
            yield Finding("spans", f"{where}: it stands outside its page")
            continue
        headings = tuple(json.loads(headings_json))
        if (stems, heading_stems) != words.indexed(text, headings, title, language):
            yield Finding("words", f"{where} (key {passage}): the word index holds something else")
        if template is not None:
            embedded = template(title, headings, text).encode("utf-8", "surrogatepass")
            if hashlib.sha256(embedded).digest() != text_key:
                yield Finding("text", f"{where}: its text is not the one that was embedded")


def index_order(connection: sqlite3.Connection) -> list[Finding]:
    """Damage inside the two word indexes, which only a writing connection can look for."""
    found: list[Finding] = []
    for table in ("words", "names"):
        try:
            connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608  # our own names
        except sqlite3.DatabaseError as error:
            found.append(Finding(table, f"the index is damaged: {error}"))
    return found


def mend(connection: sqlite3.Connection) -> list[Finding]:
    """Take out documents that do not fit together, and build both word indexes again. Inside a transaction."""
    done: list[Finding] = []
    for statement in _index_statements():
        connection.execute(statement)
    rows = connection.execute(
        "SELECT key, id, title, language, pages_key FROM documents WHERE state = 'published' ORDER BY key"
    ).fetchall()
    passages = 0
    for row in rows:
        entries = list(_entries(connection, row))
        fitting = [entry for entry in entries if entry is not None]
        if len(fitting) < len(entries):
            _take_out(connection, row[0])
            done.append(Finding("repaired", f"document {row[1][:12]} was damaged: the next index run reads it again"))
            continue
        connection.executemany("INSERT INTO words (rowid, text, headings) VALUES (?, ?, ?)", fitting)
        passages += len(fitting)
        names.index_document(connection, row[0])
    return [*done, Finding("repaired", f"the word index was built again from {passages} passages")]


def _index_statements() -> list[str]:
    """What of the schema makes the word indexes, each after the old one is dropped."""
    script = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
    lines = [line for line in script.splitlines() if line.startswith(("CREATE VIRTUAL TABLE", "INSERT INTO"))]
    drops = [f"DROP TABLE IF EXISTS {table}" for table in ("vocabulary", "words", "names")]
    return drops + [line.rstrip(";") for line in lines]


def _entries(
    connection: sqlite3.Connection, row: tuple[int, str, str, str, str]
) -> Iterator[tuple[int, str, str] | None]:
    """What the word index holds of a document, anew; None for a passage outside its page."""
    key, _, title, language, pages_key = row
    texts = _texts(connection, key, pages_key)
    rows = connection.execute(
        "SELECT key, ordinal, headings, spans FROM passages WHERE document = ? ORDER BY ordinal", (key,)
    ).fetchall()
    for position, (passage, ordinal, headings, spans) in enumerate(rows):
        text = _text(json.loads(spans), texts)
        fits = text is not None and ordinal == position
        yield (passage, *words.indexed(text or "", json.loads(headings), title, language)) if fits else None
    if None in texts.values():
        yield None


def _take_out(connection: sqlite3.Connection, document: int) -> None:
    """Delete a document with the records of its files, so that they count as new."""
    connection.execute("DELETE FROM files WHERE key IN (SELECT file FROM locations WHERE document = ?)", (document,))
    connection.execute("DELETE FROM documents WHERE key = ?", (document,))


def _texts(connection: sqlite3.Connection, document: int, pages_key: str) -> dict[int, str | None]:
    """Page texts by number, None where the stored bytes are damaged."""
    texts: dict[int, str | None] = {}
    for number, packed in connection.execute(
        "SELECT number, text FROM pages WHERE document = ? AND pages_key = ?", (document, pages_key)
    ):
        try:
            texts[number] = unpacked(packed)
        except LibraryError:
            texts[number] = None
    return texts


def _text(spans: list[list[int]], pages: dict[int, str | None]) -> str | None:
    """The text at some spans; None where one is not inside its page."""
    parts: list[str] = []
    for page, start, end in spans:
        text = pages.get(page)
        if text is None or not 0 <= start < end <= len(text):
            return None
        parts.append(text[start:end])
    return "\n".join(parts) if parts else None
