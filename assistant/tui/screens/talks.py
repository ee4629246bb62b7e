"""The conversations: found by any word in them, taken up again, named, saved, forgotten."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from assistant.tui.plain import one_line
from assistant.tui.screens.base import ELSEWHERE, AssistantScreen
from assistant.tui.screens.prompt import ConfirmScreen, PromptScreen

if TYPE_CHECKING:
    from assistant.turns import Conversation

NOTHING_YET = "There are no conversations yet. Ask something: escape goes back to the question."
NOTHING_FOUND = "No conversation holds these words. Fewer or other words may find it."


class TalksScreen(AssistantScreen):
    """A list of conversations, and a line to search them."""

    AUTO_FOCUS: ClassVar[str | None] = "#search"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ELSEWHERE,
        Binding("escape", "app.pop_screen", "Back"),
        Binding("down", "into_list", "List", show=False),
        Binding("enter", "go_on", "Go on with it", show=False),
        Binding("ctrl+n", "begin", "New"),
        Binding("f6,ctrl+e", "rename", "Rename"),
        Binding("ctrl+s", "export", "Save as Markdown"),
        Binding("delete", "forget", "Forget"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._search = Input(placeholder="Search in your conversations …", id="search", select_on_focus=False)
        self._list = OptionList(id="talks", markup=False)
        self._nothing = Static("", markup=False, id="nothing")
        self._talks: dict[str, Conversation] = {}

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(classes="page"):
            yield Static(Content.styled("Conversations", "bold $text-accent"), markup=False, classes="title")
            yield self._search
            yield self._nothing
            yield self._list
        with Vertical(id="bottom"):
            yield self.status
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Fill the list."""
        self._fetch()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as the person types."""
        event.stop()
        self._fetch()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on with what is marked."""
        event.stop()
        self.action_go_on()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go on with what was chosen."""
        event.stop()
        self.action_go_on()

    def action_into_list(self) -> None:
        """From the line into the list."""
        self._list.focus()

    def action_go_on(self) -> None:
        """Take the conversation up again."""
        talk = self._marked()
        if talk is not None:
            self.assistant.go_on_with(talk)

    def action_begin(self) -> None:
        """Begin another conversation."""
        self.app.pop_screen()
        self.assistant.conversation.action_new_conversation()

    def action_rename(self) -> None:
        """Give it another name."""
        talk = self._marked()
        if talk is None:
            return

        def renamed(title: str | None) -> None:
            if title:
                self._do(lambda: self.assistant.desk.talks.rename(talk.id, title))

        self.app.push_screen(PromptScreen("Name of the conversation", talk.title), renamed)

    def action_export(self) -> None:
        """Write it to a Markdown file."""
        talk = self._marked()
        if talk is not None:
            self.assistant.export(talk.title, talk.id)

    def action_forget(self) -> None:
        """Delete it, once the person has said yes."""
        talk = self._marked()
        if talk is None:
            return

        def confirmed(yes: bool | None) -> None:
            if yes:
                self._do(lambda: self.assistant.desk.talks.forget(talk.id))

        note = "Its questions and answers are deleted and overwritten. Your documents stay as they are."
        self.app.push_screen(ConfirmScreen(f"Forget “{one_line(talk.title, 60)}”?", note), confirmed)

    def _do(self, work: Any) -> None:
        self.assistant.background(work, lambda _done: self._fetch(), "talks")

    def _fetch(self) -> None:
        search = self._search.value
        self.assistant.background(
            lambda: self.assistant.desk.talks.all(search), lambda found: self._show(search, found), "talks list"
        )

    def _show(self, search: str, found: Sequence[Conversation]) -> None:
        if search != self._search.value or not self.is_attached:
            return
        at = self._list.highlighted or 0
        self._talks = {str(talk.id): talk for talk in found}
        self._list.clear_options()
        self._list.add_options([Option(_line(talk), id=str(talk.id)) for talk in found])
        if found:
            self._list.highlighted = min(at, len(found) - 1)
        self._list.display = bool(found)
        self._nothing.display = not found
        self._nothing.update(NOTHING_FOUND if search.strip() else NOTHING_YET)
        self.refresh_bindings()

    def _marked(self) -> Conversation | None:
        at = self._list.highlighted
        if at is None or not self._talks:
            return None
        return self._talks.get(str(self._list.get_option_at_index(at).id))

    def check_action(self, action: str, parameters: tuple[Any, ...]) -> bool | None:
        """Nothing is done with what is not there."""
        del parameters
        return bool(self._talks) or action not in ("rename", "export", "forget", "go_on")


def _line(talk: Conversation) -> Content:
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(talk.started))
    what = "question" if talk.turns == 1 else "questions"
    return Content.assemble(
        (one_line(talk.title, 100), "bold"), "\n", (f"{began} · {talk.turns} {what}", "$foreground 60%")
    )
