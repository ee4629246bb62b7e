"""Normal forms of text: what every page's text has in common.

Pure. Knows nothing of formats, pages or layout.
"""

from __future__ import annotations

import re
import unicodedata

LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
"""Typographic ligatures; NFC leaves them, and NFKC would turn 10² into 102."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u0080-\u0084\u0086-\u009f\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_TRAILING = re.compile(r"[ \t\u00a0]+(?=\n|$)")
_BLANK_LINES = re.compile(r"\n{3,}")
_UNTIDY = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]|[ \t\u00a0](?:\n|$)|\n{3}"
)
"""Whatever one of the patterns above would change."""
_SPACE = re.compile(r"\s+")


def tidy(text: str) -> str:
    """NFC, lines that end in a line feed, no control characters, at most one empty line in a row, no space at line ends."""
    if text.isascii() and " \n" not in text and "\n\n\n" not in text and text.replace("\n", "").isprintable():
        return text.rstrip(" ").strip("\n")
    if not _UNTIDY.search(text):
        return unicodedata.normalize("NFC", text).strip("\n")
    text = _CONTROL.sub("", _LINE_END.sub("\n", text))
    text = _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text))
    return unicodedata.normalize("NFC", text).strip("\n")


def one_line(text: str) -> str:
    """All white space as single blanks, NFC, no control characters: titles, cells, names."""
    return unicodedata.normalize("NFC", _CONTROL.sub("", _SPACE.sub(" ", text))).strip()


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters of a text, the cut marked by an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
