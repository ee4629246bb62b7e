"""Generations of vectors, and which text has which row of the vector file.

Row numbers count up and a number that was named is never used again for another vector: `generations.rows` counts what was
handed out, also when its names are gone. Knows nothing of the bytes of the vector file but their checksums.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from ingest.catalog.facts import Generation, GenerationState
from ingest.catalog.filters import FOUND, Only
from ingest.catalog.rows import as_json
from ingest.errors import LibraryError

_GENERATION = (
    "SELECT key, state, model, fingerprint, variant, dimensions, file, chroma, rows, watermark, boot_id, chroma_open "
    "FROM generations"
)


def current(connection: sqlite3.Connection) -> Generation | None:
    """The generation that searches use; None before the first vector."""
    return of_state(connection, "current")


def in_use(connection: sqlite3.Connection, pinned: int | None) -> Generation | None:
    """The generation that a reader keeps to, None where that has been dropped; the current one for who keeps to none."""
    if pinned is None:
        return current(connection)
    row = connection.execute(f"{_GENERATION} WHERE key = ?", (pinned,)).fetchone()
    return _generation(row) if row else None


def of_state(connection: sqlite3.Connection, state: GenerationState) -> Generation | None:
    """The generation that is current, being built or old; there is at most one of each."""
    row = connection.execute(f"{_GENERATION} WHERE state = ?", (state,)).fetchone()
    return _generation(row) if row else None


def all_generations(connection: sqlite3.Connection) -> list[Generation]:
    """Every generation, by its number."""
    return [_generation(row) for row in connection.execute(f"{_GENERATION} ORDER BY key")]


def _generation(row: tuple[Any, ...]) -> Generation:
    key, state, model, fingerprint, variant, dimensions, file, chroma, rows, watermark, boot_id, is_open = row
    return Generation(
        key, state, model, fingerprint, variant, dimensions, file, chroma, rows, watermark, boot_id, bool(is_open)
    )


def ensure(connection: sqlite3.Connection, model: str, fingerprint: str, variant: str, dimensions: int) -> Generation:
    """The current generation, made where there is none.

    Raises:
        LibraryError: The library holds vectors of another model or variant (code `other_model`).
    """
    present = current(connection)
    if present is None:
        return add(connection, "current", model, fingerprint, variant, dimensions)
    if (present.fingerprint, present.variant, present.dimensions) != (fingerprint, variant, dimensions):
        raise LibraryError(
            f"The library was made with the embedding model {present.model} ({present.variant}), not {model} ({variant}).",
            "Have the vectors made again with `assistant generations new`.",
            "other_model",
        )
    return present


def add(
    connection: sqlite3.Connection, state: GenerationState, model: str, fingerprint: str, variant: str, dimensions: int
) -> Generation:
    """A new generation without rows, its file and folder named after its number."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'generations'").fetchone()
    number = int(row[0]) + 1 if row else 1
    connection.execute(
        "INSERT INTO generations (state, model, fingerprint, variant, dimensions, file, chroma) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (state, model, fingerprint, variant, dimensions, f"vectors-{number}.f32", f"chroma-{number}"),
    )
    return all_generations(connection)[-1]


def set_state(connection: sqlite3.Connection, generation: int, state: GenerationState) -> None:
    """Make a generation current, building or old."""
    connection.execute("UPDATE generations SET state = ? WHERE key = ?", (state, generation))


def drop(connection: sqlite3.Connection, generation: int) -> None:
    """Delete a generation and the names of its rows."""
    connection.execute("DELETE FROM generations WHERE key = ?", (generation,))


def lacking(connection: sqlite3.Connection, generation: int, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Passages without a row in a generation, in the order of their keys: (passage key, text key).

    Args:
        connection: Reading.
        generation: The generation.
        after: Only passages with a higher key.
        limit: How many.
    """
    return connection.execute(
        "SELECT key, text_key FROM passages WHERE key > ? AND NOT EXISTS "
        "(SELECT 1 FROM vectors WHERE generation = ? AND vectors.text_key = passages.text_key) ORDER BY key LIMIT ?",
        (after, generation, limit),
    ).fetchall()


def row_of_text(connection: sqlite3.Connection, generation: int, text_key: bytes) -> tuple[int, int] | None:
    """Row and checksum of a text's vector."""
    row = connection.execute(
        "SELECT row, crc FROM vectors WHERE generation = ? AND text_key = ?", (generation, text_key)
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else None


def missing(connection: sqlite3.Connection, generation: int, keys: Iterable[bytes]) -> set[bytes]:
    """Which texts have no row."""
    query = "SELECT 1 FROM vectors WHERE generation = ? AND text_key = ?"
    return {key for key in set(keys) if connection.execute(query, (generation, key)).fetchone() is None}


def name(connection: sqlite3.Connection, generation: int, start: int, named: Sequence[tuple[bytes, int]]) -> None:
    """Name rows that are safely in the vector file: texts and checksums of the rows from `start` on."""
    connection.executemany(
        "INSERT INTO vectors (generation, row, text_key, crc) VALUES (?, ?, ?, ?)",
        [(generation, start + offset, key, crc) for offset, (key, crc) in enumerate(named)],
    )
    connection.execute("UPDATE generations SET rows = ? WHERE key = ?", (start + len(named), generation))


def rows_of(connection: sqlite3.Connection, generation: int, passages: Iterable[int]) -> dict[int, int]:
    """Passage key to row."""
    found = connection.execute(
        "SELECT passages.key, row FROM json_each(?) AS asked CROSS JOIN passages ON passages.key = asked.value "
        "CROSS JOIN vectors ON vectors.generation = ? AND vectors.text_key = passages.text_key",
        (as_json(list(passages)), generation),
    )
    return dict(found.fetchall())


def rows_in(connection: sqlite3.Connection, generation: int, only: Only) -> list[int]:
    """Rows of all passages that are found and pass a filter, in ascending order."""
    found = connection.execute(
        "SELECT DISTINCT row FROM json_each(?) AS asked CROSS JOIN passages ON passages.document = asked.value "
        "CROSS JOIN vectors ON vectors.generation = ? AND vectors.text_key = passages.text_key",
        (as_json(only.keys(connection)), generation),
    )
    return sorted(row for (row,) in found)


def passages_of(
    connection: sqlite3.Connection, generation: int, rows: Sequence[tuple[int, float]], only: Only
) -> list[tuple[int, float]]:
    """Passages that have these rows, are found and pass a filter, with the row's score, best first.

    Equal texts share a row, so a row may give several passages.
    """
    scores = dict(rows)
    condition, values = only.condition()
    found = connection.execute(
        "SELECT passages.key, row FROM json_each(?) AS asked "  # noqa: S608  # our own text
        "CROSS JOIN vectors ON vectors.generation = ? AND vectors.row = asked.value "
        "CROSS JOIN passages ON passages.text_key = vectors.text_key "
        f"CROSS JOIN documents ON documents.key = passages.document WHERE {condition}",
        [as_json(list(scores)), generation, *values],
    )
    return sorted(((key, scores[row]) for key, row in found), key=lambda pair: (-pair[1], pair[0]))


def living(connection: sqlite3.Connection, generation: int, rows: Sequence[int]) -> set[int]:
    """Which of these rows some passage that is found has."""
    found = connection.execute(
        "SELECT DISTINCT vectors.row FROM json_each(?) AS asked "  # noqa: S608  # our own text
        "CROSS JOIN vectors ON vectors.generation = ? AND vectors.row = asked.value "
        "CROSS JOIN passages ON passages.text_key = vectors.text_key "
        f"CROSS JOIN documents ON documents.key = passages.document WHERE {FOUND}",
        (as_json(list(rows)), generation),
    )
    return {row for (row,) in found}


def names(connection: sqlite3.Connection, generation: int, start: int, stop: int) -> list[tuple[int, bytes, int]]:
    """Named rows from `start` up to `stop`: (row, text key, checksum)."""
    return connection.execute(
        "SELECT row, text_key, crc FROM vectors WHERE generation = ? AND row >= ? AND row < ? ORDER BY row",
        (generation, start, stop),
    ).fetchall()


def count_live(connection: sqlite3.Connection, generation: int) -> int:
    """Rows whose text some passage still has."""
    row = connection.execute(
        "SELECT count(*) FROM vectors WHERE generation = ? "
        "AND EXISTS (SELECT 1 FROM passages WHERE passages.text_key = vectors.text_key)",
        (generation,),
    ).fetchone()
    return int(row[0])


def forget_dead(connection: sqlite3.Connection, generation: int) -> list[int]:
    """Take the names of rows whose text no passage has any more; return the rows."""
    return [
        row
        for (row,) in connection.execute(
            "DELETE FROM vectors WHERE generation = ? "
            "AND NOT EXISTS (SELECT 1 FROM passages WHERE passages.text_key = vectors.text_key) RETURNING row",
            (generation,),
        ).fetchall()
    ]


def dying_rows(connection: sqlite3.Connection, generation: int, documents: Sequence[int]) -> list[int]:
    """Rows of the passages of some documents, by key."""
    found = connection.execute(
        "SELECT DISTINCT row FROM json_each(?) AS asked CROSS JOIN passages ON passages.document = asked.value "
        "CROSS JOIN vectors ON vectors.generation = ? AND vectors.text_key = passages.text_key "
        "WHERE NOT EXISTS (SELECT 1 FROM passages AS other WHERE other.text_key = passages.text_key "
        "AND other.document NOT IN (SELECT value FROM json_each(?)))",
        (as_json(list(documents)), generation, as_json(list(documents))),
    )
    return sorted(row for (row,) in found)


def unname(connection: sqlite3.Connection, generation: int, rows: Iterable[int]) -> None:
    """Take the names of rows that are damaged, so that their texts count as missing."""
    connection.executemany("DELETE FROM vectors WHERE generation = ? AND row = ?", [(generation, row) for row in rows])


def count_named(connection: sqlite3.Connection, generation: int, below: int) -> int:
    """Rows of a generation, below a number, that are named."""
    query = "SELECT count(*) FROM vectors WHERE generation = ? AND row < ?"
    return int(connection.execute(query, (generation, below)).fetchone()[0])


def count_passages(connection: sqlite3.Connection) -> int:
    """Passages, found or not: at most so many rows are alive."""
    return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])


def count_lacking(connection: sqlite3.Connection, generation: int) -> int:
    """How many texts of passages have no row in a generation."""
    row = connection.execute(
        "SELECT count(DISTINCT text_key) FROM passages WHERE NOT EXISTS "
        "(SELECT 1 FROM vectors WHERE generation = ? AND vectors.text_key = passages.text_key)",
        (generation,),
    ).fetchone()
    return int(row[0])


def set_chroma(connection: sqlite3.Connection, generation: int, column: str, value: object) -> None:
    """Set `watermark`, `boot_id` or `chroma_open` of a generation."""
    if column not in ("watermark", "boot_id", "chroma_open"):
        raise ValueError(column)
    connection.execute(f"UPDATE generations SET {column} = ? WHERE key = ?", (value, generation))  # noqa: S608  # one of three names
