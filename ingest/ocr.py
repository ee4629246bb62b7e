"""OCR: the picture of a page → its words with boxes and confidence. A worker of its own kind.

Tesseract is asked once for a good page. Lines that do not lie level are straightened first. Only when Tesseract is
unsure are other things tried (the page turned, another script, the picture cleaned), the last on a sample of the page,
and what it is then surer of is kept: measured by its confidence, not by faith. The language is chosen by what the page
says. One thread a page: several pages at a time are faster than several threads. Nothing here has a limit on wall-clock
time, since a paused worker would run into it. Requests:

    {"op": "ocr", "image": path, "languages": "eng+deu" | "auto", "likely": "deu", "dpi": 300}
    → {"text", "confidence", "boxes": [[start, end, left, top, right, bottom, confidence], …], "languages", "notice"}
    → {"error": {"code", "message", "hint"}}

Knows nothing of documents: a page's text layer and its place in a file are its caller's affair.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest import ocr_languages, ocr_picture
from ingest.errors import DocumentError
from ingest.frames import Message, receive_frame, send_frame
from ingest.ocr_words import Reading, reading_of, slanted_back, turned_back

SURE = 0.88
"""Mean confidence from which a reading is kept without trying anything else."""
UPRIGHT = 0.60
"""Mean confidence below which the page may stand on its side or be in another script; finding out costs a reading."""
MIN_WORDS = 8
"""Words, right or wrong, that a page gives at least, even on its side; a photograph gives fewer and is left alone soon."""
SAMPLE_WORDS = 60
"""Words in the middle of a page on which is tried what makes it easier to read."""
SAMPLE_SHARE = 0.5
"""Share of the page's height that the sample may have; a larger one is no saving."""
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
    notice: str
    """What would make the page easier to read, for a person; mostly empty."""


def main(connection: socket.socket) -> None:
    """Serve requests until the other side closes the connection."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    while (frame := receive_frame(connection)) is not None:
        request, _ = frame
        try:
            page = read_image(
                Path(request["image"]),
                request.get("languages", "auto"),
                request.get("dpi", 0),
                request.get("likely", ""),
            )
            boxes = [[*box[:2], *(round(value, 4) for value in box[2:])] for box in page.boxes]
            answer: Message = {
                "text": page.text,
                "confidence": page.confidence,
                "boxes": boxes,
                "languages": page.languages,
                "notice": page.notice,
            }
        except DocumentError as error:
            answer = {"error": error.as_json()}
        send_frame(connection, answer)


def read_image(path: Path, languages: str = "auto", dpi: int = 0, likely: str = "") -> OcrPage:
    """Read the picture of one page.

    Args:
        path: A picture that Pillow can read.
        languages: Tesseract's languages joined by "+", or "auto".
        dpi: Resolution, 0 where unknown.
        likely: With "auto", the languages that the page is tried with first, as an earlier page was read with.

    Raises:
        DocumentError: `no_ocr` without Tesseract or its language data; `damaged` when the picture cannot be read.
    """
    from PIL import Image

    os.environ["OMP_THREAD_LIMIT"] = "1"
    attempt = _Attempt(languages_for(languages, likely), languages == "auto", dpi or DEFAULT_DPI)
    try:
        with Image.open(path) as image:
            image.load()
            attempt.run(image, path)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DocumentError("damaged", f"the picture of the page cannot be read ({type(error).__name__})") from error
    best = attempt.best
    text, boxes = best.text_and_boxes()
    notice = ocr_languages.missing(text, attempt.script, attempt.languages, installed()) if attempt.auto else ""
    if notice:
        installed.cache_clear()  # what is missing may be there when the next page comes
    return OcrPage(text, best.confidence if best.words else None, boxes, attempt.languages, notice)


@dataclass(frozen=True, slots=True)
class _View:
    """The picture as it is shown to Tesseract, and the way back to what it was."""

    shown: Any
    turn: int
    """Degrees clockwise by which it was turned to stand upright."""
    degrees: float
    """Degrees clockwise by which its lines were then straightened."""
    turned: tuple[int, int]
    """Its size after the first and before the second."""

    @classmethod
    def of(cls, image: Any, turn: int = 0) -> _View:
        turned = image.rotate(-turn, expand=True) if turn else image
        degrees = ocr_picture.slant(turned)
        return cls(ocr_picture.straightened(turned, degrees) if degrees else turned, turn, degrees, turned.size)

    def back(self, reading: Reading) -> Reading:
        """A reading with its boxes on the picture as it was."""
        if self.degrees:
            reading = slanted_back(reading, self.degrees, self.shown.size, self.turned)
        return turned_back(reading, self.turn) if self.turn else reading


class _Attempt:
    """Reads one page; `best` is the reading that Tesseract is surest of.

    Args:
        languages: What the page is read with first.
        auto: Whether other languages may be tried.
        dpi: Its resolution.
    """

    def __init__(self, languages: str, auto: bool, dpi: int) -> None:
        self.languages = languages
        self.auto = auto
        self.script = ""
        self._dpi = dpi
        self.best = Reading(())
        self._shown = Reading(())  # the same with its boxes on the picture as it was shown

    def run(self, image: Any, path: Path) -> None:
        """Read the picture, which also lies at a path, and more often while Tesseract is unsure."""
        view = _View.of(image)
        whole = view.shown is image
        self._shown = _read(str(path) if whole else view.shown, view.shown.size, self.languages, self._dpi)
        self.best = view.back(self._shown)
        if self.best.confidence < UPRIGHT:
            view = self._set_upright(image, view)
        if self.auto:
            self._choose_language(view)
        uneven = ocr_picture.uneven(view.shown)
        if uneven and len(self.best.words) >= MIN_WORDS:
            self._try(view, self.languages, ocr_picture.levelled(view.shown.convert("L")))
        if self.best.confidence < SURE:
            self._clean(view, uneven)

    def _try(self, view: _View, languages: str, form: Any = None, scale: float = 1.0) -> bool:
        """Read a form of the picture; True when it was read more surely than before."""
        shown = view.shown if form is None else form
        reading = _read(shown, shown.size, languages, round(self._dpi * scale))
        if reading.score <= self.best.score:
            return False
        self.best, self._shown, self.languages = view.back(reading), reading, languages
        return True

    def _set_upright(self, image: Any, view: _View) -> _View:
        """The picture turned about, or read in its script, where that makes it readable."""
        found = _orientation(image, self._dpi)
        turns: tuple[int, ...] = ()
        languages = self.languages
        if found is None:
            turns = (90, 180, 270) if len(self.best.words) >= MIN_WORDS else ()
        else:
            turn, script = found
            if self.auto:
                languages = ocr_languages.of_script(script, self.languages, installed()) or languages
            turns = (turn,) if turn or languages != self.languages else ()
        for each in turns:
            turned = _View.of(image, each)
            if self._try(turned, languages):
                view = turned
        if found and self.best.confidence < UPRIGHT and len(self.best.words) >= MIN_WORDS:
            self.script = found[1]
        return view

    def _choose_language(self, view: _View) -> None:
        """Read again in the page's own language, where it is installed and was not used."""
        text = self.best.text_and_boxes()[0]
        other = ocr_languages.better(text, self.languages, installed())
        if not other and UPRIGHT <= self.best.confidence < SURE:
            other = ocr_languages.together(self.languages, installed())
        if other not in ("", self.languages):
            self._try(view, other)

    def _clean(self, view: _View, uneven: bool) -> None:
        """Read the form of the picture that is easiest to read, found out on a sample of it; of a photograph just one."""
        words, width = len(self.best.words), view.shown.width
        if not words or (words < MIN_WORDS and width > ocr_picture.SMALL_PIXELS):
            without_specks, with_white_paper, *_ = ocr_picture.forms(view.shown)
            self._try(view, self.languages, (with_white_paper if uneven else without_specks)[0])
            return
        sample = view.shown.crop(_sample_box(self._shown, view.shown.size))
        plain = _read(sample, sample.size, self.languages, self._dpi).score
        scores = [
            _read(form, form.size, self.languages, round(self._dpi * scale)).score
            for form, scale in ocr_picture.forms(sample)
        ]
        if max(scores) > plain:
            form, scale = list(ocr_picture.forms(view.shown))[scores.index(max(scores))]
            self._try(view, self.languages, form, scale)


def _sample_box(reading: Reading, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Some lines from the middle of the text; the whole picture where it has little."""
    width, height = size
    words = sorted(reading.words, key=lambda word: word.top)
    first = (len(words) - SAMPLE_WORDS) // 2
    if first > 0:
        top, bottom = words[first].top, max(word.bottom for word in words[first : first + SAMPLE_WORDS])
        if bottom - top <= SAMPLE_SHARE:
            return 0, int(top * height), width, int(bottom * height) + 1
    return 0, 0, width, height


def _orientation(image: Any, dpi: int) -> tuple[int, str] | None:
    """By how many degrees clockwise the picture must be turned to stand upright, and its script; None if unknown."""
    import pytesseract

    if "osd" not in installed():
        return None
    try:
        found = pytesseract.image_to_osd(image.convert("L"), config=f"--dpi {dpi}", output_type=pytesseract.Output.DICT)
        return int(found["rotate"]) % 360, str(found["script"])
    except (pytesseract.TesseractError, KeyError, ValueError):
        return None


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


def languages_for(wanted: str, likely: str = "") -> str:
    """The languages to begin with.

    Args:
        wanted: Tesseract's languages joined by "+", or "auto".
        likely: With "auto", what other pages of the document were read with.

    Raises:
        DocumentError: `no_ocr` when Tesseract or a language that was asked for is missing.
    """
    have = installed()
    if wanted == "auto":
        usable = ocr_languages.first_choice(have, likely)
        if not usable:
            raise DocumentError("no_ocr", "Tesseract has no language data", _language_hint("eng"))
        return usable
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
