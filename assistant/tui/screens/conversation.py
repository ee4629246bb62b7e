"""The main screen: the conversation, the source that is being read, the state of indexing, the question.

Letters typed anywhere go into the question, so a person just types; numbers open sources unless the question is being
written. At 110 columns or more the source stands beside the conversation, below that in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from assistant.tui.messages import AnswerArrived, AnswerEnded, PageArrived, SourceChosen
from assistant.tui.plain import one_line, place
from assistant.tui.widgets.question import QuestionInput
from assistant.tui.widgets.sources import SourceRow
from assistant.tui.widgets.status import StatusLine
from assistant.tui.widgets.turn import TurnView
from assistant.tui.widgets.viewer import Viewer

if TYPE_CHECKING:
    from assistant.tui.app import AssistantApp
    from assistant.tui.desk import PageSeen

WIDE = 110
"""Columns from which conversation and source stand side by side: sixty for either are good to read."""
MOST_TURNS = 30
"""Turns kept on the screen, so that a long conversation stays quick; all of them are kept in the library."""


class ConversationScreen(Screen[None]):
    """Questions, answers, sources."""

    AUTO_FOCUS: ClassVar[str | None] = "#question"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", priority=True),
        Binding("tab", "step(1)", "Sources", priority=True),
        Binding("shift+tab", "step(-1)", "Source before", show=False, priority=True),
        Binding("ctrl+y", "copy", "Copy"),
        Binding("ctrl+n", "new_conversation", "New conversation", show=False),
        Binding("ctrl+up", "scroll_talk(-1)", "Scroll up", show=False),
        Binding("ctrl+down", "scroll_talk(1)", "Scroll down", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.status = StatusLine()
        self._entry = QuestionInput()
        self._empty = Static(id="empty", markup=False)
        self._talk = VerticalScroll(self._empty, id="talk", can_focus=False)
        self._viewer = Viewer(id="viewer")
        self.reading = False
        self._turns = 0
        self._turn: TurnView | None = None
        self._chosen: SourceRow | None = None
        self._request = 0
        self._seen: PageSeen | None = None

    @property
    def assistant(self) -> AssistantApp:
        """The application, by its own type."""
        return cast("AssistantApp", self.app)

    def compose(self) -> ComposeResult:
        """The parts."""
        with Horizontal(id="desk"):
            yield self._talk
            yield self._viewer
        with Vertical(id="bottom"):
            yield self.status
            yield self._entry
        yield Footer(show_command_palette=False)

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
        self._turns += 1
        self._close_viewer()
        self._turn = TurnView(self._turns, question)
        self._empty.display = False
        self._talk.mount(self._turn)
        for old in list(self._talk.query_children(TurnView))[:-MOST_TURNS]:
            old.remove()
        self._talk.call_after_refresh(self._talk.scroll_to_widget, self._turn, top=True, animate=False)
        self.assistant.ask(self._turns, question)

    def on_key(self, event: events.Key) -> None:
        """Letters go to the question wherever they are typed; numbers open sources, `?` shows the keys."""
        if self.focused is self._entry or not event.is_printable or event.character is None:
            return
        if event.character.isdigit():
            if event.character != "0":
                event.stop()
                self.action_cite(int(event.character))
        elif event.character == "?":
            event.stop()
            self.assistant.action_help()
        elif not event.character.isspace():
            event.stop()
            self._close_viewer()
            self._entry.focus()
            self._entry.insert_text_at_cursor(event.character)

    def action_back(self) -> None:
        """Stop the answer, or close the source, or go back to the question."""
        if self._turn is not None and self._turn.running:
            self.assistant.cancel()
        elif self.reading:
            self._close_viewer()
            self._focus_question()
        else:
            self._focus_question()

    def action_step(self, by: int) -> None:
        """Go to the next source of the answer, or the one before; past the last one comes the question."""
        rows = self._turn.sources if self._turn is not None else []
        at = rows.index(self._chosen) if self._chosen in rows else (-1 if by > 0 else len(rows))
        at += by
        if 0 <= at < len(rows):
            self._choose(rows[at])
        else:
            self._close_viewer()
            self._chosen = None
            self._focus_question()

    def action_cite(self, number: int) -> None:
        """Open the source with this number."""
        for row in self._turn.sources if self._turn is not None else []:
            if row.number == number:
                self._choose(row)

    def action_turn_page(self, by: int) -> None:
        """Read the page before or after."""
        seen = self._seen
        if seen is not None and self.reading and 1 <= seen.number + by <= seen.pages:
            self._request += 1
            self.assistant.open_page(self._request, seen.source, seen.number + by)

    def action_copy(self) -> None:
        """Copy the quote that is being read, or the answer with its sources."""
        if self.reading and self._seen is not None and self._seen.quotes:
            start, end = self._seen.quotes[0]
            text = f"“{self._seen.text[start:end]}” ({place(self._seen.source)})"
        elif self._turn is not None and self._turn.answer is not None:
            answer = self._turn.answer
            sources = [f"[{one.number}] {place(one)}: “{one_line(one.quote)}”" for one in answer.citations]
            text = "\n".join([answer.text, "", *sources]).strip()
        else:
            self.app.notify("There is no answer to copy yet.", timeout=3)
            return
        self.app.copy_to_clipboard(text)
        self.app.notify("Copied, with its source.", timeout=3)

    def action_new_conversation(self) -> None:
        """Begin anew with an empty screen."""
        self.assistant.new_conversation()
        for turn in self.query(TurnView):
            turn.remove()
        self._turn = self._chosen = None
        self._close_viewer()
        self._empty.display = True
        self._focus_question()

    def action_scroll_talk(self, by: int) -> None:
        """Scroll the conversation by half a screen."""
        self._talk.scroll_relative(y=by * max(1, self._talk.size.height // 2), animate=False)

    # What the desk says

    def on_answer_arrived(self, message: AnswerArrived) -> None:
        """Show an event of the answer."""
        turn = self._find(message.turn)
        if turn is not None and turn.running:
            turn.apply(message.event)

    def on_answer_ended(self, message: AnswerEnded) -> None:
        """Show that nothing more comes."""
        turn = self._find(message.turn)
        if turn is not None:
            turn.end(message.error, message.cancelled)

    def on_source_chosen(self, message: SourceChosen) -> None:
        """Open a source that was clicked or entered."""
        turn = self._find(message.turn)
        for row in turn.sources if turn is not None else []:
            if row.source is message.source:
                self._turn = turn
                self._choose(row)

    def on_page_arrived(self, message: PageArrived) -> None:
        """Show a page that was asked for, unless another was asked for since."""
        if message.request == self._request and self.reading:
            self._seen = message.seen
            others = len(self._turn.sources) if self._turn is not None else 0
            self._viewer.show_page(message.seen, others)

    def show_empty(self, first: str, second: str) -> None:
        """Say what to do next while there is no question yet."""
        self._empty.update(Content.assemble((first, "bold"), "\n\n", (second, "$foreground 60%")))

    def _choose(self, row: SourceRow) -> None:
        if self._chosen is not None:
            self._chosen.remove_class("-chosen")
        self._chosen = row
        row.add_class("-chosen")
        self.reading = True
        self._arrange()
        self._viewer.wait_for(place(row.source))
        self._viewer.page_text.focus()
        row.scroll_visible(animate=False)
        self._request += 1
        self.assistant.open_page(self._request, row.source, None)

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

    def _close_viewer(self) -> None:
        self.reading = False
        self._viewer.show_nothing()
        self._arrange()
        self._seen = None
        self._request += 1
        if self._chosen is not None:
            self._chosen.remove_class("-chosen")

    def _focus_question(self) -> None:
        self._entry.focus()

    def _find(self, number: int) -> TurnView | None:
        return next((turn for turn in self.query(TurnView) if turn.number == number), None)

    def check_action(self, action: str, parameters: tuple[Any, ...]) -> bool | None:
        """Keys that mean nothing now are neither shown nor taken."""
        del parameters
        if action in ("copy", "new_conversation"):
            return self._turn is not None
        if action == "turn_page":
            return self.reading
        if action == "step":
            return self.app.screen is self
        return True
