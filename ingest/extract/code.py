"""Source code, verbatim: a page for each function or class, whose label names it and its lines.

Definitions are found by how their lines begin, in the ways of many languages, and nested by their indentation; nothing is
parsed, so code that does not compile is read too. Knows nothing of what the code does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.errors import DocumentError
from ingest.extract import encoding
from ingest.extract.blocks import fits, pieces
from ingest.extract.clean import tidy
from ingest.extract.reader import Facts, Source, Yielded
from ingest.records import Heading, Page

MAX_LINE = 400
"""Longest line in which a definition is looked for."""
LONG = 150
"""Lines from which a definition is cut at those inside it."""
SHORT = 12
"""Lines up to which neighbouring definitions share a page."""
_MODIFIERS = (
    r"(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|pub(?:\([a-z]+\))?|override|open|sealed|data"
    r"|unsafe|extern|inline|virtual|suspend|partial|declare|readonly|local)[ \t]+)*"
)
_KINDS = "def|class|fn|func|function|fun|sub|interface|struct|enum|trait|impl|module|namespace|object|protocol|record|package|macro_rules!"
_WAYS = (
    re.compile(rf"([ \t]*){_MODIFIERS}(?:{_KINDS})[ \t]+(?:\([^()]*\)[ \t]*)?\*?([\w.:$~?!]+)"),
    re.compile(r"([ \t]*)(?:export[ \t]+)?(?:const|let|var)[ \t]+(\w+)[ \t]*=[ \t]*(?:async[ \t]*)?(?:function\b|\([^()]*\)[ \t]*=>|\w+[ \t]*=>)"),
    re.compile(r"([ \t]*)([\w.]+)[ \t]*(?:<-|=)[ \t]*function\b"),
    re.compile(
        r"([ \t]*)CREATE[ \t]+(?:OR[ \t]+REPLACE[ \t]+)?(?:\w+[ \t]+)?(?:TABLE|VIEW|FUNCTION|PROCEDURE|TRIGGER)[ \t]+(?:IF[ \t]+NOT[ \t]+EXISTS[ \t]+)?"
        r"([\w.\"`\[\]]+)", re.IGNORECASE,
    ),
    re.compile(r"([ \t]*)([\w-]+)[ \t]*\(\)[ \t]*\{"),
    re.compile(r"([ \t]+)(?!(?:if|for|while|switch|catch|foreach|with|function|match)\b)(\w+)[ \t]*\([^;{}]*\)[ \t]*(?::[ \t]*[\w<>\[\]|. ]+)?\{[ \t]*$"),
    re.compile(r"([ \t]*)(?!(?:else|return|new|throw|case|await|yield|goto|using|import)\b)(?:[\w:<>,*&\[\]~.?]+[ \t]+)+[*&]*(?!(?:if|for|while|switch|catch|foreach)\b)([\w:~]+)[ \t]*\([^;{}]*\)[ \t]*(?:const|noexcept|throws[ \w,.]+)?[ \t]*\{?[ \t]*$"),
)  # fmt: skip
_LEADS = ("@", "#", "//", "/*", "*", "--", "'''", '"""')
"""How lines begin that belong to the definition below them: decorators and comments."""
_NO_CODE = re.compile(r"[ \t]*(?:#|//|/\*|\*|--|;|%|\"|')")


@dataclass(slots=True)
class Definition:
    """A function, a class or the like."""

    name: str
    """With the names of what it stands in: "Parser.read"."""
    line: int
    """The line that names it, from 0."""
    start: int
    """First line, its comments included."""
    end: int
    """One past the last line."""
    depth: int
    """0: not inside another."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then a page for each definition, or for several short ones, labelled "Parser.read, lines 12–40".

    Raises:
        DocumentError: `too_large`, or `empty` without text.
    """
    text = encoding.decode(source.bytes()).replace("\r\n", "\n").replace("\r", "\n")
    lines = [tidy(line) for line in text.split("\n")]
    if not any(lines):
        raise DocumentError("empty", f"{source.name} holds no text")
    yield Facts()
    found = definitions(lines)
    number = 0
    for start, end in _stretches(found, lines):
        stretch = "\n".join(lines[start:end])
        label = _label(found, start, end)
        for part in [stretch] if fits(stretch) else pieces(stretch):
            number += 1
            yield Page(number, label, part, headings=_headings(found, lines, start, end) if part is stretch else ())


def definitions(lines: list[str]) -> list[Definition]:
    """The definitions in a text, in order."""
    found: list[Definition] = []
    open_ones: list[tuple[int, Definition]] = []
    for at, line in enumerate(lines):
        match = _definition(line)
        if match is None:
            continue
        indent, name = len(match[1].expandtabs(4)), match[2].strip('"`[]').rstrip(":")
        while open_ones and open_ones[-1][0] >= indent:
            open_ones.pop()[1].end = at
        start = at
        while start and lines[start - 1].strip().startswith(_LEADS) and (not found or start > found[-1].line + 1):
            start -= 1
        outer = open_ones[-1][1].name + "." if open_ones else ""
        definition = Definition(outer + name, at, start, len(lines), len(open_ones))
        found.append(definition)
        open_ones.append((indent, definition))
    return found


def _definition(line: str) -> re.Match[str] | None:
    if len(line) > MAX_LINE or not line.strip() or _NO_CODE.match(line):
        return None
    return next((match for way in _WAYS if (match := way.match(line))), None)


def _stretches(found: list[Definition], lines: list[str]) -> list[tuple[int, int]]:
    """The lines of the pages: they begin at definitions, and inside long ones at those in them; no empty ones around."""
    starts = [0]
    split = {0: True}
    for definition in found:
        split[definition.depth + 1] = split.get(definition.depth, False) and definition.end - definition.start > LONG
        if split.get(definition.depth, False) and definition.start - starts[-1] >= SHORT:
            starts.append(definition.start)
    pairs = zip(starts, [*starts[1:], len(lines)], strict=True)
    filled = ([at for at in range(start, end) if lines[at]] for start, end in pairs)
    return [(rows[0], rows[-1] + 1) for rows in filled if rows]


def _label(found: list[Definition], start: int, end: int) -> str:
    """The names of what begins in some lines, and the lines."""
    inside = [definition for definition in found if start <= definition.line < end]
    outer = min((definition.depth for definition in inside), default=0)
    names = [definition.name for definition in inside if definition.depth == outer]
    lines = f"lines {start + 1}–{end}" if end > start + 1 else f"line {end}"
    shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    return f"{shown}, {lines}" if shown else lines


def _headings(found: list[Definition], lines: list[str], start: int, end: int) -> tuple[Heading, ...]:
    places: dict[int, int] = {}
    at = 0
    for line in range(start, end):
        places[line] = at
        at += len(lines[line]) + 1
    return tuple(
        Heading(
            places[item.line] + len(lines[item.line]) - len(lines[item.line].lstrip()),
            places[item.line] + len(lines[item.line]),
            item.depth + 1,
        )
        for item in found
        if start <= item.line < end
    )
