"""A person's own questions with the answers they expect: a file of JSON lines.

    {"id", "question", "answers": [any one is right], "answerable", "evidence": [{"file", "page"}], "path", "accepted"}

Only `question` is needed; a question with neither answers nor evidence is one that the documents do not answer, unless
`answerable` says otherwise. Lines with `"accepted": false` were proposed and are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import UsageError

LINE_HINT = (
    'Each line is an object such as {"question": "What is the rent?", "answers": ["850 euros"], '
    '"evidence": [{"file": "Lease.pdf", "page": 2}]}.'
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that answers a question."""

    file: Path
    """The file: absolute, or the last parts of its path."""
    page: int | None
    """Page from 1; None for any."""


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """One question with what is expected."""

    id: str
    """As the file says; otherwise the number of its line."""
    text: str
    """What is asked."""
    answers: tuple[str, ...]
    """Any one is right."""
    answerable: bool
    """Whether the documents answer it."""
    evidence: tuple[Evidence, ...]
    """Places that answer it; empty where only the answers are known."""
    within: Path | None = None
    """Folder or file to answer from; everything where it is None."""


def read(file: Path) -> list[OwnQuestion]:
    """The questions of a file, without those that were proposed and not accepted.

    Raises:
        UsageError: The file cannot be read, a line is no question, or there is none.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UsageError(f"{file}: {why}", "Name a file of JSON lines in UTF-8.") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            row = _object(file, number, line)
            if row.get("accepted") is not False:
                found.append(_question(file, number, row))
    if not found:
        hint = "Set `accepted` to true where a proposed question is good, or write your own."
        raise UsageError(f"{file}: no accepted question", hint)
    return found


def appended(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Add lines to a file of questions.

    Raises:
        UsageError: The file cannot be written.
    """
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        with file.open("a", encoding="utf-8", errors="surrogateescape") as out:
            out.write(text)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", "Name a file that can be written.") from error


def _object(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _bad(file, number, "it is no JSON") from error
    if not isinstance(row, dict):
        raise _bad(file, number, "it is no JSON object")
    return row


def _question(file: Path, number: int, row: dict[str, Any]) -> OwnQuestion:
    text, answers, evidence = row.get("question"), row.get("answers", []), row.get("evidence", [])
    within, answerable = row.get("path"), row.get("answerable")
    if not isinstance(text, str) or not text.strip():
        raise _bad(file, number, 'it has no "question"')
    if not isinstance(answers, list) or not all(isinstance(one, str | int | float) for one in answers):
        raise _bad(file, number, '"answers" is no list of texts')
    if not isinstance(evidence, list) or not all(map(_is_place, evidence)):
        raise _bad(file, number, '"evidence" is no list of {"file", "page"}')
    if within is not None and not isinstance(within, str):
        raise _bad(file, number, '"path" is no text')
    if answerable is not None and not isinstance(answerable, bool):
        raise _bad(file, number, '"answerable" is neither true nor false')
    return OwnQuestion(
        id=str(row.get("id", number)),
        text=text,
        answers=tuple(map(str, answers)),
        answerable=bool(answers or evidence) if answerable is None else answerable,
        evidence=tuple(Evidence(Path(one["file"]), one.get("page")) for one in evidence),
        within=Path(within).absolute() if within else None,
    )


def _is_place(place: Any) -> bool:
    return isinstance(place, dict) and isinstance(place.get("file"), str) and isinstance(place.get("page"), int | None)


def _bad(file: Path, number: int, why: str) -> UsageError:
    return UsageError(f"{file}, line {number}: {why}", LINE_HINT)
