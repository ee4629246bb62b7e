"""Office 2003 XML (WordprocessingML, SpreadsheetML) in one file. Knows nothing of styles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import sniff
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.grid import CELL_SEPARATOR
from ingest.extract.number_formats import shown
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.zipped import MAX_TREE_BYTES, attribute, local, parse


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it.

    Raises:
        DocumentError: `too_large`, `damaged`, `empty`.
    """
    if source.size > MAX_TREE_BYTES:
        raise DocumentError("too_large", f"{source.name} is larger than {MAX_TREE_BYTES >> 20} MB of XML")
    root = parse(source.bytes())
    if root is None:
        raise DocumentError("damaged", f"{source.name} is no XML that can be read")
    told = {
        local(item): one_line(item.text or "") for item in root.iter() if local(item) in ("Title", "Author", "Created")
    }
    yield Facts(told.get("Title", ""), told.get("Author", ""), told.get("Created", "")[:10])
    count = 0
    for page in pages(_cells(root) if source.media_type == sniff.SPREADSHEETML else _text(root)):
        count += 1
        yield page
    if not count:
        raise DocumentError("empty", f"{source.name} holds no text")


def _cells(root: Any) -> Iterator[Block]:
    for sheet in root.iter():
        if local(sheet) == "Worksheet":
            rows = [
                CELL_SEPARATOR.join(_cell(cell) for cell in row if local(cell) == "Cell")
                for row in sheet.iter()
                if local(row) == "Row"
            ]
            yield Block(one_line(attribute(sheet, "Name")), 1)
            yield Block("\n".join(row for row in rows if row.strip(" |")))


def _cell(cell: Any) -> str:
    return one_line(" ".join(filter(None, (_shown(item) for item in cell if local(item) in ("Data", "Comment")))))


def _shown(item: Any) -> str:
    """A value as a person sees it: numbers with the digits that they have, days without a time."""
    text = "".join(item.itertext()).strip()
    match attribute(item, "Type"):
        case "Number":
            try:
                return shown(float(text))
            except ValueError:
                return text
        case "DateTime":
            return text.removesuffix("T00:00:00.000")
    return text


def _text(root: Any) -> Iterator[Block]:
    for element in root.iter():
        name = local(element)
        if name == "tbl":
            rows = [
                CELL_SEPARATOR.join(_paragraphs(cell) for cell in row.iter() if local(cell) == "tc")
                for row in element.iter()
                if local(row) == "tr"
            ]
            yield Block("\n".join(row for row in rows if row.strip(" |")))
        elif name == "p" and not any(local(above) == "tbl" for above in element.iterancestors()):
            yield Block(_paragraphs(element))


def _paragraphs(element: Any) -> str:
    return one_line(
        "".join(
            (item.text or "") if local(item) == "t" else " " if local(item) in ("p", "tab", "br") else ""
            for item in element.iter()
        )
    )
