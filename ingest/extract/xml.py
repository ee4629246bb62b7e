"""XML of any kind as text: paragraphs as they are, data as lines "name: value", titles as headings.

No entity is resolved and nothing is fetched. Knows nothing of schemas.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import plain
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.reader import Facts, Source, Yielded
from ingest.extract.zipped import MAX_TREE_BYTES, local, parse

_TITLES = frozenset({"title", "head", "heading", "chaptitle", "article-title", "h1", "h2", "h3"})
_PROSE = frozenset(
    "p para simpara text tspan tref desc line l s seg note footnote li listitem item quote ab abstract body".split()
)
"""Elements whose names say nothing about their text."""
_SKIPPED = frozenset({"script", "style", "schema", "defs", "metadata", "path", "binary", "binaryData"})
_LAYOUT = frozenset({"style", "class", "schemalocation", "space", "version"})
MAX_DEPTH = 200
"""Elements inside one another that are looked into."""
MAX_VALUE = 2_000
"""Longest attribute that is read, in characters."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it; a text that is no XML, or too much of it, as it stands.

    Raises:
        DocumentError: `empty` without text.
    """
    root = parse(source.bytes()) if source.size <= MAX_TREE_BYTES else None
    if root is None:
        yield from plain.read(source)
        return
    blocks = list(_blocks(root, 0, local(root) != "svg"))
    yield Facts(next((block.text for block in blocks if block.level), ""))
    count = 0
    for page in pages(blocks):
        count += 1
        yield page
    if not count:
        raise DocumentError("empty", f"{source.name} holds no text")


def _blocks(element: Any, depth: int, data: bool) -> Iterator[Block]:
    name = local(element)
    if not name or name in _SKIPPED or depth > MAX_DEPTH:
        return
    children = [child for child in element if local(child)]
    own = one_line(element.text or "")
    values = [
        f"{_bare(key)}: {value[:MAX_VALUE]}"
        for key, value in element.attrib.items()
        if data and _says_something(_bare(key), value)
    ]
    if name in _TITLES:
        yield Block(one_line("".join(element.itertext())), min(depth, 6) or 1)
    elif not children:
        text = own if name in _PROSE or not own else f"{name}: {own}"
        yield Block(
            " · ".join(filter(None, [text if text else name if values else "", *values])), tight=name not in _PROSE
        )
    elif own or any((child.tail or "").strip() for child in element):
        yield Block(one_line("".join(element.itertext())))
    else:
        if values:
            yield Block(f"{name} · " + " · ".join(values))
        for child in children:
            yield from _blocks(child, depth + 1, data)


def _bare(key: str) -> str:
    return key.rpartition("}")[2]


def _says_something(key: str, value: str) -> bool:
    """Whether an attribute is data rather than layout."""
    return key.lower() not in _LAYOUT and bool(value.strip())
