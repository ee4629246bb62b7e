"""Pages to chunks: the passages of a document before they have a place in a library.

A chunk is one stretch of one page, given as its span, so that a citation points at exact characters. It starts anew at
each heading and at each page, which keeps an edit from shifting what comes later; in long text without headings it starts
anew at anchors, places that are chosen by the words around them alone. Between these, paragraphs that are small are joined
and those that fit are kept whole; larger ones are cut between sentences, then lines, then words.
Sizes are counted in tokens of the embedding model, because what it does not take in cannot be found.

Pure: knows nothing of files, of the model, or of how passages are stored. Counting is a function that is passed in.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from ingest import text as language
from ingest.records import Page, Span

CHUNKER_VERSION = 2
"""Part of every passage's id: to be raised with any change of where chunks begin and end."""
MAX_TOKENS = 240
"""Title, headings and text together: below the 254 that MiniLM takes, so that nothing embedded is cut."""
MAX_CONTEXT_TOKENS = 60
"""Title and headings together: the larger part of a vector must come from the text."""
MIN_TEXT_TOKENS = 60
"""Left for the text even under a title of a page's length, whose vector is then made of windows."""
TARGET_TOKENS = 200
"""Paragraphs are joined up to about this: some sentences more than one idea, and as large as the model was trained on."""
ANCHORED_TOKENS = 1000
"""Longer stretches have anchors; in shorter ones an edit changes a handful of chunks at most."""
ANCHOR_TOKENS = 200
"""How far before and behind an anchor no other can stand: about twice as far apart they are, and so far an edit reaches."""
MAX_CHARACTERS = 4000
"""The tokenizer counts any run of more than 100 letters (base64, a drawn line) as one token; tables are padded with blanks."""
WORDS_A_RUN = 16
"""Text without sentences is cut between runs of so many words, so that not every word is counted alone."""

Count = Callable[[str], int]
Stretch = tuple[int, int]
"""Characters from and up to."""

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_WORD = re.compile(r"\S+")
_RUN = re.compile(rf"\S+(?:\s+\S+){{0,{WORDS_A_RUN - 1}}}")
_LINE = re.compile(r"[^\n]+")
_CELLS = re.compile(r"[\t|]")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A few sentences under their headings."""

    ordinal: int
    """Position in the document, from 0."""
    headings: tuple[str, ...]
    """Headings above it, outermost first; the outer ones are left out where they would crowd out the text."""
    text: str
    """The page text at its spans, joined by a line feed; begins with its headings where they directly precede."""
    spans: tuple[Span, ...]
    """Where it stands."""


@dataclass(frozen=True, slots=True)
class _Section:
    """A stretch of a page from a heading, or the page's start, to the next heading."""

    start: int
    lead: int  # end of the headings that it begins with
    end: int
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch that fits into a chunk."""

    start: int
    end: int
    tokens: int


def chunk(title: str, pages: Sequence[Page], count: Count) -> list[Chunk]:
    """Cut the pages of a document into chunks.

    Args:
        title: Title found inside the document, or empty.
        pages: Its pages, in order.
        count: Tokens of a text, without special ones.

    Returns:
        Chunks in the order of the text. They do not overlap and hold all that is not white space.
    """
    chunks: list[Chunk] = []
    above: list[tuple[int, str]] = []
    for page in pages:
        for section in _sections(page, above):
            headings, context = _context(title, section.headings, count)
            limit = max(MIN_TEXT_TOKENS, MAX_TOKENS - context)
            cutter = _Cutter(page.text, limit, count)
            for piece in cutter.section(section):
                span = Span(page.number, piece.start, piece.end)
                chunks.append(Chunk(len(chunks), headings, page.text[piece.start : piece.end], (span,)))
    return chunks


def _sections(page: Page, above: list[tuple[int, str]]) -> list[_Section]:
    """The sections of a page that hold any text.

    Args:
        page: The page.
        above: Level and words of the headings above its start; those above its end when this returns.
    """
    text = page.text
    sections: list[_Section] = []
    start = lead = 0
    for heading in page.headings:
        words = " ".join(text[heading.start : heading.end].split())
        if not words or heading.start < lead:
            continue
        if text[lead : heading.start].strip():
            sections.append(_Section(start, lead, heading.start, tuple(words for _, words in above)))
            start = heading.start
        elif not text[start : heading.start].strip():
            start = heading.start
        lead = heading.end
        while above and above[-1][0] >= heading.level:
            above.pop()
        above.append((heading.level, words))
    if text[start:].strip():
        sections.append(_Section(start, lead, len(text), tuple(words for _, words in above)))
    return sections


def _context(title: str, headings: tuple[str, ...], count: Count) -> tuple[tuple[str, ...], int]:
    """The headings that are kept, and the tokens of title and headings together."""
    kept = list(headings)
    title_tokens = count(title) if title.strip() else 0
    known = " ".join(title.split()).casefold()
    tokens = [0 if words.casefold() == known else count(words) for words in kept]
    while kept and title_tokens + sum(tokens) > MAX_CONTEXT_TOKENS:
        del kept[0], tokens[0]
    return tuple(kept), title_tokens + sum(tokens)


class _Cutter:
    """Cuts the sections of one page.

    Args:
        text: The page's text.
        limit: Most tokens of a piece.
        count: Tokens of a text.
    """

    def __init__(self, text: str, limit: int, count: Count) -> None:
        self.text = text
        self.limit = limit
        self.count = count
        self.ways = (self._sentences, self._lines, self._runs, self._words)

    def section(self, section: _Section) -> list[_Piece]:
        """The pieces of a section: its paragraphs, joined or cut."""
        blocks = self._blocks(section.start, section.end)
        while len(blocks) > 1 and blocks[0][1] <= section.lead:
            blocks[:2] = [(blocks[0][0], blocks[1][1])]
        return self._join([piece for block in blocks for piece in self._fit(block, 0)])

    def _fit(self, stretch: Stretch, way: int) -> list[_Piece]:
        """The stretch whole if it is small enough, otherwise cut in the given way or a finer one."""
        start, end = stretch
        if end - start <= MAX_CHARACTERS:
            tokens = self.count(self.text[start:end])
            if tokens <= self.limit or end - start == 1:
                return [_Piece(start, end, tokens)]
        for finer in range(way, len(self.ways)):
            parts = self.ways[finer](start, end)
            if len(parts) > 1:
                return self._join([piece for part in parts for piece in self._fit(part, finer + 1)])
        middle = (start + end) // 2
        return self._fit((start, middle), len(self.ways)) + self._fit((middle, end), len(self.ways))

    def _join(self, pieces: list[_Piece]) -> list[_Piece]:
        """Neighbours joined, anew from each anchor on."""
        starts = [0, *self._anchors(pieces)]
        runs = zip(starts, [*starts[1:], len(pieces)], strict=True)
        return [piece for first, last in runs for piece in self._join_run(pieces[first:last])]

    def _anchors(self, pieces: list[_Piece]) -> list[int]:
        """Pieces at which a chunk begins whatever stands further away: of all around, the hash of their text is the least.

        So what is put in or taken out shifts the chunks up to the next anchor and no further.
        """
        starts = list(accumulate((piece.tokens for piece in pieces), initial=0))
        total = starts.pop()
        if total < ANCHORED_TOKENS:
            return []
        hashes = [zlib.crc32(self.text[piece.start : piece.end].encode("utf-8", "surrogatepass")) for piece in pieces]
        anchors: list[int] = []
        for at, start in enumerate(starts):
            first, last = bisect_left(starts, start - ANCHOR_TOKENS), bisect_right(starts, start + ANCHOR_TOKENS)
            others = hashes[first:at] + hashes[at + 1 : last]
            if TARGET_TOKENS <= start <= total - TARGET_TOKENS and all(hashes[at] < other for other in others):
                anchors.append(at)
        return anchors

    def _join_run(self, pieces: list[_Piece]) -> list[_Piece]:
        """Neighbours joined to about the target; the last two about equally, so that no crumb is left."""
        joined: list[_Piece] = []
        left = sum(piece.tokens for piece in pieces)
        goal = self._goal(left)
        for piece in pieces:
            last = joined[-1] if joined else None
            if last and last.tokens + piece.tokens / 2 <= goal and self._holds(last, piece):
                joined[-1] = _Piece(last.start, piece.end, last.tokens + piece.tokens)
            else:
                goal = self._goal(left)
                joined.append(piece)
            left -= piece.tokens
        return joined

    def _goal(self, left: int) -> float:
        """Tokens that a chunk should have when so many are left up to the next anchor, or the end of the section."""
        if left <= self.limit:
            return self.limit
        target = min(TARGET_TOKENS, self.limit)
        return left / 2 if left <= 2 * target else target

    def _holds(self, last: _Piece, piece: _Piece) -> bool:
        return last.tokens + piece.tokens <= self.limit and piece.end - last.start <= MAX_CHARACTERS

    def _blocks(self, start: int, end: int) -> list[Stretch]:
        """Stretches that are parted by blank lines."""
        blocks: list[Stretch] = []
        for match in _BLANK_LINES.finditer(self.text, start, end):
            blocks += self._trimmed(start, match.start())
            start = match.end()
        return blocks + self._trimmed(start, end)

    def _sentences(self, start: int, end: int) -> list[Stretch]:
        """Sentences; a line that is a row of a table stays whole."""
        sentences: list[Stretch] = []
        row_end = start
        for first, last in language.sentences(self.text[start:end]):
            stretch = (start + first, start + last)
            if sentences and stretch[0] < row_end:
                sentences[-1] = (sentences[-1][0], stretch[1])
            else:
                sentences.append(stretch)
            if stretch[1] >= row_end:
                row_end = self._row_end(stretch[1], end)
        return sentences

    def _row_end(self, position: int, end: int) -> int:
        """End of the line at a position if the line is a row of a table, otherwise the position."""
        first = self.text.rfind("\n", max(0, position - MAX_CHARACTERS), position) + 1
        last = self.text.find("\n", position, min(end, position + MAX_CHARACTERS))
        if (first == 0 and position > MAX_CHARACTERS) or (last < 0 and end > position + MAX_CHARACTERS):
            return position  # too long a line to be kept whole
        last = last if last >= 0 else end
        return last if _CELLS.search(self.text, first, last) else position

    def _lines(self, start: int, end: int) -> list[Stretch]:
        return [part for match in _LINE.finditer(self.text, start, end) for part in self._trimmed(*match.span())]

    def _runs(self, start: int, end: int) -> list[Stretch]:
        return [match.span() for match in _RUN.finditer(self.text, start, end)]

    def _words(self, start: int, end: int) -> list[Stretch]:
        return [match.span() for match in _WORD.finditer(self.text, start, end)]

    def _trimmed(self, start: int, end: int) -> list[Stretch]:
        """The stretch without white space around it; none if nothing is left."""
        part = self.text[start:end]
        words = part.strip()
        if not words:
            return []
        start += len(part) - len(part.lstrip())
        return [(start, start + len(words))]
