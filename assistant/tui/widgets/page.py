"""A page of a document with its quote marked, between the nearest words of the pages around it.

Only the lines in view are drawn, so that any page is quick; breaking the text into lines happens in a thread, anew for
each width.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from assistant.tui.desk import Neighbour
from assistant.tui.plain import one_line, plain
from assistant.tui.wrap import Line, flowing, line_of, wrap

ABOVE = 3
"""Lines shown above the quote, where there are so many."""

Ranges = tuple[tuple[int, int], ...]


class PageText(ScrollView, can_focus=True):
    """The text of one page, in lines."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"page--quote", "page--answer", "page--around"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Scroll up", show=False),
        Binding("down,j", "scroll_down", "Scroll down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown,space", "page_down", "Page down", show=False),
        Binding("home", "scroll_home", "Top", show=False),
        Binding("end", "scroll_end", "Bottom", show=False),
    ]

    class Wrapped(Message):
        """The text was broken into lines for a width."""

        def __init__(self, lines: list[Line], width: int, generation: int) -> None:
            super().__init__()
            self.lines = lines
            self.width = width
            self.generation = generation

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._text = ""
        self._quotes: Ranges = ()
        self._answers: Ranges = ()
        self._around: Ranges = ()
        self._top = 0
        self._lines: list[Line] = []
        self._generation = 0
        self._jump = False
        self._placed = 0

    @property
    def quote_line(self) -> int | None:
        """The line on which the quote begins; None where there is none."""
        return line_of(self._lines, self._quotes[0][0]) if self._quotes and self._lines else None

    def show_text(
        self,
        text: str,
        quotes: Ranges,
        answers: Ranges,
        label: str = "",
        before: Neighbour | None = None,
        after: Neighbour | None = None,
    ) -> None:
        """Show another page, scrolled to its first quote, or to its top.

        Args:
            text: The page's text.
            quotes: Stretches of it that are quoted.
            answers: Stretches of the quotes that answer.
            label: What a person calls the page.
            before: End of the page before.
            after: Beginning of the page after.
        """
        head = f"{plain(before.text)}\n{_rule(label)}\n" if before else ""
        foot = f"\n{_rule(after.label)}\n{plain(after.text)}" if after else ""
        shift = len(head)
        self._text = head + flowing(plain(text)) + foot
        self._quotes, self._answers = _shifted(quotes, shift), _shifted(answers, shift)
        end = len(self._text)
        self._around = tuple(pair for pair in ((0, shift), (end - len(foot), end)) if pair[0] < pair[1])
        self._top = max(0, shift - len(_rule(label)) - 1) if before else 0
        self._lines, self._jump = [], True
        self._generation += 1
        self._break_lines()

    def on_resize(self, event: events.Resize) -> None:
        """Another width needs other lines; who has not scrolled sees the quote again."""
        del event
        self._jump = self._jump or self.scroll_offset.y == self._placed
        self._break_lines()

    def _break_lines(self) -> None:
        width = self.scrollable_content_region.width
        if width > 1:
            self._wrap(self._text, width, self._generation)

    @work(thread=True, exclusive=True, group="wrap")
    def _wrap(self, text: str, width: int, generation: int) -> None:
        self.post_message(self.Wrapped(wrap(text, width), width, generation))

    def on_page_text_wrapped(self, message: Wrapped) -> None:
        """Lines are there: show them, and the quote where the page is new."""
        if message.generation != self._generation:
            return
        self._lines = message.lines
        self.virtual_size = Size(message.width, len(message.lines))
        if self._jump:
            self._jump = False
            self.scroll_to_quote()
        self.refresh()

    def scroll_to_quote(self) -> None:
        """Bring the quote into view, a few lines below the top; without one, the top of the page."""
        line = self.quote_line
        top = line_of(self._lines, self._top) if line is None else max(0, line - min(ABOVE, self.size.height // 4))
        self.scroll_to(0, top, animate=False, force=True, immediate=True)
        self._placed = self.scroll_offset.y

    def render_line(self, y: int) -> Strip:
        """One line on the screen."""
        number = y + self.scroll_offset.y
        width = self.size.width
        base = self.rich_style
        if number >= len(self._lines):
            return Strip.blank(width, base)
        start, end = self._lines[number]
        cuts = {start, end}
        for low, high in (*self._quotes, *self._answers, *self._around):
            cuts.update(at for at in (low, high) if start < at < end)
        at = sorted(cuts)
        segments = [Segment(self._text[low:high], base + self._style(low)) for low, high in pairwise(at)]
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    def _style(self, offset: int) -> Style:
        if _inside(self._answers, offset):
            return self.get_component_rich_style("page--answer")
        if _inside(self._quotes, offset):
            return self.get_component_rich_style("page--quote")
        if _inside(self._around, offset):
            return self.get_component_rich_style("page--around")
        return Style.null()


def _inside(ranges: Ranges, offset: int) -> bool:
    at = bisect_right(ranges, (offset, 1 << 60)) - 1
    return at >= 0 and ranges[at][0] <= offset < ranges[at][1]


def _shifted(ranges: Ranges, by: int) -> Ranges:
    return tuple((start + by, end + by) for start, end in ranges)


def _rule(label: str) -> str:
    """The line between two pages."""
    return f"─── {one_line(label, 40)} ───"
