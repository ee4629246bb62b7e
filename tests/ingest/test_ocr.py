from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from ingest import ocr
from ingest.errors import DocumentError
from ingest.frames import Message, receive_frame, send_frame
from ingest.ocr_languages import better, first_choice, missing, of_script, together
from ingest.ocr_words import Reading, Word, reading_of, turned_back

from .extract.files import error_of, picture_of

LINES = [
    "The rent of the flat is nine hundred",
    "euros a month, to be paid in advance",
    "on the first day of each month.",
]
GERMAN = [
    "Der Mieter zahlt die Miete im Voraus am",
    "ersten Tag des Monats. Alle Reparaturen",
    "bezahlt der Vermieter, wenn nicht der",
    "Mieter den Schaden selbst verursacht hat.",
]
HAVE = ocr.installed() if shutil.which("tesseract") else frozenset()
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


@pytest.mark.parametrize("degrees", [-8, 5, 95])
def test_a_page_that_lies_askew_is_straightened(tmp_path: Path, degrees: int) -> None:
    image = picture_of(LINES * 3).rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    image.save(tmp_path / "a.png")
    page = ocr.read_image(tmp_path / "a.png", "eng", 150)
    assert page.text.split() == " ".join(LINES * 3).split()
    for start, end, *box, _ in page.boxes:
        left, top, right, bottom = box
        part = image.crop((left * image.width, top * image.height, right * image.width, bottom * image.height))
        assert part.getextrema()[0] < 100, f"the box of {page.text[start:end]} holds ink"


def test_text_in_a_shadow_is_not_lost(tmp_path: Path) -> None:
    image = picture_of(LINES * 3)
    shadow = Image.linear_gradient("L").rotate(90).resize(image.size).point(lambda grey: 60 + grey * 3 // 4)
    ImageChops.multiply(image, shadow).save(tmp_path / "a.png")
    assert ocr.read_image(tmp_path / "a.png", "eng", 150).text.split() == " ".join(LINES * 3).split()


def test_a_noisy_page_is_cleaned(tmp_path: Path) -> None:
    picture_of(LINES, noise=0.02).save(tmp_path / "a.png")
    assert ocr.read_image(tmp_path / "a.png", "eng", 150).text.split() == " ".join(LINES).split()


def test_an_empty_page_has_no_text(tmp_path: Path) -> None:
    picture_of([]).save(tmp_path / "a.png")
    page = ocr.read_image(tmp_path / "a.png", "eng", 150)
    assert (page.text, page.confidence, page.boxes) == ("", None, [])


def test_automatic_languages_are_installed_ones() -> None:
    chosen = ocr.languages_for("auto")
    assert chosen in ocr.installed()
    assert chosen == "eng" or "eng" not in ocr.installed()
    assert ocr.languages_for("auto", "xyz") == chosen


@pytest.mark.skipif(not {"eng", "deu"} <= HAVE, reason="needs Tesseract's English and German")
@pytest.mark.parametrize(("lines", "language"), [(GERMAN, "deu"), (LINES * 3, "eng"), (["12.50 17 3.99"] * 3, "")])
@pytest.mark.parametrize("likely", ["", "deu"])
def test_the_language_is_the_pages_own(tmp_path: Path, lines: list[str], language: str, likely: str) -> None:
    picture_of(lines).save(tmp_path / "a.png")
    page = ocr.read_image(tmp_path / "a.png", "auto", 150, likely)
    assert page.text.split() == " ".join(lines).split()
    assert page.languages == (language or likely or "eng")
    assert page.notice == ""


@pytest.mark.skipif("eng" not in HAVE, reason="needs Tesseract's English")
def test_language_data_that_a_page_lacks_is_named(tmp_path: Path) -> None:
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True)
    folder = Path((listed.stdout + listed.stderr).split('"')[1])
    (tmp_path / "eng.traineddata").symlink_to(folder / "eng.traineddata")
    picture_of(GERMAN).save(tmp_path / "a.png")
    before = os.environ.get("TESSDATA_PREFIX")
    os.environ["TESSDATA_PREFIX"] = str(tmp_path)
    ocr.installed.cache_clear()
    try:
        page = ocr.read_image(tmp_path / "a.png", "auto", 150)
    finally:
        ocr.installed.cache_clear()
        del os.environ["TESSDATA_PREFIX"]
        if before is not None:
            os.environ["TESSDATA_PREFIX"] = before
    assert page.languages == "eng"
    assert "German" in page.notice and "tesseract-ocr-deu" in page.notice


def test_data_is_chosen_by_language_and_script() -> None:
    assert first_choice(["deu", "fra", "osd"]) == "deu"
    assert first_choice(["deu", "eng", "rus"], "rus") == "rus"
    assert first_choice(["osd"]) == ""
    russian = "Договор аренды между сторонами заключён в городе и вступает в силу со дня подписания " * 3
    assert better(russian, "eng", ["eng", "rus"]) == ""  # of Cyrillic letters Tesseract's own detection tells
    assert better(" ".join(GERMAN * 2), "eng", ["deu", "eng"]) == better(" ".join(GERMAN * 2), "deu", ["deu"]) == "deu"
    assert better(" ".join(GERMAN * 2), "eng", ["eng"]) == better("17 3.99", "eng", ["deu", "eng"]) == ""
    assert of_script("Cyrillic", "eng", ["eng", "rus", "ukr"]) == "rus+ukr"
    assert of_script("Cyrillic", "rus", ["eng", "rus"]) == of_script("Cyrillic", "eng", ["eng"]) == ""
    assert of_script("Latin", "rus", ["eng", "rus"]) == "eng"
    assert "tesseract-ocr-rus" in missing("", "Cyrillic", "eng", ["eng"])
    assert missing("", "Cyrillic", "eng", ["eng", "rus"]) == missing(" ".join(LINES * 3), "", "eng", ["eng"]) == ""
    assert together("eng", ["eng", "osd", "pol", "rus"]) == "eng+pol"
    assert together("eng", ["eng", "osd"]) == ""


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
    assert set(answers[1]) == {"text", "confidence", "boxes", "languages", "notice"}


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


def test_words_are_put_together_as_a_reader_would() -> None:
    rows = [
        (1, 1, 1, 1, "‘‘The", 90, 10, 40), (1, 1, 1, 2, "par-", 90, 60, 40), (1, 1, 2, 1, "ties", 90, 10, 40),
        (1, 1, 2, 2, ";", 90, 60, 5), (1, 1, 2, 3, "**", 20, 70, 20), (1, 1, 2, 4, "Anglo-", 90, 100, 60),
        (1, 1, 3, 1, "American", 90, 10, 80), (1, 1, 3, 2, "—now.’’", 90, 92, 60),
    ]  # fmt: skip
    table = HEADER + "\n".join(
        f"5\t1\t{b}\t{p}\t{line}\t{w}\t{left}\t20\t{wide}\t12\t{conf}\t{text}"
        for b, p, line, w, text, conf, left, wide in rows
    )
    text, boxes = reading_of(table, (200, 100)).text_and_boxes()
    assert text == "“The\nparties;\nAnglo-American—now.”"
    assert [text[start:end] for start, end, *_ in boxes] == ["“The", "par", "ties", ";", "Anglo-", "American", "—now.”"]


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
