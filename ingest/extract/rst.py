"""reStructuredText without its marks: headings, lists, tables as rows, notes and listings as they stand.

Nothing is included from other files and no directive runs. Knows nothing of what Sphinx would add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.extract.markup import Rules, Writer, read_with, replaced
from ingest.extract.reader import Source, Yielded

_ADORNMENT = re.compile(r"([=\-~^\"'`#*+.:_<>$%&!,;?@/\\|(){}\[\]])\1{1,}\s*$")
_DIRECTIVE = re.compile(r"(\s*)\.\.[ \t]+(?:\|[^|]+\|[ \t]+)?([\w:+.-]+?)::(?:[ \t]+(.*))?$")
_NOTE = re.compile(r"\s*\.\.[ \t]+(\[[^\]]+\])[ \t]+(.*)$")
_COMMENT = re.compile(r"(\s*)\.\.(?:[ \t]|$)")
_FIELD = re.compile(r"(\s*):([^:\n`]{1,60}):(?:[ \t]+(.*))?$")
_ITEM = re.compile(r"\s*[-*+•][ \t]+(.*)$")
_NUMBERED = re.compile(r"\s*(?:\(?(\d{1,4}|[A-Za-z])[.)]|#\.)[ \t]+(.*)$")
_GRID_RULE = re.compile(r"\s*\+(?:[-=]+\+)+\s*$")
_SIMPLE_RULE = re.compile(r"\s*=+(?:[ \t]+=+)+\s*$")
_LEFT_OUT = frozenset(
    {"toctree", "contents", "include", "raw", "meta", "index", "highlight", "default-role", "role", "image"}
)
"""Directives whose content is no text of the document."""
_CAPTIONED = frozenset(
    {"figure", "literalinclude", "code", "code-block", "sourcecode", "highlight", "math", "parsed-literal"}
)
"""Directives whose argument is no text."""
_FACTS = {"author": "author", "authors": "author", "date": "date", "title": "title"}
_RULES: Rules = [
    (re.compile(r":[\w:+.-]+:`([^`<]*?)\s*<[^`>]*>`"), r"\1"),
    (re.compile(r":[\w:+.-]+:`~?([^`]*)`"), r"\1"),
    (re.compile(r"``([^`]+(?:`[^`]+)*)``"), r"\1"),
    (re.compile(r"`([^`<]*?)\s*<([^`>]*)>`__?"), r"\1 (\2)"),
    (re.compile(r"`([^`]+)`(?:__?)?"), r"\1"),
    (re.compile(r"(?<![\w*])(\*\*|\*)(\S(?:.{0,2000}?\S)?)\1(?![\w*])"), r"\2"),
    (re.compile(r"\|([^|\s](?:[^|]*[^|\s])?)\|_{0,2}"), r"\1"),
    (re.compile(r"\[([^\]\s]+)\]_"), r"[\1]"),
    (re.compile(r"(?<=\w)__?(?=[\s.,;:)]|$)"), ""),
    (re.compile(r"\\([^\s\w])"), r"\1"),
]


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it.

    Raises:
        DocumentError: `too_large`, `empty`.
    """
    yield from read_with(source, _write)


def _write(text: str, writer: Writer) -> None:
    _Rst(text.expandtabs(8).split("\n"), writer).write()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


class _Rst:
    """Reads one text line by line."""

    def __init__(self, lines: list[str], writer: Writer) -> None:
        self.lines = lines
        self.writer = writer
        self.at = 0
        self.adornments: list[str] = []
        self.literal = -1

    def write(self) -> None:
        """Write the whole text."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if self.literal >= 0:
                if not line.strip() or _indent(line) > self.literal:
                    self.writer.line(line)
                    continue
                self.literal = -1
            self._line(line.rstrip())

    def _line(self, line: str) -> None:
        following = self.lines[self.at] if self.at < len(self.lines) else ""
        if _GRID_RULE.match(line):
            self._grid()
        elif _SIMPLE_RULE.match(line):
            self._simple(line)
        elif match := _DIRECTIVE.match(line):
            self._directive(match)
        elif match := _NOTE.match(line):
            self.writer.end()
            self.writer.line(f"{match[1]} {replaced(match[2], _RULES)}")
        elif match := _COMMENT.match(line):
            self._skip(len(match[1]))
        elif (match := _FIELD.match(line)) and not match[1]:
            self._field(match)
        elif _is_adornment(line):
            after = self.lines[self.at + 1].rstrip() if self.at + 1 < len(self.lines) else ""
            if following.strip() and after == line:
                self.at += 2
                self._heading(following, line[0] * 2)
            else:
                self.writer.end()
        elif line.strip() and _is_adornment(following) and len(following.rstrip()) >= min(len(line), 4):
            self.at += 1
            self._heading(line, following[0])
        elif match := _ITEM.match(line):
            self.writer.item(self._plain(match[1], line))
        elif match := _NUMBERED.match(line):
            self.writer.item(
                self._plain(match[2], line), f"{match[1]}." if match[1] else self.writer.number(_indent(line))
            )
        else:
            self.writer.line(self._plain(line.strip(), line))

    def _heading(self, text: str, adornment: str) -> None:
        if adornment not in self.adornments:
            self.adornments.append(adornment)
        self.writer.heading(replaced(text.strip(), _RULES), self.adornments.index(adornment) + 1)

    def _plain(self, text: str, line: str) -> str:
        """A line of running text; one that ends in two colons announces a listing."""
        if text.endswith("::"):
            self.literal = _indent(line)
            text = text[:-1] if len(text) > 2 else ""
        return replaced(text, _RULES)

    def _field(self, match: re.Match[str]) -> None:
        name, value = match[2].casefold(), replaced(match[3] or "", _RULES)
        if name in _FACTS:
            self.writer.told.setdefault(_FACTS[name], value)
        self.writer.line(f"{match[2]}: {value}".rstrip())

    def _directive(self, match: re.Match[str]) -> None:
        name, argument = match[2], match[3] or ""
        indent = len(match[1])
        self.writer.end()
        if name in _LEFT_OUT:
            self._skip(indent)
            return
        while self.at < len(self.lines) and (option := _FIELD.match(self.lines[self.at])) and len(option[1]) > indent:
            self.at += 1
        if argument and name not in _CAPTIONED:
            self.writer.line(replaced(argument, _RULES))
        if name in ("code", "code-block", "sourcecode", "math", "parsed-literal"):
            self.literal = indent

    def _skip(self, indent: int) -> None:
        """Pass over the block that is indented below."""
        while self.at < len(self.lines) and (not self.lines[self.at].strip() or _indent(self.lines[self.at]) > indent):
            self.at += 1

    def _grid(self) -> None:
        """A table drawn with lines: a row ends at each rule."""
        row: list[list[str]] = []
        while self.at < len(self.lines) and (line := self.lines[self.at].strip()) and line[0] in "+|":
            self.at += 1
            if line[0] == "+":
                self.writer.row([replaced(" ".join(filter(None, cell)), _RULES) for cell in row])
                row = []
            else:
                for column, cell in enumerate(line.strip("|").split("|")):
                    if column == len(row):
                        row.append([])
                    row[column].append(cell.strip())
        self.writer.row([" ".join(filter(None, cell)) for cell in row])
        self.writer.end()

    def _simple(self, rule: str) -> None:
        """A table whose columns stand below a rule of "=" each; a line with an empty first column goes on."""
        starts = [match.start() for match in re.finditer(r"=+", rule)]
        ends = [*starts[1:], None]
        row: list[str] = []
        rules = 1
        while self.at < len(self.lines):
            line = self.lines[self.at].rstrip()
            self.at += 1
            if _SIMPLE_RULE.match(line):
                rules += 1
                following = self.lines[self.at].strip() if self.at < len(self.lines) else ""
                if rules > 2 or not following:
                    break
                continue
            if re.fullmatch(r"\s*-+(?:\s+-+)*\s*", line) or not line:
                continue
            cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
            if row and not cells[0]:
                row = [f"{before} {cell}".strip() for before, cell in zip(row, cells, strict=True)]
                continue
            self.writer.row([replaced(cell, _RULES) for cell in row])
            row = cells
        self.writer.row([replaced(cell, _RULES) for cell in row])
        self.writer.end()


def _is_adornment(line: str) -> bool:
    return bool(line) and not line[0].isspace() and bool(_ADORNMENT.match(line))
