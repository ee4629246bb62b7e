"""Numbers, dates and names in running text: what must agree between a claim and the words that support it.

Pure functions with exact character offsets. Where a spelling can be read in two ways (1.234 is one and a bit in
English, over a thousand in German; 03/04/2024 is in March or April) all readings are given, and two mentions agree when
they share one. Knows nothing of claims or verdicts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ingest.stop_words import STOP_WORDS
from ingest.text import words

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january januar jänner enero janvier gennaio januari janeiro jan",
            "february februar febrero février febbraio februari fevereiro feb",
            "march märz marzo mars maart março mar mrz",
            "april abril avril aprile apr",
            "may mai mayo maggio mei maio",
            "june juni junio juin giugno junho jun",
            "july juli julio juillet luglio julho jul",
            "august agosto août augustus aug",
            "september septiembre septembre settembre setembro sep sept",
            "october oktober octubre octobre ottobre outubro oct okt",
            "november noviembre novembre novembro nov",
            "december dezember diciembre décembre dicembre dezembro dec dez",
        ),
        1,
    )
    for name in names.split()
}
"""Month names and their usual short forms in seven languages."""

NUMBER_WORDS: dict[str, float] = {
    word: float(value)
    for value, names in (
        (0, "zero null"),
        (1, "one"),
        (2, "two zwei dos deux"),
        (3, "three drei tres trois"),
        (4, "four vier cuatro quatre"),
        (5, "five fünf cinco cinq"),
        (6, "six sechs seis"),
        (7, "seven sieben siete sept"),
        (8, "eight acht ocho huit"),
        (9, "nine neun nueve neuf"),
        (10, "ten zehn diez dix"),
        (11, "eleven elf once onze"),
        (12, "twelve zwölf doce douze"),
        (13, "thirteen dreizehn trece treize"),
        (14, "fourteen vierzehn catorce quatorze"),
        (15, "fifteen fünfzehn quince quinze"),
        (16, "sixteen sechzehn"),
        (17, "seventeen siebzehn"),
        (18, "eighteen achtzehn"),
        (19, "nineteen neunzehn"),
        (20, "twenty zwanzig veinte vingt"),
        (30, "thirty dreißig treinta trente"),
        (40, "forty vierzig cuarenta quarante"),
        (50, "fifty fünfzig cincuenta cinquante"),
        (60, "sixty sechzig sesenta soixante"),
        (70, "seventy siebzig setenta"),
        (80, "eighty achtzig ochenta"),
        (90, "ninety neunzig noventa"),
    )
    for word in names.split()
    if word not in ("once", "dos", "elf", "dix", "sept")
}
"""Spelled numbers; words that are common in another language with another meaning are left out."""

SCALES: dict[str, float] = {
    **dict.fromkeys(("hundred", "hundert"), 1e2),
    **dict.fromkeys(("thousand", "tausend", "mil", "mille", "k"), 1e3),
    **dict.fromkeys(("million", "millions", "millionen", "mio", "millones", "mn", "m"), 1e6),
    **dict.fromkeys(("billion", "billions", "bn", "milliarde", "milliarden", "mrd", "milliards"), 1e9),
    **dict.fromkeys(("trillion", "trillions", "billionen"), 1e12),
}
"""Words behind a number that multiply it."""

_CURRENCIES = {
    "$": "usd",
    "€": "eur",
    "£": "gbp",
    "¥": "jpy",
    "usd": "usd",
    "eur": "eur",
    "euro": "eur",
    "euros": "eur",
}
_CURRENCIES |= {"gbp": "gbp", "chf": "chf", "fr": "chf", "dollar": "usd", "dollars": "usd", "pounds": "gbp"}
_UNITS = {
    "kilometers": "km", "kilometer": "km", "kilometres": "km", "km": "km", "miles": "mi", "mile": "mi", "mi": "mi",
    "meters": "m", "meter": "m", "metres": "m", "cm": "cm", "mm": "mm", "kg": "kg", "g": "g", "mg": "mg", "lb": "lb",
    "l": "l", "liter": "l", "litre": "l", "liters": "l", "litres": "l", "ml": "ml", "kwh": "kwh", "kw": "kw", "w": "w",
    "v": "v", "bar": "bar", "°c": "°c", "°f": "°f", "hours": "h", "hour": "h", "stunden": "h", "stunde": "h",
    "minutes": "min", "minute": "min", "minuten": "min", "days": "d", "day": "d", "tage": "d", "tagen": "d", "tag": "d",
    "weeks": "wk", "week": "wk", "wochen": "wk", "woche": "wk", "months": "mo", "month": "mo", "monate": "mo",
    "monaten": "mo", "monat": "mo", "years": "y", "year": "y", "jahre": "y", "jahren": "y", "jahr": "y",
}  # fmt: skip

_NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[-−](?=[\d$€£]))?(?P<currency>[$€£¥]\s?)?"
    r"(?P<digits>\d{1,3}(?:[  '’]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"(?P<ordinal>st|nd|rd|th)?(?![\d])(?P<percent>\s?(?:%|per ?cent\b|prozent\b))?",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(
    r"\)?[\s-]?\s?(?:(?:working|business|calendar|consecutive|full)\s+(?=days?\b))?([^\W\d_]+|[€$£¥]|°[CF])",
    re.IGNORECASE,
)
_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_DATES = (
    re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d\d)(?!\d)"),
    re.compile(r"(?<![\d/])(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4}|\d\d)(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s+(?:(?:day\s+)?of\s+|de\s+)?(?P<n>{_MONTH})\b\.?,?\s*"
        rf"(?:(?:de|of)\s+)?(?P<y>\d{{4}})?(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<n>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<y>\d{{4}})(?!\d))?", re.IGNORECASE
    ),
    re.compile(rf"\b(?P<n>{_MONTH})\b\.?,?\s+(?:of\s+|de\s+)?(?P<y>\d{{4}})(?!\d)", re.IGNORECASE),
)
_CAPITALISED = r"(?:[^\W\d_a-zß-öø-ÿ]\.(?=\s?[^\W\d_a-zß-öø-ÿ])|[^\W\d_a-zß-öø-ÿ](?:[\w'’&-]|\.(?=\w))*)"
_NAME = re.compile(rf"{_CAPITALISED}(?:\s+(?:(?:of|de|von|van|der|den|du|la|le|&)\s+)*{_CAPITALISED})*")
_CODE = re.compile(r"\b(?=[\w./-]*\d)(?=[\w./-]*[A-Z])[A-Z0-9][\w]*(?:[-/.][\w]+)*\b|\b[A-Z]{2,}\b")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s|\n\s*(?:[-*•#]+\s)?|[\"“„(]\s?)$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written."""

    value: float
    """The likelier reading, scaled (3 million is 3e6)."""
    readings: frozenset[float]
    """All readings of the spelling, `value` among them."""
    unit: str
    """A normalised currency or measure ("eur", "km", "%"); empty where none follows."""
    start: int
    """First character."""
    end: int
    """One past the last character of number, percent sign and scale."""

    def agrees(self, other: Number) -> bool:
        """Whether both can mean the same quantity; a unit that one of them lacks is no contradiction."""
        units = {self.unit, other.unit} - {""}
        same = any(abs(a - b) <= 1e-9 * max(1.0, abs(a)) for a in self.readings for b in other.readings)
        return same and len(units) <= 1


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as it is written."""

    iso: str
    """The likelier reading: "2024-03-12", "2024-03" or, without a year, "--03-12"."""
    readings: frozenset[str]
    """All readings of the spelling, `iso` among them."""
    start: int
    """First character."""
    end: int
    """One past the last character."""

    def agrees(self, other: DateMention) -> bool:
        """Whether both can mean the same day, as far as both are precise."""
        return any(_same_day(a, b) for a in self.readings for b in other.readings)


def _same_day(one: str, other: str) -> bool:
    if one.startswith("--") or other.startswith("--"):
        return one[-5:] == other[-5:] if len(one) >= 7 and len(other) >= 7 and one.count("-") > 1 else False
    return one.startswith(other) or other.startswith(one)


def numbers(text: str) -> list[Number]:
    """All numbers of a text in order: digits in either convention, spelled numbers, scales and units."""
    found: list[Number] = []
    for match in _NUMBER.finditer(text):
        readings = _readings(match["digits"])
        if readings:
            found.append(_number(text, match, readings))
    for match in re.finditer(r"[^\W\d_]+", text):
        value = NUMBER_WORDS.get(match.group().casefold())
        if value is not None:
            end, scale, unit = _scale_and_unit(text, match.end())
            found.append(Number(value * scale, frozenset({value * scale}), unit, match.start(), end))
    return sorted(found, key=lambda number: number.start)


def _number(text: str, match: re.Match[str], readings: list[float]) -> Number:
    end, scale, unit = _scale_and_unit(text, match.end())
    if match["percent"]:
        end, scale, unit = match.end(), 1.0, "%"
    elif match["currency"]:
        unit = _CURRENCIES[match["currency"].strip()]
    sign = -1.0 if match["sign"] else 1.0
    scaled = [sign * reading * scale for reading in readings]
    return Number(scaled[0], frozenset(scaled), unit, match.start(), end)


def _scale_and_unit(text: str, end: int) -> tuple[int, float, str]:
    """End of the number with its scale, the scale, and the unit behind it."""
    following = _FOLLOWING.match(text, end)
    scale = 1.0
    if (
        following
        and following[1].casefold() in SCALES
        and not (following[1] in ("m", "M", "k") and text[end : end + 1] == " ")
    ):
        scale = SCALES[following[1].casefold()]
        end = following.end()
        following = _FOLLOWING.match(text, end)
    word = following[1].casefold() if following else ""
    return end, scale, _CURRENCIES.get(word) or _UNITS.get(word, "")


def _readings(digits: str) -> list[float]:
    """What a run of digits and separators can mean, the likelier first; empty for dates and section numbers."""
    plain = re.sub(r"[  '’]", "", digits)
    separators = re.findall(r"[.,]", plain)
    if not separators:
        return [float(plain)]
    last = separators[-1]
    if len(set(separators)) == 2:
        if separators.count(last) > 1:
            return []
        return [float(plain.replace("," if last == "." else ".", "").replace(last, "."))]
    groups = re.split(r"[.,]", plain)
    grouped = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3 and groups[0] != "0"
    if len(separators) > 1:
        return [float("".join(groups))] if grouped else []
    as_fraction = float(plain.replace(last, "."))
    if not grouped:
        return [as_fraction]
    as_thousands = float("".join(groups))
    return [as_thousands, as_fraction] if last == "," else [as_fraction, as_thousands]


def dates(text: str) -> list[DateMention]:
    """All dates of a text in order, as precise as they are written; mentions do not overlap."""
    found: list[DateMention] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            readings = _date_readings(match.groupdict())
            taken = any(match.start() < other.end and other.start < match.end() for other in found)
            if readings and not taken:
                found.append(DateMention(readings[0], frozenset(readings), *match.span()))
    return sorted(found, key=lambda mention: mention.start)


def _date_readings(parts: dict[str, str | None]) -> list[str]:
    year = parts.get("y")
    if year and len(year) == 2:
        year = ("19" if int(year) > 50 else "20") + year
    month = MONTHS[str(parts["n"]).casefold()] if parts.get("n") else int(parts.get("m") or 0)
    if parts.get("a"):
        a, b = int(str(parts["a"])), int(str(parts["b"]))
        return [reading for m, d in ((a, b), (b, a)) if (reading := _iso(year, m, d))]
    day = int(str(parts["d"])) if parts.get("d") else None
    reading = _iso(year, month, day)
    return [reading] if reading else []


def _iso(year: str | None, month: int, day: int | None) -> str:
    """ISO form of what is known; empty for a day that does not exist."""
    try:
        date(int(year or 2000), month, day or 1)
    except ValueError:
        return ""
    head = year or "-"
    return f"{head}-{month:02d}" + (f"-{day:02d}" if day else "")


def names(text: str) -> list[tuple[str, int, int]]:
    """Names and codes: (as written, start, end).

    Runs of capitalised words, without a lone capitalised word at the start of a sentence, which may be any word, and
    codes such as "AB-123" or "IBAN".
    """
    found = {(match.group(), *match.span()) for match in _CODE.finditer(text)}
    for match in _NAME.finditer(text):
        name, start = match.group().rstrip(".'’&-"), match.start()
        if _SENTENCE_START.search(text[max(0, start - 4) : start]):
            first, _, rest = name.partition(" ")
            if not rest:
                continue
            if first.casefold() in STOP_WORDS["en"] | STOP_WORDS["de"]:
                start, name = start + len(first) + 1, rest
        if len(name) > 1 and name.casefold() not in MONTHS and words(name):
            found.add((name, start, start + len(name)))
    return sorted(found, key=lambda item: (item[1], -item[2]))
