"""The line in which a question is typed; the arrow keys bring back questions asked before."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class QuestionInput(Input):
    """An input that remembers what was asked in this conversation."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "older", "Earlier question", show=False),
        Binding("down", "newer", "Later question", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(placeholder="Ask your documents …", id="question", select_on_focus=False)
        self._asked: list[str] = []
        self._at = 0

    def remember(self, question: str) -> None:
        """Keep a question that was asked."""
        if not self._asked or self._asked[-1] != question:
            self._asked.append(question)
        self._at = len(self._asked)

    def action_older(self) -> None:
        """The question before."""
        self._go(self._at - 1)

    def action_newer(self) -> None:
        """The question after, and an empty line behind the last."""
        self._go(self._at + 1)

    def _go(self, at: int) -> None:
        if 0 <= at <= len(self._asked):
            self._at = at
            self.value = self._asked[at] if at < len(self._asked) else ""
            self.cursor_position = len(self.value)
