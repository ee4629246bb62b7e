from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import ocr
from ingest.errors import DocumentError
from ingest.frames import Message, receive_frame, send_frame
from ingest.ocr_words import Reading, Word, reading_of, turned_back

from .extract.files import error_of, picture_of

LINES = [
    "The rent of the flat is nine hundred",
    "euros a month, to be paid in advance",
    "on the first day of each month.",
]
HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_is_read_however_it_lies(tmp_path: Path, turn: int) -> None:
    image = picture_of(LINES, turn=turn)
    image.save(tmp_path / "a.png")
    page = ocr.read_image(tmp_path / "a.png", "eng", 150)
    assert page.text.split() == " ".join(LINES).split()
    assert page.confidence is not None
    assert page.confidence > 0.85
    start, end, *box, confidence = page.boxes[0]
    assert page.text[start:end] == "The"
    assert 0 <= confidence <= 1
    left, top, right, bottom = box
    part = image.crop((left * image.width, top * image.height, right * image.width, bottom * image.height))
    assert part.getextrema()[0] < 100, "the first word's box holds ink"
    if turn in (90, 270):
        assert (bottom - top) * image.height > (right - left) * image.width


def test_a_noisy_page_is_cleaned(tmp_path: Path) -> None:
    picture_of(LINES, noise=0.02).save(tmp_path / "a.png")
    assert ocr.read_image(tmp_path / "a.png", "eng", 150).text.split() == " ".join(LINES).split()


def test_an_empty_page_has_no_text(tmp_path: Path) -> None:
    picture_of([]).save(tmp_path / "a.png")
    page = ocr.read_image(tmp_path / "a.png", "eng", 150)
    assert (page.text, page.confidence, page.boxes) == ("", None, [])


def test_automatic_languages_are_installed_ones() -> None:
    chosen = ocr.languages_for("auto").split("+")
    assert set(chosen) <= ocr.installed()
    assert chosen[0] == "eng" or "eng" not in ocr.installed()


def test_missing_language_data_is_named_with_the_remedy(tmp_path: Path) -> None:
    picture_of(LINES).save(tmp_path / "a.png")
    with pytest.raises(DocumentError, match="xyz") as caught:
        ocr.read_image(tmp_path / "a.png", "xyz", 150)
    assert caught.value.code == "no_ocr"
    assert "tesseract-ocr-xyz" in caught.value.hint


def test_without_tesseract_the_remedy_is_named(tmp_path: Path) -> None:
    picture_of(LINES).save(tmp_path / "a.png")
    path = os.environ["PATH"]
    ocr.installed.cache_clear()
    os.environ["PATH"] = str(tmp_path)
    try:
        assert error_of(lambda: ocr.read_image(tmp_path / "a.png")) == "no_ocr"
    finally:
        os.environ["PATH"] = path
        ocr.installed.cache_clear()


def test_the_worker_answers_and_survives_a_bad_picture(tmp_path: Path) -> None:
    picture_of(LINES).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no picture")
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=ocr.main, args=(theirs,))
    thread.start()
    answers: list[Message] = []
    for name in ("b.png", "a.png"):
        send_frame(ours, {"op": "ocr", "image": str(tmp_path / name), "languages": "eng", "dpi": 150})
        frame = receive_frame(ours)
        assert frame is not None
        answers.append(frame[0])
    ours.close()
    thread.join()
    theirs.close()
    assert answers[0]["error"]["code"] == "damaged"
    assert set(answers[1]) == {"text", "confidence", "boxes", "languages"}


def test_lines_and_blocks_are_kept() -> None:
    rows = [
        (1, 1, 1, 1, "Two", 90), (1, 1, 1, 2, "words", 95), (1, 1, 2, 1, "next", 90), (2, 1, 1, 1, "Block", 80), (2, 1, 2, 1, "~|", 5),
    ]  # fmt: skip
    table = HEADER + "\n".join(
        f"5\t1\t{b}\t{p}\t{line}\t{w}\t10\t20\t30\t40\t{conf}\t{text}" for b, p, line, w, text, conf in rows
    )
    text, boxes = reading_of(table, (100, 200)).text_and_boxes()
    assert text == "Two words\nnext\n\nBlock"
    assert boxes[0] == (0, 3, 0.1, 0.1, 0.4, 0.3, 0.9)


FRACTION = st.floats(0, 1)


@given(FRACTION, FRACTION, FRACTION, FRACTION, st.sampled_from([90, 180, 270]))
def test_turning_a_box_there_and_back_changes_nothing(
    left: float, top: float, right: float, bottom: float, turn: int
) -> None:
    word = Word("x", (1, 1, 1), min(left, right), min(top, bottom), max(left, right), max(top, bottom), 1.0)
    (back,) = turned_back(turned_back(Reading((word,)), turn), 360 - turn).words
    assert (back.left, back.top, back.right, back.bottom) == pytest.approx(
        (word.left, word.top, word.right, word.bottom)
    )
