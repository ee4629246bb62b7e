r"""Formulas of Office documents (OMML) in one line, in the notation that TeX has for them: x^2, \frac{a}{b}, \sum_{i=1}^n.

Letters and signs stay the Unicode characters that they are. Knows nothing of the text around them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ingest.extract.zipped import attribute, local

_PROPERTIES = "Pr"
"""How the names of elements end that say how a formula looks."""
_SIGNS = {"∑": "\\sum", "∏": "\\prod", "∫": "\\int", "⋃": "\\bigcup", "⋂": "\\bigcap", "": "\\int"}
_ACCENTS = {"̂": "\\hat", "̃": "\\tilde", "̄": "\\bar", "̅": "\\bar", "⃗": "\\vec", "̇": "\\dot", "̈": "\\ddot", "": "\\hat"}


def linear(element: Any) -> str:
    """A formula, or a part of one, as a line."""
    return "".join(map(_part, element))


def _part(element: Any) -> str:
    name = local(element)
    write = _WRITERS.get(name)
    if write is not None:
        return write(element)
    if name == "t":
        return element.text or ""
    return "" if name.endswith(_PROPERTIES) else linear(element)


def _inner(element: Any, name: str) -> str:
    """What stands in the child of a name."""
    return next((linear(child).strip() for child in element if local(child) == name), "")


def _property(element: Any, name: str, default: str) -> str:
    """A value among the properties of a part; `default` where it is not declared."""
    for child in element:
        if local(child).endswith(_PROPERTIES):
            for item in child:
                if local(item) == name:
                    return attribute(item, "val")
    return default


def _script(mark: str, text: str) -> str:
    if not text:
        return ""
    return f"{mark}{text}" if len(text) == 1 else f"{mark}{{{text}}}"


def _scripted(element: Any) -> str:
    return _inner(element, "e") + _script("_", _inner(element, "sub")) + _script("^", _inner(element, "sup"))


def _before(element: Any) -> str:
    return _script("_", _inner(element, "sub")) + _script("^", _inner(element, "sup")) + _inner(element, "e")


def _fraction(element: Any) -> str:
    above, below = _inner(element, "num"), _inner(element, "den")
    if _property(element, "type", "bar") == "noBar":
        return f"\\binom{{{above}}}{{{below}}}"
    return f"\\frac{{{above}}}{{{below}}}"


def _root(element: Any) -> str:
    degree = _inner(element, "deg")
    return f"\\sqrt{f'[{degree}]' if degree else ''}{{{_inner(element, 'e')}}}"


def _large(element: Any) -> str:
    sign = _property(element, "chr", "")
    limits = _script("_", _inner(element, "sub")) + _script("^", _inner(element, "sup"))
    return f"{_SIGNS.get(sign, sign)}{limits} {_inner(element, 'e')}"


def _delimited(element: Any) -> str:
    first, last = _property(element, "begChr", "("), _property(element, "endChr", ")")
    between = _property(element, "sepChr", "|")
    return first + between.join(linear(child).strip() for child in element if local(child) == "e") + last


def _function(element: Any) -> str:
    name, inner = _inner(element, "fName"), _inner(element, "e")
    return f"{name} {inner}" if name[-1:].isalnum() and inner[:1].isalnum() else name + inner


def _accent(element: Any) -> str:
    sign = _property(element, "chr", "")
    return f"{_ACCENTS.get(sign, sign)}{{{_inner(element, 'e')}}}"


def _limit(mark: str) -> Callable[[Any], str]:
    return lambda element: _inner(element, "e") + _script(mark, _inner(element, "lim"))


def _matrix(element: Any) -> str:
    rows = (
        " & ".join(linear(cell).strip() for cell in row if local(cell) == "e") for row in element if local(row) == "mr"
    )
    return " \\\\ ".join(rows)


def _lines(element: Any) -> str:
    return " \\\\ ".join(linear(child).strip() for child in element if local(child) == "e")


_WRITERS: dict[str, Callable[[Any], str]] = {
    "f": _fraction,
    "rad": _root,
    "sSup": _scripted,
    "sSub": _scripted,
    "sSubSup": _scripted,
    "sPre": _before,
    "nary": _large,
    "d": _delimited,
    "func": _function,
    "acc": _accent,
    "limLow": _limit("_"),
    "limUpp": _limit("^"),
    "m": _matrix,
    "eqArr": _lines,
}
