"""Which PDF pages need OCR, and their pictures.

A page can hold a short caption and a whole scan, so "no text" is the wrong test: what counts is whether the text is
readable, and how much of the page it covers beside the images. Knows nothing of how OCR works.
"""

from __future__ import annotations

import mmap
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from ctypes import byref, c_float
from pathlib import Path
from typing import Any

from ingest.extract.pdf_lines import Line, turned

ENOUGH_TEXT = 1_200
"""Letters of readable text from which a page is not looked at for images."""
IMAGE_SHARE = 0.35
"""Share of the page that images must cover before they are read beside a text layer."""
TEXT_TO_IMAGE = 0.25
"""Area of text against area of images below which the images are read too."""
PICTURE_SHARE = 0.1
"""Share of the page from which a single image is looked at for text, beside any amount of text on the page."""
MAX_INSIDE = 0.1
"""Share of an image that text may cover before the text layer is taken to be what the image says."""
MAX_GROUPS = 4
"""Groups of objects inside one another in which images are looked for."""
LOOK_DPI = 100
"""Resolution at which an image is looked at, dots per inch."""
FLAT = 0.5
"""Share of an image that is nearly of one brightness, its paper, where it shows text."""
INK_STEP = 60
"""Difference from the paper's brightness, of 255, from which a dot is ink."""
EDGES = 0.015
"""Share of neighbouring dots of which one is ink and one is paper, from which an image may show letters."""
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
Box = tuple[float, float, float, float]
_VOWELS = b"aeiouAEIOU"
_SPACE = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"
_LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
_VOWELLESS = re.compile(r"(?<![A-Za-z])[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{3,}(?![A-Za-z])")
_IMAGE = re.compile(rb"/Subtype\s*/Image\b")
_STRANGE = re.compile(r"[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")


def garbled(text: str) -> bool:
    """Whether a text layer is unreadable: letters of no script, or words of no language."""
    text = text[:SAMPLE]
    letters = _letters(text)
    if not letters:
        return False
    if not text.isascii() and len(_STRANGE.findall(text)) > MAX_STRANGE * letters:
        return True
    if _count(text, _VOWELS) > CLEAR_VOWELS * letters:
        return False
    words = _LATIN_WORD.findall(text)
    if len(words) < MIN_WORDS or sum(map(len, words)) < MIN_LATIN * letters:
        return False
    return len(_VOWELLESS.findall(text)) > MAX_VOWELLESS * len(words)


def wants_ocr(page: Any, lines: Sequence[Line], text: str) -> bool:
    """Whether the page has to be read by OCR, besides or instead of its readable text."""
    letters = _letters(text)
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


def _letters(text: str) -> int:
    """Characters that are not white space."""
    return len(text) - _count(text, _SPACE) if text.isascii() else sum(map(len, text.split()))


def _count(text: str, letters: bytes) -> int:
    """How often any of some ASCII characters stands in a text; no part of another character looks like them in UTF-8."""
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded) - len(encoded.translate(None, letters))


def has_marks(page: Any) -> bool:
    """Whether anything at all is drawn on the page."""
    from pypdfium2 import raw

    count: int = raw.FPDFPage_CountObjects(page)
    return count > 0


def image_share(page: Any) -> float:
    """Share of the page that is covered by images; overlaps count twice, 1 is the most."""
    left, bottom, right, top = page.get_bbox()
    area = max((right - left) * (top - bottom), 1e-6)
    covered = 0.0
    for x0, y0, x1, y1 in _image_boxes(page):
        covered += max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, top) - max(y0, bottom))
    return float(min(1.0, covered / area))


def _image_boxes(page: Any) -> Iterator[Box]:
    """Left, bottom, right and top of the images on a page and in the groups on it, before the page's rotation.

    A page of tables and diagrams has thousands of other objects, so each of them costs two calls and no more.
    """
    from pypdfium2 import raw

    sides = (c_float(), c_float(), c_float(), c_float())
    places = tuple(byref(side) for side in sides)
    group, image = raw.FPDF_PAGEOBJ_FORM, raw.FPDF_PAGEOBJ_IMAGE
    waiting = [(page, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, 0)]
    while waiting:
        held, count, get, depth = waiting.pop()
        for index in range(count(held)):
            item = get(held, index)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == image and raw.FPDFPageObj_GetBounds(item, *places):
                left, bottom, right, top = sides
                yield left.value, bottom.value, right.value, top.value
            elif kind == group and depth < MAX_GROUPS:
                waiting.append((item, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, depth + 1))


def has_images(path: Path) -> bool:
    """Whether a PDF holds any image: their dictionaries are never packed, so a look at its bytes is enough."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _IMAGE.search(data) is not None


def text_pictures(page: Any, lines: Sequence[Line]) -> list[Box]:
    """Left, bottom, right and top of the images on a page of text that look as if they showed text as well."""
    import numpy as np

    width, height = page.get_size()
    found: list[Box] = []
    for image in _image_boxes(page):
        left, bottom, right, top = turned(page, *image)
        box = (max(left, 0.0), max(bottom, 0.0), min(right, width), min(top, height))
        area = (box[2] - box[0]) * (box[3] - box[1])
        if box[0] < box[2] and area >= PICTURE_SHARE * width * height and _covered(box, lines) <= MAX_INSIDE * area:
            found.append(box)
    if not found:
        return []
    scale = min(LOOK_DPI / 72, (MAX_PIXELS / max(width * height, 1e-6)) ** 0.5)
    seen = np.asarray(page.render(scale=scale, grayscale=True).to_pil(), np.int16)
    return [box for box in found if _shows_text(seen[_rows(box, height, scale), _columns(box, scale)])]


def _covered(box: Box, lines: Sequence[Line]) -> float:
    """Square points of a box that lines cover."""
    left, bottom, right, top = box
    return sum(
        max(0.0, min(line.right, right) - max(line.left, left))
        * max(0.0, min(line.top, top) - max(line.bottom, bottom))
        for line in lines
    )


def _rows(box: Box, height: float, scale: float) -> slice:
    return slice(int((height - box[3]) * scale), int((height - box[1]) * scale))


def _columns(box: Box, scale: float) -> slice:
    return slice(int(box[0] * scale), int(box[2] * scale))


def _shows_text(seen: Any) -> bool:
    """Whether a picture in shades of grey has much paper and fine ink, as text and diagrams have and photographs lack."""
    import numpy as np

    if seen.size == 0 or min(seen.shape) < 2:
        return False
    counts = np.bincount((seen // 16).ravel(), minlength=16)
    paper = int(counts.argmax())
    if counts[max(0, paper - 1) : paper + 2].sum() < FLAT * seen.size:
        return False
    ink = np.abs(seen - (16 * paper + 8)) > INK_STEP
    return bool((ink[:, 1:] != ink[:, :-1]).mean() >= EDGES)


def picture(page: Any, folder: Path, dpi: int, kept: Sequence[Line] = (), only: Sequence[Box] = ()) -> tuple[Path, int]:
    """Draw a page in shades of grey.

    Args:
        page: A pypdfium2 page.
        folder: Where the PNG is written.
        dpi: Wanted resolution.
        kept: Lines whose text is kept: the picture is white there.
        only: Images outside which the picture is white; none: all of it is drawn.

    Returns:
        The file and its resolution.
    """
    width, height = page.get_size()
    scale = dpi / 72
    if width * height * scale * scale > MAX_PIXELS:
        scale = (MAX_PIXELS / max(width * height, 1e-6)) ** 0.5
    image = page.render(scale=scale, grayscale=True).to_pil()
    if only:
        from PIL import Image

        whole, image = image, Image.new("L", image.size, 255)
        for left, bottom, right, top in only:
            place = (int(left * scale), int((height - top) * scale), int(right * scale), int((height - bottom) * scale))
            image.paste(whole.crop(place), place[:2])
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
