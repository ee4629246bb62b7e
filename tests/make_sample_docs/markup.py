"""The small markup of `sources/`: headings, paragraphs, tables and page breaks.

A block is parted from the next by an empty line. `# ` and `## ` begin headings, lines `| a | b |` are rows of a table
(the first one its header), a line `---` begins a new page. Knows nothing of what the blocks become.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).with_name("sources")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading."""

    text: str
    level: int
    """1 for the title, 2 for a section."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, header first."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Table | str
"""A heading, a table or the text of a paragraph."""


def source(name: str, **values: str) -> str:
    """The text of a source, with `{placeholders}` filled in where values are given."""
    text = (SOURCES / f"{name}.md").read_text(encoding="utf-8")
    return text.format(**values) if values else text


def pages(text: str) -> list[list[Block]]:
    """The blocks of each page."""
    return [
        [_block(block) for block in page.strip("\n").split("\n\n") if block.strip()] for page in text.split("\n---\n")
    ]


def _block(text: str) -> Block:
    text = text.strip("\n")
    if text.startswith("#"):
        marks, _, rest = text.partition(" ")
        return Heading(rest, len(marks))
    if text.startswith("|"):
        rows = (line.strip().strip("|").split("|") for line in text.splitlines())
        return Table(tuple(tuple(cell.strip() for cell in row) for row in rows))
    return text
