"""The calls of pdfium that are made for every line of a page, without ctypes' look at their arguments.

pypdfium2 declares the type of every argument, and to check and convert them takes longer than these calls themselves. Here
the same functions take their arguments as they are: numbers, and what `ctypes` has made. The caller sees to it that they
are right. Knows nothing of lines.
"""

from __future__ import annotations

from ctypes import CFUNCTYPE, c_float, c_int, c_void_p, cast
from functools import lru_cache
from typing import Any

_GIVES_NUMBER, _GIVES_ANGLE = CFUNCTYPE(c_int), CFUNCTYPE(c_float)


class TextCalls:
    """Functions of `fpdf_text.h`; each takes a text page, then what is named, and rooms as `ctypes.byref` gives them."""

    def __init__(self) -> None:
        from pypdfium2 import raw

        self.index_of: Any = _GIVES_NUMBER(_address(raw.FPDFText_GetCharIndexFromTextIndex))
        """Text index → character index, or -1."""
        self.count_rects: Any = _GIVES_NUMBER(_address(raw.FPDFText_CountRects))
        """First character, count → rectangles."""
        self.rect: Any = _GIVES_NUMBER(_address(raw.FPDFText_GetRect))
        """Index, rooms for left, top, right, bottom: four doubles."""
        self.char_box: Any = _GIVES_NUMBER(_address(raw.FPDFText_GetCharBox))
        """Character, rooms for left, right, bottom, top: four doubles."""
        self.loose_box: Any = _GIVES_NUMBER(_address(raw.FPDFText_GetLooseCharBox))
        """Character, room for an `FS_RECTF`."""
        self.origin: Any = _GIVES_NUMBER(_address(raw.FPDFText_GetCharOrigin))
        """Character, rooms for x and y: two doubles."""
        self.angle: Any = _GIVES_ANGLE(_address(raw.FPDFText_GetCharAngle))
        """Character → radians."""


@lru_cache(maxsize=1)
def text_calls() -> TextCalls:
    """The calls, bound once a process."""
    return TextCalls()


def _address(function: Any) -> int:
    return cast(function, c_void_p).value or 0
