"""Splitting a draft or a text into claims: the statements that are judged one by one, Markdown or not. Pure."""

from __future__ import annotations

import re

from ingest.text import sentences, words

_MARKS = re.compile(r"\s*\[\^?\d+(?:\s*[,;–-]\s*\d+)*\](?!\()")
_BULLET = re.compile(
    r"^\s*(?:#{1,6}\s+|[-*+•‣▪◦–—]\s+|\(?\d{1,3}[.)]\s+|\(?[a-zA-Z][.)]\s+|>\s+|\[[ xX]\]\s+|\[\^[^\]\s]+\]:\s+)+"
)
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")
_LABEL = re.compile(
    r"^\s*(?:(?:the\s+)?answer(?:\s+to\s+(?:the|this|your)\s+question)?\s*(?:is\s*)?:"
    r"|(?:die\s+)?antwort(?:\s+lautet)?\s*:|respuesta\s*:|réponse\s*:)\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^\s*#{1,6}\s")
_FENCED = re.compile(r"^[ \t]*(```|~~~).*\n(?:.*\n)*?[ \t]*\1[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_UNDERLINED = re.compile(r"^[^\n|]+\n[ \t]*(?:={3,}|-{3,})[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?:={3,}|(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$", re.MULTILINE)
_TABLE = re.compile(
    r"^[ \t]*\|?[^\n|]*\|.*\n[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$", re.MULTILINE
)
"""The names of the columns and the line below them."""
_ROW = re.compile(r"^[ \t]*\|(.*)\|[ \t]*$", re.MULTILINE)
_PICTURE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\s]+(?:\s+\"[^\"\n]*\")?\)")
_STRUCK = re.compile(r"~~(?=\S).+?(?<=\S)~~\s*")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z\d]*(?:\s[^<>\n]*)?/?>")


def split_claims(text: str) -> list[str]:
    """The statements of a text in order: sentences, list items and rows of tables, without marks, bullets and emphasis.

    Headings, questions, code, names of columns, what is struck through and fragments without a word are no statements.
    """
    claims = []
    plain = _without_blocks(text)
    for start, end in sentences(plain):
        raw = plain[start:end]
        if _HEADING.match(raw) or raw.rstrip().endswith("?"):
            continue
        claim = cleaned(raw)
        if words(claim) and not (claim.endswith(":") and len(words(claim)) < 8):
            claims.append(claim)
    return claims


def cleaned(text: str) -> str:
    """One statement as plain text: no citation marks, bullets, links, emphasis, tags, labels or line breaks."""
    plain = _TAG.sub("", _STRUCK.sub("", _PICTURE.sub("", text)))
    plain = _LINK.sub(r"\1", _MARKS.sub("", _BULLET.sub("", plain)))
    plain = _LABEL.sub("", plain).lstrip()
    plain = _EMPHASIS.sub(r"\2", plain)
    return " ".join(plain.split())


def _without_blocks(text: str) -> str:
    """A text whose code, underlined headings and rules are gone and whose rows of tables are lines of their own."""
    bare = _FENCED.sub("\n", text)
    bare = _FENCE.sub("", bare if words(bare) else text)
    bare = _UNDERLINED.sub("\n", _TABLE.sub("\n", bare))
    return _ROW.sub(_row, _RULE.sub("\n", bare))


def _row(match: re.Match[str]) -> str:
    """A row of a table as a statement on lines of its own: the first cell names what the others say."""
    first, *others = [cell.strip() for cell in match[1].split("|")]
    said = ", ".join(filter(None, others))
    return f"\n{first}: {said}\n" if first and said else f"\n{first or said}\n"
