"""Help for tests that run a real owner: small files, what a library holds, and which processes are left."""

from __future__ import annotations

import os
import random
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil

from ingest import config
from ingest.client import Client
from ingest.config import Config
from ingest.records import IndexEvent, Paused, Reading

MARK = "PDA_TEST_MARK"
SUBJECTS = ("The harbour", "A lighthouse", "The archive", "Our cooperative", "The orchard", "An old press", "The ferry")
VERBS = ("keeps", "repairs", "counts", "describes", "needs", "sells", "measures", "forgets")
OBJECTS = ("two boats", "the ledger of 1912", "a quiet room", "ropes and sails", "seven letters", "the north wall")


def write_files(folder: Path, count: int, seed: int = 1) -> None:
    """Small Markdown files with headings and different text in each."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        paragraphs = [" ".join(sentence(chance) for _ in range(6)) for _ in range(3)]
        text = f"# Report {n}\n\n{paragraphs[0]}\n\n## Details of case {n}\n\n{paragraphs[1]}\n\n{paragraphs[2]}\n"
        (folder / f"report-{n:03}.md").write_text(text, encoding="utf-8")


def sentence(chance: random.Random) -> str:
    words = chance.choice(SUBJECTS), chance.choice(VERBS), chance.choice(OBJECTS), str(chance.randrange(1000))
    return f"{words[0]} {words[1]} {words[2]} in week {words[3]}."


def settings() -> Config:
    """The defaults, with two embedding processes whatever machine this is."""
    return config.load().override("embedding", "processes", 2, "test").override("reading", "parallel", 2, "test")


@contextmanager
def connected(library: Path) -> Iterator[Client]:
    """A client whose owner ends with the block."""
    client = Client.connect(library, settings(), start=True)
    assert client is not None
    with client:
        yield client


def facts(events: list[IndexEvent]) -> list[IndexEvent]:
    """The events without those that tell of progress."""
    return [event for event in events if not isinstance(event, Reading | Paused)]


def content(library: Path) -> dict[str, list[Any]]:
    """Everything that a library says, without the numbers that depend on the order of work."""
    queries = {
        "documents": "SELECT id, state, title, media_type, language, page_count, problems FROM documents ORDER BY id",
        "places": """SELECT files.path, documents.id, inside, first_page FROM locations
            JOIN files ON files.key = locations.file JOIN documents ON documents.key = locations.document
            ORDER BY files.path, inside""",
        "passages": "SELECT id, ordinal, headings, spans, text_key FROM passages ORDER BY id",
        "pages": """SELECT documents.id, number, label, text, pages.source FROM pages
            JOIN documents ON documents.key = document ORDER BY documents.id, number""",
        "files": "SELECT path, size, mtime_ns, state FROM files ORDER BY path",
        "vectors": "SELECT text_key, crc FROM vectors ORDER BY text_key",
        "words": "SELECT text, headings FROM words ORDER BY text, headings",
        "problems": "SELECT inside, page, code FROM problems ORDER BY file, inside, page",
    }
    with closing(sqlite3.connect(f"file:{library / 'catalog.db'}?mode=ro", uri=True)) as catalog:
        return {name: catalog.execute(query).fetchall() for name, query in queries.items()}


@contextmanager
def marked() -> Iterator[str]:
    """Processes started within the block carry the mark that is yielded in their environment."""
    os.environ[MARK] = mark = uuid.uuid4().hex
    try:
        yield mark
    finally:
        del os.environ[MARK]


def marked_processes(mark: str) -> list[psutil.Process]:
    """Processes with a mark, this one and dead ones aside."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                found.append(process)
        except psutil.Error:
            continue
    return found


def running(mark: str, what: str) -> list[psutil.Process]:
    """Marked processes in whose command line `what` stands."""
    found = []
    for process in marked_processes(mark):
        try:
            if any(what in argument for argument in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found
