"""The lines of calendars and contacts (RFC 5545 and 6350): folded lines joined, names, parameters, escapes; and their pages.

Knows nothing of what a name means.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.extract import encoding
from ingest.extract.blocks import Block, pages
from ingest.records import Page

_FOLD = re.compile(r"\r?\n[ \t]")
_SOFT = re.compile(r"=\r?\n")
_LINE = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;[^:;"]*(?:"[^"]*"[^:;"]*)*)*):(.*)$')
_PARAMETER = re.compile(r';([^=;:"]+)(?:=((?:"[^"]*"|[^;"])*))?')
_ESCAPE = re.compile(r"\\(.)")
A_PAGE = 50
"""Events or contacts on one page."""
MAX_LINE = 100_000
"""Longest line that is looked at: pictures are packed into lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One property."""

    name: str
    """In capitals."""
    value: str
    """As it stands, decoded but with its escapes."""
    parameters: dict[str, str] = field(default_factory=dict)
    """By name in capitals; a parameter without a value has its name as value of "TYPE"."""

    @property
    def text(self) -> str:
        """The value without escapes."""
        return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], self.value).strip()

    def parts(self) -> list[str]:
        """The value's parts that semicolons separate, without escapes."""
        return [_ESCAPE.sub(lambda match: match[1], part).strip() for part in re.split(r"(?<!\\);", self.value)]


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END."""

    kind: str
    lines: list[Line] = field(default_factory=list)

    def first(self, name: str) -> Line:
        """The first property of a name, an empty one where there is none."""
        return next((line for line in self.lines if line.name == name), Line(name, ""))

    def all(self, name: str) -> list[Line]:
        """All properties of a name."""
        return [line for line in self.lines if line.name == name]


def components(data: bytes) -> Iterator[Component]:
    """The components of a file in the order in which they end; inner ones come before outer ones."""
    text = _FOLD.sub("", encoding.decode(data))
    if "QUOTED-PRINTABLE" in text.upper():
        text = _SOFT.sub("", text)
    open_ones: list[Component] = []
    for raw in text.splitlines():
        match = _LINE.match(raw) if len(raw) <= MAX_LINE else None
        if match is None:
            continue
        name = match[1].upper()
        if name == "BEGIN":
            open_ones.append(Component(match[3].strip().upper()))
        elif name == "END" and open_ones:
            yield open_ones.pop()
        elif open_ones:
            open_ones[-1].lines.append(_line(name, match[2], match[3]))
    yield from reversed(open_ones)


def _line(name: str, told: str, value: str) -> Line:
    parameters: dict[str, str] = {}
    for match in _PARAMETER.finditer(told):
        key, has = match[1].upper(), match[2]
        if has is None:
            parameters["TYPE"] = f"{parameters.get('TYPE', '')},{key.lower()}".strip(",")
        else:
            text = has.strip('"')
            parameters[key] = f"{parameters[key]},{text}" if key in parameters else text
    if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        value = encoding.decode(
            quopri.decodestring(value.encode("utf-8", "surrogateescape")), parameters.get("CHARSET", "")
        )
        value = value.replace("\r\n", "\n").replace("\n", "\\n")
    return Line(name, value, parameters)


def component_pages(
    found: Sequence[Component], noun: str, blocks: Callable[[Component], Iterable[Block]]
) -> Iterator[Page]:
    """Pages of `A_PAGE` components each, labelled "events 1–50", numbered from 1.

    Args:
        found: What is shown, in order.
        noun: What one of them is called.
        blocks: The text of one.
    """
    number = 0
    for start in range(0, len(found), A_PAGE):
        held = found[start : start + A_PAGE]
        last = start + len(held)
        label = f"{noun}s {start + 1}–{last}" if len(held) > 1 else f"{noun} {last}"
        for page in pages([block for one in held for block in blocks(one)], first=number + 1, label=label):
            number = page.number
            yield page
