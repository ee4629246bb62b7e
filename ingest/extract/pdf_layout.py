"""From the lines of a PDF page to its text: paragraphs, rows, headings, in reading order.

Pure: works on `Line`s alone and knows nothing of pdfium.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from statistics import median

from ingest.extract.blocks import Block
from ingest.extract.clean import LIGATURES
from ingest.extract.pdf_lines import Line

PARAGRAPH_GAP = 1.35
"""Distance of base lines, in usual distances of the page, from which a new paragraph begins."""
SAME_BASE = 0.35
"""Difference of base lines, in sizes of the letters, up to which two stretches stand on one line."""
SIZE_CHANGE = 1.15
"""Ratio of letter sizes from which two lines are no one paragraph."""
CELL_SIZE_CHANGE = 1.3
"""The same where the second is the next line of the last cell of a row: fallback letters have other boxes."""
CENTRED = 0.25
"""Sizes of the letters by which cells may lie off the middle of a cell of two lines beside them."""
HEADING_SIZE = 1.18
"""Ratio to the size of the body from which a short line is a heading."""
MAX_HEADING = 150
"""Longest heading in characters."""
CELL_GAP = "   "
"""Between the cells of a row: white space, so that the row is found in any reading of the page."""
TOUCH = 2.0
"""Points by which cells of a row may overlap."""
MIN_OVERLAP = 0.5
"""Share of the lower one's height that cells of a row have in common."""
MAX_CELL_LINES = 6
"""Lines of a cell; more are a column of text."""
MAX_CELL = 240
"""Characters of a cell."""
MAX_ORDERED = 1_000
"""Blocks and rows of a page beyond which they stay in the order of the content."""
SAME_COLUMN = 0.5
"""Share of the narrower one's width that two blocks of one column have in common."""
Cell = Sequence[Sequence[Line]]
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_KEEPS_HYPHEN = re.compile(r"[\dA-ZÀ-ÖØ-Þ]")
"""What begins a word before which a hyphen at the end of a line is one of its own: Anglo-American, 2019-2020."""


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """The page's blocks in reading order.

    Args:
        lines: As `pdf_lines.lines_of` gives them.
    """
    rows = rows_of(lines)
    if not rows:
        return []
    pitch = _usual_pitch(rows)
    body = _body_size(rows)
    blocks: list[list[list[Line]]] = []
    for row in rows:
        if blocks and _goes_on(blocks[-1], row, pitch):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    found: list[Block] = []
    for cells in in_reading_order(side_by_side(blocks)):
        if len(cells) == 1:
            text = text_of(cells[0])
            found.append(Block(text, level_of(cells[0], text, body)))
        else:
            text = CELL_GAP.join(" ".join(text_of(cell).split()) for cell in cells)
            found.append(Block(text, tight=bool(found) and not found[-1].level))
    return [block for block in found if block.text.strip()]


def with_outline(blocks: Sequence[Block], titles: Sequence[tuple[str, int]]) -> list[Block]:
    """The blocks with the lines that the document's outline names as headings.

    Args:
        blocks: Of one page.
        titles: Titles and levels of the outline that lead to this page.
    """
    wanted = {_letters(title): level for title, level in titles}
    found: list[Block] = []
    for block in blocks:
        level = wanted.get(_letters(block.text)) if len(block.text) <= MAX_HEADING else None
        if level:
            found.append(Block(block.text, level))
            continue
        first, _, rest = block.text.partition("\n")
        level = wanted.get(_letters(first)) if rest and not block.level and len(first) <= MAX_HEADING else None
        found += [Block(first, level), Block(rest)] if level else [block]
    return found


def _letters(text: str) -> str:
    """What titles are compared by: letters and digits, case aside."""
    return "".join(filter(str.isalnum, text)).casefold()


def side_by_side(blocks: Sequence[Cell]) -> list[list[Cell]]:
    """Blocks that are the cells of one row: short, one right of the other, and overlapping in height.

    Only blocks that follow each other in the content are put together, so that the order of the text stays.
    """
    rows: list[list[Cell]] = []
    band: tuple[float, float, float] | None = None
    for block in blocks:
        if not _is_cell(block):
            rows.append([block])
            band = None
            continue
        left, bottom, right, top = bounds_of(block)
        if band:
            edge, low, high = band
            overlap = min(top, high) - max(bottom, low)
            if left >= edge - TOUCH and overlap >= MIN_OVERLAP * min(top - bottom, high - low):
                rows[-1].append(block)
                band = (right, min(bottom, low), max(top, high))
                continue
        rows.append([block])
        band = (right, bottom, top)
    return rows


def in_reading_order(rows: Sequence[list[Cell]]) -> list[list[Cell]]:
    """Blocks and rows of cells in the order of the content, except that none comes before one that stands above it.

    Above means wholly, and over at least half the width of the narrower one, so that columns stay one after the other.
    """
    bounds = [bounds_of([line for cell in row for line in cell]) for row in rows]
    lowest, moved = float("inf"), False
    for _, bottom, _, top in bounds:
        moved = moved or bottom >= lowest
        lowest = min(lowest, top)
    if not moved or len(rows) > MAX_ORDERED:
        return list(rows)
    left = dict.fromkeys(range(len(rows)))
    found: list[list[Cell]] = []
    for start in range(len(rows)):
        waiting = [start] if start in left else []
        while waiting:
            at = waiting[-1]
            above = next((each for each in left if each > at and _above(bounds[each], bounds[at])), None)
            if above is None:
                waiting.pop()
                left.pop(at)
                found.append(rows[at])
            else:
                waiting.append(above)
    return found


def _above(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    shared = min(one[2], other[2]) - max(one[0], other[0])
    narrower = min(one[2] - one[0], other[2] - other[0])
    return one[1] >= other[3] - TOUCH and narrower > 0 and shared >= SAME_COLUMN * narrower


def bounds_of(block: Cell) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of everything in a block."""
    lines = [line for row in block for line in row]
    return (
        min(line.left for line in lines),
        min(line.bottom for line in lines),
        max(line.right for line in lines),
        max(line.top for line in lines),
    )


def _is_cell(block: Cell) -> bool:
    if len(block) > MAX_CELL_LINES:
        return False
    size = 0
    for row in block:
        for line in row:
            size += len(line.text)
            if size > MAX_CELL or not line.upright or line.top <= line.bottom:
                return False
    return True


def rows_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Stretches that stand side by side and follow each other in the content, as rows."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and _beside(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _beside(one: Line, other: Line) -> bool:
    return (
        one.upright
        and other.upright
        and not one.hyphen
        and abs(one.base - other.base) <= SAME_BASE * max(one.size, other.size)
        and other.left >= one.right - 0.3 * one.size
    )


def _usual_pitch(rows: Sequence[Sequence[Line]]) -> float:
    """Median distance of base lines that follow each other downwards, relative to the size of the letters."""
    steps: list[float] = []
    for before, after in itertools.pairwise(rows):
        above, below = before[0], after[0]
        step = above.base - below.base
        if above.upright and below.upright and 0 < step < 3 * max(above.size, below.size):
            steps.append(step / max(above.size, 1e-6))
    return median(steps) if steps else 1.2


def _body_size(rows: Sequence[Sequence[Line]]) -> float:
    """Size of the letters that most of the text has."""
    weights: dict[float, int] = {}
    for row in rows:
        for line in row:
            size = round(line.size, 1)
            weights[size] = weights.get(size, 0) + len(line.text)
    return max(weights, key=lambda size: weights[size])


def _goes_on(block: Sequence[Sequence[Line]], row: Sequence[Line], pitch: float) -> bool:
    """Whether a row belongs to the paragraph before it."""
    above, below = block[-1][0], row[0]
    if block[-1][-1].hyphen:
        return True
    if not (above.upright and below.upright):
        return above.upright == below.upright
    size = max(above.size, below.size, 1e-6)
    last = block[-1][-1]
    cell = len(block[-1]) > 1 and len(row) == 1 and abs(below.left - last.left) <= last.size
    change = CELL_SIZE_CHANGE if cell else SIZE_CHANGE
    if size / max(min(above.size, below.size), 1e-6) > change and min(len(above.text), len(below.text)) > 2:
        return False
    step = (above.base - below.base) / size
    return -SAME_BASE <= step <= max(pitch, 1.0) * PARAGRAPH_GAP


def level_of(block: Sequence[Sequence[Line]], text: str, body: float) -> int:
    """Level of a heading by the size of its letters; 0 for other text."""
    if len(text) > MAX_HEADING or not any(letter.isalpha() for letter in text) or len(block) > 3:
        return 0
    ratio = min(line.size for row in block for line in row) / max(body, 1e-6)
    if ratio < HEADING_SIZE:
        return 0
    return 1 if ratio > 1.7 else 2 if ratio > 1.35 else 3


def text_of(block: Cell) -> str:
    """The rows of a block as text: a line each, cells parted by white space, broken words joined.

    A stretch below the last cell of a row, and not below its first one, is the next line of that cell and stays on the
    row's line.
    """
    parts: list[str] = []
    carried = ""
    cell: tuple[Line, Line] | None = None
    for at, row in enumerate(block):
        text = carried + CELL_GAP.join(line.text for line in row)
        carried = ""
        if row[-1].hyphen:
            text, _, carried = text.rpartition(" ")
            if at + 1 < len(block) and _KEEPS_HYPHEN.match(block[at + 1][0].text):
                carried += "-"
        below_cell = cell is not None and len(row) == 1 and _is_below(row[0], *cell)
        if parts and (below_cell or (at and _is_label(block[at - 1][-1], row))):
            parts[-1] = f"{parts[-1]} {text}"
        else:
            cell = (row[0], row[-1]) if len(row) > 1 else None
            parts.append(text)
    if carried:
        parts.append(carried)
    return expand("\n".join(part for part in parts if part))


def _is_below(line: Line, first: Line, last: Line) -> bool:
    """Whether a line stands below the last stretch of a row alone."""
    return line.upright and line.left >= first.right and line.left < last.right and line.right > last.left


def _is_label(line: Line, row: Sequence[Line]) -> bool:
    """Whether a line is the first one of a cell of two lines, with the next cells at half its height beside it."""
    if len(row) < 2 or not line.upright or line.hyphen or not 0 < line.base - row[0].base <= 2 * line.size:
        return False
    if line.right > row[1].left or abs(line.left - row[0].left) > line.size:
        return False
    middle = (line.top + row[0].bottom) / 2
    return all(abs((cell.top + cell.bottom) / 2 - middle) <= CENTRED * line.size for cell in row[1:])


def expand(text: str) -> str:
    """The text with ligatures as letters and blanks that break anywhere."""
    if text.isascii():
        return text
    text = text.replace("\u00a0", " ")
    return text.translate(LIGATURES) if _LIGATURE.search(text) else text
