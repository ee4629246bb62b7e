"""Words with boxes and confidence out of Tesseract's table, and a page's text out of the words.

Pure. Knows nothing of how Tesseract is run.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise

WORD_LEVEL = "5"
"""Level of the rows that are words in Tesseract's table."""
MIN_LINE = 0.25
"""Mean confidence below which a line is taken for a picture, not for text."""
EVEN = 0.5
"""Confidence at which a letter counts neither for nor against a reading, and below which a mark alone is a speck."""
TIGHT_GAP = 0.75
"""Widths of a letter between two words up to which a dash between them stands without spaces."""

WordBox = tuple[int, int, float, float, float, float, float]

_CLOSING = re.compile(r"[.,;:!?)\]}”’]+")
"""What belongs to the word before it: the thin space that old books set there is no space between words."""
_BROKEN = re.compile(r"[^\W\d_][-‐¬]$")
"""The end of a word that goes on in the next line."""
_OPENING_QUOTES = re.compile(r"^(?:‘‘|\'\'|``|,,|[‘\'“\"]\*+|\*+[‘\'“\"]|\*\*)(?=\w)")
_CLOSING_QUOTES = re.compile(r"(?<=[\w.,;:!?])(?:’’|\'\'|[’\'”\"]\*+|\*+[’\'”\"]|\*\*)$")
"""Double quotation marks as Tesseract reads those of worn print."""


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
        """The page's text, and the box of each word with its place in it.

        A word that is broken at the end of a line stands in one piece on the next; both parts keep their boxes.
        """
        texts = [word.text for word in self.words]
        gaps = ["" if before is None else _gap(before, word) for before, word in pairwise((None, *self.words)) if word]
        for index, (word, after) in enumerate(pairwise(self.words)):
            if _is_broken(word, after):
                texts[index] = texts[index][: -1 if after.text[0].islower() else None]
                gaps[index], gaps[index + 1] = gaps[index] if index == 0 or "\n" in gaps[index] else "\n", ""
        boxes: list[WordBox] = []
        at = 0
        for word, gap, text in zip(self.words, gaps, texts, strict=True):
            at += len(gap)
            boxes.append((at, at + len(text), word.left, word.top, word.right, word.bottom, word.confidence))
            at += len(text)
        return "".join(gap + text for gap, text in zip(gaps, texts, strict=True)), boxes


def _is_broken(word: Word, after: Word) -> bool:
    """Whether a word goes on in the next line of its block."""
    return (
        word.place[0] == after.place[0]
        and word.place != after.place
        and _BROKEN.search(word.text) is not None
        and after.text[0].isalnum()
    )


def _gap(before: Word, word: Word) -> str:
    """What stands between two words that follow each other."""
    if before.place != word.place:
        return "\n" if before.place[:2] == word.place[:2] else "\n\n"
    if _CLOSING.fullmatch(word.text):
        return ""
    dashed = before.text[-1] in "—–" or word.text[0] in "—–"
    longer = max(before, word, key=lambda each: len(each.text))
    letter = (longer.right - longer.left) / len(longer.text)
    return "" if dashed and word.left - before.right <= TIGHT_GAP * letter else " "


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
        text = _CLOSING_QUOTES.sub(
            "”", _OPENING_QUOTES.sub("“", unicodedata.normalize("NFC", "".join(fields[11].split())))
        )
        left, top, wide, high = (int(field) for field in fields[6:10])
        confidence = float(fields[10]) / 100
        if not text or confidence < 0 or (confidence < EVEN and not any(map(str.isalnum, text))):
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


def slanted_back(reading: Reading, degrees: float, size: tuple[int, int], was: tuple[int, int]) -> Reading:
    """The words of a picture that was turned by a small angle, each in the upright box around its place as it was.

    Args:
        reading: Of the straightened picture.
        degrees: By how much it was turned clockwise about its middle, its edges moved outwards to hold all of it.
        size: Width and height of the straightened picture in pixels.
        was: Those of the picture as it was.
    """
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def back(word: Word) -> Word:
        left, right = (value * size[0] - size[0] / 2 for value in (word.left, word.right))
        top, bottom = (value * size[1] - size[1] / 2 for value in (word.top, word.bottom))
        corners = [(x * cosine + y * sine, y * cosine - x * sine) for x in (left, right) for y in (top, bottom)]
        across = [min(1.0, max(0.0, x / was[0] + 0.5)) for x, _ in corners]
        down = [min(1.0, max(0.0, y / was[1] + 0.5)) for _, y in corners]
        return replace(word, left=min(across), top=min(down), right=max(across), bottom=max(down))

    return Reading(tuple(map(back, reading.words)))


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
