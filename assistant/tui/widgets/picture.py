"""The picture of a page in half blocks, the quote marked: it shows where on the page the words stand.

Only the rows in view are made into characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from assistant.tui.halves import MARGIN, NO_MARGIN, QUOTE_MARGIN, cells, marked, rows_of_quote

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.tui.desk import PictureSeen

SCROLLBAR = 1
"""Cells that the scrollbar takes."""
ABOVE = 4
"""Rows shown above the quote."""


class PagePicture(ScrollView, can_focus=True):
    """One page as a picture."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Scroll up", show=False),
        Binding("down", "scroll_down", "Scroll down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown,space", "page_down", "Page down", show=False),
        Binding("home", "scroll_home", "Top", show=False),
        Binding("end", "scroll_end", "Bottom", show=False),
    ]

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._pixels: NDArray[np.uint8] | None = None
        self._quoted: set[int] = set()

    @property
    def room(self) -> int:
        """Pixels across that fit without scrolling."""
        return max(8, self.size.width - MARGIN - SCROLLBAR)

    def show_picture(self, picture: PictureSeen | None) -> None:
        """Show a picture, scrolled to the quote; nothing where there is none."""
        self._pixels = marked(picture) if picture is not None else None
        self._quoted = rows_of_quote(picture) if picture is not None else set()
        if picture is None:
            self.virtual_size = Size(0, 0)
        else:
            self.virtual_size = Size(picture.width + MARGIN, (picture.height + 1) // 2)
            left = min((box[0] for box in picture.boxes), default=0.0) * picture.width
            top = min(self._quoted, default=0)
            x = 0 if picture.width <= self.room else max(0, int(left) - ABOVE)
            self.scroll_to(x, max(0, top - ABOVE), animate=False, force=True, immediate=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        row = y + self.scroll_offset.y
        width, base = self.size.width, self.rich_style
        if self._pixels is None or 2 * row >= len(self._pixels):
            return Strip.blank(width, base)
        margin = Segment(QUOTE_MARGIN if row in self._quoted else NO_MARGIN, base)
        start = self.scroll_offset.x
        return Strip([margin, *cells(self._pixels, row)]).crop(start, start + width).adjust_cell_length(width, base)
