"""Documents to measure with, made anew each time: PDFs with text and PDFs of scanned pages.

Their words are those of the sample documents, in an order that a seed decides, with numbers of their own, so that no two
passages are equal and nothing is embedded once for many places.
"""

from __future__ import annotations

import random
import re
from functools import lru_cache
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.make_sample_docs import scans
from tests.make_sample_docs.markup import Block

SOURCES = Path(__file__).parents[1] / "make_sample_docs" / "sources"
SENTENCES_A_PAGE = 26
LINE_LETTERS = 92
WORDS_A_SCAN = 190


@lru_cache(maxsize=1)
def sentences() -> tuple[str, ...]:
    """Sentences of the sample documents, of a length that documents have."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.md")))
    found = re.split(r"(?<=[.!?])\s+", re.sub(r"[#|*_>{}-]+|\s+", " ", text))
    return tuple(sentence for sentence in found if 40 <= len(sentence) <= 260)


def paragraph(chance: random.Random, count: int) -> str:
    """Sentences in a random order, their numbers changed."""
    picked = (chance.choice(sentences()) for _ in range(count))
    return " ".join(re.sub(r"\d", lambda _: str(chance.randrange(10)), sentence) for sentence in picked)


def text_pdf(path: Path, pages: int, seed: int) -> None:
    """A PDF with a heading and about 450 words on every page."""
    chance = random.Random(seed)
    canvas = Canvas(str(path), pagesize=A4)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 13)
        canvas.drawString(60, 790, f"Section {number}: {chance.choice(sentences())[:40]}")
        text = canvas.beginText(60, 765)
        text.setFont("Helvetica", 10)
        for row in _rows(paragraph(chance, SENTENCES_A_PAGE)):
            text.textLine(row)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()


def scan_pdf(path: Path, pages: int, seed: int) -> None:
    """A PDF of scanned pages: pictures of about 190 words each, with the flaws of an office scanner."""
    chance = random.Random(seed)
    pictures = []
    for number in range(pages):
        words = paragraph(chance, SENTENCES_A_PAGE).split()[:WORDS_A_SCAN]
        blocks: list[Block] = [" ".join(words[at : at + 60]) for at in range(0, len(words), 60)]
        pictures.append(scans.scanned(scans.letter(blocks), seed * 1000 + number))
    path.write_bytes(scans.pdf_of(pictures, ""))


def folder_of_pdfs(
    folder: Path, *, texts: int, pages: int, scanned: int = 0, scanned_pages: int = 4, seed: int = 1
) -> None:
    """A folder with `texts` PDFs of `pages` pages each and `scanned` PDFs of `scanned_pages` pictures each, mixed by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(texts):
        text_pdf(folder / f"{number:03} report.pdf", pages, seed * 10_000 + number)
    for number in range(scanned):
        scan_pdf(
            folder / f"{number * max(1, texts // max(1, scanned)):03} scan.pdf", scanned_pages, seed * 10_000 + number
        )


def passages(count: int, seed: int = 7) -> list[str]:
    """Texts as long as the passages that are indexed, about 150 to 220 tokens; no two equal."""
    chance = random.Random(seed)
    return [paragraph(chance, chance.randrange(7, 10)) for _ in range(count)]


def _rows(text: str) -> list[str]:
    rows = [""]
    for word in text.split():
        if len(rows[-1]) + len(word) > LINE_LETTERS:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows
