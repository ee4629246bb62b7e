"""One line asked for, or one question to be answered with yes or no, above the screen that needs it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Static


class PromptScreen(ModalScreen[str | None]):
    """Asks for a line; its result is the line, or None where the person went back.

    Args:
        title: What is asked for.
        value: What stands there at first.
        note: What to know, below it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]
    AUTO_FOCUS: ClassVar[str | None] = "#prompt"

    def __init__(self, title: str, value: str, note: str = "") -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._note = note

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self._title, "bold"), markup=False)
            yield Input(value=self._value, id="prompt", select_on_focus=False)
            yield Static(Content.styled(self._note or "enter takes it, escape goes back", "$foreground 60%"))
        yield Footer(show_command_palette=False, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line; an empty one is none."""
        self.dismiss(event.value.strip() or None)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


class ConfirmScreen(ModalScreen[bool]):
    """Asks whether to do what cannot be taken back.

    Args:
        question: What is asked.
        note: What it means.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
    ]

    def __init__(self, question: str, note: str) -> None:
        super().__init__()
        self._question = question
        self._note = note

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self._question, "bold"), markup=False)
            yield Static(Content.styled(self._note, "$foreground 60%"), markup=False)
            yield Static(Content.styled("\ny: yes   n: no", "bold"), markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def action_answer(self, yes: bool) -> None:
        """Yes or no."""
        self.dismiss(yes)
