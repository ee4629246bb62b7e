"""What stands in a spreadsheet beside its cells: text boxes, charts, comments, headers and footers, macros.

Read from the package's XML; a part that is broken is passed over. Knows nothing of cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.extract.blocks import Block
from ingest.extract.clean import one_line
from ingest.extract.zipped import Package, attribute, local

_PARTS = (
    "xl/drawings/drawing",
    "xl/charts/chart",
    "xl/diagrams/data",
    "xl/chartsheets/",
)
_COMMENTS = ("xl/comments", "xl/threadedComments")
_STAND_IN = "[Threaded comment]"
"""How Excel begins the copy of a threaded comment for older versions; the comment itself is read."""
_FIELDS = frozenset({"page-number", "page-count", "date", "time", "sheet-name", "title", "file-name"})
_MARGINS = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
MIN_MARGIN = 5
"""Letters up to which a header is only a word such as "Page" beside its fields."""
MAX_VALUES = 60
"""Labels of one chart axis that are read."""


def extras_of(package: Package) -> list[Block]:
    """Texts of a spreadsheet that are in no cell."""
    found: list[Block] = []
    people = _people(package)
    for name in package.names(suffix=".xml"):
        if name.startswith(_COMMENTS):
            found += _comments(package.tree(name), people)
        elif name.startswith(_PARTS):
            found += texts_of(package.tree(name))
        elif name.startswith("xl/worksheets/sheet") and package.items[name].file_size < 8 << 20:
            found += _margins(package.tree(name))
        elif name == "styles.xml":
            found += _odf_margins(package.tree(name))
        elif name.startswith("Basic/") and name.count("/") > 1:
            found += _macro(package.tree(name))
    return found


def texts_of(root: Any | None) -> Iterator[Block]:
    """Paragraphs of a drawing, the words of a chart, or the comments of a slide."""
    if root is None:
        return
    for element in root.iter():
        name = local(element)
        if name in ("p", "comment"):
            if inner := _words(element):
                yield Block(inner)
        elif name == "plotArea":
            yield Block("\n".join(_series(element)))


def _words(element: Any) -> str:
    return one_line("".join(item.text or "" for item in element.iter() if local(item) in ("t", "text")))


def _people(package: Package) -> dict[str, str]:
    """Names of those who wrote threaded comments."""
    found: dict[str, str] = {}
    for name in package.names("xl/persons/", ".xml"):
        root = package.tree(name)
        for item in root if root is not None else ():
            found[attribute(item, "id")] = one_line(attribute(item, "displayName"))
    return found


def _comments(root: Any | None, people: dict[str, str]) -> Iterator[Block]:
    """The comments on a sheet's cells, with the cell, the author and, of newer ones, the date."""
    authors: list[str] = []
    for element in root.iter() if root is not None else ():
        match local(element):
            case "author":
                authors.append(one_line(element.text or ""))
            case "comment" | "threadedComment":
                text = _words(element)
                number = attribute(element, "authorId")
                author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
                said = [people.get(attribute(element, "personId"), author), attribute(element, "dT")[:10]]
                if text and not text.startswith(_STAND_IN):
                    by = ", ".join(filter(None, said))
                    text = text.removeprefix(f"{author}:").strip() if author else text
                    yield Block(f"[Comment on {attribute(element, 'ref')}] {by}: {text}" if by else f"[Comment] {text}")


def _series(plot: Any) -> Iterator[str]:
    """A chart as rows: its categories, then each series with its values."""
    before: list[str] = []
    for series in plot.iter():
        if local(series) != "ser":
            continue
        told = {local(part): _values(part) for part in series}
        categories = told.get("cat") or told.get("xVal") or []
        if categories and categories != before:
            before = categories
            yield "\t".join(categories)
        row = [*(told.get("tx") or []), *(told.get("val") or told.get("yVal") or [])]
        if row:
            yield "\t".join(row)


def _values(part: Any) -> list[str]:
    return [one_line(item.text or "") for item in part.iter() if local(item) == "v"][:MAX_VALUES]


def _margins(root: Any | None) -> Iterator[Block]:
    for element in root.iter() if root is not None else ():
        if local(element) in _MARGINS and element.text:
            yield Block(one_line(without_codes(element.text)))


def without_codes(text: str) -> str:
    """A header without its formatting codes (&L left, &P page number, &"Arial" font)."""
    parts: list[str] = []
    position = 0
    while position < len(text):
        if text[position] != "&" or position + 1 >= len(text):
            parts.append(text[position])
            position += 1
            continue
        code = text[position + 1]
        if code == '"':
            end = text.find('"', position + 2)
            position = end + 1 if end > 0 else len(text)
        else:
            parts.append("&" if code == "&" else " ")
            position += 2
    return "".join(parts)


def _odf_margins(root: Any | None) -> Iterator[Block]:
    for element in root.iter() if root is not None else ():
        if local(element) in ("header", "footer", "header-left", "footer-left"):
            for paragraph in element.iter():
                if local(paragraph) == "p":
                    text = one_line("".join(_fixed(paragraph)))
                    if sum(map(str.isalpha, text)) > MIN_MARGIN:
                        yield Block(text)


def _fixed(element: Any) -> Iterator[str]:
    """The text of an element without the fields that change from page to page."""
    yield element.text or ""
    for child in element:
        if local(child) not in _FIELDS:
            yield from _fixed(child)
        yield child.tail or ""


def _macro(root: Any | None) -> Iterator[Block]:
    if root is not None and local(root) == "module" and (text := "".join(root.itertext()).strip()):
        yield Block(text)
