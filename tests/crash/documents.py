"""As many documents as wanted, made from the sample archive: each changed inside its text, or on its picture.

So none is another's duplicate, and every passage must be read and embedded. The bytes depend on the number alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.make_sample_docs import office, scans
from tests.make_sample_docs.markup import pages, source

SAMPLES = Path(__file__).parents[2] / "sample_docs"
PICTURE_EVERY = 12
"""One document in so many is a scan: reading one takes as long as fifty others."""


def make(folder: Path, count: int) -> None:
    """Write documents number 0 to `count` - 1 into folders of twenty."""
    for number in range(count):
        kinds = PICTURES if number % PICTURE_EVERY == PICTURE_EVERY - 1 else TEXTS
        suffix, content = kinds[number % len(kinds)](number)
        office.write(folder / f"{number // 20:02}" / f"document {number:03}{suffix}", content)


def varied(text: str, number: int) -> str:
    """A text with its number in the middle of every longer line."""
    lines = text.split("\n")
    return "\n".join(_varied_line(line, number) for line in lines)


def _varied_line(line: str, number: int) -> str:
    words = line.split(" ")
    if len(words) < 6 or line.startswith(("|", "#", "<")):
        return line
    return " ".join([*words[:3], f"of case {number},", *words[3:]])


def _plain(name: str, suffix: str) -> Callable[[int], tuple[str, bytes]]:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    return lambda number: (suffix, varied(text, number).encode())


def _web(number: int) -> tuple[str, bytes]:
    text = (SAMPLES / "Notes/Plum crumble cake.html").read_text(encoding="utf-8")
    return ".html", text.replace("<p>", f"<p>In kitchen {number}: ").replace("<li>", f"<li>({number}) ").encode()


def _mail(number: int) -> tuple[str, bytes]:
    quote = office.pdf(pages(varied(source("quote"), number)), f"Quote {number}", "Jonas Tiller")
    headers = {"From": "a@tiller.example", "To": "b@wendelin.example", "Subject": f"Quote {number}"}
    headers |= {"Date": "Thu, 18 Apr 2024 17:05:00 +0200", "Message-ID": f"<{number}@tiller.example>"}
    return ".eml", office.mail(f"Dear customer {number},\n\nmy quote is attached.\n", headers, {"quote.pdf": quote})


def _pdf(name: str) -> Callable[[int], tuple[str, bytes]]:
    return lambda number: (".pdf", office.pdf(pages(varied(source(name), number)), f"{name} {number}", "Nobody"))


def _word(name: str) -> Callable[[int], tuple[str, bytes]]:
    return lambda number: (".docx", office.word(pages(varied(source(name), number)), f"{name} {number}", "Nobody"))


def _receipt(number: int) -> tuple[str, bytes]:
    picture = scans.scanned(scans.card(f"RECEIPT NUMBER {number}\n\n{source('receipt')}", size=34), seed=number)
    return ".png", scans.png(picture)


TEXTS = (
    _plain("Notes/Allotment.md", ".md"),
    _pdf("insurance"),
    _plain("Notes/Trip to Port Sellis.txt", ".txt"),
    _word("minutes"),
    _web,
    _pdf("bank"),
    _mail,
    _word("kuendigung"),
    _pdf("stadtwerke"),
)
PICTURES = (_receipt,)
