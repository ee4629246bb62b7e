"""Tables with merged cells as lines: a merged cell's words stand in every row and column that it covers.

So a row says by itself what it is about, and its columns stay under their headings. Pure; knows nothing of formats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CELL_SEPARATOR = " | "
"""Between the cells of a row."""
MAX_REPEAT = 100
"""Longest text that is repeated, in characters: headings and names are shorter, a merged paragraph is read once."""
MAX_ACROSS = 20
"""Columns up to which a merged cell is spread; a wider one is layout."""
MAX_DOWN = 500
"""Rows for which a merged cell is remembered."""
MAX_REPEATED = 50_000
"""Characters that are repeated in one table, so that no table grows far beyond its file."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as its row declares it."""

    text: str
    """What stands in it, on one line."""
    across: int = 1
    """Columns that it covers."""
    down: int = 1
    """Rows that it covers, its own included."""


class Grid:
    """Lays the rows of one table out, from the first to the last."""

    def __init__(self) -> None:
        self._above: dict[int, tuple[str, int]] = {}
        self._left = MAX_REPEATED

    def row(self, cells: Sequence[Cell]) -> str:
        """The next row as a line, empty when nothing stands in it.

        Args:
            cells: Those that begin in this row; columns that a cell from above covers are left out.
        """
        title = len(cells) == 1 and not self._above
        shown: list[str] = []
        for cell in cells:
            self._fill(shown)
            width = max(1, min(cell.across, MAX_ACROSS))
            for part in range(1 if title else width):
                text = self._repeated(cell.text) if part else cell.text
                if cell.down > 1:
                    self._above[len(shown)] = (cell.text if text else "", min(cell.down, MAX_DOWN))
                shown.append(text)
        self._fill(shown)
        self._above = {column: (text, left - 1) for column, (text, left) in self._above.items() if left > 1}
        return CELL_SEPARATOR.join(shown) if any(shown) else ""

    def _fill(self, shown: list[str]) -> None:
        """The columns that cells from above cover, as far as they follow."""
        while (held := self._above.get(len(shown))) is not None:
            shown.append(self._repeated(held[0]))

    def _repeated(self, text: str) -> str:
        """A text once more, or nothing where it is too long or the table has repeated enough."""
        if len(text) > MAX_REPEAT or len(text) > self._left:
            return ""
        self._left -= len(text)
        return text


def span(value: str | None) -> int:
    """Rows or columns that an attribute declares, 1 where it says nothing that can be."""
    return max(1, int(value)) if value and value.isdecimal() and len(value) < 6 else 1
