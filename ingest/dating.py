"""The document's own date: when it was written, as it says itself, and where it says so.

Trusted in this order: the header of a mail; the date of a letter, behind its place or a label in the text's head; the date
of an invoice, behind its label; a date on a line of its own; what the file's metadata say. Pure; knows nothing of files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.quantities import DateMention, dates

DateSource = Literal["mail", "invoice", "letter", "metadata", ""]
HEAD_CHARACTERS = 3_000
"""As much of a document's beginning as is looked at: letterhead, address, and the first lines of an invoice."""
HEAD_LINES = 60
"""Lines of it."""
LETTER_LINES = 40
"""Lines among which a letter's date stands alone or behind a place."""
_MAIL = frozenset({"message/rfc822", "application/vnd.ms-outlook"})
_NO_LETTERS = re.compile(
    r"spreadsheet|excel|csv|tab-separated|json|yaml|toml|text/x-|calendar|vcard|javascript|epub|presentation|powerpoint"
)
"""Kinds of documents whose texts begin with data, code or a title: a date there is not the document's."""
_INVOICE = re.compile(
    r"\b(?:invoice date|date of (?:the )?invoice|rechnungsdatum|datum der rechnung|fecha de (?:la )?factura|fecha de emisi[oó]n"
    r"|date de (?:la )?facture|date d['’]?\s?[eé]mission|date of issue|issue date|date issued|ausstellungsdatum|belegdatum|bill date|billing date|statement date"
    r"|order date|bestelldatum|tax date)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\W{0,3}(?:date|dated|datum|fecha|le|den|del?|issued|published|updated|stand|vom)\b\s*[:.|]?\s*", re.IGNORECASE
)
_PLACE = re.compile(r"[^\W\d_][^\n|:;?!]{0,40}?(?:,\s*(?:den|the|le|am|a|el)?|\s+den)", re.IGNORECASE)
_AFTER = re.compile(r"^\s*[.,;]?\s*$")
MAX_LINE = 200
"""Longest line that is looked at."""
MAX_BETWEEN = 40
"""Most characters between a label and its date."""
EARLIEST_YEAR = 1800


@dataclass(frozen=True, slots=True)
class OwnDate:
    """When a document was written."""

    iso: str = ""
    """ISO 8601, as precise as it is known; empty where unknown."""
    source: DateSource = ""
    """Where it says so."""


def own_date(media_type: str, told: str, head: str, language: str = "") -> OwnDate:
    """The date of a document.

    Args:
        media_type: What it is read as.
        told: The date that its header or metadata give, in any form.
        head: The beginning of its text.
        language: ISO 639-1; decides whether 03/04 is in April or in March where both can be meant.
    """
    given = _normal(told, language)
    if media_type in _MAIL and given:
        return OwnDate(given, "mail")
    if _NO_LETTERS.search(media_type):
        return OwnDate(given, "metadata") if given else OwnDate()
    lines = head[:HEAD_CHARACTERS].split("\n")[:HEAD_LINES]
    for line in lines[:LETTER_LINES]:
        if found := _letter(line, language, alone=False):
            return OwnDate(found, "letter")
    for at, line in enumerate(lines):
        if found := _invoice(line, lines[at + 1] if at + 1 < len(lines) else "", language):
            return OwnDate(found, "invoice")
    for line in lines[:LETTER_LINES]:
        if found := _letter(line, language, alone=True):
            return OwnDate(found, "letter")
    return OwnDate(given, "metadata") if given else OwnDate()


def _normal(told: str, language: str) -> str:
    """The ISO form of a date in any form, empty where it is none that can be."""
    text = told.strip()
    if re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", text[:10]):
        return text[:10] if _is_possible(text[:10]) else ""
    return next((iso for mention in dates(text[:MAX_LINE]) if (iso := _reading(mention, language))), "")


def _invoice(line: str, following: str, language: str) -> str:
    """The date behind a label that names an invoice's date, on its line or at the beginning of the next one."""
    match = _INVOICE.search(line) if len(line) <= MAX_LINE else None
    if match is None:
        return ""
    for mention in dates(line):
        if match.end() <= mention.start <= match.end() + MAX_BETWEEN and (iso := _reading(mention, language)):
            return iso
    for mention in dates(following[:MAX_LINE]) if not line[match.end() :].strip(" :|") else ():
        if mention.start < 3 and (iso := _reading(mention, language)):
            return iso
    return ""


def _letter(line: str, language: str, alone: bool) -> str:
    """The date of a line that is nothing else: alone, or behind a label or a place."""
    if len(line) > MAX_LINE:
        return ""
    for mention in dates(line):
        before, after = line[: mention.start].strip(), line[mention.end :]
        if bool(before) == alone or not _AFTER.match(after):
            continue
        is_named = alone or _LABEL.fullmatch(f"{before} ") or _PLACE.fullmatch(before)
        if is_named and len(iso := _reading(mention, language)) == len("2024-03-12"):
            return iso
    return ""


def _reading(mention: DateMention, language: str) -> str:
    """What a mention means; outside English the day stands first."""
    if mention.iso.startswith("--"):
        return ""
    others = sorted(mention.readings - {mention.iso})
    iso = others[0] if others and language not in ("", "en") else mention.iso
    return iso if _is_possible(iso) else ""


def _is_possible(iso: str) -> bool:
    """Whether somebody can have written then."""
    return EARLIEST_YEAR <= int(iso[:4]) <= date.today().year + 1  # noqa: DTZ011 - a day of slack does not matter
