"""Filters that a person says: "in the 2023 tax folder", "from Anna's mails", "letters since March", "only PDFs".

English, German, Spanish and French, in the plain forms alone: a filter leaves documents out, so it is better to miss
one than to take a question's own words for one. "Since March" is a filter only behind the plural of a kind of document,
since most questions with "since" ask about their content. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant.retrieve.filters import Filters, day_after, first_day, operators
from ingest.errors import UsageError
from ingest.quantities import MONTHS, dates

_KIND_WORDS = {
    "pdf": r"pdfs?(?:[ -](?:files?|documents?|dateien|dokumente))?",
    "mail": r"(?:e-?)?mails|correos(?: electrónicos)?|courriels",
    "image": r"photos|pictures|images|scans|fotos|bilder|imágenes",
    "word": r"word[ -](?:files|documents|dateien|dokumente)|documentos (?:de )?word|documents word",
    "sheet": r"spreadsheets|excel[ -](?:files|sheets|dateien|tabellen)|tabellen|hojas de cálculo|tableurs",
    "slides": r"presentations|slides|powerpoints|präsentationen|presentaciones|présentations",
    "web": r"web ?pages|webseiten|páginas web|pages web",
    "text": r"text files|textdateien|archivos de texto|fichiers texte",
    "book": r"e-?books|ebooks",
}
_KIND = "|".join(f"(?P<{kind}>{words})" for kind, words in _KIND_WORDS.items())
_IN = r"(?:in|from|en|dans|aus)"
_MY = r"(?:the|my|our|all|den|meinen|unseren|allen|los|las|mis|nuestros|les|mes|nos)"
_ONLY = r"(?:only|just|nur|solo|sólo|solamente|únicamente|seulement|uniquement)"
_TYPES = (
    re.compile(rf"\b{_ONLY}\s+(?:{_IN}\s+)?(?:{_MY}\s+)?(?:{_KIND})(?=\s*(?:[,:;.?!)]|$))", re.IGNORECASE),
    re.compile(rf"\b{_IN}\s+(?:{_MY}\s+)?(?:{_KIND})\s+{_ONLY}\b", re.IGNORECASE),
    re.compile(rf"\b{_IN}\s+{_MY}\s+(?:{_KIND})(?=\s*(?:[,:;.?!)]|$))", re.IGNORECASE),
)
_NAME = r"[\"“„«](?P<quoted>[^\"”“»]{1,60})[\"”“»]|(?P<name>\w[\w.&+-]*(?:\s+(?!\w+['’])\w[\w.&+-]*){0,3}?)"
_END = r"(?=\s*(?:[,:;?!)]|\.(?:\s|$)|$))"
_FOLDERS = (
    re.compile(
        r"\b(?:in|from|inside|under)\s+(?:the|my|our)\s+(?:[\"“](?P<quoted>[^\"”]{1,60})[\"”]|(?P<name>\w[\w.&+-]*(?:\s+\w[\w.&+-]*){0,3}?))"
        r"\s+(?:folder|directory)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:(?:in|from|inside|under)\s+(?:(?:the|my|our)\s+)?(?:folder|directory)(?:\s+(?:called|named))?"
        rf"|(?:im|aus dem|in (?:dem|meinem|unserem)) (?:ordner|verzeichnis)|(?:en|de) (?:la|mi|nuestra) carpeta(?: de)?"
        rf"|dans (?:le|mon|notre) (?:dossier|répertoire)(?: des?| du)?)\s+(?:{_NAME}){_END}",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:im|aus dem|in meinem)\s+(?P<name>\w+?)-?ordner\b", re.IGNORECASE),
)
_PERSON = r"(?P<person>[\w.+-]+@[\w.-]+\w|(?-i:[A-ZÀ-Þ])[\w’'-]*?\w(?:\s+(?-i:[A-ZÀ-Þ])[\w’'-]*\w){0,2})"
_MAIL = r"(?P<mail>(?:e-?)?mails?|messages?|nachrichten?|correos?(?: electrónicos?)?|mensajes?|courriels?)"
_LETTER = r"(?P<letter>letters?|briefe?n?|cartas?|lettres?)"
_SENDERS = (
    re.compile(rf"\b(?:in|from|aus)\s+(?:{_PERSON})['’]s?\s+(?:{_MAIL}|{_LETTER})\b", re.IGNORECASE),
    re.compile(rf"\b(?:in|from|aus)\s+(?:{_PERSON})s\s+(?:{_MAIL}|{_LETTER})\b", re.IGNORECASE),
    re.compile(
        rf"\b{_IN}\s+(?:{_MY}\s+)?(?:{_MAIL}|{_LETTER})\s+(?:from|by|von|de|d['’])\s*(?:{_PERSON})(?!\w)", re.IGNORECASE
    ),
)
_SENT_BY = re.compile(
    rf"(?:\b{_MAIL}|\b{_LETTER})(?P<cut>\s+(?:from|by|von|de\s|d['’])\s*(?:{_PERSON})(?!\w))", re.IGNORECASE
)
_PAPERS = (
    r"(?:letters|(?:e-?)?mails|messages|documents|files|invoices|bills|receipts|statements|notes|scans|contracts|reports"
    r"|briefen?|nachrichten|dokumenten?|dateien|rechnungen|belegen?|quittungen|kontoauszügen?|verträgen?|berichten?|notizen"
    r"|cartas|correos|mensajes|documentos|archivos|facturas|recibos|contratos|informes"
    r"|lettres|courriels|fichiers|factures|reçus|contrats|rapports)"
)
_SINCE = r"(?P<since>since|seit|ab|desde|depuis)"
_AFTER = r"(?P<after>after|nach|después de|après)"
_BEFORE = r"(?P<before>before|vor|antes de|avant)"
_UNTIL = r"(?P<until>until|till|up to|bis|hasta|jusqu['’](?:à|en))"
_OF = r"(?P<of>from|of|in|aus|von|de|du)"
_WHEN = re.compile(
    rf"\b{_PAPERS}(?P<cut>\s+(?:{_SINCE}|{_AFTER}|{_BEFORE}|{_UNTIL}|{_OF})\s+(?P<when>.+))", re.IGNORECASE | re.DOTALL
)
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_MONTH = re.compile(r"(?:" + "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True)) + r")\b", re.IGNORECASE)
_RELATIVE = (
    (re.compile(r"(?:yesterday|gestern|ayer|hier)\b", re.IGNORECASE), lambda day: _iso(day - timedelta(days=1))),
    (re.compile(r"(?:today|heute|hoy|aujourd['’]hui)\b", re.IGNORECASE), date.isoformat),
    (
        re.compile(r"(?:last year|(?:dem )?letzte[mns] jahr|el año pasado|l['’]année dernière|l['’]an dernier)\b", re.IGNORECASE),
        lambda day: str(day.year - 1),
    ),
    (
        re.compile(r"(?:last month|(?:dem )?letzten monat|el mes pasado|le mois dernier)\b", re.IGNORECASE),
        lambda day: (day.replace(day=1) - timedelta(days=1)).strftime("%Y-%m"),
    ),
    (re.compile(r"(?:this year|diese[mns] jahr|este año|cette année)\b", re.IGNORECASE), lambda day: str(day.year)),
    (re.compile(r"(?:this month|diese[mn] monat|este mes|ce mois)\b", re.IGNORECASE), lambda day: day.strftime("%Y-%m")),
)  # fmt: skip
_BLANKS = re.compile(r"\s+")
_LOOSE = re.compile(r"\s+([,:;.?!)])")


@dataclass(frozen=True, slots=True)
class Understood:
    """A question and the filters in it."""

    question: str
    """The question without its filters; as it was written where nothing else is left."""
    written: Filters
    """Filters written as operators: they hold even where they leave nothing."""
    said: Filters
    """Filters said in words: without effect where they leave nothing."""

    @property
    def filters(self) -> Filters:
        """Both together."""
        return self.said.joined(self.written)


def understood(question: str, today: date) -> Understood:
    """The filters of a question, written or said, and the question without them.

    Args:
        question: As a person wrote it.
        today: By which "since March" is read: the latest one.

    Raises:
        UsageError: An operator names a date that cannot be read.
    """
    written, rest = operators(question)
    said = Filters()
    for read in (_sender, _time(today), _folder, _kind):
        found, rest = read(rest)
        said = found.joined(said)
    rest = _LOOSE.sub(r"\1", _BLANKS.sub(" ", rest)).strip(" \t\n,:;")
    if not any(map(str.isalnum, rest)):
        return Understood(operators(question)[1] or question, written, Filters())
    return Understood(rest, written, said)


def _cut(text: str, span: tuple[int, int]) -> str:
    return f"{text[: span[0]]} {text[span[1] :]}"


def _kind(text: str) -> tuple[Filters, str]:
    for pattern in _TYPES:
        match = pattern.search(text)
        if match:
            [kind] = [kind for kind in _KIND_WORDS if match[kind]]
            return Filters(types=(kind,)), _cut(text, match.span())
    return Filters(), text


def _folder(text: str) -> tuple[Filters, str]:
    for pattern in _FOLDERS:
        match = pattern.search(text)
        if match:
            groups = match.groupdict()
            name = " ".join((groups.get("quoted") or groups.get("name") or "").split())
            return Filters(folders=(name,)), _cut(text, match.span())
    return Filters(), text


def _sender(text: str) -> tuple[Filters, str]:
    for pattern in (*_SENDERS, _SENT_BY):
        match = pattern.search(text)
        if match and match["person"].casefold() not in MONTHS:
            types = ("mail",) if match["mail"] else ()
            return Filters(senders=(match["person"],), types=types), _cut(
                text, match.span("cut" if pattern is _SENT_BY else 0)
            )
    return Filters(), text


def _time(today: date) -> Callable[[str], tuple[Filters, str]]:
    def read(text: str) -> tuple[Filters, str]:
        match = _WHEN.search(text)
        moment = _moment(match["when"], today) if match else None
        if match is None or moment is None:
            return Filters(), text
        when, length = moment
        first, behind = _iso(first_day(when)), _iso(day_after(when))
        found = Filters()
        if match["since"] or match["of"]:
            found = replace(found, after=first)
        if match["after"]:
            found = replace(found, after=behind)
        if match["before"]:
            found = replace(found, before=first)
        if match["until"] or match["of"]:
            found = replace(found, before=behind)
        return found, _cut(text, (match.start("cut"), match.start("when") + length))

    return read


def _moment(text: str, today: date) -> tuple[str, int] | None:
    """The date with which a text begins, as precise as it is said, and how many characters say it."""
    written = dates(text)
    if written and written[0].start == 0 and not written[0].iso.startswith("--"):
        return written[0].iso, written[0].end
    for pattern, compute in _RELATIVE:
        match = pattern.match(text)
        if match:
            return compute(today), match.end()
    year = _YEAR.match(text)
    if year:
        return year[0], year.end()
    if written and written[0].start == 0:
        try:
            day = first_day(
                f"{today.year}-{written[0].iso[2:]}"
                if written[0].iso.count("-") > 2
                else f"{today.year}{written[0].iso[1:]}"
            )
        except UsageError:
            return None
        return _iso(day if day <= today else day.replace(year=day.year - 1)), written[0].end
    month = _MONTH.match(text)
    if month:
        number = MONTHS[month[0].casefold()]
        return f"{today.year - (number > today.month)}-{number:02d}", month.end()
    return None


def _iso(day: date) -> str:
    return day.isoformat()
