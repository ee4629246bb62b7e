"""Splitting a draft or a text into claims: the statements that are judged one by one. Pure."""

from __future__ import annotations

import re

from ingest.text import sentences, words

_MARKS = re.compile(r"\s*\[\d+(?:\s*[,;–-]\s*\d+)*\]")
_BULLET = re.compile(r"^\s*(?:#{1,6}\s+|[-*•‣▪◦–—]\s+|\(?\d{1,3}[.)]\s+|\(?[a-zA-Z][.)]\s+|>\s+)+")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")
_LABEL = re.compile(
    r"^\s*(?:(?:the\s+)?answer(?:\s+to\s+(?:the|this|your)\s+question)?\s*(?:is\s*)?:"
    r"|(?:die\s+)?antwort(?:\s+lautet)?\s*:|respuesta\s*:|réponse\s*:)\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^\s*#{1,6}\s")


def split_claims(text: str) -> list[str]:
    """The statements of a text in order: sentences and list items, without marks, bullets and emphasis.

    Headings, questions and fragments without a word are no statements.
    """
    claims = []
    for start, end in sentences(text):
        raw = text[start:end]
        if _HEADING.match(raw) or raw.rstrip().endswith("?"):
            continue
        claim = cleaned(raw)
        if words(claim) and not (claim.endswith(":") and len(words(claim)) < 8):
            claims.append(claim)
    return claims


def cleaned(text: str) -> str:
    """One statement as plain text: no citation marks, bullets, emphasis, labels or line breaks."""
    plain = _MARKS.sub("", text)
    plain = _LABEL.sub("", _BULLET.sub("", plain))
    plain = _EMPHASIS.sub(r"\2", plain)
    return " ".join(plain.split())
