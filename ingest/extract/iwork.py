"""Apple Pages, Numbers and Keynote: the text of the old XML form or of the newer packed one, else the file's preview.

The newer form keeps its objects in packed parts of an undocumented layout (see iwork_parts.py); where no text is found in
them, the preview that the file carries as a PDF is read, or its picture goes to OCR. Knows nothing of layout.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import pdf, sniff
from ingest.extract.blocks import Block, pages
from ingest.extract.iwork_parts import Parts
from ingest.extract.pictures import picture_page
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.zipped import Package, attribute, local

_INDEXES = ("index.xml", "index.apxl")
_PREVIEWS = ("QuickLook/Preview.pdf", "preview.pdf")
_PICTURES = ("preview.jpg", "QuickLook/Thumbnail.jpg")
_BREAKS = frozenset({"br", "lnbr", "tab", "crbr"})
MAX_PREVIEW = 128 << 20
"""Largest preview that is unpacked, bytes."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts and pages of whatever form of the text the file has.

    Raises:
        DocumentError: `unsupported` when it has none that can be read here.
    """
    with Package(source) as package:
        root = next((tree for name in _INDEXES if (tree := package.tree(name)) is not None), None)
        found = list(pages(_blocks(root))) if root is not None else list(Parts(package).pages())
        preview = b"" if found else next((data for name in _PREVIEWS if (data := package.data(name, MAX_PREVIEW))), b"")
        picture = None if found or preview else picture_page(package, _PICTURES, source, 1, "preview")
    if found:
        yield Facts(page_count=len(found))
        yield from found
    elif preview:
        yield from pdf.read(replace(source, path=_unpacked(preview, source.folder), media_type=sniff.PDF))
    elif picture is not None:
        yield Facts(page_count=1)
        yield picture
    else:
        raise DocumentError(
            "unsupported",
            f"{source.name} has no preview that can be read",
            "Export it as PDF or in the format of Microsoft Office.",
        )


def _unpacked(data: bytes, folder: Path) -> Path:
    handle, name = tempfile.mkstemp(suffix=".pdf", prefix="preview-", dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return Path(name)


def _blocks(root: Any) -> Iterator[Block]:
    """The paragraphs of the XML form, those of its text boxes and tables included."""
    for element in root.iter():
        if local(element) == "p":
            yield Block("".join(_words(element)))
        elif local(element) in ("ct", "date-cell", "n") and (
            text := attribute(element, "s") or attribute(element, "v")
        ):
            yield Block(text, tight=True)


def _words(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local(child)
        if name in _BREAKS:
            yield "\t" if name == "tab" else "\n"
        elif name in ("span", "link", "ref"):
            yield from _words(child)
        yield child.tail or ""
