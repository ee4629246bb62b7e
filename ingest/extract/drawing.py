"""The drawing worker: one page of a document as pixels, with the places of a quote on it, for a person to look at.

Entry point of a killable process, as `worker` is. It gives raw pixels, so that who shows them decodes nothing. Requests:

    {"op": "draw", "path", "name", "folder", "options": {…}, "document", "page", "width", "quotes": [texts]}
    → {"is": "pixels", "rows"} with RGB bytes behind it, from the top, until {"is": "drawn", "width", "height", "boxes"}
    → {"is": "error", "code", "message", "hint"}

`boxes` are [left, top, right, bottom] as fractions of the picture, one for each line of a quote that a text layer has;
those of scanned words are in the library. Knows nothing of citations.
"""

from __future__ import annotations

import os
import socket
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import Any

from ingest.errors import DocumentError
from ingest.extract.guard import damaged
from ingest.extract.image import MAX_DECODED_PIXELS
from ingest.extract.members import Found, walk
from ingest.extract.reader import ReadOptions
from ingest.frames import Message, receive_frame, send_frame

STRIPE_BYTES = 512 << 10
"""Pixels in one frame."""
MAX_WIDTH = 2_400
"""Widest picture."""
MAX_HEIGHT = 6_000
"""Tallest picture; a longer page is drawn smaller."""
SHORTEST_PART = 12
"""Letters of a part of a quote that is looked for by itself, where the whole is not found."""

Rect = tuple[float, float, float, float]


def main(connection: socket.socket) -> None:
    """Serve requests until the other side closes the connection."""
    while (frame := receive_frame(connection)) is not None:
        request, _ = frame
        try:
            with damaged(str(request["name"])):
                image, boxes = _drawn(_found(request), request)
        except DocumentError as error:
            send_frame(connection, {"is": "error", **error.as_json()})
            continue
        rows = max(1, STRIPE_BYTES // (3 * image.width))
        for top in range(0, image.height, rows):
            stripe = image.crop((0, top, image.width, min(image.height, top + rows)))
            send_frame(connection, {"is": "pixels", "rows": stripe.height}, stripe.tobytes())
        send_frame(connection, {"is": "drawn", "width": image.width, "height": image.height, "boxes": boxes})


def _found(request: Message) -> Found:
    """The document that is wanted, in the file that was handed over."""
    options = ReadOptions.from_config(request.get("options") or {})
    path, name = Path(os.fsdecode(request["path"])), str(request["name"])
    for item in walk(path, name, Path(request["folder"]), options):
        if isinstance(item, Found) and item.id == request["document"]:
            return item
    raise DocumentError("unreadable", f"{name} was changed since it was read", "It is read again soon; ask again then.")


def _drawn(found: Found, request: Message) -> tuple[Any, list[list[float]]]:
    source, page = found.source, int(request["page"])
    width = max(1, min(MAX_WIDTH, int(request["width"])))
    if source.media_type == "application/pdf":
        return _pdf_page(source.path, page, width, [str(quote) for quote in request.get("quotes", ())])
    if source.media_type.startswith("image/"):
        return _picture(source.path, page, width), []
    raise DocumentError(
        "unsupported", f"{source.name} has no picture of its pages", "Only PDF files and pictures have one."
    )


def _picture(path: Path, page: int, width: int) -> Any:
    """A page of a picture, upright, in colour."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the limit below is kept before anything is decoded
    with Image.open(path) as image:
        image.seek(page - 1)
        if image.width * image.height > MAX_DECODED_PIXELS:
            raise DocumentError("too_large", f"{image.width} × {image.height} pixels are more than are drawn")
        image.draft("RGB", (width * 2, width * 2 * image.height // max(1, image.width)))
        upright = ImageOps.exif_transpose(image)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
        upright = upright.convert("RGB")
    height = max(1, round(upright.height * width / upright.width))
    if height > MAX_HEIGHT:
        width, height = max(1, width * MAX_HEIGHT // height), MAX_HEIGHT
    return upright.resize((width, height))


def _pdf_page(path: Path, number: int, width: int, quotes: list[str]) -> tuple[Any, list[list[float]]]:
    import pypdfium2

    try:
        with closing(pypdfium2.PdfDocument(path)) as document, closing(document[number - 1]) as page:
            across, down = page.get_size()
            scale = min(width / max(across, 1e-6), MAX_HEIGHT / max(down, 1e-6))
            image = page.render(scale=scale).to_pil().convert("RGB")
            with closing(page.get_textpage()) as textpage:
                boxes = _boxes(page, textpage, image.size, quotes) if quotes else []
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise DocumentError("damaged", f"page {number} cannot be drawn") from error
    return image, boxes


def _boxes(page: Any, textpage: Any, size: tuple[int, int], quotes: list[str]) -> list[list[float]]:
    """A box for each line of each quote, as fractions of the picture; quotes without a text layer have none."""
    letters, owners = _letters(textpage)
    boxes: list[list[float]] = []
    for quote in quotes:
        for start, end in _stretches("".join(letters), quote):
            rects = [_rect(page, textpage, size, index) for index in dict.fromkeys(owners[start:end])]
            boxes += [list(line) for line in _lines(rects, sideways=page.get_rotation() in (90, 270))]
    return boxes


def _letters(textpage: Any) -> tuple[list[str], list[int]]:
    """The page's letters and digits as they are compared, and of which character each is a part."""
    from pypdfium2 import raw

    letters: list[str] = []
    owners: list[int] = []
    for index in range(raw.FPDFText_CountChars(textpage)):
        code = raw.FPDFText_GetUnicode(textpage, index)
        compared = _compared(chr(code)) if 0 < code < 0x110000 else ""
        letters += compared
        owners += [index] * len(compared)
    return letters, owners


def _compared(text: str) -> str:
    """Letters and digits alone, ligatures and forms made equal; one character at a time keeps its owner known."""
    return "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if one.isalnum())


def _stretches(text: str, quote: str) -> list[tuple[int, int]]:
    """Where a quote stands among the page's letters: whole, or its lines and sentences by themselves."""
    wanted = _compared(quote)
    at = text.find(wanted) if wanted else -1
    if at >= 0:
        return [(at, at + len(wanted))]
    found = []
    for part in quote.replace(". ", ".\n").split("\n"):
        wanted = _compared(part)
        at = text.find(wanted) if len(wanted) >= SHORTEST_PART else -1
        if at >= 0:
            found.append((at, at + len(wanted)))
    return found


def _rect(page: Any, textpage: Any, size: tuple[int, int], index: int) -> Rect:
    """Where a character stands, as fractions of the picture, also on a turned page."""
    from ctypes import c_int

    from pypdfium2 import raw

    left, bottom, right, top = textpage.get_charbox(index)
    corners: list[tuple[float, float]] = []
    grain = 16  # device coordinates are whole numbers; finer ones than pixels keep thin letters apart
    width, height = size[0] * grain, size[1] * grain
    for x, y in ((left, top), (right, bottom)):
        across, down = c_int(), c_int()
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
        corners.append((across.value / width, down.value / height))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _lines(rects: list[Rect], *, sideways: bool) -> list[Rect]:
    """Boxes of characters joined into one box a line.

    Args:
        rects: The characters, in the order of the text.
        sideways: Whether lines run down or up the picture.
    """
    if sideways:
        return [_swapped(line) for line in _lines([_swapped(rect) for rect in rects], sideways=False)]
    lines: list[Rect] = []
    for rect in rects:
        if lines:
            left, top, right, bottom = lines[-1]
            if top <= (rect[1] + rect[3]) / 2 <= bottom:
                lines[-1] = (min(left, rect[0]), min(top, rect[1]), max(right, rect[2]), max(bottom, rect[3]))
                continue
        lines.append(rect)
    return lines


def _swapped(rect: Rect) -> Rect:
    return rect[1], rect[0], rect[3], rect[2]
