"""Pictures inside documents, given out for OCR where the document itself says next to nothing.

A slide or a letter can be one pasted scan. Knows nothing of the documents' formats beyond their picture parts.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from ingest.errors import DocumentError
from ingest.extract.image import MAX_DECODED_PIXELS, resolution, upright_grey
from ingest.extract.pdf_scan import save
from ingest.extract.reader import PageImage, Source
from ingest.extract.zipped import Package
from ingest.records import Heading, Page

MIN_PIXELS = 20_000
"""Width times height below which a picture is an ornament."""
LITTLE_TEXT = 60
"""Characters of a slide or letter up to which its pictures are read as well."""
MAX_SCANS = 500
"""Pictures of one letter that are read."""
MAX_PICTURE_BYTES = 64 << 20
"""Largest picture part that is unpacked."""
_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp")


def picture_page(
    package: Package,
    parts: Iterable[str],
    source: Source,
    number: int,
    label: str,
    text: str = "",
    headings: tuple[Heading, ...] = (),
) -> PageImage | None:
    """The largest picture among some parts as a page for OCR, None where there is none that could hold text.

    Args:
        package: The document.
        parts: Names of its parts that belong to the page.
        source: Where the picture is written.
        number: Of the page.
        label: Of the page.
        text: What the page says besides the picture.
        headings: Headings in that text.
    """
    if not source.options.ocr:
        return None
    names = [name for name in parts if name.lower().endswith(_SUFFIXES) and package.has(name)]
    best = max(
        (opened for name in names if (opened := _opened(package, name))),
        key=lambda item: item.width * item.height,
        default=None,
    )
    if best is None:
        return None
    try:
        return PageImage(number, label, save(upright_grey(best), source.folder), resolution(best), text, headings)
    except (OSError, ValueError, SyntaxError):
        return None


def picture_pages(package: Package, source: Source, page: Page | None) -> list[PageImage]:
    """All pictures of a letter that says next to nothing, as pages for OCR; its text goes with the first.

    Args:
        package: The document.
        source: Where pictures are written.
        page: What the letter says, None for nothing.
    """
    found: list[PageImage] = []
    for name in package.names("word/media/")[:MAX_SCANS]:
        number = len(found) + 1
        text, headings = (page.text, page.headings) if page and number == 1 else ("", ())
        if picture := picture_page(package, [name], source, number, f"picture {number}", text, headings):
            found.append(picture)
    return found


def _opened(package: Package, name: str) -> Any | None:
    """A picture part, opened and not yet decoded."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the limit below is kept before anything is decoded
    try:
        image = Image.open(io.BytesIO(package.data(name, MAX_PICTURE_BYTES)))
    except (OSError, ValueError, SyntaxError, DocumentError):
        return None
    return image if MIN_PIXELS <= image.width * image.height <= MAX_DECODED_PIXELS else None
