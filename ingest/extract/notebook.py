"""Jupyter notebooks: the cells' sources and their printed results in order; headings of Markdown cells are marked.

Knows nothing of pictures among the results.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import encoding, sniff
from ingest.extract.blocks import Block, pages
from ingest.extract.plain import Marker, title_in
from ingest.extract.reader import Facts, Source, Yielded

MAX_RESULT = 20_000
"""Characters of one cell's printed result that are read."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it.

    Raises:
        DocumentError: `damaged` when it is no notebook, `empty` without cells.
    """
    try:
        notebook = json.loads(encoding.decode(source.bytes()))
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        blocks = [block for cell in cells for block in _blocks(cell)]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise DocumentError("damaged", f"{source.name} is no notebook that can be read") from error
    language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "")
    title = next((title_in(block.text) for block in blocks if block.level), "")
    yield Facts(title, metadata={"subject": language} if language else {})
    count = 0
    for page in pages(blocks):
        count += 1
        yield page
    if not count:
        raise DocumentError("empty", f"{source.name} has no cell with text")


def _blocks(cell: dict[str, Any]) -> Iterator[Block]:
    """A Markdown cell cut at its headings, or a code cell with what it printed."""
    text = _joined(cell.get("source", cell.get("input", "")))
    if cell.get("cell_type") != "markdown":
        yield Block(text)
        for output in cell.get("outputs", ()):
            result = output.get("text") or (output.get("data") or {}).get("text/plain") or ""
            yield Block(_joined(result)[:MAX_RESULT])
        return
    at = 0
    for heading in Marker(sniff.MARKDOWN).headings(text):
        yield Block(text[at : heading.start].strip("\n"))
        yield Block(text[heading.start : heading.end], heading.level)
        at = heading.end
    yield Block(text[at:].strip("\n"))


def _joined(lines: Any) -> str:
    return "".join(map(str, lines)) if isinstance(lines, list) else str(lines)
