"""What the readers of marked-up text share: lines to blocks, list marks, tables, the facts at the head of a file.

Knows nothing of any one markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ingest.errors import DocumentError
from ingest.extract import encoding
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.grid import CELL_SEPARATOR
from ingest.extract.reader import Facts, Source, Yielded

MAX_LINE = 20_000
"""Longest line in which marks are looked for; a longer one is no one's writing and is kept as it stands."""

Rules = Sequence[tuple[re.Pattern[str], str]]


class Writer:
    """Collects lines into blocks; a reader of one markup fills it.

    Attributes:
        told: Facts found on the way: title, author, date, language.
    """

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self.numbers: dict[int, int] = {}
        self._done: list[Block] = []
        self._lines: list[str] = []
        self._rows: list[str] = []

    def line(self, text: str) -> None:
        """A line of running text."""
        self.end_rows()
        if text.strip():
            self._lines.append(text)
        else:
            self.end()

    def item(self, text: str, mark: str = "•") -> None:
        """An item of a list, on a line of its own."""
        self.end_rows()
        tight = bool(self._lines) or (bool(self._done) and self._done[-1].tight)
        self.end()
        self._lines.append(f"{mark} {text}")
        self._done.append(Block("", tight=tight))

    def row(self, cells: Sequence[str]) -> None:
        """A row of a table."""
        self.end_lines()
        if any(cells):
            self._rows.append(CELL_SEPARATOR.join(map(one_line, cells)))

    def heading(self, text: str, level: int) -> None:
        """A heading from level 1."""
        self.end()
        if text := one_line(text):
            self._done.append(Block(text, level))
            if level == 1:
                self.told.setdefault("title", text)

    def number(self, depth: int) -> str:
        """The number of the next item of a numbered list."""
        self.numbers = {at: count for at, count in self.numbers.items() if at <= depth}
        self.numbers[depth] = self.numbers.get(depth, 0) + 1
        return f"{self.numbers[depth]}."

    def end(self) -> None:
        """End the paragraph and the table."""
        self.end_lines()
        self.end_rows()

    def end_lines(self) -> None:
        """End the paragraph."""
        if self._lines:
            text = "\n".join(self._lines)
            self._lines = []
            if self._done and not self._done[-1].text:
                self._done[-1] = Block(text, tight=self._done[-1].tight)
            else:
                self._done.append(Block(text))

    def end_rows(self) -> None:
        """End the table."""
        if self._rows:
            self._done.append(Block("\n".join(self._rows)))
            self._rows = []

    def blocks(self) -> list[Block]:
        """All that was written."""
        self.end()
        return self._done


def read_with(source: Source, write: Callable[[str, Writer], None]) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it, of a text whose marks `write` takes away.

    Raises:
        DocumentError: `too_large`, or `empty` without text.
    """
    writer = Writer()
    write(encoding.decode(source.bytes()).replace("\r\n", "\n").replace("\r", "\n"), writer)
    blocks = writer.blocks()
    told = {key: one_line(value) for key, value in writer.told.items() if one_line(value)}
    metadata = {key: value for key, value in told.items() if key in ("author", "date")}
    yield Facts(
        told.get("title", ""),
        told.get("author", ""),
        told.get("date", ""),
        told.get("language", "")[:2].lower(),
        0,
        metadata,
    )
    count = 0
    for page in pages(blocks):
        count += 1
        yield page
    if not count:
        raise DocumentError("empty", f"{source.name} holds no text")


def replaced(text: str, rules: Rules) -> str:
    """A line after all replacements."""
    if len(text) > MAX_LINE:
        return text
    for pattern, by in rules:
        text = pattern.sub(by, text)
    return text
