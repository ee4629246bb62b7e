"""Plain text, Markdown and data formats that are read as they stand, in any encoding.

The text is kept verbatim, marks included, so that a quote is found in the file; headings are only marked, and HTML
inside Markdown becomes text. Files are
decoded in a stream, so that a log of any size needs little memory. Knows nothing of what the marks would look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from ingest.errors import DocumentError
from ingest.extract import encoding, sniff
from ingest.extract.blocks import MAX_HEADINGS, MAX_PAGE_CHARACTERS, WHOLE, part, pieces
from ingest.extract.clean import one_line, tidy
from ingest.extract.markdown_html import without_html
from ingest.extract.reader import Facts, Source, Yielded
from ingest.records import Heading, Page

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_NO_TITLE = frozenset("#=*-_`|>[]() \t")
_LOST = re.compile("[\u0080-\u0084\u0086-\u009f]")
"""Controls that stand where the encoding of a letter was lost: no terminal may see them, and no quote may pass over them,
so they become the replacement character."""
MAX_HEADING = 200
"""Longest line that is taken for a heading, in characters."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of at most `blocks.MAX_PAGE_CHARACTERS`.

    Raises:
        DocumentError: `empty` when there is nothing but white space.
    """
    number = 0
    marker = Marker(source.media_type, PurePosixPath(source.name).suffix.casefold())
    for text, several in _parts(encoding.stream(source.path), marker.marks):
        headings = marker.headings(text)
        number += 1
        if number == 1:
            first = min(headings, key=lambda heading: (heading.level, heading.start), default=None)
            yield Facts(title=title_in(text[first.start : first.end]) if first and first.start < 2000 else "")
        yield Page(number, part(WHOLE, number) if several else WHOLE, text, headings=headings)
    if not number:
        raise DocumentError("empty", f"{source.name} holds no text")


def title_in(line: str) -> str:
    """A heading without its marks."""
    return one_line(line.strip("".join(_NO_TITLE)))


def _parts(stream: Iterable[str], markdown: bool) -> Iterator[tuple[str, bool]]:
    """The text in parts that fit a page, and whether there are several."""
    clean_up = (lambda piece: tidy(without_html(piece))) if markdown else tidy
    held, several = "", False
    for text in stream:
        held += _LOST.sub("\ufffd", text)
        while len(held) > 2 * MAX_PAGE_CHARACTERS:
            piece = next(pieces(held))
            held, several = held[len(piece) :], True
            if (clean := clean_up(piece)).strip():
                yield clean, True
    rest = [clean for piece in pieces(held) if (clean := clean_up(piece)).strip()]
    for clean in rest:
        yield clean, several or len(rest) > 1


class Marker:
    """Finds the headings of Markdown; remembers across parts whether it is inside a code block."""

    def __init__(self, media_type: str, suffix: str = "") -> None:
        self.fence = ""
        self.marks = media_type == sniff.MARKDOWN or suffix in {".mdx", ".qmd", ".rmd"}

    def headings(self, text: str) -> tuple[Heading, ...]:
        """The headings of a part."""
        if not self.marks:
            return ()
        found: list[Heading] = []
        start, lines = 0, text.split("\n")
        for at, line in enumerate(lines):
            following = lines[at + 1] if at + 1 < len(lines) else ""
            if len(line) <= MAX_HEADING and (level := self._level(line, following)):
                end = start + len(line)
                if _UNDERLINE.match(following) and not _ATX.match(line):
                    end += 1 + len(following)
                found.append(Heading(start, end, level))
                if len(found) >= MAX_HEADINGS:
                    break
            start += len(line) + 1
        return tuple(found)

    def _level(self, line: str, following: str) -> int:
        fence = _FENCE.match(line)
        if self.fence:
            if fence and fence[1].startswith(self.fence) and not line.strip(" `~"):
                self.fence = ""
            return 0
        if fence:
            self.fence = fence[1]
            return 0
        if match := _ATX.match(line):
            return len(match[1])
        if line.strip() and line[0] not in "#>|-*+ \t" and (under := _UNDERLINE.match(following)):
            return 1 if under[1][0] == "=" else 2
        return 0
