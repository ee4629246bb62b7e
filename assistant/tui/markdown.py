"""The Markdown of a draft as styled text: emphasis, headings, lists, quotes and code. Pure.

Styles alone come of it: no links, no pictures, nothing that can be clicked, whatever a draft has copied from a document.
A draft is drawn while it is written, so what is still open at its end is shown as if it were closed.
"""

from __future__ import annotations

import re

from textual.content import Content

from assistant.tui.plain import plain

_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")
_BULLET = re.compile(r"^(\s*)[-*+]\s+")
_QUOTE = re.compile(r"^\s{0,3}>\s?")
_RULE = re.compile(r"^\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)(?:`|$)"
    r"|(?<!\w)\*\*(?=\S)(?P<strong>[^\n]+?)(?:(?<=\S)\*\*(?!\w)|$)"
    r"|(?<![\w*])\*(?=[^\s*])(?P<light>[^*\n]+?)(?:(?<=\S)\*(?![\w*])|$)"
)
"""Signs inside words and numbers (`2*3*4`) are no emphasis, nor are low lines, which names have (`__init__`)."""
_STYLES = {"code": "bold", "strong": "bold", "light": "underline"}
RULE = "─" * 12
"""Stands for a line across."""


def rendered(text: str) -> Content:
    """The text with its Markdown shown as styles, line by line."""
    lines: list[Content] = []
    fenced = False
    for line in plain(text).split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        elif fenced:
            lines.append(Content.styled(f"  {line}", "bold"))
        else:
            lines.append(_line(line))
    return Content("\n").join(lines)


def _line(line: str) -> Content:
    if heading := _HEADING.match(line):
        return _inline(heading[1]).stylize("bold")
    if _RULE.match(line):
        return Content(RULE)
    before = ""
    if quoted := _QUOTE.match(line):
        before, line = "│ ", line[quoted.end() :]
    if bullet := _BULLET.match(line):
        before, line = f"{before}{bullet[1]}• ", line[bullet.end() :]
    return Content.assemble(before, _inline(line))


def _inline(text: str) -> Content:
    """Emphasis and code; emphasis may hold code and other emphasis."""
    parts: list[Content | str] = []
    at = 0
    for found in _INLINE.finditer(text):
        kind = str(found.lastgroup)
        inside = Content(found[kind]) if kind == "code" else _inline(found[kind])
        parts += [text[at : found.start()], inside.stylize(_STYLES[kind])]
        at = found.end()
    return Content.assemble(*parts, text[at:])
