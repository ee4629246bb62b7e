"""Number formats of spreadsheets: a value as a person sees it in its cell.

Codes are those of Office (ECMA-376 part 1, 18.8.30 and 18.8.31). A date with year, month and day is shown in ISO order
whatever its code, since the order of the code's digits depends on the person's system; one of which only a part is shown is shown in part.
Separators are those of the codes: a point before decimals, commas between thousands. Knows nothing of files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from ingest.extract.clean import one_line

BUILT_IN: dict[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00", 9: "0%",
    10: "0.00%", 11: "0.00E+00", 14: "yyyy-mm-dd", 15: "yyyy-mm-dd", 16: "d mmm", 17: "mmm yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00",
    40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mm:ss.0", 48: "##0.0E+0",
}  # fmt: skip
"""Codes of the numbers that files need not declare."""
LARGEST = 1e18
"""Absolute value from which a number is shown with the digits that it has."""
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<skipped>.)|\*(?P<filler>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<elapsed>[hH]+|[mM]+|[sS]+)\]'
    r"|\[(?P<condition>[<>=][^\]]*)\]|\[[^\]]*\]|(?P<half>AM/PM|A/P)|(?P<exponent>E[+-]0+)|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)"
    r"|(?P<percent>%)|(?P<moment>[yYdD]+|[mM]+|[hH]+|[sS]+)|(?P<plain>.)",
    re.DOTALL,
)

Value = str | int | float | bool | date | time | timedelta | None
_Token = tuple[str, str]


def shown(value: Value, code: str = "") -> str:
    """A cell as a person sees it.

    Args:
        value: What is in it.
        code: Its number format; empty: none is known.
    """
    match value:
        case None | "":
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            text = _number(float(value), code) if code else None
            return text if text is not None else general(float(value))
        case datetime():
            return _moment(value, code)
        case date():
            return _moment(datetime.combine(value, time()), code or "yyyy-mm-dd")
        case time():
            return _clock(value, code)
        case timedelta():
            return _elapsed(value, code)
    return one_line(str(value))


def general(value: float) -> str:
    """A number with the digits that it has."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[tuple[_Token, ...], ...]:
    """The tokens of a code's sections: for positive numbers, negative ones, zero, and text."""
    sections: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(code[:1000]):
        kind = match.lastgroup or ""
        if kind == "plain" and match[0] == ";":
            sections.append([])
        elif kind in ("quoted", "escaped", "currency"):
            sections[-1].append(("text", match[kind]))
        elif kind == "filler":
            sections[-1].append(("text", " "))
        elif kind in ("skipped", ""):
            continue
        else:
            sections[-1].append(
                ("text" if kind == "plain" else kind, match[kind].lower() if kind == "moment" else match[kind])
            )
    return tuple(map(tuple, sections))


def _number(value: float, code: str) -> str | None:
    """A number in its format, None where the format is none for numbers or is not understood."""
    sections = _sections(code)[:3]
    if abs(value) >= LARGEST or any(kind == "condition" for section in sections for kind, _ in section):
        return None
    if len(sections) == 1 or value > 0 or (value == 0 and len(sections) == 2):
        chosen, sign = sections[0], "-" if value < 0 else ""
    elif value < 0:
        chosen, sign = sections[1], ""
    else:
        chosen, sign = sections[2], ""
    kinds = {kind for kind, _ in chosen}
    if "moment" in kinds or "elapsed" in kinds or any(text == "/" for kind, text in chosen if kind == "text"):
        return None
    plain = "".join(text for kind, text in chosen if kind == "text")
    if "general" in plain.casefold() or "@" in plain:
        return None
    if "digit" not in kinds:
        return one_line(plain) if chosen or len(sections) > 1 else None
    pattern = _pattern(chosen)
    text = pattern.write(abs(Decimal(repr(value))))
    return one_line((sign if text.strip("0.,% ") else "") + text)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A section for numbers, taken apart."""

    parts: tuple[_Token, ...]
    """What is written in order: text, and places of digits."""
    decimals: int
    """Places behind the point."""
    thousands: bool
    scale: int
    """Power of ten that the number is multiplied with."""
    exponent: int
    """Digits of the exponent, 0 without one."""

    def write(self, value: Decimal) -> str:
        """A number that is not negative."""
        if self.exponent:
            mantissa, _, power = f"{value:.{self.decimals}E}".partition("E")
            sign, digits = power[0], power[1:].zfill(self.exponent)
            return self._fill(mantissa) + f"E{sign}{digits}"
        scaled = value.scaleb(self.scale).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)
        return self._fill(f"{scaled:,f}" if self.thousands else f"{scaled:f}")

    def _fill(self, digits: str) -> str:
        """The digits at their places; all that are left at the first one."""
        whole, _, fraction = digits.partition(".")
        places = [at for at, (kind, _) in enumerate(self.parts) if kind == "digit"]
        point = next((at for at, (kind, _) in enumerate(self.parts) if kind == "point"), len(self.parts))
        before, after = [at for at in places if at < point], [at for at in places if at > point]
        written = [text if kind in ("text", "percent") else "." if kind == "point" else "" for kind, text in self.parts]
        if self.thousands or not before or before[-1] - before[0] < len(before):
            least = sum(self.parts[at][1] == "0" for at in before)
            whole = whole.zfill(least) if least else whole.lstrip("0") if whole.strip("0,") == "" else whole
            if before:
                written[before[0]] = whole
            else:
                written[min(point, len(written) - 1)] = (whole if whole != "0" else "") + "."
        else:
            for at in reversed(before[1:]):
                written[at] = whole[-1:] or ("0" if self.parts[at][1] == "0" else "")
                whole = whole[:-1]
            written[before[0]] = whole
        kept = fraction
        for at in reversed(after):
            if self.parts[at][1] != "#" or not kept.endswith("0"):
                break
            kept = kept[:-1]
        for at, digit in zip(after, kept, strict=False):
            written[at] = digit
        if point < len(self.parts) and not kept and after and before:
            written[point] = ""
        return "".join(written)


@lru_cache(maxsize=512)
def _pattern(section: tuple[_Token, ...]) -> _Pattern:
    digits = [at for at, (kind, _) in enumerate(section) if kind == "digit"]
    point = next((at for at, (kind, _) in enumerate(section) if kind == "point"), len(section))
    commas = [at for at, (kind, _) in enumerate(section) if kind == "comma"]
    last = max((at for at in digits if at < point), default=-1)
    scaling = [at for at in commas if at > digits[-1] or last < at < point]
    exponent = next((text for kind, text in section if kind == "exponent"), "")
    percent = sum(kind == "percent" for kind, _ in section)
    return _Pattern(
        tuple(token for token in section if token[0] not in ("comma", "exponent")),
        sum(at > point for at in digits),
        any(digits[0] < at < last for at in commas),
        2 * percent - 3 * len(scaling),
        len(exponent) - 2 if exponent else 0,
    )


def _moment(value: datetime, code: str) -> str:
    tokens = _sections(code)[0] if code else ()
    letters = {text[0] for kind, text in tokens if kind == "moment"}
    clock = "h" in letters if letters else value.time() != time()
    if not letters or {"y", "d"} <= letters:
        return value.isoformat(" ", "minutes") if clock else value.date().isoformat()
    return _written(tokens, value)


def _clock(value: time, code: str) -> str:
    tokens = _sections(code)[0] if code else ()
    if any(kind == "moment" for kind, _ in tokens):
        return _written(tokens, datetime.combine(date(1900, 1, 1), value))
    return value.isoformat()


def _elapsed(value: timedelta, code: str) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    tokens = _sections(code)[0] if code else ()
    shows_seconds = not tokens or any(text[:1] in "sS" for kind, text in tokens if kind in ("moment", "elapsed"))
    text = f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if shows_seconds else text


def _written(tokens: tuple[_Token, ...], value: datetime) -> str:
    """The parts of a moment that a code names; "m" means minutes beside hours or seconds."""
    half = any(kind == "half" for kind, _ in tokens)
    moments = [at for at, (kind, _) in enumerate(tokens) if kind == "moment"]
    parts: list[str] = []
    for at, (kind, text) in enumerate(tokens):
        if kind != "moment":
            parts.append(
                ("AM" if value.hour < 12 else "PM") if kind == "half" else text if kind in ("text", "point") else ""
            )
            continue
        place = moments.index(at)
        beside = (tokens[moments[place - 1]][1][0] if place else "") + (
            tokens[moments[place + 1]][1][0] if place + 1 < len(moments) else ""
        )
        minutes = text[0] == "m" and len(text) < 3 and (beside[:1] == "h" or beside[-1:] == "s")
        parts.append(_unit(text, value, half, minutes))
    return one_line("".join(parts))


def _unit(text: str, value: datetime, half: bool, minutes: bool) -> str:
    width = len(text)
    match text[0]:
        case "y":
            return f"{value.year:04}" if width > 2 else f"{value.year % 100:02}"
        case "m" if not minutes and width > 2:
            return _MONTHS[value.month - 1][: 3 if width == 3 else None]
        case "d" if width > 2:
            return _DAYS[value.weekday()][: 3 if width == 3 else None]
        case "m":
            number = value.minute if minutes else value.month
        case "d":
            number = value.day
        case "h":
            number = (value.hour % 12 or 12) if half else value.hour
        case _:
            number = value.second
    return f"{number:0{min(width, 2)}}"
