"""`read_files` with the real reader and the real OCR: what `assistant extract` prints."""

from __future__ import annotations

import shutil
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest

from ingest import config
from ingest.work.extracted import collect
from ingest.work.sandbox import read_files

OPTIONS = config.load().section("reading")


def mail(path: Path) -> Path:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ann@example.org", "bob@example.org", "Invoice 4711"
    message.set_content("Please find the invoice attached.")
    for text in ("The total is 125.50 euros.", "The total is 99.00 euros."):
        message.add_attachment(text.encode(), maintype="text", subtype="plain", filename="invoice.txt")
    message.add_attachment(b"\x00\x01\x02", maintype="application", subtype="octet-stream", filename="blob.bin")
    path.write_bytes(message.as_bytes())
    return path


def test_order_pages_and_errors(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hello from a plain file.")
    (tmp_path / "empty.txt").write_text("")
    paths = [tmp_path / "a.txt", tmp_path / "missing.pdf", mail(tmp_path / "m.eml"), tmp_path, tmp_path / "empty.txt"]
    found = list(read_files(paths, OPTIONS, 1))
    assert [each.path for each in found] == paths
    plain, missing, letter, folder, empty = found
    assert (plain.status, plain.error, plain.media_type) == ("ok", None, "text/plain")
    assert [(page.number, page.inside, page.source, page.confidence) for page in plain.pages] == [
        (1, None, "text", None)
    ]
    assert "Hello from a plain file." in plain.pages[0].text
    assert missing.error is not None
    assert (missing.status, missing.error.code) == ("failed", "unreadable")
    assert folder.error is not None
    assert (folder.status, folder.error.code) == ("failed", "unreadable")
    assert "index" in folder.error.hint
    assert empty.error is not None
    assert (empty.status, empty.error.code) == ("skipped", "empty")
    assert [(page.number, page.inside) for page in letter.pages] == [
        (1, None),
        (2, "invoice.txt"),
        (3, "invoice.txt#2"),
    ]
    assert "125.50" in letter.pages[1].text
    assert "99.00" in letter.pages[2].text
    assert letter.metadata["from"] == "ann@example.org"
    assert [(problem.inside, problem.code) for problem in letter.problems] == [("blob.bin", "unsupported")]


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_scan(tmp_path: Path) -> None:
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("L", (1400, 500), 255)
    draw = ImageDraw.Draw(picture)
    draw.text((60, 80), "The warranty ends in March 2027", font=ImageFont.load_default(64), fill=0)
    draw.text((60, 240), "Invoice number 4711", font=ImageFont.load_default(64), fill=0)
    picture.save(tmp_path / "scan.png", dpi=(200, 200))
    (found,) = read_files([tmp_path / "scan.png"], OPTIONS, 1)
    assert found.error is None
    (page,) = found.pages
    assert page.source == "ocr"
    assert page.confidence is not None
    assert page.confidence > 0.7
    assert "warranty ends in March 2027" in page.text


def test_leaving_early_leaves_no_process(tmp_path: Path) -> None:
    paths = []
    for number in range(12):
        paths.append(tmp_path / f"{number}.txt")
        paths[-1].write_text(f"file {number}")
    before = set(psutil.Process().children(recursive=True))
    results = read_files(paths, OPTIONS, 1)
    assert "file 0" in next(results).pages[0].text
    assert set(psutil.Process().children(recursive=True)) - before
    results.close()  # type: ignore[attr-defined]  # a generator
    assert set(psutil.Process().children(recursive=True)) - before == set()


def test_no_events_is_an_empty_file() -> None:
    found = collect(Path("x"), iter(()))
    assert found.error is not None
    assert found.error.code == "empty"
