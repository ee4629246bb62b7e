"""RTF by a reader of our own: paragraphs, tables as rows, lists, footnotes, headers, in any of its encodings.

Knows nothing of fonts and colours beyond a font's character set, and nothing of pictures.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ingest.errors import DocumentError
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.grid import CELL_SEPARATOR
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.rtf_tokens import Token, tokens, unpacked

__all__ = ["blocks_of_rtf", "html_of_rtf", "read", "unpacked"]

_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl generator pict object objdata themedata colorschememapping "
    b"datastore latentstyles xmlnstbl mmathPr filetbl fldinst bkmkstart bkmkend xe tc pntext pnseclvl nonshppict sp "
    b"blipuid template listname ftnsep ftnsepc aftnsep aftnsepc wgrffmtfilter htmltag mhtmltag atnid atndate atnref".split()
)
_INFO = frozenset({b"title", b"author", b"subject"})
_APART = frozenset(
    {
        b"footnote",
        b"header",
        b"headerl",
        b"headerr",
        b"headerf",
        b"footer",
        b"footerl",
        b"footerr",
        b"footerf",
        b"annotation",
        b"shptxt",
    }
)
"""Destinations whose text is a block of its own."""
_LETTERS = {
    b"tab": "\t", b"line": "\n", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"emspace": " ", b"enspace": " ", b"qmspace": " ", b"softline": "\n",
}  # fmt: skip
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
MAX_DEPTH = 2_000
"""Groups inside one another; a hostile file may open any number."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it.

    Raises:
        DocumentError: `empty` without text, `too_large` for endless nesting.
    """
    reader = _Reader(source.bytes())
    blocks = list(reader.blocks())
    told = {key.decode(): one_line(value) for key, value in reader.info.items()}
    metadata = {key: value for key in ("author", "subject") if (value := told.get(key))}
    yield Facts(told.get("title", ""), told.get("author", ""), metadata=metadata)
    count = 0
    for page in pages(blocks):
        count += 1
        yield page
    if not count:
        raise DocumentError("empty", f"{source.name} holds no text")


def blocks_of_rtf(data: bytes) -> list[Block]:
    """The blocks of an RTF text."""
    return list(_Reader(data).blocks())


def html_of_rtf(data: bytes) -> bytes:
    """The HTML that Outlook has wrapped in RTF, empty where it has not."""
    if b"\\fromhtml" not in data[:1000]:
        return b""
    return _Reader(data, html=True).wrapped().encode("utf-8", "replace")


@dataclass(slots=True)
class _State:
    """What a group changes until its end."""

    skipped: bool = False
    hidden: bool = False
    codec: str = ""
    blanks: int = 1
    apart: bool = False
    info: bytes = b""
    tag: bool = False


@dataclass(slots=True)
class _Collected:
    """Text on its way to become a block."""

    words: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    level: int = 0


class _Reader:
    """Reads one RTF text."""

    def __init__(self, data: bytes, html: bool = False) -> None:
        self.data = data
        self.html = html
        self.state = _State()
        self.stack: list[_State] = []
        self.fonts: dict[int, str] = {}
        self.codec = "cp1252"
        self.font = 0
        self.in_fonts = 0
        self.bytes = bytearray()
        self.skip = 0
        self.target = _Collected()
        self.targets: list[_Collected] = []
        self.done: list[Block] = []
        self.after: list[Block] = []
        self.info: dict[bytes, str] = {}
        self.optional = False

    def blocks(self) -> Iterator[Block]:
        """The blocks in order; what stands apart (notes, headers) follows the paragraph it hangs on."""
        for token in tokens(self.data):
            self._take(token)
            if self.done:
                yield from self.done
                self.done.clear()
        self._flush()
        self._row()
        self._paragraph()
        yield from self.done

    def wrapped(self) -> str:
        """The text of the HTML tags and of what stands between them."""
        for token in tokens(self.data):
            self._take(token)
        self._flush()
        return "".join(self.target.words)

    def _take(self, token: Token) -> None:
        if token.kind != "byte" and self.bytes:
            self._flush()
        match token.kind:
            case "open":
                self._open()
            case "close":
                self._close()
            case "byte" | "text" if self.skip and token.kind == "byte":
                self.skip -= 1
            case "byte":
                self.bytes += token.value
            case "text":
                self._text(token.value)
            case "symbol":
                self._symbol(token.value)
            case "word":
                self._word(token.value, token.number)

    def _open(self) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise DocumentError("too_large", "groups are nested without end")
        self.stack.append(replace(self.state))

    def _close(self) -> None:
        if not self.stack:
            return
        apart = self.state.apart
        self.state = self.stack.pop()
        if apart and not self.state.apart:
            self._row()
            self._paragraph()
            self.target = self.targets.pop()
            if not self.targets and not "".join(self.target.words).strip():
                self.done += self.after
                self.after.clear()

    def _flush(self) -> None:
        """Decode the bytes that were collected."""
        if self.bytes:
            self._add(self.bytes.decode(self.state.codec or self.codec, "replace"))
            self.bytes.clear()

    def _text(self, data: bytes) -> None:
        if self.skip:
            cut = min(self.skip, len(data))
            self.skip -= cut
            data = data[cut:]
        self._add(data.decode(self.state.codec or self.codec, "replace"))

    def _add(self, text: str) -> None:
        if self.state.info:
            self.info[self.state.info] = self.info.get(self.state.info, "") + text
        elif self.html:
            if not self.state.skipped or self.state.tag:
                self.target.words.append(text)
        elif not self.state.skipped and not self.state.hidden:
            self.target.words.append(text)

    def _symbol(self, symbol: bytes) -> None:
        match symbol:
            case b"*":
                self.optional = True
                return
            case b"~":
                self._add("\u00a0")
            case b"_":
                self._add("-")
            case b"\\" | b"{" | b"}":
                self._add(symbol.decode())
            case b"\r" | b"\n":
                self._end_paragraph()

    def _word(self, word: bytes, number: int | None) -> None:
        optional, self.optional = self.optional, False
        if word in _LETTERS:
            self._add(_LETTERS[word])
        elif word == b"u" and number is not None:
            self._add(_letter(number))
            self.skip = self.state.blanks
        elif word in (b"par", b"sect", b"page"):
            self._add("\r\n") if self.html else self._end_paragraph()
        elif word in {b"cell", b"nestcell"}:
            if not self.state.skipped:
                self.target.cells.append(one_line("".join(self.target.words)))
                self.target.words.clear()
        elif word in {b"row", b"nestrow"}:
            if not self.state.skipped:
                self._end_row()
        elif word == b"pard":
            self.target.level = 0
        elif word == b"outlinelevel" and number is not None and number < 9:
            self.target.level = number + 1
        else:
            self._setting(word, number, optional)

    def _setting(self, word: bytes, number: int | None, optional: bool) -> None:
        """Control words that change the state of their group."""
        match word:
            case b"uc":
                self.state.blanks = min(max(number or 0, 0), 8)
            case b"v":
                self.state.hidden = number != 0
            case b"ansicpg" if number:
                self.codec = _codec(f"cp{number}", self.codec)
            case b"mac":
                self.codec = "mac_roman"
            case b"f" if number is not None:
                self.font = number
                self.state.codec = self.fonts.get(number, "")
            case b"fcharset" if number is not None and number in _CHARSETS:
                self.fonts[self.font] = _CHARSETS[number]
            case b"plain":
                self.state.hidden = False
            case b"htmlrtf" if self.html:
                self.state.skipped = number != 0
            case _:
                self._destination(word, optional)

    def _destination(self, word: bytes, optional: bool) -> None:
        if word == b"htmltag" and self.html:
            self.state.tag, self.state.skipped = True, False
        elif word in _INFO and self.stack:
            self.state.info = word
        elif word in _APART and not self.state.skipped:
            if not self.state.apart:
                self.targets.append(self.target)
                self.target = _Collected()
            self.state.apart = True
        elif word in _SKIPPED or word == b"info" or (optional and word not in (b"shpinst", b"shptxt", b"aftnnrlc")):
            self.state.skipped = True

    def _end_paragraph(self) -> None:
        if not self.state.skipped:
            if self.target.cells:
                self.target.words.append(" ")
            else:
                self._paragraph()

    def _end_row(self) -> None:
        cells, self.target.cells = self.target.cells, []
        if any(cells):
            self.target.rows.append(CELL_SEPARATOR.join(cells))

    def _row(self) -> None:
        """End a table."""
        self._end_row()
        rows, self.target.rows = self.target.rows, []
        if rows:
            self._block(Block("\n".join(rows)))

    def _paragraph(self) -> None:
        text = "".join(self.target.words)
        self.target.words.clear()
        if text.strip():
            if self.target.rows:
                self._row()
            self._block(Block(one_line(text) if self.target.level else text, self.target.level))
        if not self.targets:
            self.done += self.after
            self.after.clear()

    def _block(self, block: Block) -> None:
        (self.after if self.targets else self.done).append(block)


def _letter(number: int) -> str:
    r"""The character of a `\\u` number, which may be negative."""
    code = number % 0x10000 if number < 0 else number
    return chr(code) if code < 0x110000 and not 0xD800 <= code <= 0xDFFF else ""


def _codec(name: str, default: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return default
