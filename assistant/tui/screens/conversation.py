"""The main screen: the conversation, the source that is being read, the state of indexing, the question.

Letters typed anywhere go into the question, so a person just types; numbers open sources while there is nothing in it. At 110 columns or more the source stands beside the conversation, below that in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from assistant.records import Answer, Draft
from assistant.tui.export import as_text
from assistant.tui.messages import AnswerArrived, AnswerEnded, SourceChosen
from assistant.tui.screens.base import AssistantScreen
from assistant.tui.widgets.question import FIRST, NEXT, NUMBERS, QuestionInput
from assistant.tui.widgets.sources import SourceRow
from assistant.tui.widgets.turn import TurnView
from assistant.tui.widgets.viewer import Viewer

WIDE = 110
"""Columns from which conversation and source stand side by side: sixty for either are good to read."""
MOST_TURNS = 30
"""Turns kept on the screen, so that a long conversation stays quick; all of them are kept in the library."""


class ConversationScreen(AssistantScreen):
    """Questions, answers, sources."""

    AUTO_FOCUS: ClassVar[str | None] = "#question"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop", priority=True),
        Binding("escape", "back", "Back", priority=True),
        Binding("tab", "step(1)", "Sources", priority=True),
        Binding("shift+tab", "step(-1)", "Source before", show=False, priority=True),
        Binding("ctrl+y", "copy", "Copy"),
        Binding("ctrl+n", "new_conversation", "New", show=False),
        Binding("ctrl+g", "ask_again", "Ask again", show=False),
        Binding("ctrl+t", "edit_question", "Edit question", show=False),
        Binding("ctrl+s", "export", "Save as Markdown", show=False),
        Binding("ctrl+up", "scroll_talk(-1)", "Scroll up", show=False),
        Binding("ctrl+down", "scroll_talk(1)", "Scroll down", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._entry = QuestionInput(self._cite)
        self._empty = Static(id="empty", markup=False)
        self._earlier = Static(id="earlier", markup=False)
        self._earlier.display = False
        self._talk = VerticalScroll(self._empty, self._earlier, id="talk", can_focus=False)
        self._viewer = Viewer(id="viewer")
        self._turns = 0
        self._turn: TurnView | None = None
        """The answer that keys act on: the latest one, or the one whose source is read."""
        self._latest: TurnView | None = None
        """The answer to the latest question."""
        self._chosen: SourceRow | None = None
        self._next = ("", "")
        self.title_of_talk = ""

    @property
    def reading(self) -> bool:
        """Whether a source is open."""
        return self._viewer.reading

    def compose(self) -> ComposeResult:
        """The parts."""
        with Horizontal(id="desk"):
            yield self._talk
            yield self._viewer
        with Vertical(id="bottom"):
            yield self.status
            yield self._entry
        yield Footer(show_command_palette=False, compact=True)

    # What the person does

    def on_input_submitted(self, event: QuestionInput.Submitted) -> None:
        """Ask."""
        question = event.value.strip()
        if question:
            self.ask(question)

    def ask(self, question: str) -> None:
        """Ask a question; one that is being answered is stopped."""
        if not self.assistant.can_ask(question):
            return
        self._entry.remember(question)
        self._entry.value = ""
        self.title_of_talk = self.title_of_talk or question
        self._close_viewer()
        waits = self.assistant.activity.state == "indexing" and not self.assistant.activity.documents
        turn = self._turn = self._latest = self._add_turn(question, waits=waits)
        for old in list(self._talk.query_children(TurnView))[:-MOST_TURNS]:
            old.remove()
        self._show_earlier()
        self._talk.call_after_refresh(self._talk.scroll_to_widget, turn, top=True, animate=False)
        self.assistant.ask(turn.number, question)

    def on_key(self, event: events.Key) -> None:
        """Letters go to the question wherever they are typed; numbers open sources, `?` shows the keys."""
        if self.focused is self._entry or not event.is_printable or event.character is None:
            return
        if event.character in NUMBERS and (self._cite(int(event.character)) or self.reading):
            event.stop()
        elif event.character == "?":
            event.stop()
            self.assistant.action_help()
        elif self.reading and event.character in Viewer.KEYS:
            return
        elif not event.character.isspace():
            event.stop()
            self._close_viewer()
            self._entry.focus()
            self._entry.insert_text_at_cursor(event.character)

    def action_stop(self) -> None:
        """Stop the answer that is being made."""
        self.assistant.cancel()

    def action_back(self) -> None:
        """Close the source, or go back to the question."""
        if self.reading:
            self._close_viewer()
        self._entry.focus()

    def action_step(self, by: int) -> None:
        """Go to the next source, or the one before; outside of them is the question, beside the latest answer."""
        rows = list(self._talk.query(SourceRow))
        if self._chosen in rows:
            at = rows.index(self._chosen) + by
        else:
            at = len(rows) - (len(self._turn.sources) if self._turn is not None else 0) if by > 0 else len(rows) - 1
        if 0 <= at < len(rows):
            self._choose(rows[at])
        else:
            self._close_viewer()
            self._chosen = None
            self._entry.focus()

    def action_cite(self, number: int) -> None:
        """Open the source with this number."""
        self._cite(number)

    def _cite(self, number: int) -> bool:
        """Open the source with this number; whether there is one."""
        for row in self._turn.sources if self._turn is not None else []:
            if row.number == number:
                self._choose(row)
                return True
        return False

    def action_copy(self) -> None:
        """Copy the quote that is being read, or the answer with its sources."""
        text = self._viewer.copied()
        if text is None and self._turn is not None and self._turn.answer is not None:
            text = as_text(self._turn.answer)
        if text is None:
            self.app.notify("There is no answer to copy yet.", timeout=3)
        else:
            self.assistant.copy(text, "Copied, with its source.")

    def action_ask_again(self) -> None:
        """Ask the latest question once more."""
        if self._turn is not None:
            self.ask(self._turn.question)

    def action_edit_question(self) -> None:
        """Take the latest question into the line, to change it."""
        if self._turn is not None:
            self._close_viewer()
            self._entry.value = _written_out(self._turn)
            self._entry.cursor_position = len(self._entry.value)
            self._entry.focus()

    def action_drop_filter(self, number: int, at: int) -> None:
        """Ask again without one of the filters."""
        turn = self._find(number)
        if turn is not None and turn.answer is not None:
            left = [one for index, one in enumerate(turn.answer.filters) if index != at]
            self.ask(" ".join([turn.answer.searched or turn.question, *left]))

    def action_export(self) -> None:
        """Write the conversation to a Markdown file."""
        answers = [turn.answer for turn in self._talk.query(TurnView) if turn.answer is not None]
        if answers:
            self.assistant.export(self.title_of_talk)
        else:
            self.app.notify("There is no answer to save yet.", timeout=3)

    def action_new_conversation(self) -> None:
        """Begin anew with an empty screen."""
        self.assistant.new_conversation()
        self._clear()
        self._entry.focus()

    def action_scroll_talk(self, by: int) -> None:
        """Scroll the conversation by half a screen."""
        self._talk.scroll_relative(y=by * max(1, self._talk.size.height // 2), animate=False)

    def show_kept(self, title: str, answers: Sequence[Answer]) -> None:
        """Show a conversation from earlier; the next question goes on with it."""
        self._clear()
        self.title_of_talk = title
        self._turns = max(0, len(answers) - MOST_TURNS)
        for answer in answers[-MOST_TURNS:]:
            self._turn = self._add_turn(answer.question, answer)
            self._entry.remember(answer.question)
        self._show_earlier()
        self._say_what_goes()
        self._talk.call_after_refresh(self._talk.scroll_end, animate=False)
        self._entry.focus()

    # What the desk says

    def on_answer_arrived(self, message: AnswerArrived) -> None:
        """Show an event of the answer."""
        turn = self._find(message.turn)
        if turn is not None and turn.running:
            turn.apply(message.event)
            if not isinstance(message.event, Draft):  # of which there are many
                self._say_what_goes()

    def on_answer_ended(self, message: AnswerEnded) -> None:
        """Show that nothing more comes."""
        turn = self._find(message.turn)
        if turn is not None:
            turn.end(message.error, message.cancelled)
            self._say_what_goes()

    def on_source_chosen(self, message: SourceChosen) -> None:
        """Open a source that was clicked or entered."""
        turn = self._find(message.turn)
        for row in turn.sources if turn is not None else []:
            if row.source is message.source:
                self._turn = turn
                self._choose(row)

    def show_empty(self, first: str, second: str) -> None:
        """Say what to do next while there is no question yet."""
        if self._next == (first, second):
            return
        self._next = first, second
        self._empty.update(Content.assemble((first, "bold"), "\n\n", (second, "$foreground 60%")))

    def _say_what_goes(self) -> None:
        """What can be done now: in the footer, and in the empty line."""
        self.refresh_bindings()
        answer = self._turn.answer if self._turn is not None else None
        self._entry.placeholder = NEXT if answer is not None and (answer.citations or answer.hits) else FIRST

    def _add_turn(self, question: str, kept: Answer | None = None, *, waits: bool = False) -> TurnView:
        self._turns += 1
        turn = TurnView(self._turns, question, kept, waits=waits)
        self._empty.display = False
        self._talk.mount(turn)
        return turn

    def _clear(self) -> None:
        for turn in self.query(TurnView):
            turn.remove()
        self._turn = self._latest = self._chosen = None
        self._turns = 0
        self.title_of_talk = ""
        self._close_viewer()
        self._empty.display = True
        self._earlier.display = False
        self._say_what_goes()

    def _show_earlier(self) -> None:
        """Say how many questions of the conversation are no longer on the screen."""
        hidden = self._turns - MOST_TURNS
        self._earlier.display = hidden > 0
        if hidden > 0:
            what = "question" if hidden == 1 else "questions"
            self._earlier.update(f"{hidden} earlier {what}: ctrl+s saves the whole conversation.")

    def _choose(self, row: SourceRow) -> None:
        if self._chosen is not None:
            self._chosen.remove_class("-chosen")
        self._chosen = row
        row.add_class("-chosen")
        others = len(self._turn.sources) if self._turn is not None else 0
        self._viewer.open_source(row.source, row.by, others)
        self._arrange()
        row.scroll_visible(animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Side by side, or one in place of the other."""
        del event
        self._arrange()

    def _arrange(self) -> None:
        """Show what there is room for.

        Set on the parts themselves, since a class on the screen restyles every turn. On a wide screen the source has its
        place also while it is empty: to make room for it would break all turns into lines anew.
        """
        wide = self.size.width >= WIDE
        self._viewer.display = wide or self.reading
        self._viewer.set_class(wide, "-beside")
        self._talk.display = wide or not self.reading
        if self.reading:
            self._viewer.take_focus()

    def _close_viewer(self) -> None:
        self._viewer.show_nothing()
        self._arrange()
        if self._chosen is not None:
            self._chosen.remove_class("-chosen")

    def _find(self, number: int) -> TurnView | None:
        return next((turn for turn in self.query(TurnView) if turn.number == number), None)

    def check_action(self, action: str, parameters: tuple[Any, ...]) -> bool | None:
        """Keys that mean nothing now are neither shown nor taken."""
        del parameters
        if action == "copy":
            return self._turn is not None and self._turn.answer is not None
        if action in ("new_conversation", "ask_again", "edit_question", "export"):
            return self._turn is not None
        if action == "step":
            return self.app.screen is self and bool(self._talk.query(SourceRow))
        running = self._latest is not None and self._latest.running
        if action == "stop":
            return self.app.screen is self and running
        if action == "back":
            return self.app.screen is self and not running and (self.reading or self.focused is not self._entry)
        return True


def _written_out(turn: TurnView) -> str:
    """A question with its filters as operators, so that each can be changed; as it was asked where it has none."""
    answer = turn.answer
    if answer is None or not answer.filters:
        return turn.question
    return " ".join([answer.searched or turn.question, *answer.filters])
