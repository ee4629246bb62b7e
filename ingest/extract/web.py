"""HTML: title, main content, headings, lists and tables, as text in reading order.

The tree is walked without recursion, so that no depth of nesting matters; nothing is fetched and nothing runs.
Knows nothing of style sheets beyond what hides an element in plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import encoding
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.grid import Cell, Grid, span
from ingest.extract.reader import Facts, Source, Yielded

MAIN_SHARE = 0.3
"""Share of the body's text that a `main` or `article` must hold to stand for the page."""
_SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "iframe",
        "object",
        "embed",
        "canvas",
        "datalist",
        "-comment",
        "audio",
        "video",
        "map",
    }
)
_CHROME = frozenset({"nav"})
"""Elements that belong to the site rather than to the page."""
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form header hgroup hr html "
    "legend li main menu ol optgroup option p pre section summary table tbody td tfoot th thead tr ul h1 h2 h3 h4 h5 h6 title".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACE = re.compile(r"[ \t\r\n\f]+")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it where it is long.

    Raises:
        DocumentError: `empty` without text.
    """
    tree = parse(source.bytes())
    yield facts_of(tree)
    count = 0
    for page in pages(walk(main_of(tree))):
        count += 1
        yield page
    if not count:
        raise DocumentError("empty", f"{source.name} holds no text")


def parse(data: bytes, declared: str = "") -> Any:
    """The tree of an HTML text in any encoding."""
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(encoding.decode(data, declared).replace("\0", ""))


def blocks_of_html(data: bytes, declared: str = "") -> list[Block]:
    """All blocks of an HTML text, site elements left out."""
    return list(walk(main_of(parse(data, declared))))


def facts_of(tree: Any) -> Facts:
    """Title, author, date and language that the page declares."""
    told: dict[str, str] = {}
    for node in tree.css("meta"):
        name = (node.attributes.get("name") or node.attributes.get("property") or "").casefold()
        told.setdefault(name, one_line(node.attributes.get("content") or ""))
    found = tree.css_first("title")
    title = one_line(found.text()) if found is not None else ""
    title = title or told.get("og:title", "") or told.get("dc.title", "")
    if not title and (heading := tree.css_first("h1")) is not None:
        title = one_line(heading.text())
    author = told.get("author", "") or told.get("dc.creator", "")
    date = next(
        (told[key][:10] for key in ("article:published_time", "date", "dc.date", "dcterms.created") if told.get(key)),
        "",
    )
    date = date if re.fullmatch(r"\d{4}(-\d\d){0,2}", date) else ""
    root = tree.css_first("html")
    language = (root.attributes.get("lang") or "")[:2].lower() if root is not None else ""
    metadata = {"author": author, "date": date, "subject": told.get("description", "")}
    return Facts(
        title,
        author,
        date,
        language if language.isalpha() else "",
        0,
        {key: value for key, value in metadata.items() if value},
    )


def main_of(tree: Any) -> Any:
    """The element that holds the page's own content."""
    body = tree.body if tree.body is not None else tree.root
    if body is None:
        return None
    whole = len(body.text(deep=True))
    for selector in ("main", '[role="main"]', "article"):
        found = tree.css(selector)
        if len(found) == 1 and len(found[0].text(deep=True)) > MAIN_SHARE * whole:
            return found[0]
    return body


def walk(root: Any) -> Iterator[Block]:
    """The blocks of an element in reading order."""
    if root is None:
        return
    writer = _Writer()
    node, entering = root, True
    while True:
        if entering:
            into = writer.enter(node)
            yield from writer.taken()
            child = node.child if into else None
            if child is not None:
                node = child
                continue
        writer.leave(node)
        yield from writer.taken()
        if node.mem_id == root.mem_id:
            break
        following = node.next
        node, entering = (following, True) if following is not None else (node.parent, False)
        if node is None:
            break
    writer.flush()
    yield from writer.taken()


@dataclass(slots=True)
class _Table:
    """A table that is being read."""

    rows: list[str] = field(default_factory=list)
    """Finished rows as lines."""
    cells: list[Cell] | None = None
    """Finished cells of the row that is being read, None between rows."""
    grid: Grid = field(default_factory=Grid)
    """Lays the rows out."""
    held: list[str] = field(default_factory=list)
    """Texts in the cell that is being read."""


class _Writer:
    """Collects text into blocks as elements are entered and left."""

    def __init__(self) -> None:
        self.done: list[Block] = []
        self.words: list[str] = []
        self.tables: list[_Table | None] = []
        self.lists: list[int] = []
        self.mark = ""
        self.level = 0
        self.pre = 0

    def taken(self) -> list[Block]:
        """The blocks that are finished."""
        if not self.done:
            return self.done
        done, self.done = self.done, []
        return done

    def enter(self, node: Any) -> bool:
        """Note the beginning of a node; False when what is in it is left out."""
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            self.words.append(text if self.pre else _SPACE.sub(" ", text))
            return False
        if tag in _SKIPPED or tag in _CHROME or _is_hidden(node):
            return False
        if tag in _BLOCKS:
            self.flush()
        match tag:
            case "br":
                self.words.append("\n")
            case "pre":
                self.pre += 1
            case "ul" | "menu" | "dir":
                self.lists.append(-1)
            case "ol":
                self.lists.append(_number(node.attributes.get("start"), 1) - 1)
            case "li":
                self._item()
            case "table":
                self._is_layout()
                self.tables.append(None if node.attributes.get("role") == "presentation" else _Table())
            case "tr" if (table := self.table) is not None:
                table.cells, table.held = [], []
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._is_layout()
                self.level = _HEADINGS[tag]
        return True

    def leave(self, node: Any) -> None:
        """Note the end of a node that was entered."""
        tag = node.tag
        if tag in _SKIPPED or tag in _CHROME or tag == "-text":
            return
        if tag in _BLOCKS:
            self.flush()
        match tag:
            case "pre":
                self.pre = max(0, self.pre - 1)
            case "ul" | "ol" | "menu" | "dir" if self.lists:
                self.lists.pop()
            case "td" | "th" if (table := self.table) is not None and table.cells is not None:
                across, down = (span(node.attributes.get(kind)) for kind in ("colspan", "rowspan"))
                table.cells.append(Cell(" ".join(table.held), across, down))
                table.held = []
            case "tr" if (table := self.table) is not None and table.cells is not None:
                row = table.grid.row(table.cells)
                table.cells = None
                if row:
                    table.rows.append(row)
            case "table" if self.tables:
                finished = self.tables.pop()
                if finished is not None:
                    self._add(Block("\n".join(finished.rows)))
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self.level = 0

    def flush(self) -> None:
        """End the block that is being collected."""
        text = "".join(self.words)
        self.words.clear()
        text = text.strip("\n") if self.pre else "\n".join(line.strip() for line in text.split("\n")).strip()
        if not text.strip():
            return
        mark, self.mark = self.mark, ""
        self._add(Block(f"{mark}{text}", self.level, tight=bool(mark)))

    def _add(self, block: Block) -> None:
        if not block.text:
            return
        table = self.table
        if table is None:
            self.done.append(block)
        elif table.cells is None:
            table.rows.append(one_line(block.text))
        else:
            table.held.append(one_line(block.text))

    def _is_layout(self) -> None:
        """Take the table that is being read for layout: it holds another table or a heading."""
        if (table := self.table) is not None:
            self.tables[-1] = None
            for text in (*table.rows, *(cell.text for cell in table.cells or ()), *table.held):
                self._add(Block(text))

    @property
    def table(self) -> _Table | None:
        """The table of data that is being read, None in running text and in tables that are layout."""
        return self.tables[-1] if self.tables else None

    def _item(self) -> None:
        if self.lists and self.lists[-1] >= 0:
            self.lists[-1] += 1
            self.mark = f"{self.lists[-1]}. "
        else:
            self.mark = "• "


def _is_hidden(node: Any) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    style = attributes.get("style")
    return "hidden" in attributes or bool(style and _HIDDEN_STYLE.search(style))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else default
