"""A source in its place: where it stands, and the page with the quote marked."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from assistant.records import Citation
from assistant.tui.desk import PageSeen
from assistant.tui.plain import file_name, home_short, one_line
from assistant.tui.widgets.page import PageText

POOR_SCAN = 0.75
"""Mean confidence of the OCR below which the reader is warned."""


class Viewer(Vertical):
    """Head line, page, and the keys that matter here."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.page_text = PageText(id="page-text")
        self._head = Static("", markup=False, id="page-head")
        self._foot = Static("", markup=False, id="page-foot")

    def compose(self) -> ComposeResult:
        """The parts."""
        yield self._head
        yield self.page_text
        yield self._foot

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.show_nothing()

    def show_nothing(self) -> None:
        """Say what comes here."""
        self._head.update(Content.styled("Sources open here: press tab, or a number.", "$foreground 60%"))
        self._foot.update("")
        self.page_text.show_text("", (), ())

    def wait_for(self, place: str) -> None:
        """Say that a page is on its way."""
        self._head.update(Content.assemble((place, "bold"), "\n", ("Opening …", "$foreground 60%")))

    def show_page(self, seen: PageSeen, others: int) -> None:
        """Show a page.

        Args:
            seen: The page.
            others: Sources of the answer, this one included; 0 where there is nothing to step through.
        """
        source = seen.source
        place = source if isinstance(source, Citation) else source.location
        mark = f"[{source.number}] " if isinstance(source, Citation) else ""
        where = one_line(seen.label) + (f" of {seen.pages}" if seen.pages > 1 else "")
        folder = home_short(place.path.parent)
        second = " · ".join(part for part in (where, one_line(seen.title, 60), folder) if part)
        parts: list[tuple[str, str] | str] = [
            (mark, "bold $text-accent"),
            (file_name(place.path, place.inside), "bold"),
            "\n",
            (second, "$foreground 60%"),
        ]
        if seen.confidence is not None:
            poor = seen.confidence < POOR_SCAN
            note = f"\nA scan, read at {seen.confidence:.0%}" + (": compare it with the original." if poor else ".")
            parts.append((note, "$text-warning" if poor else "$foreground 60%"))
        self._head.update(Content.assemble(*parts))
        keys = ["tab next source" if others > 1 else "", "← → pages" if seen.pages > 1 else "", "esc close"]
        self._foot.update(" · ".join(key for key in keys if key))
        self.page_text.show_text(seen.text, seen.quotes, seen.answers)
