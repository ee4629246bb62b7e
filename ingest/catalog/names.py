"""The index of file names, folder names and titles: documents by what they are called.

Names are indexed as they stand and in pieces ("Invoice2023_final" also as invoice, 2023, final), with the stems of the
document's language. Folders above a folder that the person added are left out: everything lies in "home". Knows nothing
of what documents say.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from ingest.catalog.rows import inside_of, path_of
from ingest.catalog.words import any_of, index_language, question_words
from ingest.text import nfc, stem, words

FOLDERS_WITHOUT_ROOT = 2
"""Folders that count for a file that lies under no folder the person added."""

_PIECE = re.compile(r"\d+|[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])")


def index(connection: sqlite3.Connection, location: int) -> None:
    """Index the names of one location anew."""
    path, inside, title, language = connection.execute(
        "SELECT files.path, inside, title, language FROM locations JOIN files ON files.key = file "
        "JOIN documents ON documents.key = document WHERE locations.key = ?",
        (location,),
    ).fetchone()
    connection.execute("DELETE FROM names WHERE rowid = ?", (location,))
    connection.execute(
        "INSERT INTO names (rowid, name, folders, title) VALUES (?, ?, ?, ?)",
        (location, *indexed(path_of(path), inside_of(inside), title, language, roots(connection))),
    )


def index_document(connection: sqlite3.Connection, document: int) -> None:
    """Index the names of all locations of a document anew, after its title or language changed."""
    for (location,) in connection.execute("SELECT key FROM locations WHERE document = ?", (document,)).fetchall():
        index(connection, location)


def indexed(path: Path, inside: str | None, title: str, language: str, under: list[Path]) -> tuple[str, str, str]:
    """What is indexed of a location: the words of its name, of its folders and of its title."""
    container = [path.name] if inside is not None else []
    name = path.name if inside is None else inside.rpartition("/")[2]
    if inside is not None:
        container += inside.split("/")[:-1]
    folders = [*_folders(path, under), *container]
    language = index_language(language)
    return tuple(" ".join(name_words(" ".join(part), language)) for part in ([name], folders, [title]))  # type: ignore[return-value]  # three parts


def _folders(path: Path, under: list[Path]) -> list[str]:
    for root in under:
        if root in path.parents:
            return [root.name, *path.relative_to(root).parts[:-1]]
    return list(path.parts[1:-1][-FOLDERS_WITHOUT_ROOT:])


def roots(connection: sqlite3.Connection) -> list[Path]:
    """Folders and files that the person added, the deepest first."""
    found = [path_of(path) for (path,) in connection.execute("SELECT path FROM roots")]
    return sorted(found, key=lambda path: (-len(path.parts), path))


def name_words(name: str, language: str) -> list[str]:
    """Words of a name, whole and in pieces, each with its stem where that differs; each once."""
    text = nfc(name.encode("utf-8", "replace").decode("utf-8"))
    found: dict[str, None] = {}
    for word in (*words(text), *(piece.casefold() for part in _CAMEL.split(text) for piece in _PIECE.findall(part))):
        found[word] = None
        found[stem(word, language)] = None
    return list(found)


def search(connection: sqlite3.Connection, question: str, languages: list[str], limit: int) -> list[tuple[str, float]]:
    """Documents that are called what a question says, best first: (document id, higher is better)."""
    variants = [
        list(dict.fromkeys([word, *(stem(word, language) for language in languages)]))
        for word in question_words(question, languages)
    ]
    asked = any_of(variant for word in variants for variant in word)
    if not asked:
        return []
    rows = connection.execute(
        "SELECT documents.id, max(-found.rank) FROM (SELECT rowid, rank FROM names WHERE names MATCH ? ORDER BY rank LIMIT ?) AS found "
        "CROSS JOIN locations ON locations.key = found.rowid CROSS JOIN documents ON documents.key = locations.document "
        "WHERE documents.state = 'published' GROUP BY documents.id ORDER BY 2 DESC, 1 LIMIT ?",
        (asked, limit * LOCATIONS_EACH, limit),
    )
    return [(document, score) for document, score in rows]


def search_pairs(connection: sqlite3.Connection, runs: Sequence[Sequence[str]], limit: int) -> list[str]:
    """Ids of documents in whose names two neighbouring words of a run stand, or the word of a run of one; best first.

    Unlike a search for any of the words it looks at few documents, however many a library has.

    Args:
        connection: For reading.
        runs: Words that stand together where a name is suspected, case-folded.
        limit: How many documents.
    """
    pairs = dict.fromkeys(pair for run in runs for pair in (pairwise(run) if len(run) > 1 else [tuple(run)]))
    asked = " OR ".join(
        "(" + " AND ".join('"' + word.replace('"', '""') + '"' for word in pair) + ")"
        for pair in list(pairs)[:MOST_PAIRS]
        if pair
    )
    if not asked:
        return []
    rows = connection.execute(
        "SELECT DISTINCT documents.id FROM (SELECT rowid FROM names WHERE names MATCH ? ORDER BY rank LIMIT ?) AS found "
        "CROSS JOIN locations ON locations.key = found.rowid CROSS JOIN documents ON documents.key = locations.document "
        "WHERE documents.state = 'published' LIMIT ?",
        ("{name title} : (" + asked + ")", limit * LOCATIONS_EACH, limit),
    )
    return [document for (document,) in rows]


MOST_PAIRS = 64
"""Pairs of words looked up at once."""
LOCATIONS_EACH = 8
"""Locations looked at for each document asked for: copies of one document share a place in the list."""
