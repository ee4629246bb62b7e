"""Running headers and footers: lines at the edge of a page that the pages before have at the same place.

They stay part of the page, since a reference number may stand nowhere else, but apart from its text: no paragraph and
no heading. Pure: works on `Line`s alone.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

from ingest.extract.pdf_lines import Line

EDGE_SHARE = 0.12
"""Share of a page's height at its upper and lower edge where running lines stand."""
MAX_RUNNING = 4
"""Lines at an edge that are looked at."""
SAME_PLACE = 4.0
"""Points by which the base line of a running line moves from page to page at most."""
PAGES_BACK = 2
"""Pages before that are compared: left and right pages may have different lines."""
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
_Edge = dict[str, list[float]]


class Margins:
    """Knows the edges of the pages before; pages are given in their order."""

    def __init__(self) -> None:
        self._before: deque[_Edge] = deque(maxlen=PAGES_BACK)

    def parted(self, lines: Sequence[Line], height: float) -> tuple[list[Line], list[Line], list[Line]]:
        """Header, text and footer of a page.

        Args:
            lines: Of the page.
            height: Of the page in points.
        """
        low, high = EDGE_SHARE * height, (1 - EDGE_SHARE) * height
        edge = [line for line in lines if (line.bottom > high or line.top < low) and line.upright]
        upper = sorted((line for line in edge if line.base > height / 2), key=lambda line: -line.base)[:MAX_RUNNING]
        lower = sorted((line for line in edge if line.base <= height / 2), key=lambda line: line.base)[:MAX_RUNNING]
        running = {id(line) for line in (*upper, *lower) if any(_stands(line, page) for page in self._before)}
        known: _Edge = {}
        for line in (*upper, *lower):
            known.setdefault(_key(line), []).append(line.base)
        self._before.append(known)
        if not running:
            return [], list(lines), []
        header = [line for line in lines if id(line) in running and line.base > height / 2]
        footer = [line for line in lines if id(line) in running and line.base <= height / 2]
        return header, [line for line in lines if id(line) not in running], footer


def _key(line: Line) -> str:
    """The text of a line, its numbers aside."""
    return _NUMBER.sub("#", " ".join(line.text.casefold().split()))


def _stands(line: Line, page: _Edge) -> bool:
    return any(abs(base - line.base) <= SAME_PLACE for base in page.get(_key(line), ()))
