"""What is embedded with a passage: title, headings and text, each on its own line.

A passage of a manual often does not name its subject; its title and headings do. Only what stands inside the document
is used, never its path, so that a moved file keeps its vectors. The chunker counts exactly this text.
"""

from __future__ import annotations

TEMPLATE_VERSION = 1
"""Part of the fingerprint of every vector: to be raised with any change of what `embedded_text` returns."""
MARKS = "#*=_-• "
"""Marks that plain-text formats put before a heading."""
SLACK = 200
"""Characters of white space that may stand between the headings at the beginning of a text."""


def embedded_text(title: str, headings: tuple[str, ...], text: str) -> str:
    """The text whose vector stands for a passage.

    Args:
        title: Title found inside the document, or empty.
        headings: Headings above the passage, outermost first.
        text: The passage. Headings that it begins with itself are not said twice, nor a title that is also a heading.

    Returns:
        Title, headings and text, joined by line feeds, each with its white space folded except the text.
    """
    lines: list[str] = []
    for line in (_folded(part) for part in (title, *headings)):
        if line and line.casefold() not in (known.casefold() for known in lines):
            lines.append(line)
    beginning = _folded(text[: sum(map(len, lines)) * 2 + SLACK]).lstrip(MARKS).casefold()
    for first in range(len(lines)):
        spoken = " ".join(lines[first:]).casefold()
        if beginning.startswith(spoken) and not beginning[len(spoken) : len(spoken) + 1].isalnum():
            del lines[first:]
            break
    return "\n".join([*lines, text])


def _folded(text: str) -> str:
    """The text with each run of white space as one blank."""
    return " ".join(text.split())
