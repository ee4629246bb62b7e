"""The sources under an answer: a row each, chosen by mouse, `tab` or number. Where quotes are the answer, they are it."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widgets import Static

from assistant.records import Citation
from assistant.tui.messages import SourceChosen
from assistant.tui.plain import flat, found_by, one_line, place, scan
from ingest.records import FoundBy, Hit

WORDS_SHOWN = 220
"""Characters shown of a passage, or of a quote under an answer that says the same; the page shows it whole."""


class SourceRow(Static, can_focus=True):
    """One citation or hit.

    Args:
        turn: The turn it belongs to.
        number: Its mark in the answer, or its rank among the closest places.
        source: What is opened when it is chosen.
        by: What found it; None where that is not known.
        whole: Whether a quote is shown whole, since nothing else says it.
    """

    def __init__(
        self, turn: int, number: int, source: Citation | Hit, by: FoundBy | None = None, *, whole: bool = False
    ) -> None:
        super().__init__(_row(number, source, by, whole), markup=False, classes="source")
        self.turn = turn
        self.number = number
        self.source = source
        self.by = by

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


def _row(number: int, source: Citation | Hit, by: FoundBy | None, whole: bool) -> Content:
    """The words, and below them where they stand and why they were found."""
    if isinstance(source, Citation):
        mark, words = f"[{number}] ", _quote(source, None if whole else WORDS_SHOWN)
    else:
        mark, words = f" {number}. ", Content(one_line(source.passage.text, WORDS_SHOWN))
    return Content.assemble(
        (mark, "bold $text-accent"),
        words,
        "\n",
        (" " * len(mark) + place(source), "$foreground 80%"),
        (found_by(by or (source.found_by if isinstance(source, Hit) else None)), "$foreground 60%"),
        (scan(source.confidence), "$foreground 60%"),
    )


def _quote(citation: Citation, limit: int | None) -> Content:
    """The quote with the words that answer standing out, by more than colour."""
    content = Content(flat(citation.quote))
    for start, end in citation.highlights:
        content = content.stylize("bold underline $text-warning", start, end)
    if limit is not None and len(content) > limit:
        content = Content.assemble(content[:limit].rstrip(), "…")
    return Content.assemble("“", content, "”")
