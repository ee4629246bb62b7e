"""Pictures: PNG, JPEG, TIFF with several pages, WebP, BMP, GIF, AVIF, and HEIC with its extra; each frame is a page.

A picture that would unpack to more pixels than memory allows is refused before it is decoded. Knows nothing of OCR.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.errors import DocumentError
from ingest.extract.pdf_scan import MAX_PIXELS, save
from ingest.extract.reader import Facts, PageImage, Source, Yielded
from ingest.records import Problem

MAX_DECODED_PIXELS = 120_000_000
"""Largest picture that is decoded: 120 MB in shades of grey, 360 MB in colour, within a reader's memory."""
MIN_SIDE = 12
"""Width and height in pixels below which a picture holds no text."""
_PAGED = frozenset({"TIFF", "MPO"})
"""Formats whose frames are pages; the frames of other formats are a film, of which the first says enough."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then each page as a picture in shades of grey, upright.

    Raises:
        DocumentError: `too_large` for more pixels than are decoded; `damaged`; `empty` for a dot.
    """
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit below names the file and is kept before anything is decoded
    readable = source.media_type != "image/heif" or _learn_heic()
    try:
        image = Image.open(source.path)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise _refused(source, error, readable) from error
    with image:
        _check_size(image, source)
        if max(image.size) < MIN_SIDE:
            raise DocumentError("empty", f"{source.name} is {image.width} × {image.height} pixels small")
        if not source.options.ocr:
            raise DocumentError(
                "no_ocr", f"{source.name} has to be read by OCR, which is turned off", "Set ocr = true in config.toml."
            )
        count = getattr(image, "n_frames", 1) if image.format in _PAGED else 1
        yield Facts(page_count=count, date=_date(image), metadata=_metadata(image))
        for index in range(count):
            yield _page(image, index, count, source)


def _learn_heic() -> bool:
    """Teach Pillow to read HEIC; False where the extra `heic` is not installed."""
    try:
        import pi_heif
    except ImportError:
        return False
    pi_heif.register_heif_opener()
    return True


def _refused(source: Source, error: Exception, readable: bool) -> DocumentError:
    if not readable:
        return DocumentError(
            "unsupported",
            f"{source.name}: HEIC needs a library that is not installed",
            "Install it with pip install 'private-document-assistant[heic]', or convert the picture to JPEG.",
        )
    return DocumentError("damaged", f"{source.name} is no picture that can be opened ({type(error).__name__})")


def _check_size(image: Any, source: Source) -> None:
    if image.width * image.height > MAX_DECODED_PIXELS:
        size = f"{image.width} × {image.height}"
        raise DocumentError("too_large", f"{source.name} has {size} pixels", "Make the picture smaller.")


def _page(image: Any, index: int, count: int, source: Source) -> Yielded:
    number = index + 1
    label = f"p. {number}" if count > 1 else "picture"
    try:
        image.seek(index)
        _check_size(image, source)
        grey = upright_grey(image)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, AttributeError) as error:
        if count == 1:
            raise DocumentError("damaged", f"{source.name} is a damaged picture ({type(error).__name__})") from error
        return Problem(number, "damaged", f"page {number} is damaged")
    dpi = resolution(image)
    if grey.width * grey.height > MAX_PIXELS:
        factor = (MAX_PIXELS / (grey.width * grey.height)) ** 0.5
        grey = grey.resize((int(grey.width * factor), int(grey.height * factor)))
        dpi = round(dpi * factor)
    return PageImage(number, label, save(grey, source.folder), dpi)


def upright_grey(image: Any) -> Any:
    """The picture in shades of grey on white, turned as its EXIF orientation says."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    if image.mode.startswith("I") or image.mode == "F":
        low, high = image.getextrema()
        scale = 255 / max(high - low, 1)
        return image.point(lambda value: (value - low) * scale).convert("L")
    return image.convert("L")


def resolution(image: Any) -> int:
    """Declared dots per inch, 0 where none or an impossible one is declared."""
    try:
        dpi = round(float(image.info.get("dpi", (0, 0))[0]))
    except (TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError):
        return 0
    return dpi if 70 <= dpi <= 2400 else 0


def _metadata(image: Any) -> dict[str, Any]:
    date = _date(image)
    return {"date": date} if date else {}


def _date(image: Any) -> str:
    """Date of the photograph in ISO 8601, empty where the picture has none."""
    try:
        told = str(image.getexif().get(0x0132, ""))
    except (OSError, ValueError, SyntaxError, TypeError):
        return ""
    day = told[:10].replace(":", "-")
    return day if len(day) == 10 and day[:4].isdigit() and "1980" <= day[:4] < "2200" else ""
