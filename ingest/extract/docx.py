"""DOCX, read from its XML directly: paragraphs, headings, lists, tables in place, notes, text boxes, comments, headers.

The body is read element by element and forgotten, so that a document of any length needs little memory. Deleted and
hidden text is left out. Knows nothing of pages: the format has none until it is laid out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.errors import DocumentError
from ingest.extract.blocks import Block, pages, title_in
from ingest.extract.clean import one_line
from ingest.extract.docx_styles import Numbering, Styles, numbering_of, outline_of
from ingest.extract.formulas import linear
from ingest.extract.grid import MAX_REPEAT, Cell, Grid, span
from ingest.extract.pictures import LITTLE_TEXT, picture_pages
from ingest.extract.reader import Source, Yielded
from ingest.extract.sheet_extras import texts_of
from ingest.extract.zipped import Package, attribute, local, office_facts, targets
from ingest.records import Problem

_SKIPPED = frozenset(
    {"del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "fldData", "Fallback", "tblPr", "tcPr", "trPr"}
)
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "", "ptab": "\t"}
_CHILDREN = ("{*}p", "{*}tbl", "{*}sdt", "{*}altChunk", "{*}customXml", "{*}ins", "{*}moveTo")
"""Elements of the body that hold text."""
_NOTES = (("footnotes", "footnote"), ("endnotes", "endnote"), ("comments", "comment"))


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it where it is long.

    Raises:
        DocumentError: `damaged` without a body, `empty` without text.
    """
    with Package(source) as package:
        main = _main_part(package)
        facts = office_facts(package)
        yield facts
        document = _Document(package, main)
        count = 0
        for page in pages(document.blocks()):
            count += 1
            scans = picture_pages(package, source, page) if count == 1 and len(page.text) <= LITTLE_TEXT else []
            if scans:
                yield from scans
            else:
                if count == 1 and not facts.title:
                    yield replace(facts, title=title_in(page))
                yield page
        if not count:
            scans = picture_pages(package, source, None)
            count = len(scans)
            yield from scans
        if document.problem:
            yield Problem(None, "damaged", document.problem)
        if not count:
            raise DocumentError(
                "damaged" if document.problem else "empty", document.problem or f"{source.name} holds no text"
            )


def _main_part(package: Package) -> str:
    for name in targets(package, "").values():
        if name.startswith("word/document") and package.has(name):
            return name
    if package.has("word/document.xml"):
        return "word/document.xml"
    raise DocumentError("damaged", f"{package.source.name} has no text body")


class _Document:
    """Walks the body of one document."""

    def __init__(self, package: Package, main: str) -> None:
        self.package = package
        self.main = main
        self.parts = targets(package, main)
        folder = main.rpartition("/")[0]
        self.styles = Styles(package, f"{folder}/styles.xml")
        self.numbering = Numbering(package, f"{folder}/numbering.xml")
        self.problem = ""
        self.pending: list[Block] = []
        self.notes: dict[str, dict[str, str]] = {kind: {} for _, kind in _NOTES}
        for part, kind in _NOTES:
            self.notes[kind] = self._notes(f"{folder}/{part}.xml", kind)
            self.pending.clear()

    def blocks(self) -> Iterator[Block]:
        """Headers, the body with its notes in place, footers."""
        yield from self._margins("header")
        yield from self._body()
        yield from self._margins("footer")

    def _body(self) -> Iterator[Block]:
        from lxml import etree

        with self.package.open(self.main) as stream:
            walk = etree.iterparse(
                stream, events=("end",), tag=_CHILDREN, resolve_entities=False, no_network=True, load_dtd=False
            )
            try:
                for _, element in walk:
                    parent = element.getparent()
                    if parent is None or local(parent) != "body":
                        continue
                    yield from self._block(element)
                    element.clear()
                    while element.getprevious() is not None:
                        del parent[0]
            except etree.XMLSyntaxError as error:
                self.problem = f"the text breaks off: its XML is damaged in line {error.lineno or 0}"

    def _block(self, element: Any) -> Iterator[Block]:
        """The blocks of one child of the body, or of a cell or text box."""
        match local(element):
            case "p":
                yield from self._paragraph(element)
            case "tbl":
                rows = [row for row in self._rows(element) if row]
                yield Block("\n".join(rows))
                yield from self._taken()
            case "sdt" | "sdtContent" | "customXml" | "smartTag" | "ins" | "moveTo":
                for child in element:
                    yield from self._block(child)
            case "altChunk":
                yield from self._other_format(attribute(element, "id"))

    def _paragraph(self, element: Any) -> Iterator[Block]:
        style, outline, listed = "", None, None
        for child in element:
            if local(child) == "pPr":
                style = next((attribute(item, "val") for item in child if local(item) == "pStyle"), "")
                outline, listed = outline_of(child), numbering_of(child)
        text = self._text(element).strip("\n")
        if text.strip():
            level = self.styles.level(style, outline)
            mark = self._mark(style, listed)
            text = f"{mark} {text}" if mark else text
            yield Block(one_line(text) if level else text, level, tight=bool(mark) and not level)
        yield from self._taken()

    def _mark(self, style: str, listed: tuple[str, int] | None) -> str:
        """Number or bullet of a paragraph that is in a list, by itself or by its style."""
        inherited = self.styles.numbering(style)
        if listed and not listed[0] and inherited:
            listed = (inherited[0], listed[1])
        number = listed or inherited
        return self.numbering.mark(*number) if number and number[0] != "0" else ""

    def _taken(self) -> list[Block]:
        """What hangs on the text read last: notes, comments, text boxes."""
        taken, self.pending = self.pending, []
        return taken

    def _text(self, element: Any) -> str:
        """Text of a paragraph or run; what hangs on it is put aside."""
        parts: list[str] = []
        for child in element:
            name = local(child)
            if name == "t":
                parts.append(child.text or "")
            elif name in _BREAKS:
                parts.append("" if attribute(child, "type") in ("page", "column") else _BREAKS[name])
            elif name == "r" and _hidden(child):
                continue
            elif name == "oMath":
                parts.append(_apart(parts, linear(child).strip()))
            elif name in ("footnoteReference", "endnoteReference", "commentReference"):
                parts.append(self._reference(name.removesuffix("Reference"), attribute(child, "id")))
            elif name == "txbxContent":
                for item in child:
                    self.pending += self._block_apart(item)
            elif name in ("chart", "relIds"):
                part = self.parts.get(attribute(child, "id") or attribute(child, "dm"), "")
                self.pending += texts_of(self.package.tree(part))
            elif name == "sym":
                parts.append(_symbol(attribute(child, "char")))
            elif name == "AlternateContent":
                parts.append(self._alternative(child))
            elif name and name not in _SKIPPED:
                parts.append(self._text(child))
        return "".join(parts)

    def _block_apart(self, element: Any) -> list[Block]:
        """The blocks of an element inside a paragraph that is still being read."""
        held, self.pending = self.pending, []
        found = list(self._block(element))
        self.pending = held
        return found

    def _alternative(self, element: Any) -> str:
        """The first form of a drawing that has text, so that no form is read twice."""
        for child in element:
            held = len(self.pending)
            text = self._text(child)
            if text.strip() or len(self.pending) > held:
                return text
        return ""

    def _reference(self, kind: str, number: str) -> str:
        text = self.notes[kind].get(number, "")
        if not text:
            return ""
        if kind == "comment":
            self.pending.append(Block(f"[Comment] {text}"))
            return ""
        self.pending.append(Block(f"[{number}] {text}"))
        return f"[{number}]"

    def _rows(self, table: Any) -> Iterator[str]:
        """The rows of a table as lines."""
        grid = Grid()
        merged: dict[int, str] = {}
        for row in _inside(table, "tr"):
            cells: list[Cell] = []
            column = 0
            for element in _inside(row, "tc"):
                across, down = _merged(element)
                text = merged.get(column, "") if down == "continue" else self._cell(element)
                merged[column] = text if down and len(text) <= MAX_REPEAT else ""
                cells.append(Cell(text, across))
                column += across
            if line := grid.row(cells):
                yield line

    def _cell(self, cell: Any) -> str:
        """Everything in a cell on one line."""
        texts = [block.text for child in cell for block in self._block_apart(child)]
        return one_line(" ".join(texts))

    def _notes(self, part: str, kind: str) -> dict[str, str]:
        root = self.package.tree(part)
        found: dict[str, str] = {}
        for item in root if root is not None else ():
            if local(item) == kind and attribute(item, "type") in ("", "normal"):
                text = one_line(" ".join(self._text(paragraph) for paragraph in item.iter() if local(paragraph) == "p"))
                author = attribute(item, "author")
                found[attribute(item, "id")] = f"{author}: {text}" if author and text else text
        return found

    def _margins(self, kind: str) -> Iterator[Block]:
        """The different texts of the document's headers or footers."""
        seen: set[str] = set()
        for name in self.parts.values():
            if name.rpartition("/")[2].startswith(kind) and (root := self.package.tree(name)) is not None:
                for block in [block for child in root for block in self._block(child)]:
                    if (text := one_line(block.text)) and text not in seen:
                        seen.add(text)
                        yield Block(block.text)

    def _other_format(self, relation: str) -> Iterator[Block]:
        """A part in another format that Word shows in place."""
        from ingest.extract.web import blocks_of_html

        name = self.parts.get(relation, "")
        if name.rpartition(".")[2].lower() in ("html", "htm", "xhtml", "mht"):
            yield from blocks_of_html(self.package.data(name))


def _inside(element: Any, name: str) -> Iterator[Any]:
    """Children of a name, also those wrapped in content controls."""
    for child in element:
        kind = local(child)
        if kind == name:
            yield child
        elif kind in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _inside(child, name)


def _merged(cell: Any) -> tuple[int, str]:
    """Columns that a cell covers, and whether it begins or goes on with a cell that covers several rows."""
    across, down = 1, ""
    for properties in cell:
        if local(properties) == "tcPr":
            for item in properties:
                if local(item) == "gridSpan":
                    across = span(attribute(item, "val"))
                elif local(item) == "vMerge":
                    down = attribute(item, "val", "continue")
    return across, down


def _hidden(run: Any) -> bool:
    """Whether a run is marked as hidden text."""
    for properties in run:
        if local(properties) == "rPr":
            return any(local(item) == "vanish" and attribute(item, "val") not in ("0", "false") for item in properties)
    return False


def _apart(before: list[str], formula: str) -> str:
    """A formula with a blank before it where it follows a word or another formula."""
    last = next((part[-1] for part in reversed(before) if part), " ")
    return formula if last.isspace() or last in "([{„“«" else f" {formula}"


def _symbol(code: str) -> str:
    """A character of a symbol font; the private ones of Wingdings are bullets and ticks."""
    try:
        letter = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return "•" if "\ue000" <= letter <= "\uf8ff" else letter
