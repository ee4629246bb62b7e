"""ODT and ODP from their XML: headings, paragraphs, lists, tables in place, notes, headers; a page for each slide.

Knows nothing of spreadsheets (see ods.py) nor of where the pages of a text break.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import sniff
from ingest.extract.blocks import Block, pages, title_in
from ingest.extract.clean import one_line
from ingest.extract.grid import Cell, Grid, span
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.sheet_extras import extras_of
from ingest.extract.zipped import Package, attribute, local
from ingest.records import Page

MAX_REPEAT = 200
"""Times that a repeated blank or cell is written out."""
_APART = frozenset({"note", "annotation", "frame", "custom-shape"})
"""Elements inside a paragraph whose text stands for itself."""
_SKIPPED = frozenset(
    {"tracked-changes", "title", "desc", "note-citation", "annotation-end", "forms", "sequence-decls", "variable-decls"}
)


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page (or parts of it), or a page for each slide.

    Raises:
        DocumentError: `encrypted`, `damaged` without content, `empty` without text.
    """
    with Package(source) as package:
        check_password(package)
        root = package.tree("content.xml")
        if root is None:
            raise DocumentError("damaged", f"{source.name} has no content that can be read")
        meta = package.tree("meta.xml")
        extras = extras_of(package)
    body = next(
        (
            item
            for item in root.iter()
            if local(item) in ("text", "presentation", "drawing") and local(item.getparent()) == "body"
        ),
        root,
    )
    slides = [item for item in body if local(item) == "page"]
    facts = facts_of(meta, len(slides) if source.media_type in (sniff.ODP, sniff.ODG) else 0)
    yield facts
    if slides:
        yield from _slides(slides)
        return
    count = 0
    for page in pages([*Walk().children(body), *extras]):
        count += 1
        if count == 1 and not facts.title:
            yield replace(facts, title=title_in(page))
        yield page
    if not count:
        raise DocumentError("empty", f"{source.name} holds no text")


def check_password(package: Package) -> None:
    """Refuse a file whose parts are encrypted.

    Raises:
        DocumentError: `encrypted`.
    """
    if b"encryption-data" in package.data("META-INF/manifest.xml"):
        raise DocumentError("encrypted", f"{package.source.name} is protected by a password")


def facts_of(meta: Any | None, count: int = 0) -> Facts:
    """Title, author, date and language that a file says of itself."""
    told: dict[str, str] = {}
    for element in meta.iter() if meta is not None else ():
        told.setdefault(local(element), one_line(element.text or ""))
    author, date = (
        told.get("creator", "") or told.get("initial-creator", ""),
        (told.get("creation-date") or told.get("date", ""))[:10],
    )
    metadata = {"author": author, "date": date, "subject": told.get("subject", "")}
    return Facts(
        told.get("title", ""),
        author,
        date,
        told.get("language", "")[:2].lower(),
        count,
        {key: value for key, value in metadata.items() if value},
    )


def _slides(slides: list[Any]) -> Iterator[Page]:
    number = 0
    for position, slide in enumerate(slides, 1):
        notes = [item for item in slide if local(item) == "notes"]
        blocks = Walk().children(slide)
        for item in notes:
            blocks += [Block(f"Notes: {block.text}") for block in Walk().children(item)]
        found = False
        for page in pages(blocks, first=number + 1, label=f"slide {position}"):
            number, found = page.number, True
            yield page
        if not found:
            number += 1
            yield Page(number, f"slide {position}", "")


class Walk:
    """Reads the elements of a body in order."""

    def __init__(self) -> None:
        self.pending: list[Block] = []

    def children(self, element: Any) -> list[Block]:
        """The blocks of everything in an element."""
        found: list[Block] = []
        for child in element:
            found += self.block(child)
        return found

    def block(self, element: Any) -> list[Block]:
        """The blocks of one element."""
        name = local(element)
        match name:
            case "h":
                level = attribute(element, "outline-level", "1")
                return self._paragraph(element, int(level) if level.isdigit() else 1)
            case "p":
                return self._paragraph(element, 1 if _is_title(element) else 0)
            case "list-item" | "list-header":
                blocks = self.children(element)
                return [
                    Block(f"• {block.text}", block.level, True)
                    if at == 0 and not block.level and not block.text.startswith("• ")
                    else block
                    for at, block in enumerate(blocks)
                ]
            case "table":
                rows = [row for row in self._rows(element, Grid()) if row]
                return [Block("\n".join(rows))] if rows else []
            case "note":
                return [Block(f"[{_citation(element)}] {block.text}") for block in self.children(element)]
            case "annotation":
                return _comment(element, self.children(element))
            case "notes":
                return []
        return [] if name in _SKIPPED or not name else self.children(element)

    def _paragraph(self, element: Any, level: int) -> list[Block]:
        held, self.pending = self.pending, []
        text = self._text(element)
        apart, self.pending = self.pending, held
        return [Block(one_line(text) if level else text, level), *apart] if text.strip() else apart

    def _text(self, element: Any) -> str:
        parts = [element.text or ""]
        for child in element:
            name = local(child)
            match name:
                case "tab":
                    parts.append("\t")
                case "line-break":
                    parts.append("\n")
                case "s":
                    count = attribute(child, "c", "1")
                    parts.append(" " * min(int(count) if count.isdigit() else 1, MAX_REPEAT))
                case _ if name in _APART:
                    if name == "note":
                        parts.append(f"[{_citation(child)}]")
                    self.pending += self.block(child)
                case _ if name and name not in _SKIPPED:
                    parts.append(self._text(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def _rows(self, table: Any, grid: Grid) -> Iterator[str]:
        for element in table:
            name = local(element)
            if name == "table-row":
                yield grid.row([self._cell(cell) for cell in element if local(cell) == "table-cell"])
            elif name in ("table-header-rows", "table-rows", "table-row-group"):
                yield from self._rows(element, grid)

    def _cell(self, cell: Any) -> Cell:
        text = one_line(" ".join(block.text for block in self.children(cell)))
        across, down = (span(attribute(cell, f"number-{kind}-spanned")) for kind in ("columns", "rows"))
        return Cell(text, across, down)


def _comment(element: Any, blocks: list[Block]) -> list[Block]:
    """A comment with its author."""
    text = one_line(" ".join(block.text for block in blocks))
    author = next((one_line(item.text or "") for item in element if local(item) == "creator"), "")
    return [Block(f"[Comment] {author}: {text}" if author else f"[Comment] {text}")] if text else []


def _is_title(element: Any) -> bool:
    """Whether a paragraph stands in the title frame of a slide."""
    frame = element.getparent()
    frame = frame.getparent() if frame is not None else None
    return frame is not None and attribute(frame, "class") == "title"


def _citation(note: Any) -> str:
    return next((one_line(item.text or "") for item in note if local(item) == "note-citation"), "") or "*"
