"""OCR's answer and a page's text layer become one page. Pure.

Knows nothing of processes; the answer comes from a process that may have been taken over, so it is checked.
"""

from __future__ import annotations

from typing import Any

from ingest.frames import FrameError, Message
from ingest.records import Box, Page
from ingest.work.members import PictureOfPage

_GAP = "\n\n"
"""Between the text layer and what OCR read: they are separate blocks."""


def merge(picture: PictureOfPage, answer: Message) -> Page:
    """The page that a picture shows.

    Args:
        picture: The page with the part of its text layer that is kept.
        answer: What OCR read: "text", "confidence" and "boxes" with places in its own text.

    Raises:
        FrameError: The answer is malformed.
    """
    text, confidence = answer.get("text"), answer.get("confidence")
    if not isinstance(text, str) or not (confidence is None or isinstance(confidence, int | float)):
        raise FrameError("OCR's answer is malformed")
    text = text.encode("utf-8", "replace").decode("utf-8")
    if not text.strip():
        source = "text" if picture.text else "ocr"
        return Page(picture.number, picture.label, picture.text, source, headings=picture.headings)  # type: ignore[arg-type]  # one of two literals
    before = f"{picture.text}{_GAP}" if picture.text else ""
    boxes = tuple(_box(item, len(text), len(before)) for item in answer.get("boxes") or ())
    whole = before + text
    return Page(
        picture.number,
        picture.label,
        whole,
        "mixed" if before else "ocr",
        None if confidence is None else min(1.0, max(0.0, float(confidence))),
        picture.headings,
        ((len(before), len(whole)),) if before else (),
        boxes,
    )


def _box(item: Any, length: int, shift: int) -> Box:
    """A box with its place moved to the whole page's text."""
    match item:
        case [int(start), int(end), *rest] if 0 <= start < end <= length and len(rest) == 5:
            if all(isinstance(value, int | float) for value in rest):
                left, top, right, bottom, confidence = (float(value) for value in rest)
                return Box(start + shift, end + shift, left, top, right, bottom, confidence)
    raise FrameError("a box of OCR's answer is malformed")
