"""What stands in a spreadsheet beside its cells: text boxes, charts, comments, headers and footers, macros.

Read from the package's XML; a part that is broken is passed over. Knows nothing of cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.extract.blocks import Block
from ingest.extract.clean import one_line
from ingest.extract.reader import Source
from ingest.extract.zipped import Package, local

_PARTS = (
    "xl/drawings/drawing",
    "xl/charts/chart",
    "xl/comments",
    "xl/threadedComments",
    "xl/diagrams/data",
    "xl/chartsheets/",
)
_MARGINS = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
MAX_VALUES = 60
"""Labels of one chart axis that are read."""


def extras_of(source: Source) -> list[Block]:
    """Texts of a spreadsheet that are in no cell."""
    found: list[Block] = []
    with Package(source) as package:
        for name in package.names(suffix=".xml"):
            if name.startswith(_PARTS):
                found += texts_of(package.tree(name))
            elif name.startswith("xl/worksheets/sheet") and package.items[name].file_size < 8 << 20:
                found += _margins(package.tree(name))
            elif name == "styles.xml":
                found += _odf_margins(package.tree(name))
            elif name.startswith("Basic/") and name.count("/") > 1:
                found += _macro(package.tree(name))
    return found


def texts_of(root: Any | None) -> Iterator[Block]:
    """Paragraphs of a drawing, the words of a chart, or the comments of a sheet."""
    if root is None:
        return
    values: list[str] = []
    for element in root.iter():
        name = local(element)
        if name in ("p", "comment", "threadedComment"):
            inner = "".join(item.text or "" for item in element.iter() if local(item) in ("t", "text"))
            if inner.strip() and (name != "p" or element.getparent() is not None):
                yield Block(one_line(inner))
        elif name in ("strCache", "strLit"):
            values = [one_line(item.text or "") for item in element.iter() if local(item) == "v"]
            if values:
                yield Block("\t".join(values[:MAX_VALUES]))


def _margins(root: Any | None) -> Iterator[Block]:
    for element in root.iter() if root is not None else ():
        if local(element) in _MARGINS and element.text:
            yield Block(one_line(_without_codes(element.text)))


def _without_codes(text: str) -> str:
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
                if local(paragraph) == "p" and (text := one_line("".join(paragraph.itertext()))):
                    yield Block(text)


def _macro(root: Any | None) -> Iterator[Block]:
    if root is not None and local(root) == "module" and (text := "".join(root.itertext()).strip()):
        yield Block(text)
