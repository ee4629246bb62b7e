"""Org files without their marks: headings, lists, tables as rows, blocks as they stand. Drawers and comments are left out.

Knows nothing of agendas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.extract.markup import Rules, Writer, read_with, replaced
from ingest.extract.reader import Source, Yielded

_HEADING = re.compile(r"(\*{1,20})[ \t]+(\S.*)$")
_TAGS = re.compile(r"[ \t]+:[\w@#%:]+:[ \t]*$")
_KEYWORD = re.compile(r"[ \t]*#\+(\w+):[ \t]*(.*)$")
_BLOCK = re.compile(r"[ \t]*#\+(begin|end)_(\w+)", re.IGNORECASE)
_DRAWER = re.compile(r"[ \t]*:(\w+):[ \t]*$")
_ITEM = re.compile(r"[ \t]*[-+][ \t]+(.*)$|[ \t]+\*[ \t]+(.*)$")
_NUMBERED = re.compile(r"[ \t]*(\d{1,4}[.)])[ \t]+(.*)$")
_RULE = re.compile(r"[ \t]*(?:\|[-+|]+|-{5,})[ \t]*$")
_FACTS = {"title": "title", "author": "author", "date": "date", "language": "language"}
_RULES: Rules = [
    (re.compile(r"\[\[[^\]\[]+\]\[([^\]\[]+)\]\]"), r"\1"),
    (re.compile(r"\[\[([^\]\[]+)\]\]"), r"\1"),
    (re.compile(r"\[fn:([^\]:]+)\]"), r"[\1]"),
    (re.compile(r"\[fn:[^\]:]*:([^\]]*)\]"), r" [\1]"),
    (re.compile(r"(?<![\w*/=~_+])([*/=~_+])(\S(?:.{0,2000}?\S)?)\1(?![\w*/=~_+])"), r"\2"),
]
_VERBATIM = ("src", "example", "export")


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it.

    Raises:
        DocumentError: `too_large`, `empty`.
    """
    yield from read_with(source, _write)


def _write(text: str, writer: Writer) -> None:
    verbatim, drawer = "", False
    for line in text.split("\n"):
        if verbatim:
            if (match := _BLOCK.match(line)) and match[2].casefold() == verbatim:
                verbatim = ""
                writer.end()
            elif verbatim != "comment":
                writer.line(line)
        elif drawer:
            drawer = line.strip().casefold() != ":end:"
        elif match := _BLOCK.match(line):
            name = match[2].casefold()
            writer.end()
            verbatim = name if match[1].casefold() == "begin" and name in (*_VERBATIM, "comment") else ""
        elif match := _KEYWORD.match(line):
            name = match[1].casefold()
            if name in _FACTS:
                writer.told[_FACTS[name]] = match[2]
            elif name == "caption":
                writer.line(replaced(match[2], _RULES))
        elif match := _DRAWER.match(line):
            drawer = match[1].casefold() != "end"
        elif not line.startswith("# ") and line != "#":
            _line(line, writer)


def _line(line: str, writer: Writer) -> None:
    if _RULE.match(line):
        return
    if match := _HEADING.match(line):
        writer.heading(replaced(_TAGS.sub("", match[2]), _RULES), min(len(match[1]), 9))
    elif line.lstrip().startswith("|"):
        writer.row([replaced(cell.strip(), _RULES) for cell in line.strip().strip("|").split("|")])
    elif match := _ITEM.match(line):
        writer.item(replaced(match[1] or match[2] or "", _RULES))
    elif match := _NUMBERED.match(line):
        writer.item(replaced(match[2], _RULES), match[1])
    else:
        writer.line(replaced(line.strip(), _RULES))
