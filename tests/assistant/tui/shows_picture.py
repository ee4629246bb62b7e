"""`python -m tests.assistant.tui.shows_picture tgp|sixel`: one page as a picture, by a protocol that is given by hand.

Run in a terminal by `test_sharp`, which reads what the terminal is sent.
"""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual_image.widget import SixelImage, TGPImage

from assistant.tui.desk import PictureSeen
from assistant.tui.widgets.sharp import SharpPicture

WIDTH, HEIGHT = 160, 200
QUOTE = (0.25, 0.5, 0.75, 0.6)


class Shows(App[None]):
    """The widget alone."""

    def compose(self) -> ComposeResult:
        """The widget alone."""
        yield SharpPicture({"tgp": TGPImage, "sixel": SixelImage}[sys.argv[1]])

    def on_ready(self) -> None:
        """Show a white page with a quote."""
        page = PictureSeen(WIDTH, HEIGHT, bytes([255]) * (WIDTH * HEIGHT * 3), (QUOTE,))
        self.query_one(SharpPicture).show_picture(page)


if __name__ == "__main__":
    Shows().run()
