r"""LaTeX without its commands: headings, lists, tables as rows, footnotes in place; formulas stay as they are written.

Nothing is included from other files and no macro is expanded. Knows nothing of packages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ingest.extract.markup import Writer, read_with
from ingest.extract.reader import Source, Yielded

_TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z@]+)\*?[ \t]*|\\(?P<sign>.)|(?P<comment>(?<!\\)%[^\n]*\n?[ \t]*)|(?P<math>\$\$?)|(?P<open>\{)|(?P<close>\})"
    r"|(?P<break>\n[ \t]*\n\s*)|(?P<cell>&)|(?P<tie>~)|(?P<text>[^\\%${}&~\n]+|\n)",
    re.DOTALL,
)
_LEVELS = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}
_FACTS = {"title": "title", "author": "author", "date": "date"}
_SILENT = frozenset(
    "label documentclass usepackage includegraphics bibliographystyle bibliography input include newcommand renewcommand providecommand "
    "setlength setcounter addtolength vspace hspace pagestyle thispagestyle graphicspath hypersetup geometry definecolor "
    "color textcolor fontsize selectfont pagenumbering addcontentsline RequirePackage newenvironment theoremstyle newtheorem "
    "lstset tikzset usetikzlibrary DeclareMathOperator bibitem index vskip hskip cline cmidrule phantom hfill".split()
)
"""Commands whose arguments are no text."""
_KEPT_LAST = {"href": 2, "textcolor": 2, "colorbox": 2, "multicolumn": 3, "multirow": 3, "parbox": 2, "raisebox": 2}
"""Commands of which only the argument of this number is text."""
_VERBATIM = re.compile(
    r"\\begin\{(verbatim|lstlisting|minted|Verbatim|comment|tikzpicture|filecontents)\*?\}(.*?)\\end\{\1\*?\}",
    re.DOTALL,
)
_FORMULAS = frozenset("equation align gather multline eqnarray displaymath math alignat flalign".split())
_TABLES = frozenset("tabular tabularx longtable tabulary array".split())
_WORDS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł",
    "i": "ı", "j": "ȷ", "ldots": "…", "dots": "…", "textellipsis": "…", "LaTeX": "LaTeX", "TeX": "TeX", "euro": "€", "texteuro": "€",
    "pounds": "£", "S": "§", "P": "¶", "copyright": "©", "textregistered": "®", "texttrademark": "™", "textdegree": "°",
    "textendash": "–", "textemdash": "—", "textbackslash": "\\", "textasciitilde": "~", "today": "", "quad": " ", "qquad": " ",
    "newline": "\n", "linebreak": "\n", "glqq": "„", "grqq": "“", "flqq": "«", "frqq": "»", "textbar": "|", "item": "",
}  # fmt: skip
_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
            "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a"}  # fmt: skip
_ACCENT = re.compile(r"\\(['`^\"~=.]|[cvuHkr](?![A-Za-z]))[ \t]*(?:\{\\?([A-Za-zı])\}|\\?([A-Za-zı]))")
_QUOTES = (("``", "“"), ("''", "”"), ("---", "—"), ("--", "–"))
_BRACKETS = re.compile(r"\s*\[[^\]\[]*\]")
_ARGUMENT = re.compile(r"\s*\{")
MAX_DEPTH = 60
"""Groups inside one another that are looked into."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it.

    Raises:
        DocumentError: `too_large`, `empty`.
    """
    yield from read_with(source, _write)


def _write(text: str, writer: Writer) -> None:
    head, begun, body = text.partition("\\begin{document}")
    if begun:
        for name, fact in _FACTS.items():
            if (at := head.rfind(f"\\{name}{{")) >= 0:
                writer.told[fact] = _plain(_group(head, at + len(name) + 1)[0])
        body = body.partition("\\end{document}")[0]
        if title := writer.told.get("title", ""):
            writer.heading(title, 1)
        for fact in ("author", "date"):
            writer.line(writer.told.get(fact, ""))
        writer.end()
    else:
        body = text
    at = 0
    for match in _VERBATIM.finditer(body):
        _Latex(writer).write(body[at : match.start()])
        writer.end()
        if match[1] not in ("comment", "tikzpicture", "filecontents"):
            for line in match[2].strip("\n").split("\n"):
                writer.line(line)
        writer.end()
        at = match.end()
    _Latex(writer).write(body[at:])


def _group(text: str, at: int) -> tuple[str, int]:
    """What stands in the braces that open at `at`, and where they have ended; as far as the text goes where they do not."""
    depth = 0
    position = at
    while position < len(text):
        letter = text[position]
        if letter == "\\":
            position += 1
        elif letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth <= 0:
                return text[at + 1 : position], position + 1
        position += 1
    return text[at + 1 :], len(text)


def _plain(text: str, depth: int = 0) -> str:
    """A stretch of text in one line, such as the argument of a heading."""
    if depth > MAX_DEPTH:
        return ""
    writer = Writer()
    _Latex(writer, depth + 1).write(text)
    return " ".join(block.text.replace("\n", " ") for block in writer.blocks()).strip()


class _Latex:
    """Reads a stretch of text token by token."""

    def __init__(self, writer: Writer, depth: int = 0) -> None:
        self.writer = writer
        self.depth = depth
        self.words: list[str] = []
        self.cells: list[str] = []
        self.tables = 0
        self.lists: list[str] = []
        self.mark = ""

    def write(self, text: str) -> None:
        """Write all of it."""
        text = _ACCENT.sub(_accented, text)
        at = 0
        while (match := _TOKEN.match(text, at)) is not None:
            at = match.end()
            match match.lastgroup:
                case "command":
                    at = self._command(match["command"], text, at)
                case "sign":
                    at = self._sign(match["sign"], text, at)
                case "math":
                    end = text.find(match[0], at)
                    end = end if 0 <= end < at + 10_000 else at
                    self.words.append(text[at:end])
                    at = end + len(match[0]) if end > at else at
                case "break":
                    self._paragraph()
                case "cell":
                    self._cell() if self.tables else self.words.append("&")
                case "tie":
                    self.words.append(" ")
                case "text":
                    self.words.append(match[0].replace("\n", " "))
                case _:
                    continue
        self._paragraph()

    def _text(self) -> str:
        text = "".join(self.words)
        self.words = []
        for old, new in _QUOTES:
            text = text.replace(old, new)
        return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()

    def _paragraph(self) -> None:
        if self.tables:
            self.words.append(" ")
            return
        text = self._text()
        if text and self.mark:
            self.writer.item(text, self.mark)
            self.mark = ""
        elif text:
            self.writer.line(text)
            self.writer.end()

    def _cell(self) -> None:
        self.cells.append(self._text())

    def _row(self) -> None:
        self._cell()
        self.writer.row(self.cells)
        self.cells = []

    def _sign(self, sign: str, text: str, at: int) -> int:
        if sign == "\\":
            if self.tables:
                self._row()
            else:
                self.words.append("\n")
            bracket = _BRACKETS.match(text, at)
            return bracket.end() if bracket else at
        if sign in "([":
            end = text.find("\\)" if sign == "(" else "\\]", at)
            if 0 <= end < at + 10_000:
                self.words.append(text[at:end])
                return end + 2
        elif sign in "%&$#_{}":
            self.words.append(sign)
        elif sign in ",;: \n":
            self.words.append(" ")
        return at

    def _arguments(self, text: str, at: int, most: int = 9) -> tuple[list[str], int]:
        found: list[str] = []
        while len(found) < most:
            if bracket := _BRACKETS.match(text, at):
                at = bracket.end()
            elif brace := _ARGUMENT.match(text, at):
                inner, at = _group(text, brace.end() - 1)
                found.append(inner)
            else:
                break
        return found, at

    def _command(self, name: str, text: str, at: int) -> int:
        if name in _LEVELS:
            arguments, at = self._arguments(text, at, 1)
            self._paragraph()
            self.writer.heading(_plain("".join(arguments), self.depth), _LEVELS[name])
        elif name in ("begin", "end"):
            arguments, at = self._arguments(text, at, 1)
            at = self._environment(name, "".join(arguments).rstrip("*"), text, at)
        elif name == "item":
            self._paragraph()
            bracket = re.compile(r"\s*\[([^\]]*)\]").match(text, at)
            kind = self.lists[-1] if self.lists else ""
            self.mark = (
                f"{_plain(bracket[1], self.depth)}:"
                if bracket
                else (self.writer.number(len(self.lists)) if kind == "enumerate" else "•")
            )
            return bracket.end() if bracket else at
        elif name in _SILENT:
            _, at = self._arguments(text, at)
        elif name in ("footnote", "thanks", "marginpar"):
            arguments, at = self._arguments(text, at, 1)
            self.words.append(f" [{_plain(''.join(arguments), self.depth)}]")
        elif name.startswith("cite") or name in ("ref", "eqref", "autoref", "pageref", "cref", "nameref"):
            arguments, at = self._arguments(text, at, 1)
            self.words.append(f"[{''.join(arguments)}]")
        elif name in _KEPT_LAST:
            arguments, at = self._arguments(text, at, _KEPT_LAST[name])
            self.words.append(_plain(arguments[-1] if arguments else "", self.depth))
        elif name == "par":
            self._paragraph()
        elif name == "caption":
            arguments, at = self._arguments(text, at, 1)
            if self.tables:
                self.words.append(_plain("".join(arguments), self.depth))
            else:
                self._paragraph()
                self.writer.line(_plain("".join(arguments), self.depth))
                self.writer.end()
        elif name in _WORDS:
            self.words.append(_WORDS[name])
        return at

    def _environment(self, what: str, name: str, text: str, at: int) -> int:
        begins = what == "begin"
        if name in _TABLES:
            if begins:
                self._paragraph()
                most = 2 if name in ("tabularx", "tabulary") else 1
                _, at = self._arguments(text, at, most)
                self.tables += 1
            elif self.tables:
                self._row()
                self.tables -= 1
                self.writer.end()
        elif name in ("itemize", "enumerate", "description"):
            self._paragraph()
            if begins:
                self.lists.append(name)
                self.writer.numbers.pop(len(self.lists), None)
            elif self.lists:
                self.lists.pop()
                self.mark = ""
        elif name in _FORMULAS and begins:
            end = text.find(f"\\end{{{name}", at)
            end = end if 0 <= end < at + 20_000 else at
            self.words.append(f" {re.sub(r'.label{[^{}]*}', '', text[at:end]).strip()} ")
            return end
        else:
            self._paragraph()
            if begins:
                bracket = _BRACKETS.match(text, at)
                at = bracket.end() if bracket else at
        return at


def _accented(match: re.Match[str]) -> str:
    letter = match[2] or match[3]
    return unicodedata.normalize("NFC", ("i" if letter == "ı" else letter) + _ACCENTS[match[1]])
