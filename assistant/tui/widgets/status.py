"""The line that always says what indexing does, at what pace and why."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import ProgressBar, Static

from assistant.tui.plain import one_line


class StatusLine(Horizontal):
    """State of indexing on the left, the model on the right, a bar between them while there is something to do."""

    def __init__(self) -> None:
        super().__init__(id="status")
        self._indexing = Static("Opening the library …", markup=False, id="indexing")
        self._bar = ProgressBar(total=1.0, show_eta=False, show_percentage=False, id="indexing-bar")
        self._model = Static("", markup=False, id="model")
        self._said: tuple[str, float | None, bool] | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield self._indexing
        yield self._bar
        yield self._model

    def show(self, line: str, fraction: float | None, paused: bool) -> None:
        """Say what indexing does.

        Args:
            line: In words.
            fraction: How much of it is done, 0 to 1; None where there is nothing to do.
            paused: Whether it waits.
        """
        if (line, fraction, paused) == self._said:
            return  # it is said every second; nothing is sent over a slow link for it
        self._said = line, fraction, paused
        self._indexing.update(line)
        self._bar.display = fraction is not None
        if fraction is not None:
            self._bar.update(progress=fraction)
        self.set_class(paused, "-paused")

    def show_model(self, name: str | None) -> None:
        """Name the model that answers."""
        self._model.update(one_line(name, 30) if name else "quotes only")
