"""The sources under an answer: a row each, chosen by mouse, `tab` or number."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widgets import Static

from assistant.records import Citation
from assistant.tui.messages import SourceChosen
from assistant.tui.plain import one_line, place, scan
from ingest.records import Hit

QUOTE_SHOWN = 220
"""Characters of a quote in its row; the page shows it whole."""


class SourceRow(Static, can_focus=True):
    """One citation or hit.

    Args:
        turn: The turn it belongs to.
        number: Its mark in the answer, or its rank among the closest places.
        source: What is opened when it is chosen.
    """

    def __init__(self, turn: int, number: int, source: Citation | Hit) -> None:
        super().__init__(_row(number, source), markup=False, classes="source")
        self.turn = turn
        self.number = number
        self.source = source

    def on_click(self, event: events.Click) -> None:
        """Open it."""
        event.stop()
        self.choose()

    def key_enter(self) -> None:
        """Open it."""
        self.choose()

    def choose(self) -> None:
        """Say that it was chosen."""
        self.post_message(SourceChosen(self.turn, self.source))


def _row(number: int, source: Citation | Hit) -> Content:
    """Number and place on one line, the words below."""
    confidence = source.confidence
    if isinstance(source, Citation):
        words = f"“{one_line(source.quote, QUOTE_SHOWN)}”"
        mark = f"[{number}] "
    else:
        words = one_line(source.passage.text, QUOTE_SHOWN)
        mark = f" {number}. "
    return Content.assemble(
        (mark, "bold $text-accent"),
        (place(source), "bold"),
        (scan(confidence), "$foreground 60%"),
        "\n",
        (words, "$foreground 60%"),
    )
