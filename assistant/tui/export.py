"""Answers as text to take away: plain for the clipboard, Markdown for a file. Pure.

Words of documents stay words: what Markdown would act on is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from assistant.records import Answer, Citation
from assistant.tui.plain import home_short, one_line, place, plain

_ACTED_ON = re.compile(r"([\\`*_{}\[\]<>#+\-!|~&])")
_NOT_IN_NAMES = re.compile(r"[^\w\- ]+")
NAME_LENGTH = 60
"""Characters of a file's name made from a title."""


def as_text(answer: Answer) -> str:
    """The answer with its sources, as plain text."""
    sources = [f"[{one.number}] {place(one)}: “{one_line(one.quote)}”" for one in answer.citations]
    text = answer.text if answer.written_by == "model" or not sources else ""
    return "\n".join([*([text, ""] if text else []), *sources]).strip()


def quote_as_text(source: Citation, quote: str) -> str:
    """A quote with its place, as plain text."""
    return f"“{one_line(quote)}” ({place(source)})"


def as_markdown(title: str, answers: Sequence[Answer]) -> str:
    """A conversation as Markdown: a section a question, quotes as block quotes with their places."""
    parts = [f"# {_escaped(one_line(title))}"]
    for answer in answers:
        parts.append(f"## {_escaped(one_line(answer.question))}")
        if answer.written_by == "model" or not answer.citations:
            parts.append(_paragraphs(answer.text))
        for citation in answer.citations:
            quote = "\n".join(f"> {_escaped(line)}" for line in plain(citation.quote).split("\n"))
            where = f"**[{citation.number}]** {_escaped(place(citation))} — {_escaped(home_short(citation.path))}"
            parts.append(f"{quote}\n>\n> {where}")
        parts += [f"*{_escaped(one_line(note))}*" for note in answer.notes]
    return "\n\n".join(parts) + "\n"


def name_for(title: str) -> str:
    """A file name for a conversation."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", title).split())[:NAME_LENGTH].strip()
    return f"{name or 'Conversation'}.md"


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet.

    Raises:
        OSError: It exists, or cannot be written.
    """
    with path.open("x", encoding="utf-8", errors="replace") as file:
        file.write(text)


def _paragraphs(text: str) -> str:
    return "\n\n".join(_escaped(line) for line in plain(text).split("\n") if line.strip())


def _escaped(text: str) -> str:
    return _ACTED_ON.sub(r"\\\1", text)
