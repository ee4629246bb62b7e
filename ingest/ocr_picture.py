"""The picture of a page made easier to read: straightened, evened out, cleaned, scaled.

Pure: from pictures to pictures. Knows nothing of Tesseract, nor whether any of it helps: that is measured by who reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MAX_SLANT = 12.0
"""Degrees up to which lines of text are looked for; a scanner's feed or a hand does not turn a page further."""
MIN_SLANT = 1.5
"""Degrees from which a page is straightened: Tesseract loses nothing below, and whole columns from five degrees on."""
CLEAR_SLANT = 1.3
"""How much clearer the lines must be at an angle than without one."""
COARSE_STEP = 0.5
"""Degrees between the angles that are tried first; then a tenth of a degree around the best."""
SLANT_SIDE = 1_000
"""Longer side in pixels at which the angle is measured."""
INK = 0.75
"""Share of the paper's brightness below which a dot is ink."""
LARGE_PIXELS = 2_000
"""Width from which a picture is tried at half its size: noise averages out."""
SMALL_PIXELS = 1_200
"""Width up to which a picture is tried at double its size: Tesseract wants letters of some twenty pixels."""
PAPER_SHRINK = 16
"""Dots of the picture to one of the paper's brightness around it; a letter must be lost in it."""
STRIP = 256
"""Rows of a picture that are computed at a time."""
UNEVEN = 0.75
"""Brightness of the paper in its dark parts, as a share of that in its light ones, below which a page lies in shadow."""


def slant(image: Any) -> float:
    """Degrees by which the picture must be turned clockwise for its lines of text to lie level; 0 where it is not clear.

    The angle at which the feet of the letters fall into the fewest rows: the largest sum of squares of their histogram.
    """
    import numpy as np

    small = image.convert("L")
    small.thumbnail((SLANT_SIDE, SLANT_SIDE))
    grey = np.asarray(small, np.float32)
    ink = grey < INK * np.asarray(paper(small), np.float32)
    rows, columns = np.nonzero(ink[:-1] & ~ink[1:])
    if not len(rows):
        return 0.0

    def clearness(degrees: float) -> float:
        angle = np.radians(degrees)
        level = rows * np.cos(angle) + columns * np.sin(angle)
        counts = np.bincount((level - level.min()).astype(np.int64))
        return float((counts.astype(np.float64) ** 2).sum())

    steps = round(MAX_SLANT / COARSE_STEP)
    coarse = max((step * COARSE_STEP for step in range(-steps, steps + 1)), key=clearness)
    best = max((coarse + tenth / 10 for tenth in range(-4, 5)), key=clearness)
    if abs(best) < MIN_SLANT or clearness(best) < CLEAR_SLANT * clearness(0.0):
        return 0.0
    return round(best, 1)


def straightened(image: Any, degrees: float) -> Any:
    """The picture turned clockwise about its middle, on white, with edges moved outwards to hold all of it."""
    from PIL import Image

    return image.convert("L").rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def paper(grey: Any) -> Any:
    """The brightness of the paper at each dot of a picture in shades of grey: its letters filled with what is around."""
    from PIL import Image, ImageFilter

    width, height = max(1, grey.width // PAPER_SHRINK), max(1, grey.height // PAPER_SHRINK)
    small = grey.resize((width, height), Image.Resampling.BOX)
    return small.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.GaussianBlur(2)).resize(grey.size)


def levelled(grey: Any) -> Any:
    """The picture as if its paper were white everywhere: shadows, stains and grey paper gone."""
    import numpy as np
    from PIL import Image

    light, level = np.asarray(paper(grey)), np.array(grey)
    for top in range(0, len(level), STRIP):  # strips, since fractions take four times the memory
        strip = slice(top, top + STRIP)
        level[strip] = np.minimum(level[strip] * (255 / np.maximum(light[strip], 1)), 255)
    return Image.fromarray(level)


def uneven(image: Any) -> bool:
    """Whether the paper is so much darker in places that text there may be lost without a trace."""
    import numpy as np

    small = image.convert("L")
    small.thumbnail((SLANT_SIDE, SLANT_SIDE))
    dark, light = np.percentile(np.asarray(paper(small)), (10, 90))
    return bool(dark < UNEVEN * light)


def forms(image: Any) -> Iterator[tuple[Any, float]]:
    """The picture without specks, with white paper, and scaled; each with its scale."""
    from PIL import Image, ImageFilter

    grey = image.convert("L")
    yield grey.filter(ImageFilter.MedianFilter(3)), 1.0
    yield levelled(grey), 1.0
    width, height = grey.size
    if width >= LARGE_PIXELS:
        yield grey.resize((width // 2, height // 2), Image.Resampling.BOX), 0.5
    elif width <= SMALL_PIXELS:
        yield grey.resize((width * 2, height * 2), Image.Resampling.LANCZOS), 2.0
