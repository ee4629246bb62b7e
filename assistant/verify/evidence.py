"""The sentences of passages as quotes that can be cited: verbatim, with exact places, never longer than a quote may be.

A passage's text is its page's text at its spans, joined by line feeds, so a sentence within one span is verbatim on its
page by construction. Pure; knows nothing of questions and verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.late import PassageTokens
from assistant.records import QUOTE_LIMIT
from ingest.records import Hit, Span
from ingest.text import sentences

SHORTEST_PIECE = 120
"""A sentence too long for a quote is cut behind a clause at this many characters or more, so that pieces keep sense."""
HEADING_WORDS = 8
"""Words of the longest heading."""
HEADING_SHARE = 0.6
"""A line that is shorter than this share of the widest one beside it ends because it is done, not because it is full."""
_NUMBERING = r"(?:§ ?|[Aa]rticle |ARTICLE |[Ss]ection |SECTION )?[\dIVX]+(?:\.\d+)*[.):]?\s+"
_HEADING = re.compile(rf"(?:{_NUMBERING})?[^\W\d_a-z]")
_ENUMERATED = re.compile(rf"\s*(?:{_NUMBERING}|\([a-z\d]+\)\s+)?")
_PAGE_NUMBER = re.compile(
    r"[\s–—|·-]*(?:\b(?:page|seite|página|p\.))?\s*\b\d{1,4}\s*(?:/|of|von|de|sur)\s*\d{1,4}\s*$", re.IGNORECASE
)
_COLUMNS = re.compile(r"\s{3}|\t|\|")
_READABLE = re.compile(r"[^\s\ufffd](?:[^\ufffd]*[^\s\ufffd])?")
_WORDLIKE = re.compile(r"[^\W_]{3}|[^\W\d_]{2}")
_CLAUSE_ENDS = (re.compile(r"[;:](?=\s)"), re.compile(r",(?=\s)"), re.compile(r"(?=\s)"))


@dataclass(frozen=True, slots=True)
class Place:
    """A hit with the token vectors of its passage."""

    hit: Hit
    """Where a person finds the passage."""
    tokens: PassageTokens
    """Its token vectors; empty without an embedding model."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a passage that may be quoted."""

    place: Place
    """Whose sentence it is."""
    text: str
    """Verbatim page text."""
    start: int
    """First character in the passage's text."""
    end: int
    """One past the last character in the passage's text."""
    span: Span
    """Where it stands on its page."""

    @property
    def context(self) -> str:
        """Title and headings that it stands under."""
        return " ".join([self.place.hit.title, *self.place.hit.passage.headings])

    def overlaps(self, other: Sentence) -> bool:
        """Whether both stand in one passage and share characters."""
        return self.place is other.place and self.start < other.end and other.start < self.end


def sentences_of(place: Place) -> list[Sentence]:
    """All quotable sentences of a passage, in order; its headings only where it has nothing else."""
    passage, found, offset = place.hit.passage, [], 0
    for span in passage.spans:
        length = span.end - span.start
        part = passage.text[offset : offset + length]
        for start, end in _below_headings(part):
            for begin, stop in _pieces(part, start, end):
                if _WORDLIKE.search(part, begin, stop):
                    anchor = Span(span.page, span.start + begin, span.start + stop)
                    found.append(Sentence(place, part[begin:stop], offset + begin, offset + stop, anchor))
        offset += length + 1
    above = {"", *(_bare(heading) for heading in (place.hit.title, *passage.headings))}
    return [one for one in found if _bare(one.text) not in above] or found


def _below_headings(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a stretch, each heading that stands on lines of its own apart from what follows it."""
    widest = max(map(len, text.split("\n")))
    for first, end in sentences(text):
        start = first
        while (cut := _heading_end(text, start, end, widest)) is not None:
            yield start, cut
            start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
        yield start, end


def _heading_end(text: str, start: int, end: int, widest: int) -> int | None:
    """Where the first line of a sentence ends if it is a heading: a whole short line, without a stop, before a capital."""
    stop = text.find("\n", start, end)
    if stop < 0 or text[text.rfind("\n", 0, start) + 1 : start].strip():
        return None
    line, following = text[start:stop].rstrip(), text[stop:end].lstrip()
    if len(line) > HEADING_SHARE * widest or line[-1] in ".,;:-–" or not following[:1].isupper():
        return None
    return stop if _HEADING.match(line) and not _COLUMNS.search(line) else None


def is_heading(text: str) -> bool:
    """Whether a sentence only names what follows: a few words in capitals or without a stop, and no figure."""
    plain = _ENUMERATED.sub("", text.replace("|", " "), count=1).strip(" #*_=\n\t")
    count = len(plain.split())
    if not plain or count > HEADING_WORDS or any(map(str.isdigit, plain)):
        return not plain
    return plain.isupper() or plain[-1] not in '.!?;,:…"”'


def row_label(text: str) -> str:
    """The first cell of a table's row; empty for a text that is none."""
    cells = [cell.strip() for cell in _COLUMNS.split(text.strip().strip("|"))]
    return cells[0] if len(cells) > 1 else ""


def _bare(text: str) -> str:
    """A heading as it is compared: without marks, case, white space and a page number such as "– 2 / 4"."""
    return " ".join(_PAGE_NUMBER.sub("", text).strip(" #*_=\n\t").casefold().split())


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch itself, or pieces of it that a quote can hold, cut at lost characters and behind clauses."""
    for readable in _READABLE.finditer(text, start, end):
        yield from _short_pieces(text, *readable.span())


def _short_pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > QUOTE_LIMIT:
        cut = _cut(text, start)
        stop = cut
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        yield start, stop
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _cut(text: str, start: int) -> int:
    """Where to end a piece that begins at `start`: behind the last clause, comma or word that fits."""
    for pattern in _CLAUSE_ENDS:
        ends = [match.end() for match in pattern.finditer(text, start + SHORTEST_PIECE, start + QUOTE_LIMIT)]
        if ends:
            return ends[-1]
    return start + QUOTE_LIMIT
