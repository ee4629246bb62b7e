"""OCR: the picture of a page → its words with boxes and confidence. A worker of its own kind.

Tesseract is asked once for a good page. Only when it is unsure are other things tried (the page turned, cleaned,
scaled), and what it is then surer of is kept: measured by its confidence, not by faith. One thread a page: several
pages at a time are faster than several threads. Nothing here has a limit on wall-clock time, since a paused worker
would run into it. Requests:

    {"op": "ocr", "image": path, "languages": "eng+deu" | "auto", "dpi": 300}
    → {"text", "confidence", "boxes": [[start, end, left, top, right, bottom, confidence], …], "languages"}
    → {"error": {"code", "message", "hint"}}

Knows nothing of documents: a page's text layer and its place in a file are its caller's affair.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.errors import DocumentError
from ingest.frames import Message, receive_frame, send_frame
from ingest.ocr_words import Reading, reading_of, turned_back

AUTO_LANGUAGES = ("eng", "deu")
"""Languages of "auto", as far as they are installed."""
SURE = 0.88
"""Mean confidence from which a reading is kept without trying anything else."""
UPRIGHT = 0.60
"""Mean confidence below which the page may stand on its side; finding out costs as much as a reading."""
MIN_TURNED_WORDS = 8
"""Words, right or wrong, that a page on its side gives at least; a photograph gives fewer and is not turned about."""
LARGE_PIXELS = 2_000
"""Width from which a picture is tried at half its size: noise averages out."""
SMALL_PIXELS = 1_200
"""Width up to which a picture is tried at double its size: Tesseract wants letters of some twenty pixels."""
DEFAULT_DPI = 300
"""Resolution that is assumed where the picture does not say."""


@dataclass(frozen=True, slots=True)
class OcrPage:
    """What OCR read on a page."""

    text: str
    """NFC; lines end in a line feed, blocks are parted by an empty line."""
    confidence: float | None
    """Mean over the words, weighted by their length, 0 to 1; None where nothing was read."""
    boxes: list[tuple[int, int, float, float, float, float, float]]
    """Of each word: start and end in `text`, left, top, right, bottom as fractions of the picture, confidence."""
    languages: str
    """Tesseract's languages that were used."""


def main(connection: socket.socket) -> None:
    """Serve requests until the other side closes the connection."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    while (frame := receive_frame(connection)) is not None:
        request, _ = frame
        try:
            page = read_image(Path(request["image"]), request.get("languages", "auto"), request.get("dpi", 0))
            boxes = [[*box[:2], *(round(value, 4) for value in box[2:])] for box in page.boxes]
            answer: Message = {
                "text": page.text,
                "confidence": page.confidence,
                "boxes": boxes,
                "languages": page.languages,
            }
        except DocumentError as error:
            answer = {"error": error.as_json()}
        send_frame(connection, answer)


def read_image(path: Path, languages: str = "auto", dpi: int = 0) -> OcrPage:
    """Read the picture of one page.

    Args:
        path: A picture that Pillow can read.
        languages: Tesseract's languages joined by "+", or "auto".
        dpi: Resolution, 0 where unknown.

    Raises:
        DocumentError: `no_ocr` without Tesseract or its language data; `damaged` when the picture cannot be read.
    """
    from PIL import Image

    os.environ["OMP_THREAD_LIMIT"] = "1"
    chosen = languages_for(languages)
    try:
        with Image.open(path) as image:
            image.load()
            best = _best(image, path, chosen, dpi or DEFAULT_DPI)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DocumentError("damaged", f"the picture of the page cannot be read ({type(error).__name__})") from error
    text, boxes = best.text_and_boxes()
    return OcrPage(text, best.confidence if best.words else None, boxes, chosen)


def _best(image: Any, path: Path, languages: str, dpi: int) -> Reading:
    """The reading that Tesseract is surest of; other forms of the picture are tried only while it is unsure."""
    best = _read(str(path), image.size, languages, dpi)
    if best.confidence >= SURE:
        return best
    turn = 0
    if best.confidence < UPRIGHT and (turn := _turn(image, best, languages, dpi)):
        turned = image.rotate(-turn, expand=True)
        reading = turned_back(_read(turned, turned.size, languages, dpi), turn)
        if reading.score > best.score:
            best, image = reading, turned
        else:
            turn = 0
    for form, scale in _other_forms(image):
        if best.confidence >= SURE:
            break
        reading = _read(form, form.size, languages, round(dpi * scale))
        if turn:
            reading = turned_back(reading, turn)
        if reading.score > best.score:
            best = reading
        if not best.words:
            break  # neither the page nor its cleaned form has a word: a photograph
    return best


def _other_forms(image: Any) -> Iterator[tuple[Any, float]]:
    """The picture cleaned and scaled, each with its scale."""
    from PIL import Image, ImageFilter

    grey = image.convert("L")
    yield grey.filter(ImageFilter.MedianFilter(3)), 1.0
    width, height = grey.size
    if width >= LARGE_PIXELS:
        yield grey.resize((width // 2, height // 2), Image.Resampling.BOX), 0.5
    elif width <= SMALL_PIXELS:
        yield grey.resize((width * 2, height * 2), Image.Resampling.LANCZOS), 2.0


def _turn(image: Any, first: Reading, languages: str, dpi: int) -> int:
    """By how many degrees clockwise the picture must be turned to stand upright: 0, 90, 180 or 270."""
    import pytesseract

    if "osd" in installed():
        try:
            found = pytesseract.image_to_osd(
                image.convert("L"), config=f"--dpi {dpi}", output_type=pytesseract.Output.DICT
            )
            return int(found["rotate"]) % 360
        except (pytesseract.TesseractError, KeyError, ValueError):
            if len(first.words) < MIN_TURNED_WORDS:
                return 0
    scores = {0: first.score}
    for turn in (90, 180, 270):
        turned = image.rotate(-turn, expand=True)
        scores[turn] = _read(turned, turned.size, languages, dpi).score
    return max(scores, key=lambda turn: scores[turn])


def _read(image: Any, size: tuple[int, int], languages: str, dpi: int) -> Reading:
    """One run of Tesseract over a picture or the path of one."""
    import pytesseract

    try:
        table = pytesseract.image_to_data(
            image, lang=languages, config=f"--dpi {max(70, dpi)}", output_type=pytesseract.Output.STRING
        )
    except pytesseract.TesseractNotFoundError as error:
        raise _no_tesseract() from error
    except pytesseract.TesseractError as error:
        message = str(error.message)
        if "language" in message:
            raise DocumentError(
                "no_ocr", f"Tesseract has no data for {languages}", _language_hint(languages)
            ) from error
        raise DocumentError("damaged", f"Tesseract could not read the picture (status {error.status})") from error
    return reading_of(table, size)


@lru_cache(maxsize=1)
def installed() -> frozenset[str]:
    """Names of the language data that Tesseract has.

    Raises:
        DocumentError: `no_ocr` without Tesseract.
    """
    import pytesseract

    try:
        return frozenset(pytesseract.get_languages())
    except pytesseract.TesseractNotFoundError as error:
        raise _no_tesseract() from error


def languages_for(wanted: str) -> str:
    """The languages to read with.

    Raises:
        DocumentError: `no_ocr` when Tesseract or a language that was asked for is missing.
    """
    have = installed()
    if wanted == "auto":
        usable = [name for name in AUTO_LANGUAGES if name in have] or sorted(have - {"osd", "equ"})[:1]
        if not usable:
            raise DocumentError("no_ocr", "Tesseract has no language data", _language_hint("eng"))
        return "+".join(usable)
    missing = [name for name in wanted.split("+") if name not in have]
    if missing:
        raise DocumentError(
            "no_ocr", f"Tesseract has no data for {', '.join(missing)}", _language_hint("+".join(missing))
        )
    return wanted


def _no_tesseract() -> DocumentError:
    return DocumentError("no_ocr", "Tesseract, which reads scans, is not installed")


def _language_hint(languages: str) -> str:
    packages = " ".join(f"tesseract-ocr-{name}" for name in languages.split("+"))
    return f"Install the language data (Debian: apt install {packages}), or change ocr_languages in config.toml."
