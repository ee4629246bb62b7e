"""Words with boxes and confidence out of Tesseract's table, and a page's text out of the words.

Pure. Knows nothing of how Tesseract is run.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise

WORD_LEVEL = "5"
"""Level of the rows that are words in Tesseract's table."""
MIN_LINE = 0.25
"""Mean confidence below which a line is taken for a picture, not for text."""
EVEN = 0.5
"""Confidence at which a letter counts neither for nor against a reading."""

WordBox = tuple[int, int, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that Tesseract read."""

    text: str
    """NFC, without white space."""
    place: tuple[int, int, int]
    """Numbers of its block, paragraph and line."""
    left: float
    """Fractions of the picture's width and height."""
    top: float
    right: float
    bottom: float
    confidence: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All words of one run, in reading order."""

    words: tuple[Word, ...]
    """Words on lines that are text."""

    @property
    def confidence(self) -> float:
        """Mean over the words, weighted by their length; 0 without words."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / letters if letters else 0.0

    @property
    def score(self) -> float:
        """How much text was read surely: each letter counts by how much more likely right than wrong it is."""
        return sum((word.confidence - EVEN) * len(word.text) for word in self.words)

    def text_and_boxes(self) -> tuple[str, list[WordBox]]:
        """The page's text, and the box of each word with its place in it."""
        parts: list[str] = []
        boxes: list[WordBox] = []
        at = 0
        for before, word in pairwise((None, *self.words)):
            if word is None:
                continue
            gap = _gap(before, word)
            at += len(gap)
            parts += [gap, word.text]
            boxes.append((at, at + len(word.text), word.left, word.top, word.right, word.bottom, word.confidence))
            at += len(word.text)
        return "".join(parts), boxes


def _gap(before: Word | None, word: Word) -> str:
    if before is None:
        return ""
    if before.place == word.place:
        return " "
    return "\n" if before.place[:2] == word.place[:2] else "\n\n"


def reading_of(table: str, size: tuple[int, int]) -> Reading:
    """The words of Tesseract's TSV table.

    Args:
        table: As `image_to_data` gives it, with a header line.
        size: Width and height of the picture in pixels.
    """
    width, height = max(size[0], 1), max(size[1], 1)
    lines: dict[tuple[int, int, int], list[Word]] = {}
    for row in table.split("\n")[1:]:
        fields = row.split("\t")
        if len(fields) < 12 or fields[0] != WORD_LEVEL:
            continue
        text = unicodedata.normalize("NFC", "".join(fields[11].split()))
        left, top, wide, high = (int(field) for field in fields[6:10])
        confidence = float(fields[10]) / 100
        if not text or confidence < 0:
            continue
        place = (int(fields[2]), int(fields[3]), int(fields[4]))
        box = (left / width, top / height, min(1.0, (left + wide) / width), min(1.0, (top + high) / height))
        lines.setdefault(place, []).append(Word(text, place, *box, min(1.0, confidence)))
    return Reading(tuple(word for line in lines.values() if _is_text(line) for word in line))


def _is_text(line: list[Word]) -> bool:
    letters = sum(len(word.text) for word in line)
    return sum(word.confidence * len(word.text) for word in line) >= MIN_LINE * letters


def turned_back(reading: Reading, turn: int) -> Reading:
    """The words of a picture that was turned clockwise, with their boxes on the picture as it was.

    Args:
        reading: Of the turned picture.
        turn: 90, 180 or 270 degrees clockwise.
    """
    return Reading(tuple(_back(word, turn) for word in reading.words))


def _back(word: Word, turn: int) -> Word:
    left, top, right, bottom = word.left, word.top, word.right, word.bottom
    match turn:
        case 90:
            box = (top, 1 - right, bottom, 1 - left)
        case 180:
            box = (1 - right, 1 - bottom, 1 - left, 1 - top)
        case 270:
            box = (1 - bottom, left, 1 - top, right)
        case _:
            box = (left, top, right, bottom)
    return replace(word, left=box[0], top=box[1], right=box[2], bottom=box[3])
