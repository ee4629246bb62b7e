"""HTML inside Markdown: tables, lists and boxes written as HTML become text; the rest of the Markdown stays verbatim.

Comments are left out. Listings and single tags inside a line are left as they stand. Knows nothing of Markdown's own marks.
"""

from __future__ import annotations

import re

from ingest.extract.blocks import join
from ingest.extract.web import blocks_of_html

_TAGS = "table|div|ul|ol|dl|p|section|article|details|figure|center|blockquote|h[1-6]|pre|header|footer|aside"
_START = re.compile(rf"^ {{0,3}}<({_TAGS})\b[^<>\n]*>", re.IGNORECASE | re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)", re.MULTILINE)
_COMMENT = re.compile(r"^ {0,3}<!--.*?-->[ \t]*\n?", re.DOTALL | re.MULTILINE)
MAX_ELEMENT = 200_000
"""Longest element that is looked for, in characters."""


def without_html(text: str) -> str:
    """Markdown whose elements of HTML are text."""
    if "<" not in text:
        return text
    parts: list[str] = []
    at = 0
    while at < len(text):
        fence, element, comment = _FENCE.search(text, at), _START.search(text, at), _COMMENT.search(text, at)
        found = min(
            (match for match in (fence, element, comment) if match), key=lambda match: match.start(), default=None
        )
        if found is None:
            break
        parts.append(text[at : found.start()])
        if found is fence:
            closing = re.compile(rf"^ {{0,3}}{re.escape(found[1])}[`~]*[ \t]*$", re.MULTILINE).search(text, found.end())
            at = closing.end() if closing else len(text)
            parts.append(text[found.start() : at])
        elif found is comment:
            at = found.end()
        else:
            at = _end_of(text, found[1], found.start())
            inner, _ = join(blocks_of_html(text[found.start() : at].encode("utf-8", "replace"), "utf-8"))
            parts.append(inner)
    parts.append(text[at:])
    return "".join(parts)


def _end_of(text: str, tag: str, start: int) -> int:
    """Where an element has ended: behind its end tag, or at the next empty line where that is missing."""
    depth = 0
    for match in re.compile(rf"<(/?){tag}\b[^<>]*>", re.IGNORECASE).finditer(text, start, start + MAX_ELEMENT):
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.end()
    blank = text.find("\n\n", start)
    return blank if blank >= 0 else len(text)
