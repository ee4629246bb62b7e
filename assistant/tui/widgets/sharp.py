"""The picture of a page in real pixels, where the terminal can show them and the extra `pictures` is installed.

textual-image asks the terminal what it can do, which is possible only before the screen is taken over: so `prepare` is
called first, and only for terminals that are known to show pictures. Everywhere else half blocks are shown (`picture`).
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from textual.containers import ScrollableContainer

from assistant.tui.halves import marked

if TYPE_CHECKING:
    from textual.widget import Widget

    from assistant.tui.desk import PictureSeen

TERMINALS = ("kitty", "wezterm", "iterm", "foot", "ghostty", "konsole", "mlterm", "contour", "mintty", "vscode")
"""Names by which terminals that show pictures give themselves away."""
ABOVE = 4
"""Rows shown above the quote."""

_found: list[type[Widget]] = []


def prepare() -> None:
    """Find out whether this terminal shows pictures; before the application begins."""
    hints = " ".join(os.environ.get(name, "") for name in ("TERM", "TERM_PROGRAM", "LC_TERMINAL")).casefold()
    known = any(name in hints for name in TERMINALS) or "KITTY_WINDOW_ID" in os.environ
    plain = bool(os.environ.get("NO_COLOR") or os.environ.get("TEXTUAL_DRIVER"))
    if not known or plain or not sys.__stdout__ or not sys.__stdout__.isatty() or find_spec("textual_image") is None:
        return
    from textual_image.renderable import Image as Best
    from textual_image.renderable.sixel import Image as Sixel
    from textual_image.renderable.tgp import Image as Kitty
    from textual_image.widget import Image

    if Best in (Sixel, Kitty):
        _found.append(Image)


def widget() -> type[Widget] | None:
    """The widget that shows pictures; None where half blocks are all there is."""
    return _found[0] if _found else None


class SharpPicture(ScrollableContainer, can_focus=True):
    """One page as a picture in real pixels.

    Args:
        shows: The widget that shows it.
        id: Its id.
    """

    def __init__(self, shows: type[Any], id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._shows = shows
        self._image: Any = None

    @property
    def room(self) -> int:
        """Pixels across that fit without scrolling."""
        from textual_image._terminal import get_cell_size

        return max(8, self.scrollable_content_region.width) * get_cell_size().width

    def show_picture(self, picture: PictureSeen | None) -> None:
        """Show a picture, scrolled to the quote; nothing where there is none."""
        if self._image is not None:
            self._image.image = None  # the terminal forgets it
            self._image.remove()
            self._image = None
        if picture is None:
            return
        from PIL import Image
        from textual_image._terminal import get_cell_size

        # a widget of its own for each: one without a picture has no size, and is not laid out anew when it gets one
        shown = self._image = self._shows(Image.fromarray(marked(picture)))
        cell = get_cell_size()
        shown.styles.width = max(1, round(picture.width / cell.width))  # by itself it would shrink to fit the screen
        shown.styles.height = rows = max(1, round(picture.height / cell.height))
        self.mount(shown)
        top = min((box[1] for box in picture.boxes), default=0.0)
        self.call_after_refresh(lambda: self.scroll_to(y=max(0, int(top * rows) - ABOVE), animate=False))
