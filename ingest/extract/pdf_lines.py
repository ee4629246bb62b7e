"""The lines of a PDF page as pdfium sees them: text with a box, a base line and a size.

Calls pdfium a few times a line, never a character of a whole page: that is what keeps reading fast. Coordinates are
turned with the page, so that `top` is above `bottom` as a person sees it. Knows nothing of paragraphs and columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ctypes import byref, c_double
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from ingest.extract.pdf_calls import text_calls

MAX_CHARACTERS = 2_000_000
"""Characters of one page beyond which only the text is taken, without geometry."""
WIDE_GAP = 1.6
"""Gap between two stretches of a line, in sizes of its letters, from which they are different cells or columns."""

WIDE_GAP_RTL = 0.6
"""The same in lines with text that runs to the left: pdfium gives their cells in the order of reading, while the rows
around them, of numbers alone, run to the right."""
MAX_SLANT = 20
"""Degrees by which upright letters may be turned."""
_DEGREES = 57.29578
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
    ascii_only = text.isascii()
    units = len(text) if ascii_only else _units(text)
    wide = units != len(text)
    probe = _Probe(page, textpage, not ascii_only and bool(_RIGHT_TO_LEFT.search(text)), units)
    if "\x02" in text:
        text = text.replace("\x02", "\ufffe")
    at = 0
    for raw in text.split("\r\n"):
        pieces = raw.split("\ufffe")
        last = len(pieces) - 1
        for number, piece in enumerate(pieces):
            length = _units(piece) if wide else len(piece)
            if piece and not piece.isspace():
                found += probe.lines(piece, at, length)
                found[-1].hyphen = number < last
            at += length + 1
        at += 1
    for order, line in enumerate(found):
        line.order = order
    return found


def _units(text: str) -> int:
    """Length in UTF-16 units, in which pdfium counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Probe:
    """Asks pdfium for the geometry of stretches of text.

    Args:
        page: A pypdfium2 page.
        textpage: Its text page.
        leftwards: Whether any of its text runs to the left.
        units: Length of its text. Where the last text index is the last character's, every one is: pdfium only ever
            leaves characters out of the text.
    """

    def __init__(self, page: Any, textpage: Any, leftwards: bool, units: int) -> None:
        from pypdfium2 import raw

        self.calls = text_calls()
        self.text = textpage.raw if hasattr(textpage, "raw") else textpage
        self.leftwards = leftwards
        self.aligned = units > 0 and self.calls.index_of(self.text, units - 1) == units - 1
        self.rotation = page.get_rotation() % 360
        left, bottom, right, top = page.get_bbox()
        self.bounds = (left, bottom, right, top)
        self.doubles = (c_double(), c_double(), c_double(), c_double())
        self.refs = tuple(byref(value) for value in self.doubles)
        self.box = raw.FS_RECTF()
        self.box_ref = byref(self.box)

    def lines(self, text: str, at: int, length: int) -> list[Line]:
        """The stretch from text index `at` as one line, or several where its gaps are wide."""
        start = at if self.aligned else self.calls.index_of(self.text, at)
        count = self.calls.count_rects(self.text, start, length) if start >= 0 else 0
        if count <= 0:
            return [Line(text, 0, 0, 0, 0, 0, 0, upright=False)]
        base, size, upright = self._letter(start + len(text) - len(text.lstrip()))
        rightwards = not (self.leftwards and _RIGHT_TO_LEFT.search(text))
        if count == 1:
            line = _line(text, [self._rect(0)], base, size, upright)
            if rightwards or not upright:
                return [line]
            rects = []
        else:
            rects = [self._rect(index) for index in range(count)]
            line = _line(text, rects, base, size, upright)
        gap = (WIDE_GAP if rightwards else WIDE_GAP_RTL) * size
        if upright and (not rightwards or any(_apart(one, other, gap) for one, other in pairwise(rects))):
            pieces = self._split(line, text, start, length, gap)
            return list(pieces) if rightwards else leftwards(list(pieces), WIDE_GAP * size)
        return [line]

    def _rect(self, index: int) -> tuple[float, float, float, float]:
        self.calls.rect(self.text, index, *self.refs)
        left, top, right, bottom = self.doubles
        if self.rotation:
            return self._turn(left.value, bottom.value, right.value, top.value)
        x0, y0, _, _ = self.bounds
        return left.value - x0, bottom.value - y0, right.value - x0, top.value - y0

    def _letter(self, index: int) -> tuple[float, float, bool]:
        """Base line and size of the letter at a character index, and whether it stands upright."""
        calls, text, box = self.calls, self.text, self.box
        calls.loose_box(text, index, self.box_ref)
        calls.origin(text, index, self.refs[0], self.refs[1])
        angle = calls.angle(text, index)
        x, y = self.doubles[0].value, self.doubles[1].value
        if not self.rotation:
            y0 = self.bounds[1]
            upright = angle == 0 or min(angle * _DEGREES % 360, 360 - angle * _DEGREES % 360) < MAX_SLANT
            return y - y0, (box.top - y0) - (box.bottom - y0), upright
        _left, bottom, _right, top = self._turn(box.left, box.bottom, box.right, box.top)
        turned = (angle * _DEGREES + self.rotation) % 360
        return self._turn(x, y, x, y)[1], top - bottom, min(turned, 360 - turned) < MAX_SLANT

    def _turn(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle as it lies on the page after the page's own rotation."""
        return _turned(self.rotation, self.bounds, left, bottom, right, top)

    def _split(self, line: Line, text: str, start: int, length: int, gap: float) -> Iterator[Line]:
        """A line cut at its wide gaps, by the boxes of its letters."""
        boxes = []
        ask, page, rotation = self.calls.char_box, self.text, self.rotation
        x0, y0, _, _ = self.bounds
        left, bottom, right, top = self.doubles
        to_left, to_bottom, to_right, to_top = self.refs
        for index in range(start, start + length):
            ask(page, index, to_left, to_right, to_bottom, to_top)
            if rotation:
                boxes.append(self._turn(left.value, bottom.value, right.value, top.value))
            else:
                boxes.append((left.value - x0, bottom.value - y0, right.value - x0, top.value - y0))
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


def turned(page: Any, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
    """A rectangle of a page as it lies on it after the page's own rotation."""
    return _turned(page.get_rotation() % 360, page.get_bbox(), left, bottom, right, top)


def _turned(
    rotation: int, bounds: tuple[float, ...], left: float, bottom: float, right: float, top: float
) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = bounds
    match rotation:
        case 90:
            return bottom - y0, x1 - right, top - y0, x1 - left
        case 180:
            return x1 - right, y1 - top, x1 - left, y1 - bottom
        case 270:
            return y1 - top, left - x0, y1 - bottom, right - x0
    return left - x0, bottom - y0, right - x0, top - y0


def _apart(one: tuple[float, ...], other: tuple[float, ...], gap: float) -> bool:
    """Whether two boxes are more than a gap from each other, in either direction, or one is wholly above the other."""
    return other[0] - one[2] > gap or one[0] - other[2] > gap or other[1] > one[3] or one[1] > other[3]


def _gap(one: tuple[float, ...], other: tuple[float, ...], gap: float) -> bool:
    """Whether two letters are more than a gap from each other; a comma below a quotation mark is not."""
    height = max(one[3] - one[1], other[3] - other[1])
    return (
        other[0] - one[2] > gap or one[0] - other[2] > gap or other[1] - one[3] > height or one[1] - other[3] > height
    )


def leftwards(pieces: list[Line], gap: float) -> list[Line]:
    """The cells of a line from left to right; stretches that run to the left and are near each other are one cell."""
    found: list[Line] = []
    for piece in sorted(pieces, key=lambda piece: piece.left):
        last = found[-1] if found else None
        near = last is not None and piece.left - last.right <= gap and last.base == piece.base
        if last is not None and near and _RIGHT_TO_LEFT.search(last.text) and _RIGHT_TO_LEFT.search(piece.text):
            bottom, top = min(last.bottom, piece.bottom), max(last.top, piece.top)
            text = f"{piece.text} {last.text}"
            found[-1] = replace(last, text=text, bottom=bottom, right=piece.right, top=top)
        else:
            found.append(piece)
    return found


def _line(text: str, rects: list[tuple[float, float, float, float]], base: float, size: float, upright: bool) -> Line:
    if len(rects) == 1:
        left, bottom, right, top = rects[0]
    else:
        left, bottom = min(rect[0] for rect in rects), min(rect[1] for rect in rects)
        right, top = max(rect[2] for rect in rects), max(rect[3] for rect in rects)
    size = size or top - bottom
    if not bottom - size <= base <= top:  # glyphs that are drawn away from their origin
        base = bottom
    return Line(text.strip(), left, bottom, right, top, base, size, upright=upright)


def _cut(line: Line, text: str, boxes: list[tuple[float, float, float, float]]) -> Line:
    inked = [box for letter, box in zip(text, boxes, strict=True) if not letter.isspace()]
    return _line(text, inked or boxes, line.base, line.size, line.upright)
