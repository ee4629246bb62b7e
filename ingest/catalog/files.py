"""Files: what the walk saw, what became of them, what of them could not be read, and the person's roots.

Knows nothing of what is inside documents.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.catalog import exclusions, locations
from ingest.catalog.facts import FileProblem, FileRow, FileState
from ingest.catalog.filters import place_condition
from ingest.catalog.rows import as_json, clean, display, inside_bytes, inside_of, path_bytes, path_of, problems_of
from ingest.errors import DEFAULT_HINTS, SKIPPED_CODES
from ingest.records import Location, Problem, SourceFile

_ROW = (
    "SELECT files.path, files.size, files.mtime_ns, files.state, files.reader, "
    "(SELECT count(*) FROM locations WHERE locations.file = files.key), "
    "coalesce((SELECT code FROM problems WHERE problems.file = files.key AND inside IS NULL AND page IS NULL), '') FROM files"
)


def get(connection: sqlite3.Connection, path: Path) -> FileRow | None:
    """What is known of a file, None where nothing is."""
    row = connection.execute(f"{_ROW} WHERE files.path = ?", (path_bytes(path),)).fetchone()
    return _file_row(row) if row else None


def all_rows(connection: sqlite3.Connection, within: Path | None = None) -> list[FileRow]:
    """All files, or those at or below a path, by path."""
    condition, values = ("1", list[object]()) if within is None else place_condition(within)
    return [_file_row(row) for row in connection.execute(f"{_ROW} WHERE {condition} ORDER BY files.path", values)]


def _file_row(row: tuple[bytes, int, int, FileState, str, int, str]) -> FileRow:
    path, size, mtime_ns, state, reader, documents, code = row
    return FileRow(path_of(path), size, mtime_ns, state, documents, code, reader)


def put(
    connection: sqlite3.Connection,
    source: SourceFile,
    state: FileState,
    found: Sequence[Location],
    problems: Iterable[Problem | FileProblem],
    reader: str,
) -> None:
    """Record a file with all that is found in it and all that could not be read, in place of what was known.

    A file that was forgotten while it was being read is not recorded.
    """
    if exclusions.covers(connection, source.path):
        return
    path = path_bytes(source.path)
    connection.execute(
        "INSERT INTO files (path, display, size, mtime_ns, state, reader) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE "
        "SET size = excluded.size, mtime_ns = excluded.mtime_ns, state = excluded.state, reader = excluded.reader",
        (path, display(source.path), source.size, source.mtime_ns, state, reader),
    )
    (key,) = connection.execute("SELECT key FROM files WHERE path = ?", (path,)).fetchone()
    locations.swap(connection, int(key), found)
    connection.execute("DELETE FROM problems WHERE file = ?", (key,))
    connection.executemany(
        "INSERT INTO problems (file, inside, page, code, message, hint) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (key, inside_bytes(problem.inside), problem.page, problem.code, clean(problem.message), _hint(problem))
            for problem in problems
        ],
    )


def _hint(problem: Problem | FileProblem) -> str:
    return clean(problem.hint) if isinstance(problem, FileProblem) else DEFAULT_HINTS.get(problem.code, "")


def mark_pending(connection: sqlite3.Connection, sources: Iterable[SourceFile]) -> None:
    """Record that files were seen and wait to be read; what is known of them stays until then."""
    connection.executemany(
        "INSERT INTO files (path, display, size, mtime_ns, state) VALUES (?, ?, ?, ?, 'pending') "
        "ON CONFLICT (path) DO UPDATE SET state = 'pending'",
        [
            (path_bytes(source.path), display(source.path), source.size, source.mtime_ns)
            for source in sources
            if not exclusions.covers(connection, source.path)
        ],
    )


def remove(connection: sqlite3.Connection, path: Path) -> bool:
    """Forget a file with its locations and problems; False where it was not known."""
    return connection.execute("DELETE FROM files WHERE path = ?", (path_bytes(path),)).rowcount > 0


def remove_below(connection: sqlite3.Connection, path: Path) -> int:
    """Forget a file, or all files below a folder; return how many."""
    condition, values = place_condition(path)
    return connection.execute(f"DELETE FROM files WHERE {condition}", values).rowcount  # noqa: S608  # our own text


def problems(connection: sqlite3.Connection) -> list[FileProblem]:
    """Everything that could not be read, by path: files, members, and pages of documents at each of their places."""
    rows = connection.execute(
        "SELECT path, inside, page, code, message, hint FROM problems JOIN files ON files.key = file"
    )
    found = [FileProblem(path_of(row[0]), inside_of(row[1]), *row[2:]) for row in rows]
    rows = connection.execute(
        "SELECT path, inside, problems FROM documents JOIN locations ON document = documents.key "
        "JOIN files ON files.key = file WHERE problems != '[]' AND documents.state = 'published'"
    )
    for path, inside, listed in rows:
        for problem in problems_of(listed):
            way = inside_of(inside)
            if problem.inside is not None:
                way = problem.inside if way is None else f"{way}/{problem.inside}"
            hint = DEFAULT_HINTS.get(problem.code, "")
            found.append(FileProblem(path_of(path), way, problem.page, problem.code, problem.message, hint))
    return sorted(found, key=lambda problem: (path_bytes(problem.path), problem.inside or "", problem.page or 0))


def count_pending(connection: sqlite3.Connection) -> int:
    """Files seen and not yet read."""
    return int(connection.execute("SELECT count(*) FROM files WHERE state = 'pending'").fetchone()[0])


def count_failed(connection: sqlite3.Connection) -> int:
    """Files and members that could not be read; what was passed over does not count."""
    rows = connection.execute(
        "SELECT count(*) FROM problems WHERE page IS NULL AND code NOT IN (SELECT value FROM json_each(?)) "
        "AND (inside IS NOT NULL OR (SELECT state FROM files WHERE files.key = file) = 'failed')",
        (as_json(sorted(SKIPPED_CODES)),),
    )
    return int(rows.fetchone()[0])


def roots(connection: sqlite3.Connection) -> list[Path]:
    """Folders and files that the person added, by path."""
    return [path_of(path) for (path,) in connection.execute("SELECT path FROM roots ORDER BY path")]


def add_root(connection: sqlite3.Connection, path: Path) -> None:
    """Add a folder or file; again is no error."""
    connection.execute("INSERT OR IGNORE INTO roots (path, display) VALUES (?, ?)", (path_bytes(path), display(path)))


def drop_root(connection: sqlite3.Connection, path: Path) -> None:
    """Drop a folder or file that was added; an unknown one is no error."""
    connection.execute("DELETE FROM roots WHERE path = ?", (path_bytes(path),))
