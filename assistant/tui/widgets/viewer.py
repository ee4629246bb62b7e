"""A source in its place: where it stands, the page with the quote marked, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from assistant.records import Citation
from assistant.tui.export import quote_as_text
from assistant.tui.messages import PageArrived, PictureArrived
from assistant.tui.plain import file_name, found_by, home_short, one_line, place
from assistant.tui.widgets.page import PageText
from assistant.tui.widgets.picture import PagePicture
from assistant.tui.widgets.sharp import SharpPicture
from assistant.tui.widgets.sharp import widget as sharp_widget
from ingest.records import FoundBy, Hit, Location

if TYPE_CHECKING:
    from assistant.tui.app import AssistantApp
    from assistant.tui.desk import PageSeen, Source

POOR_SCAN = 0.75
"""Mean confidence of the OCR below which the reader is warned."""
MOST_ZOOM = 5
"""How many times wider than its place a picture is drawn at most."""


class Viewer(Vertical):
    """Head line, page, and the keys that matter here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn_page(-1)", "Page before", show=False),
        Binding("right", "turn_page(1)", "Next page", show=False),
        Binding("p", "picture", "Picture"),
        Binding("plus", "zoom(1)", "Larger", show=False),
        Binding("minus", "zoom(-1)", "Smaller", show=False),
        Binding("o", "open_file", "Open document"),
        Binding("f", "open_folder", "Folder"),
        Binding("y", "copy_quote", "Copy quote"),
        Binding("ctrl+y", "copy_quote", "Copy quote", show=False),
    ]
    KEYS = "ofyp+- "
    """Characters that are keys here, and no beginning of a question."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.page_text = PageText(id="page-text")
        sharp = sharp_widget()
        self.page_picture: PagePicture | SharpPicture = (
            SharpPicture(sharp, id="page-picture") if sharp is not None else PagePicture(id="page-picture")
        )
        self._head = Static("", markup=False, id="page-head")
        self._foot = Static("", markup=False, id="page-foot")
        self._request = 0
        self._seen: PageSeen | None = None
        self._source: Source | None = None
        self._by: FoundBy | None = None
        self._others = 0
        self._pictured = False
        self._zoom = 1

    @property
    def assistant(self) -> AssistantApp:
        """The application, by its own type."""
        return cast("AssistantApp", self.app)

    @property
    def reading(self) -> bool:
        """Whether a source is open."""
        return self._source is not None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield self._head
        yield self.page_text
        yield self.page_picture
        yield self._foot

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.show_nothing()

    def show_nothing(self) -> None:
        """Say what comes here."""
        self._request += 1
        self._seen = self._source = None
        self._head.update(Content.styled("Sources open here: press tab, or a number.", "$foreground 60%"))
        self._foot.update("")
        self._pictured = False
        self._arrange()
        self.page_text.show_text("", (), ())
        self.page_picture.show_picture(None)

    def open_source(self, source: Source, by: FoundBy | None = None, others: int = 0) -> None:
        """Open a source at its page.

        Args:
            source: What to open.
            by: Which search found it; None where that is not known.
            others: Sources that can be stepped through, this one included; 0 where there are none.
        """
        self._source, self._by, self._others = source, by, others
        self._seen = None
        self._head.update(Content.assemble((place(source), "bold"), "\n", ("Opening …", "$foreground 60%")))
        self._fetch(source, None)

    def take_focus(self) -> None:
        """Let the keys act on the page."""
        (self.page_picture if self._pictured else self.page_text).focus()

    def on_page_arrived(self, message: PageArrived) -> None:
        """Show a page that was asked for, unless another was asked for since."""
        message.stop()
        if message.request != self._request:
            return
        if message.seen is None:
            self._head.update(Content.assemble((message.why, "$text-error")))
            self.page_text.show_text("", (), ())
            return
        self._seen = message.seen
        self._show(message.seen)
        if self._pictured:
            self._draw()

    def on_picture_arrived(self, message: PictureArrived) -> None:
        """Show a picture that was asked for; where there is none, say why and go back to the text."""
        message.stop()
        if message.request != self._request or not self._pictured:
            return
        if message.seen is None:
            self._pictured = False
            self._arrange()
            self.app.notify(message.why, severity="warning", markup=False)
        else:
            self.page_picture.show_picture(message.seen)

    def action_picture(self) -> None:
        """Show the page as a picture, or as text again."""
        self._pictured = not self._pictured
        self._zoom = 1
        self._arrange()
        if self._pictured:
            self._draw()

    def action_zoom(self, by: int) -> None:
        """Draw the picture larger or smaller."""
        zoom = max(1, min(MOST_ZOOM, self._zoom + by))
        if self._pictured and zoom != self._zoom:
            self._zoom = zoom
            self._draw()

    def _draw(self) -> None:
        """Ask for the picture of the page, as wide as its place."""
        seen = self._seen
        if seen is not None:
            request = self._request
            self.call_after_refresh(
                lambda: self.assistant.fetch_picture(self, request, seen, self.page_picture.room * self._zoom)
            )

    def _arrange(self) -> None:
        focused = self.page_text.has_focus or self.page_picture.has_focus
        self.page_text.display = not self._pictured
        self.page_picture.display = self._pictured
        if focused and self.reading:
            self.take_focus()

    def action_turn_page(self, by: int) -> None:
        """Read the page before or after."""
        seen = self._seen
        if seen is not None and 1 <= seen.number + by <= seen.pages:
            self._fetch(seen.source, seen.number + by)

    def copied(self) -> str | None:
        """The quote that is being read, with its place; None where there is none."""
        seen = self._seen
        if seen is None or not seen.quotes:
            return None
        start, end = seen.quotes[0]
        if isinstance(seen.source, Citation):
            return quote_as_text(seen.source, seen.text[start:end])
        return f"“{one_line(seen.text[start:end])}” ({place(seen.source)})"

    def action_copy_quote(self) -> None:
        """Copy the quote with its place."""
        text = self.copied()
        if text is None:
            self.app.notify("There is no quote on this page. ← and → turn the pages.", timeout=3)
        else:
            self.assistant.copy(text, "Copied, with its source.")

    def action_open_file(self) -> None:
        """Open the document at this page in the system's viewer."""
        if self._source is not None:
            self.assistant.open_outside(self._place().path, self._page_of_file())

    def action_open_folder(self) -> None:
        """Open the folder in which the document lies."""
        if self._source is not None:
            self.assistant.open_outside(self._place().path.parent, None)

    def check_action(self, action: str, parameters: tuple[Any, ...]) -> bool | None:
        """Nothing is done with what is not open."""
        del parameters
        return self.reading or action not in ("turn_page", "open_file", "open_folder", "copy_quote", "picture", "zoom")

    def _fetch(self, source: Source, number: int | None) -> None:
        self._request += 1
        self.assistant.fetch_page(self, self._request, source, number)

    def _place(self) -> Citation | Location:
        source = self._source
        assert source is not None  # noqa: S101 - callers have looked
        return source.location if isinstance(source, Hit) else source

    def _page_of_file(self) -> int:
        """The page that is shown, as the file counts them."""
        source, seen = self._source, self._seen
        if isinstance(source, Citation):
            return source.page + (seen.number - source.span.page if seen else 0)
        first = self._place()
        return (first.first_page if isinstance(first, Location) else 1) + (seen.number - 1 if seen else 0)

    def _show(self, seen: PageSeen) -> None:
        source = seen.source
        spot = self._place()
        mark = f"[{source.number}] " if isinstance(source, Citation) else ""
        where = one_line(seen.label) + (f" of {seen.pages}" if seen.pages > 1 else "")
        folder = home_short(spot.path.parent)
        why = found_by(self._by).removeprefix(" · ")
        second = " · ".join(part for part in (where, why, one_line(seen.title, 60), folder) if part)
        parts: list[tuple[str, str] | str] = [
            (mark, "bold $text-accent"),
            (file_name(spot.path, spot.inside), "bold"),
            "\n",
            (second, "$foreground 60%"),
        ]
        if seen.lost:
            parts.append(("\nThe document was changed: these words no longer stand on this page.", "$text-warning"))
        if seen.confidence is not None:
            poor = seen.confidence < POOR_SCAN
            note = f"\nA scan, read at {seen.confidence:.0%}" + (": compare it with the original." if poor else ".")
            parts.append((note, "$text-warning" if poor else "$foreground 60%"))
        self._head.update(Content.assemble(*parts))
        keys = [
            "tab next source" if self._others > 1 else "",
            "← → pages" if seen.pages > 1 else "",
            "p picture",
            "esc close",
        ]
        self._foot.update(" · ".join(key for key in keys if key))
        self.page_text.show_text(seen.text, seen.quotes, seen.answers, seen.label, seen.before, seen.after)
