"""Which PDF pages need OCR, and their pictures.

A page can hold a short caption and a whole scan, so "no text" is the wrong test: what counts is whether the text is
readable, and how much of the page it covers beside the images. Knows nothing of how OCR works.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingest.extract.pdf_lines import Line

ENOUGH_TEXT = 1_200
"""Letters of readable text from which a page is not looked at for images."""
IMAGE_SHARE = 0.35
"""Share of the page that images must cover before they are read beside a text layer."""
TEXT_TO_IMAGE = 0.25
"""Area of text against area of images below which the images are read too."""
PICTURE_PREFIX = "page-"
"""How the names of pictures begin."""
MAX_PIXELS = 40_000_000
"""Largest picture given to OCR; a larger page is drawn at a lower resolution."""
MAX_STRANGE = 0.12
"""Share of letters that are no letters of any script (private use, replacement, control) from which text is garbled."""
SAMPLE = 3_000
"""Characters of a page by which its text is judged."""
MIN_WORDS = 25
"""Words needed before their form is judged."""
MAX_VOWELLESS = 0.6
"""Share of Latin words without a vowel from which text is garbled."""
MIN_LATIN = 0.4
"""Share of Latin letters from which Latin words are judged."""
CLEAR_VOWELS = 0.25
"""Share of vowels among all letters from which words need not be looked at."""
_VOWELS = "aeiouAEIOU"
_LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
_VOWELLESS = re.compile(r"(?<![A-Za-z])[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{3,}(?![A-Za-z])")
_STRANGE = re.compile(r"[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")


def garbled(text: str) -> bool:
    """Whether a text layer is unreadable: letters of no script, or words of no language."""
    text = text[:SAMPLE]
    letters = sum(map(len, text.split()))
    if not letters:
        return False
    if not text.isascii() and len(_STRANGE.findall(text)) > MAX_STRANGE * letters:
        return True
    if sum(map(text.count, _VOWELS)) > CLEAR_VOWELS * letters:
        return False
    words = _LATIN_WORD.findall(text)
    if len(words) < MIN_WORDS or sum(map(len, words)) < MIN_LATIN * letters:
        return False
    return len(_VOWELLESS.findall(text)) > MAX_VOWELLESS * len(words)


def wants_ocr(page: Any, lines: Sequence[Line], text: str) -> bool:
    """Whether the page has to be read by OCR, besides or instead of its readable text."""
    letters = sum(map(len, text.split()))
    if letters >= ENOUGH_TEXT:
        return False
    if not letters:
        return has_marks(page)
    share = image_share(page)
    if share < IMAGE_SHARE:
        return False
    width, height = page.get_size()
    covered = sum(abs(line.width * (line.top - line.bottom)) for line in lines) / max(width * height, 1e-6)
    return bool(covered < TEXT_TO_IMAGE * share)


def has_marks(page: Any) -> bool:
    """Whether anything at all is drawn on the page."""
    from pypdfium2 import raw

    count: int = raw.FPDFPage_CountObjects(page)
    return count > 0


def image_share(page: Any) -> float:
    """Share of the page that is covered by images; overlaps count twice, 1 is the most."""
    import pypdfium2
    from pypdfium2 import raw

    left, bottom, right, top = page.get_bbox()
    area = max((right - left) * (top - bottom), 1e-6)
    covered = 0.0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        try:
            x0, y0, x1, y1 = item.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        covered += max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, top) - max(y0, bottom))
    return float(min(1.0, covered / area))


def picture(page: Any, folder: Path, dpi: int, kept: Sequence[Line] = ()) -> tuple[Path, int]:
    """Draw a page in shades of grey.

    Args:
        page: A pypdfium2 page.
        folder: Where the PNG is written.
        dpi: Wanted resolution.
        kept: Lines whose text is kept: the picture is white there.

    Returns:
        The file and its resolution.
    """
    width, height = page.get_size()
    scale = dpi / 72
    if width * height * scale * scale > MAX_PIXELS:
        scale = (MAX_PIXELS / max(width * height, 1e-6)) ** 0.5
    image = page.render(scale=scale, grayscale=True).to_pil()
    if kept:
        from PIL import ImageDraw

        draw = ImageDraw.Draw(image)
        for line in kept:
            box = (line.left * scale, (height - line.top) * scale, line.right * scale, (height - line.bottom) * scale)
            if box[2] > box[0] and box[3] > box[1]:
                draw.rectangle(box, fill=255)
    return save(image, folder), round(scale * 72)


def save(image: Any, folder: Path) -> Path:
    """Write a picture as a lightly compressed PNG under a name of its own."""
    handle, name = tempfile.mkstemp(suffix=".png", prefix=PICTURE_PREFIX, dir=folder)
    with os.fdopen(handle, "wb") as file:
        image.save(file, "PNG", compress_level=1)
    return Path(name)
