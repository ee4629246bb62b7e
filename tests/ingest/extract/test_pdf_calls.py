from __future__ import annotations

from contextlib import closing
from ctypes import byref, c_double
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import raw

from ingest.extract.pdf_calls import text_calls

from .files import pdf


def test_the_quick_calls_say_what_the_declared_ones_say(tmp_path: Path) -> None:
    calls = text_calls()
    places, expected = ([c_double() for _ in range(4)] for _ in range(2))
    rooms, told = ([byref(value) for value in values] for values in (places, expected))
    box, declared = raw.FS_RECTF(), raw.FS_RECTF()
    with (
        closing(pypdfium2.PdfDocument(pdf(tmp_path / "a.pdf", [["A line of text", "and 2 more"]]))) as document,
        closing(document[0]) as page,
        closing(page.get_textpage()) as opened,
    ):
        text = opened.raw
        for at in range(opened.count_chars()):
            assert calls.index_of(text, at) == raw.FPDFText_GetCharIndexFromTextIndex(text, at)
            assert calls.angle(text, at) == pytest.approx(raw.FPDFText_GetCharAngle(text, at))
            calls.char_box(text, at, *rooms)
            raw.FPDFText_GetCharBox(text, at, *told)
            assert _values(places) == _values(expected)
            calls.origin(text, at, *rooms[:2])
            raw.FPDFText_GetCharOrigin(text, at, *told[:2])
            assert _values(places) == _values(expected)
            calls.loose_box(text, at, byref(box))
            raw.FPDFText_GetLooseCharBox(text, at, byref(declared))
            assert (box.left, box.bottom, box.right, box.top) == (
                declared.left,
                declared.bottom,
                declared.right,
                declared.top,
            )
        count = calls.count_rects(text, 0, opened.count_chars())
        assert count == raw.FPDFText_CountRects(text, 0, opened.count_chars()) == 2
        for index in range(count):
            calls.rect(text, index, *rooms)
            raw.FPDFText_GetRect(text, index, *told)
            assert _values(places) == _values(expected)


def _values(numbers: list[c_double]) -> list[float]:
    return [number.value for number in numbers]
