"""AsciiDoc without its marks: headings, lists, tables as rows, listings as they stand.

Nothing is included from other files. Knows nothing of what a processor would add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.extract.markup import Rules, Writer, read_with, replaced
from ingest.extract.reader import Source, Yielded

_HEADING = re.compile(r"(={1,6}|#{1,6})[ \t]+(\S.*)$")
_ATTRIBUTE = re.compile(r":(!?[\w-]+!?):(?:[ \t]+(.*))?$")
_SETTINGS = re.compile(r"\[[^\]]*\]\s*$")
_TITLE = re.compile(r"\.([^\s.].*)$")
_ITEM = re.compile(r"\s*(\*{1,5}|-|•)[ \t]+(.*)$")
_NUMBERED = re.compile(r"\s*(\.{1,5}|\d{1,4}\.)[ \t]+(.*)$")
_TERM = re.compile(r"(\S.{0,200}?)(?:::+|;;)(?:[ \t]+(.*))?$")
_DELIMITER = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|```\S*|--)\s*$")
_TABLE = re.compile(r"[|,:!]===\s*$")
_BREAK = re.compile(r"(?:'''|<<<|\+|---|\* \* \*)\s*$")
_CELL = re.compile(r"(?:^|(?<=\s))(?:\d{1,3}(?:\.\d{1,3})?[+*])?[<^>]?(?:\.[<^>])?[adehlmsv]?\|")
_COLUMNS = re.compile(r'cols\s*=\s*"?([^"\]]+)')
_RULES: Rules = [
    (re.compile(r"(?<!\\)\b(?:image|video|audio|icon)::?[^\s\[\]]+\[(?:alt=)?\"?([^,\]\"]*)[^\]]*\]"), r"\1"),
    (re.compile(r"\bmenu:([^\[\]]{1,80})\[([^\]]*)\]"), r"\1 > \2"),
    (re.compile(r"\b(?:btn|kbd|pass|stem|latexmath|asciimath):\w*\[([^\]]*)\]"), r"\1"),
    (re.compile(r"footnote(?:ref)?:\w*\[([^\]]*)\]"), r" [\1]"),
    (re.compile(r"\b(?:link|xref|mailto):[^\s\[\]]+\[([^\],]+)[^\]]*\]"), r"\1"),
    (re.compile(r"(https?://[^\s\[\]]+)\[([^\],^]+)[^\]]*\]"), r"\2 (\1)"),
    (re.compile(r"<<[^<>,]+,([^<>]+)>>"), r"\1"),
    (re.compile(r"<<([^<>]+)>>"), r"\1"),
    (re.compile(r"\[\[[^\]]*\]\]|\(\(\([^)]*\)\)\)"), ""),
    (re.compile(r"\[[\w.#% -]*\](?=[*_#`])"), ""),
    (re.compile(r"(\*\*|__|``|##)(\S(?:.{0,2000}?\S)?)\1"), r"\2"),
    (re.compile(r"(?<![\w*_`#])([*_`#])(\S(?:.{0,2000}?\S)?)\1(?![\w*_`#])"), r"\2"),
    (re.compile(r"[ \t]\+$"), ""),
]  # fmt: skip


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it.

    Raises:
        DocumentError: `too_large`, `empty`.
    """
    yield from read_with(source, _write)


def _write(text: str, writer: Writer) -> None:
    _AsciiDoc(writer).write(text)


class _AsciiDoc:
    """Reads one text line by line."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.verbatim = ""
        self.columns = 0
        self.cells: list[str] | None = None
        self.values: dict[str, str] = {}

    def write(self, text: str) -> None:
        """Write the whole text."""
        for line in text.split("\n"):
            if self.verbatim:
                self._verbatim(line)
            elif self.cells is not None:
                self._table(line)
            else:
                self._line(line.rstrip())
        self._end_row()

    def _verbatim(self, line: str) -> None:
        if line.rstrip() == self.verbatim:
            self.verbatim = ""
            self.writer.end()
        elif not self.verbatim.startswith("////"):
            self.writer.line(line)

    def _line(self, line: str) -> None:
        if match := _ATTRIBUTE.match(line):
            self.values[match[1]] = match[2] or ""
            if match[1] in ("author", "lang", "revdate"):
                self.writer.told[{"lang": "language", "revdate": "date"}.get(match[1], match[1])] = match[2] or ""
        elif match := _DELIMITER.match(line):
            self.writer.end()
            if line[0] in "-.+/`" and line != "--":
                self.verbatim = "```" if line[0] == "`" else line
        elif _TABLE.match(line):
            self.writer.end()
            self.cells = []
        elif _SETTINGS.match(line):
            found = _COLUMNS.search(line)
            self.columns = _count(found[1]) if found else 0
        elif _BREAK.match(line):
            self.writer.end()
        elif line.startswith("//"):
            return
        elif match := _HEADING.match(line):
            self.writer.heading(self._plain(match[2]), len(match[1]))
        elif match := _ITEM.match(line):
            self.writer.item(self._plain(match[2]))
        elif match := _NUMBERED.match(line):
            depth = len(match[1]) if match[1][0] == "." else 1
            self.writer.item(self._plain(match[2]), self.writer.number(depth))
        elif match := _TITLE.match(line):
            self.writer.numbers.clear()
            self.writer.line(self._plain(match[1]))
        elif match := _TERM.match(line):
            self.writer.item(self._plain(f"{match[1]}: {match[2] or ''}".rstrip()), "•")
        else:
            self.writer.line(self._plain(line))

    def _table(self, line: str) -> None:
        if _TABLE.match(line):
            self._end_row()
            self.writer.end()
            self.cells, self.columns = None, 0
            return
        cells = self.cells or []
        starts = [match.span() for match in _CELL.finditer(line)]
        if not starts:
            if cells and line.strip():
                cells[-1] = f"{cells[-1]} {self._plain(line.strip())}"
            return
        ends = [start for start, _ in starts[1:]] + [len(line)]
        found = [self._plain(line[after:end].strip()) for (_, after), end in zip(starts, ends, strict=True)]
        if not self.columns and len(found) > 1:
            self.columns = len(found)
        for cell in found:
            if self.columns and len(cells) == self.columns:
                self._end_row()
                cells = self.cells or []
            cells.append(cell)
        self.cells = cells

    def _end_row(self) -> None:
        if self.cells:
            self.writer.row(self.cells)
            self.cells = []

    def _plain(self, text: str) -> str:
        for name, value in self.values.items() if "{" in text else ():
            text = text.replace(f"{{{name}}}", value)
        return replaced(text, _RULES)


def _count(columns: str) -> int:
    """Columns that a setting declares: "1,2,3" or "3*"."""
    total = 0
    for part in columns.split(","):
        times, _, _ = part.strip().partition("*")
        total += min(int(times), 100) if "*" in part and times.isdecimal() and len(times) < 4 else 1
    return total
