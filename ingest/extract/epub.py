"""EPUB: a page for each chapter in reading order, labelled by its title. Knows nothing of layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from ingest.errors import DocumentError
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line, shorten
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.web import blocks_of_html
from ingest.extract.zipped import Package, attribute, local, resolve

MAX_LABEL = 80
"""Longest chapter title in a label, in characters."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then a page (or parts of it) for each chapter.

    Raises:
        DocumentError: `damaged` without a list of chapters, `encrypted` when they are, `empty` without text.
    """
    with Package(source) as package:
        name = _package_part(package)
        root = package.tree(name)
        if root is None:
            raise DocumentError("damaged", f"{source.name} has no list of its chapters")
        yield _facts(root)
        number = 0
        for position, chapter in enumerate(_chapters(root, name), 1):
            blocks = blocks_of_html(package.data(chapter)) if package.has(chapter) else []
            for page in pages(blocks, first=number + 1, label=_label(blocks, position)):
                number = page.number
                yield page
        if not number:
            protected = package.has("META-INF/encryption.xml")
            raise DocumentError("encrypted" if protected else "empty", f"{source.name} holds no text that can be read")


def _package_part(package: Package) -> str:
    root = package.tree("META-INF/container.xml")
    for element in root.iter() if root is not None else ():
        if local(element) == "rootfile" and package.has(path := attribute(element, "full-path")):
            return path
    return next(iter(package.names(suffix=".opf")), "")


def _facts(root: Any) -> Facts:
    told: dict[str, list[str]] = {}
    for element in root.iter():
        told.setdefault(local(element), []).append(one_line(element.text or ""))
    title, author = (told.get(key, [""])[0] for key in ("title", "creator"))
    authors = ", ".join(filter(None, told.get("creator", [])))
    date = told.get("date", [""])[0][:10]
    metadata = {
        "author": authors,
        "date": date,
        "subject": ", ".join(filter(None, told.get("subject", []))),
        "description": told.get("description", [""])[0],
    }
    return Facts(
        title,
        authors or author,
        date,
        told.get("language", [""])[0][:2].lower(),
        0,
        {key: value for key, value in metadata.items() if value},
    )


def _chapters(root: Any, name: str) -> Iterator[str]:
    """Names of the chapters' parts in reading order."""
    folder = name.rpartition("/")[0]
    files: dict[str, str] = {}
    for element in root.iter():
        if local(element) == "item" and "html" in attribute(element, "media-type"):
            files[attribute(element, "id")] = resolve(folder, unquote(attribute(element, "href")))
    order = [attribute(element, "idref") for element in root.iter() if local(element) == "itemref"]
    yield from (files[item] for item in order if item in files)


def _label(blocks: list[Block], position: int) -> str:
    heading = next((block.text for block in blocks if block.level), "")
    return shorten(one_line(heading), MAX_LABEL) if heading else f"chapter {position}"
