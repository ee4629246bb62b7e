"""Styles and numbering of a DOCX: which paragraphs are headings, and the numbers a person sees before them.

Knows nothing of the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ingest.extract.zipped import Package, attribute, local

MAX_LEVEL = 9
"""Deepest heading and list level of the format."""
_HEADING_NAME = re.compile(r"(?:heading|überschrift|titre|título|kop|rubrik)\s*(\d)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"%(\d)")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(slots=True)
class _Style:
    name: str = ""
    based_on: str = ""
    outline: int | None = None
    numbering: tuple[str, int] | None = None


class Styles:
    """The paragraph styles of a document."""

    def __init__(self, package: Package, part: str) -> None:
        self.styles: dict[str, _Style] = {}
        root = package.tree(part)
        for item in root if root is not None else ():
            if local(item) == "style":
                self.styles[attribute(item, "styleId")] = _style(item)

    def level(self, style: str, outline: int | None) -> int:
        """Heading level of a paragraph from 1, 0 for none.

        Args:
            style: Id of its style.
            outline: Outline level that the paragraph itself declares, from 0; 9 is body text.
        """
        if outline is not None:
            return outline + 1 if outline < MAX_LEVEL else 0
        for found in self._chain(style):
            if found.outline is not None:
                return found.outline + 1 if found.outline < MAX_LEVEL else 0
            if found.name.casefold() in ("title", "titel"):
                return 1
            if match := _HEADING_NAME.match(found.name):
                return max(1, int(match[1]))
        match = _HEADING_NAME.match(style)
        return max(1, int(match[1])) if match else 0

    def numbering(self, style: str) -> tuple[str, int] | None:
        """List and level that a style puts its paragraphs into."""
        return next((found.numbering for found in self._chain(style) if found.numbering), None)

    def _chain(self, style: str) -> list[_Style]:
        chain: list[_Style] = []
        while style in self.styles and len(chain) < 20:
            chain.append(self.styles[style])
            style = chain[-1].based_on
        return chain


def _style(item: Any) -> _Style:
    style = _Style()
    for child in item:
        match local(child):
            case "name":
                style.name = attribute(child, "val")
            case "basedOn":
                style.based_on = attribute(child, "val")
            case "pPr":
                style.outline = outline_of(child)
                style.numbering = numbering_of(child)
    return style


def outline_of(properties: Any) -> int | None:
    """Outline level in paragraph properties, from 0."""
    for child in properties:
        if local(child) == "outlineLvl":
            value = attribute(child, "val")
            return int(value) if value.isdigit() else None
    return None


def numbering_of(properties: Any) -> tuple[str, int] | None:
    """List id and level in paragraph properties; the id is "0" where a list is switched off."""
    for child in properties:
        if local(child) == "numPr":
            values = {local(item): attribute(item, "val") for item in child}
            level = values.get("ilvl", "0")
            return values.get("numId", ""), int(level) if level.isdigit() else 0
    return None


@dataclass(slots=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


class Numbering:
    """Counts the paragraphs of a document's lists and gives their marks."""

    def __init__(self, package: Package, part: str) -> None:
        self.levels: dict[str, dict[int, _Level]] = defaultdict(dict)
        self.lists: dict[str, str] = {}
        self.restarts: dict[tuple[str, int], int] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.begun: set[str] = set()
        root = package.tree(part)
        for item in root if root is not None else ():
            if local(item) == "abstractNum":
                self._abstract(item)
            elif local(item) == "num":
                self._list(item)

    def _abstract(self, item: Any) -> None:
        number = attribute(item, "abstractNumId")
        for child in item:
            if local(child) == "lvl":
                level = attribute(child, "ilvl", "0")
                self.levels[number][int(level) if level.isdigit() else 0] = _level(child)

    def _list(self, item: Any) -> None:
        number = attribute(item, "numId")
        for child in item:
            if local(child) == "abstractNumId":
                self.lists[number] = attribute(child, "val")
            elif local(child) == "lvlOverride":
                level = attribute(child, "ilvl", "0")
                for start in child:
                    value = attribute(start, "val")
                    if local(start) == "startOverride" and value.isdigit() and level.isdigit():
                        self.restarts[number, int(level)] = int(value)

    def mark(self, number: str, level: int) -> str:
        """The mark of the next paragraph of a list: "2.1", "b)", "•"; empty for no list."""
        abstract = self.lists.get(number)
        if abstract is None or level not in self.levels[abstract]:
            return ""
        counts = self.counts[abstract]
        if number not in self.begun:
            self.begun.add(number)
            for (restarted, at), start in self.restarts.items():
                if restarted == number:
                    counts[at] = start - 1
        form = self.levels[abstract][level]
        counts[level] = counts.get(level, form.start - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        if form.form == "bullet":
            return "•"
        if form.form == "none":
            return _PLACEHOLDER.sub("", form.text).strip()
        return _PLACEHOLDER.sub(lambda match: self._number(abstract, int(match[1]) - 1), form.text).strip()

    def _number(self, abstract: str, level: int) -> str:
        form = self.levels[abstract].get(level, _Level())
        return in_form(self.counts[abstract].get(level, form.start), form.form)


def _level(item: Any) -> _Level:
    values = {local(child): attribute(child, "val") for child in item}
    start = values.get("start", "1")
    return _Level(values.get("numFmt", "decimal"), values.get("lvlText", ""), int(start) if start.isdigit() else 1)


def in_form(count: int, form: str) -> str:
    """A count as a list shows it: 4, 04, d, D, iv, IV."""
    match form:
        case "lowerLetter":
            return chr(96 + (count - 1) % 26 + 1) * ((count - 1) // 26 + 1)
        case "upperLetter":
            return in_form(count, "lowerLetter").upper()
        case "lowerRoman":
            text = ""
            for value, letters in _ROMAN:
                text += letters * min(count // value, 10)
                count %= value
            return text
        case "upperRoman":
            return in_form(count, "lowerRoman").upper()
        case "decimalZero":
            return f"{count:02}"
    return str(count)
