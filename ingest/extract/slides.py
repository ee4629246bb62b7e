"""PPTX: a page for each slide, with its title as heading, its texts and tables in order, charts, and its notes.

A slide with hardly any text that shows a picture is given out for OCR. Knows nothing of layout: shapes are read in the
order in which they lie on the slide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.errors import DocumentError
from ingest.extract.blocks import Block, fits, join
from ingest.extract.clean import one_line, tidy
from ingest.extract.grid import Cell, Grid, span
from ingest.extract.pictures import LITTLE_TEXT, picture_page
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.sheet_extras import texts_of
from ingest.extract.zipped import Package, attribute, local, office_facts, targets
from ingest.records import Page

_NO_TEXT = frozenset({"sldNum", "dt", "ftr", "hdr"})
"""Placeholders that say the same on every slide."""
_FILES = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff", ".bmp", ".svg")
_TITLES = frozenset({"title", "ctrTitle"})


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then a page for each slide.

    Raises:
        DocumentError: `damaged` without slides.
    """
    with Package(source) as package:
        slides = _slides(package)
        if not slides:
            raise DocumentError("damaged", f"{source.name} has no slides that can be read")
        yield _facts(package, len(slides))
        for number, name in enumerate(slides, 1):
            yield _page(package, name, number, source)


def _slides(package: Package) -> list[str]:
    """Names of the slides' parts in their order."""
    parts = targets(package, "ppt/presentation.xml")
    root = package.tree("ppt/presentation.xml")
    named = [
        parts.get(_relation(item), "") for item in (root.iter() if root is not None else ()) if local(item) == "sldId"
    ]
    found = [name for name in named if package.has(name)]
    return found or sorted(package.names("ppt/slides/slide", ".xml"), key=lambda name: (len(name), name))


def _relation(element: Any) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.endswith("}id")), "")


def _facts(package: Package, count: int) -> Facts:
    facts = office_facts(package, count)
    made_up = facts.title.casefold() in ("powerpoint presentation", "powerpoint-präsentation")
    return replace(facts, title="") if made_up else facts


def _page(package: Package, name: str, number: int, source: Source) -> Yielded:
    parts = targets(package, name)
    root = package.tree(name)
    blocks = list(_blocks(package, root, parts)) if root is not None else []
    for kind, part in ((part.split("/")[1], part) for part in parts.values() if part.count("/") > 1):
        if kind == "notesSlides":
            blocks += [
                Block(f"Notes: {block.text}")
                for block in _blocks(package, package.tree(part), {})
                if block.text.strip()
            ]
        elif kind == "comments":
            blocks += [Block(f"[Comment] {block.text}") for block in texts_of(package.tree(part))]
    blocks = [
        Block(text, block.level, block.tight) for block in blocks if (text := tidy(block.text)).strip() and fits(text)
    ]
    text, headings = join(blocks)
    label = f"slide {number}"
    if len(text) <= LITTLE_TEXT and (
        picture := picture_page(package, parts.values(), source, number, label, text, headings)
    ):
        return picture
    return Page(number, label, text, headings=headings)


def _blocks(package: Package, root: Any | None, parts: dict[str, str]) -> Iterator[Block]:
    """The texts of a slide in the order of its shapes."""
    for element in root.iter() if root is not None else ():
        match local(element):
            case "sp":
                yield from _shape(element)
            case "pic":
                yield Block(_description(element))
            case "tbl":
                grid = Grid()
                rows = [
                    grid.row([_cell(cell) for cell in row if local(cell) == "tc" and not _is_covered(cell)])
                    for row in element
                    if local(row) == "tr"
                ]
                yield Block("\n".join(filter(None, rows)))
            case "chart" | "relIds":
                relation = _relation(element) or attribute(element, "dm")
                if part := parts.get(relation, ""):
                    yield from texts_of(package.tree(part))


def _shape(shape: Any) -> Iterator[Block]:
    kind = next((attribute(item, "type", "body") for item in shape.iter() if local(item) == "ph"), "")
    if kind in _NO_TEXT:
        return
    for body in shape:
        if local(body) == "txBody":
            lines = [line for paragraph in body if local(paragraph) == "p" and (line := _paragraph(paragraph)).strip()]
            if kind in _TITLES:
                yield Block(one_line(" ".join(lines)), 1)
            elif lines:
                yield Block("\n".join(lines))


def _description(picture: Any) -> str:
    """What the author wrote about a picture for those who cannot see it; not what the program put there."""
    for item in picture.iter():
        if local(item) == "cNvPr":
            text = one_line(attribute(item, "descr"))
            return "" if text.lower().endswith(_FILES) or "automatically generated" in text.lower() else text
    return ""


def _paragraph(paragraph: Any) -> str:
    return "".join(
        (item.text or "") if local(item) == "t" else "\n" if local(item) == "br" else "" for item in paragraph.iter()
    )


def _cell(cell: Any) -> Cell:
    text = one_line(" ".join(_paragraph(item) for item in cell.iter() if local(item) == "p"))
    return Cell(text, span(attribute(cell, "gridSpan")), span(attribute(cell, "rowSpan")))


def _is_covered(cell: Any) -> bool:
    """Whether a cell only stands for a part of a merged one."""
    return any(attribute(cell, kind) in ("1", "true") for kind in ("hMerge", "vMerge"))
