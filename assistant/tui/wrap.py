"""A page's text broken into lines of a width: pure, and quick enough for a page of 200,000 characters in a thread.

Widths are in cells, as terminals count: wide characters take two. Lines are given as stretches of the text, so that
every cell on the screen knows its place on the page.
"""

from __future__ import annotations

from itertools import pairwise

from rich.cells import cell_len

Line = tuple[int, int]
"""Start and end of a line in the text, half open, without its line feed or the spaces it was broken at."""

SHORTEST_PRINTED = 40
"""Characters of the longest line of a page from which its lines are taken for those of printed paragraphs."""
NEARLY = 0.75
"""Share of the longest line that a line has which was broken because it was full."""
LONGEST_WORD_LOOK = 512
"""Characters measured at once; a line of a terminal is shorter."""


def flowing(text: str) -> str:
    """The text with the line breaks of its printed page as spaces, where a sentence goes on over them; same length.

    A line is part of a running paragraph if it is nearly as long as the longest one, ends in a letter or a comma, and the
    next one begins with a letter. Rows of tables, lists, verses of different lengths and code keep their lines.

    Args:
        text: The text; line feeds end lines.
    """
    lines = text.split("\n")
    longest = max(len(line) for line in lines)
    if longest < SHORTEST_PRINTED:
        return text
    parts = [lines[0]]
    for line, following in pairwise(lines):
        full = len(line) >= NEARLY * longest and "  " not in line and "|" not in line
        goes_on = full and (line[-1].isalpha() or line[-1] == ",") and following[:1].isalpha()
        parts += [" " if goes_on else "\n", following]
    return "".join(parts)


def wrap(text: str, width: int) -> list[Line]:
    """Break a text into lines.

    Args:
        text: The text; line feeds end lines.
        width: Cells of a line, at least 2.
    """
    lines: list[Line] = []
    start = 0
    width = max(2, width)
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        _break(text, start, end, width, lines)
        start = end + 1
    return lines


def line_of(lines: list[Line], offset: int) -> int:
    """The line on which a character stands."""
    low, high = 0, len(lines) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if lines[middle][0] <= offset:
            low = middle
        else:
            high = middle - 1
    return low


def _break(text: str, start: int, end: int, width: int, lines: list[Line]) -> None:
    """One paragraph into lines."""
    while True:
        if end - start <= width // 2 or (end - start <= LONGEST_WORD_LOOK and cell_len(text[start:end]) <= width):
            lines.append((start, end))
            return
        stop = _fits(text, start, end, width)
        space = text.rfind(" ", start, stop + 1)
        if space > start:
            lines.append((start, space))
            start = space + 1
        else:
            lines.append((start, stop))
            start = stop


def _fits(text: str, start: int, end: int, width: int) -> int:
    """End of the longest beginning that fits into the width, at least one character."""
    if text[start : start + width].isascii():
        return min(end, start + width)
    used, at = 0, start
    while at < end:
        used += cell_len(text[at])
        if used > width:
            break
        at += 1
    return max(start + 1, at)
