"""A picture as characters: each cell is an upper half block whose two colours are two pixels. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.tui.desk import PictureSeen

TINT = (255, 214, 64)
"""Colour of the marker over the quote."""
EDGE = (200, 40, 40)
"""Colour of the line under each line of it, seen in shades of grey too."""
TALL = 4
"""Pixels of a line from which it is underlined; below that the line would cover the next one."""
UPPER_HALF = "▀"
NO_MARGIN, QUOTE_MARGIN = "  ", "▶ "
MARGIN = len(NO_MARGIN)
"""Cells at the left that point to the quote."""
STEP = 12
"""Colours differ by at least this much in a channel: fewer of them, fewer bytes over a slow link."""


def marked(picture: PictureSeen) -> NDArray[np.uint8]:
    """Pixels of shape (height, width, 3), the quote as if gone over with a marker and underlined."""
    import numpy as np

    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 3).copy()
    for left, top, right, bottom in picture.boxes:
        y0, y1 = _stretch(top, bottom, picture.height)
        x0, x1 = _stretch(left, right, picture.width)
        part = pixels[y0:y1, x0:x1].astype(np.uint16)
        pixels[y0:y1, x0:x1] = (part * np.array(TINT, np.uint16) // 255).astype(np.uint8)
        if y1 < picture.height and y1 - y0 >= TALL:
            pixels[y1, x0:x1] = EDGE
    return pixels


def rows_of_quote(picture: PictureSeen) -> set[int]:
    """Rows of cells on which the quote stands."""
    rows: set[int] = set()
    for _, top, _, bottom in picture.boxes:
        y0, y1 = _stretch(top, bottom, picture.height)
        rows.update(range(y0 // 2, (y1 + 1) // 2))
    return rows


def cells(pixels: NDArray[np.uint8], row: int) -> list[Segment]:
    """One row of cells: two rows of pixels, equal neighbours joined."""
    import numpy as np

    upper = pixels[2 * row]
    lower = pixels[2 * row + 1] if 2 * row + 1 < len(pixels) else upper
    pair = np.concatenate([upper, lower], axis=1) // STEP * STEP
    changes = np.flatnonzero(np.any(pair[1:] != pair[:-1], axis=1)) + 1
    segments = []
    for start, end in zip([0, *changes.tolist()], [*changes.tolist(), len(pair)], strict=True):
        red, green, blue, red2, green2, blue2 = pair[start].tolist()
        style = Style(color=Color.from_rgb(red, green, blue), bgcolor=Color.from_rgb(red2, green2, blue2))
        segments.append(Segment(UPPER_HALF * (end - start), style))
    return segments


def _stretch(low: float, high: float, size: int) -> tuple[int, int]:
    """Pixels from a fraction to a fraction, at least one."""
    start = min(size - 1, int(low * size))
    return start, max(start + 1, min(size, round(high * size)))
