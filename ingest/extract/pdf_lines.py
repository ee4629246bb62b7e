"""The lines of a PDF page as pdfium sees them: text with a box, a base line and a size.

Calls pdfium a few times a line, never a character of a whole page: that is what keeps reading fast. Coordinates are
turned with the page, so that `top` is above `bottom` as a person sees it. Knows nothing of paragraphs and columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ctypes import byref, c_double
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MAX_CHARACTERS = 2_000_000
"""Characters of one page beyond which only the text is taken, without geometry."""
WIDE_GAP = 1.6
"""Gap between two stretches of a line, in sizes of its letters, from which they are different cells or columns."""

WIDE_GAP_RTL = 0.6
"""The same in lines with text that runs to the left: pdfium gives their cells in the order of reading, while the rows
around them, of numbers alone, run to the right."""
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(slots=True)
class Line:
    """A stretch of text on one base line."""

    text: str
    """As pdfium gives it, without its end mark."""
    left: float
    """Points from the left edge."""
    bottom: float
    """Points from the lower edge."""
    right: float
    top: float
    base: float
    """Height of the base line in points."""
    size: float
    """Height of the letters' boxes in points."""
    hyphen: bool = False
    """Whether its last word goes on in the next line."""
    upright: bool = True
    """False where the letters are turned against the page."""
    order: int = 0
    """Position in the page's own order."""

    @property
    def width(self) -> float:
        """Points."""
        return self.right - self.left


def lines_of(page: Any, textpage: Any) -> list[Line]:
    """The lines of a page in the order of its content, split at wide gaps.

    Args:
        page: A pypdfium2 page.
        textpage: Its text page.
    """
    text = textpage.get_text_range()
    if len(text) > MAX_CHARACTERS:
        return [Line(line, 0, 0, 0, 0, 0, 0, upright=False) for line in text.splitlines()]
    found: list[Line] = []
    probe = _Probe(page, textpage)
    wide = not text.isascii() and max(text) > "\uffff"
    at = 0
    for raw in text.split("\r\n"):
        pieces = raw.replace("\x02", "\ufffe").split("\ufffe")
        for number, piece in enumerate(pieces):
            length = len(piece.encode("utf-16-le", "surrogatepass")) // 2 if wide else len(piece)
            if piece.strip():
                lines = list(probe.lines(piece, at, length))
                lines[-1].hyphen = number < len(pieces) - 1
                found += lines
            at += length + 1
        at += 1
    for order, line in enumerate(found):
        line.order = order
    return found


class _Probe:
    """Asks pdfium for the geometry of stretches of text."""

    def __init__(self, page: Any, textpage: Any) -> None:
        from pypdfium2 import raw

        self.raw = raw
        self.text = textpage.raw if hasattr(textpage, "raw") else textpage
        self.page = page
        self.rotation = page.get_rotation() % 360
        left, bottom, right, top = page.get_bbox()
        self.bounds = (left, bottom, right, top)
        self.doubles = (c_double(), c_double(), c_double(), c_double())
        self.refs = tuple(byref(value) for value in self.doubles)
        self.box = raw.FS_RECTF()

    def lines(self, text: str, at: int, length: int) -> Iterator[Line]:
        """The stretch from text index `at` as one line, or several where its gaps are wide."""
        start = self.raw.FPDFText_GetCharIndexFromTextIndex(self.text, at)
        count = self.raw.FPDFText_CountRects(self.text, start, length) if start >= 0 else 0
        if count <= 0:
            yield Line(text, 0, 0, 0, 0, 0, 0, upright=False)
            return
        rects = [self._rect(index) for index in range(count)]
        first = next((index for index, letter in enumerate(text) if not letter.isspace()), 0)
        base, size, upright = self._letter(start + first)
        line = _line(text, rects, base, size, upright)
        rightwards = not _RIGHT_TO_LEFT.search(text)
        gap = (WIDE_GAP if rightwards else WIDE_GAP_RTL) * size
        if upright and (not rightwards or any(_apart(one, other, gap) for one, other in pairwise(rects))):
            pieces = self._split(line, text, start, length, gap)
            yield from pieces if rightwards else sorted(pieces, key=lambda piece: piece.left)
        else:
            yield line

    def _rect(self, index: int) -> tuple[float, float, float, float]:
        self.raw.FPDFText_GetRect(self.text, index, *self.refs)
        left, top, right, bottom = self.doubles
        return self._turn(left.value, bottom.value, right.value, top.value)

    def _letter(self, index: int) -> tuple[float, float, bool]:
        """Base line and size of the letter at a character index, and whether it stands upright."""
        self.raw.FPDFText_GetLooseCharBox(self.text, index, byref(self.box))
        _left, bottom, _right, top = self._turn(self.box.left, self.box.bottom, self.box.right, self.box.top)
        self.raw.FPDFText_GetCharOrigin(self.text, index, self.refs[0], self.refs[1])
        x, y = self.doubles[0].value, self.doubles[1].value
        base = self._turn(x, y, x, y)[1]
        angle = self.raw.FPDFText_GetCharAngle(self.text, index)
        turned = (angle * 57.29578 + self.rotation) % 360
        return base, top - bottom, min(turned, 360 - turned) < 20

    def _turn(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle as it lies on the page after the page's own rotation."""
        x0, y0, x1, y1 = self.bounds
        if not self.rotation:
            return left - x0, bottom - y0, right - x0, top - y0
        match self.rotation:
            case 90:
                return bottom - y0, x1 - right, top - y0, x1 - left
            case 180:
                return x1 - right, y1 - top, x1 - left, y1 - bottom
            case 270:
                return y1 - top, left - x0, y1 - bottom, right - x0
        return left - x0, bottom - y0, right - x0, top - y0

    def _split(self, line: Line, text: str, start: int, length: int, gap: float) -> Iterator[Line]:
        """A line cut at its wide gaps, by the boxes of its letters."""
        boxes = []
        left, bottom, right, top = self.doubles
        to_left, to_bottom, to_right, to_top = self.refs
        for index in range(start, start + length):
            self.raw.FPDFText_GetCharBox(self.text, index, to_left, to_right, to_bottom, to_top)
            boxes.append(self._turn(left.value, bottom.value, right.value, top.value))
        if len(boxes) != len(text):
            yield line
            return
        begin, last = 0, -1
        for index, letter in enumerate(text):
            if letter.isspace() or boxes[index][2] <= boxes[index][0]:
                continue
            if last >= 0 and _gap(boxes[last], boxes[index], gap):
                yield _cut(line, text[begin : last + 1], boxes[begin : last + 1])
                begin = index
            last = index
        yield _cut(line, text[begin:], boxes[begin:])


def _apart(one: tuple[float, ...], other: tuple[float, ...], gap: float) -> bool:
    """Whether two boxes are more than a gap from each other, in either direction, or one is wholly above the other."""
    return other[0] - one[2] > gap or one[0] - other[2] > gap or other[1] > one[3] or one[1] > other[3]


def _gap(one: tuple[float, ...], other: tuple[float, ...], gap: float) -> bool:
    """Whether two letters are more than a gap from each other; a comma below a quotation mark is not."""
    height = max(one[3] - one[1], other[3] - other[1])
    return (
        other[0] - one[2] > gap or one[0] - other[2] > gap or other[1] - one[3] > height or one[1] - other[3] > height
    )


def _line(text: str, rects: list[tuple[float, float, float, float]], base: float, size: float, upright: bool) -> Line:
    if len(rects) == 1:
        left, bottom, right, top = rects[0]
        return Line(text.strip(), left, bottom, right, top, base, size or top - bottom, upright=upright)
    left, bottom = min(rect[0] for rect in rects), min(rect[1] for rect in rects)
    right, top = max(rect[2] for rect in rects), max(rect[3] for rect in rects)
    return Line(text.strip(), left, bottom, right, top, base, size or top - bottom, upright=upright)


def _cut(line: Line, text: str, boxes: list[tuple[float, float, float, float]]) -> Line:
    inked = [box for letter, box in zip(text, boxes, strict=True) if not letter.isspace()]
    return _line(text, inked or boxes, line.base, line.size, line.upright)
