"""The line in which a question is typed; the arrow keys bring back questions asked before.

While the line is empty a number opens the source that has it: what is behind an answer is looked at more often than a
question begins with a number, and behind a space any number begins a question. A question mark asks for the keys.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

FIRST = "Ask your documents …"
NEXT = "Ask on, or type the number of a source …"
NUMBERS = tuple("123456789")
"""Keys that open sources."""


class QuestionInput(Input):
    """An input that remembers what was asked in this conversation.

    Args:
        opens: Opens the source with a number; False where there is none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "older", "Earlier question", show=False),
        Binding("down", "newer", "Later question", show=False),
    ]

    def __init__(self, opens: Callable[[int], bool]) -> None:
        super().__init__(placeholder=FIRST, id="question", select_on_focus=False)
        self.cursor_blink = False  # an idle screen sends nothing over a slow link
        self._opens = opens
        self._asked: list[str] = []
        self._at = 0

    async def on_key(self, event: events.Key) -> None:
        """A number in an empty line opens a source; a question mark there asks for the keys."""
        if self.value or event.character is None:
            return
        asks = event.character == "?"
        if asks or (event.character in NUMBERS and self._opens(int(event.character))):
            event.stop()
            event.prevent_default()  # the line does not get it
        if asks:
            await self.run_action("app.help")

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
