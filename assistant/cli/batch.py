"""Questions and texts from JSON lines, for scripts: one line in, one line out, in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ingest.errors import UsageError


@dataclass(frozen=True, slots=True)
class Request:
    """One line of a batch."""

    id: Any
    """Given back with the answer; None where the line had none."""
    text: str
    """The question, or the text to verify; empty for a bad line."""
    within: Path | None
    """Folder or file to restrict to, absolute."""
    error: UsageError | None = None
    """Why the line cannot be used."""


def requests(source: str, field: str) -> Iterator[Request]:
    """Read the lines of a batch as they come.

    Args:
        source: A file, or `-` for standard input.
        field: Name of the text: "question" or "text".

    Raises:
        UsageError: The file cannot be read.
    """
    if source == "-":
        yield from _lines(sys.stdin.buffer, field)
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 - closed below, once all lines are answered
    except OSError as error:
        raise UsageError(
            f"{source}: {error.strerror}", "Name a file of JSON lines, or - for standard input."
        ) from error
    with file:
        yield from _lines(file, field)


def _lines(file: IO[bytes], field: str) -> Iterator[Request]:
    for number, line in enumerate(file, 1):
        if line.strip():
            yield _request(number, line, field)


def _request(number: int, line: bytes, field: str) -> Request:
    name = None
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("it is no JSON object")
        name = row.get("id")
        text, within = row.get(field), row.get("path")
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f'it has no "{field}"')
        if within is not None and not isinstance(within, str):
            raise ValueError('its "path" is no text')
    except (ValueError, RecursionError) as error:
        wanted = f'Each line is an object with "id", "{field}" and, if need be, "path".'
        return Request(name, "", None, UsageError(f"line {number} of the batch: {error}", wanted))
    return Request(name, text, Path(within).absolute() if within else None)
