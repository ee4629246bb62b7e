"""The application: the keys that work everywhere, what screens ask for, and what becomes of what the desk says."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from assistant import records
from assistant.tui import messages
from assistant.tui.activity import Activity
from assistant.tui.desk import Desk, PageSeen, Source
from assistant.tui.plain import home_short, one_line
from assistant.tui.screens.base import AssistantScreen
from assistant.tui.screens.conversation import ConversationScreen
from assistant.tui.threads import ThreadedApp
from ingest.config import Config
from ingest.errors import AssistantError
from ingest.records import Done, Failed

if TYPE_CHECKING:
    from assistant.tui.widgets.viewer import Viewer
    from assistant.turns import Conversation

T = TypeVar("T")

FAILURES_SHOWN = 3
"""Files of a run whose failure is told at once; the others are counted at its end."""


class AssistantApp(ThreadedApp):
    """The terminal program.

    Args:
        desk: Library, models and owner.
        theme: Name of a theme; an unknown one is passed over.
        drawn: Called when the first screen is drawn.
    """

    TITLE = "Private document assistant"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help"),
        Binding("f2", "go('library')", "Library"),
        Binding("f3", "go('activity')", "Activity"),
        Binding("f4", "go('talks')", "History"),
        Binding("f5", "go('settings')", "Settings"),
        Binding("ctrl+o", "add_folder", "Add folder", show=False),
        Binding("ctrl+r", "pause", "Pause", show=False),
        Binding("ctrl+p", "command_palette", "All"),
        Binding("ctrl+q", "quit", "Quit", priority=True, show=False),
        Binding("ctrl+c", "interrupt", "Stop or quit", show=False, priority=True),
    ]

    def __init__(self, desk: Desk, theme: str = "", drawn: Callable[[], None] = lambda: None) -> None:
        super().__init__(desk)
        self._drawn = drawn
        self.activity = Activity()
        self._wanted_theme = theme
        self._exists: bool | None = None  # not known before the desk is open
        self._unreadable: AssistantError | None = None
        self._failures = 0
        self.conversation = ConversationScreen()

    # Start and end

    async def on_mount(self) -> None:
        """Show the conversation at once; everything else arrives."""
        if self._wanted_theme in self.available_themes:
            self.theme = self._wanted_theme
        await self.push_screen(self.conversation)
        self.call_after_refresh(self._begin)  # loading takes the processor: what is there is drawn first

    def _begin(self) -> None:
        """The first screen is drawn."""
        self._drawn()
        self._open()

    def on_unmount(self) -> None:
        """Whatever ended the application, its threads end too.

        Textual waits for them before `run` returns, and some wait for the owner: so the desk is closed here, in a
        thread of its own, since that may take seconds.
        """
        self.leave()
        threading.Thread(target=self.desk.close, name="closing").start()

    async def action_quit(self) -> None:
        """Quit."""
        self.leave()
        self.exit(0)

    async def action_interrupt(self) -> None:
        """Ctrl-C: copy what is selected, else stop the answer, else quit."""
        if selected := self.screen.get_selected_text():
            self.copy_to_clipboard(selected)
        elif not self.cancel():
            await self.action_quit()

    # What screens ask for

    def can_ask(self, question: str) -> bool:
        """Whether there may be anything to ask; says what to do otherwise."""
        del question
        if self._unreadable is not None:
            self._say_error(self._unreadable)
        elif self._exists is False:
            self.notify("There is nothing to search yet. Add a folder first: ctrl+o.", severity="warning")
        return self._exists is not False

    def ask(self, turn: int, question: str) -> None:
        """Answer a question; its events come to the conversation as messages."""
        self.cancel()
        self._cancelled = threading.Event()
        self._answer(self.conversation, turn, question, self._cancelled)

    def new_conversation(self) -> None:
        """Begin another conversation."""
        self.cancel()
        self.background(self.desk.talks.begin_anew, lambda _none: None, "talks")

    def go_on_with(self, talk: Conversation) -> None:
        """Take up a conversation from earlier."""
        self.cancel()

        def show(answers: list[records.Answer]) -> None:
            if not isinstance(self.screen, ConversationScreen):
                self.pop_screen()
            self.conversation.show_kept(talk.title, answers)

        self.background(lambda: self.desk.talks.go_on_with(talk.id), show, "talks")

    def fetch_page(self, viewer: Viewer, request: int, source: Source, number: int | None) -> None:
        """Fetch a page; it comes to the viewer as a message."""
        self._page(viewer, request, source, number)

    def fetch_picture(self, viewer: Viewer, request: int, seen: PageSeen, width: int) -> None:
        """Have a page drawn; its picture comes to the viewer as a message."""
        self._picture(viewer, request, seen, width)

    def read_again(self, paths: Sequence[Path]) -> None:
        """Have files read again, whether they changed or not."""
        what = one_line(paths[0].name, 60) if len(paths) == 1 else f"{len(paths)} files"

        def go_on(_: object) -> None:
            self.notify(f"Reading {what} again …", timeout=3, markup=False)
            self._index(())

        self.background(lambda: self.desk.reread(paths), go_on, "reread", exclusive=False)

    def copy(self, text: str, said: str) -> None:
        """Copy a text, and say so."""
        self.copy_to_clipboard(text)
        self.notify(said, timeout=3, markup=False)

    def open_outside(self, path: Path, page: int | None) -> None:
        """Open a file or folder in the person's own program for it; where there is none, its path is copied."""
        from assistant.tui.outside import open_outside

        self.copy_to_clipboard(str(path))
        self.background(
            lambda: open_outside(path, page),
            lambda _none: self.notify(f"Opened {home_short(path)}", timeout=3, markup=False),
            "outside",
        )

    def export(self, title: str, conversation: int | None = None) -> None:
        """Write a conversation to a Markdown file that the person names; the one on the screen where none is given."""
        from assistant.tui.export import name_for
        from assistant.tui.screens.prompt import PromptScreen

        def named(name: str | None) -> None:
            if name is not None:
                path = Path(name).expanduser().absolute()
                done = f"Saved as {home_short(path)}"
                self.background(
                    lambda: self.desk.talks.export(title, path, conversation),
                    lambda _none: self.notify(done, markup=False),
                    "talks",
                )

        self.push_screen(PromptScreen("Save the conversation as", f"~/{name_for(title)}"), named)

    def action_add_folder(self) -> None:
        """Ask for a folder and read it."""
        from assistant.tui.screens.folder import FolderScreen

        if self._unreadable is not None:
            self._say_error(self._unreadable)
        elif not isinstance(self.screen, FolderScreen):
            self.push_screen(FolderScreen(), self._add)

    def action_pause(self) -> None:
        """Pause indexing, or let it go on."""
        if self._exists and not self._pausing:
            self._pausing = True
            self._pause(self.activity.state != "paused")

    def action_help(self) -> None:
        """Show the keys."""
        from assistant.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    def action_go(self, name: str) -> None:
        """Go to a screen; again: back to the conversation."""
        from assistant.tui.screens import make

        while not isinstance(self.screen, ConversationScreen):
            shown = self.screen
            self.pop_screen()
            if shown.id == name:
                return
        self.push_screen(make(name))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action by name, for the command palette."""
        from assistant.tui.commands import commands

        yield from commands(self)
        for command in super().get_system_commands(screen):
            if command.title in ("Theme", "Quit", "Screenshot"):
                yield command

    # What the desk's threads say

    def on_desk_opened(self, message: messages.DeskOpened) -> None:
        """Show what is here, or ask for the first folder."""
        opened = message.opened
        self._exists = opened.exists
        self.conversation.status.show_model(opened.model)
        for problem in opened.problems:
            self._say_error(problem)
        if opened.exists:
            self._index(())
            self._watch()
        elif opened.unreadable is None:
            from assistant.tui.screens.folder import FolderScreen

            self.push_screen(FolderScreen(opened.machine), self._add)
        self._unreadable = opened.unreadable
        self.show_activity()

    def on_status_arrived(self, message: messages.StatusArrived) -> None:
        """Take in the owner's state."""
        self.activity.learn(message.status)
        self.show_activity()

    def on_indexing_said(self, message: messages.IndexingSaid) -> None:
        """Take in what indexing did."""
        now = time.monotonic()
        for event in message.events:
            self.activity.hear(event, now)
            if isinstance(event, Failed):
                self._failures += 1
                if self._failures <= FAILURES_SHOWN:
                    text = f"{one_line(event.path.name, 60)}: {one_line(event.message)}\n{one_line(event.hint)}"
                    self.notify(text, title="Not readable", severity="warning", markup=False)
            elif isinstance(event, Done):
                self._say_done(event)
        self.show_activity()

    def _say_done(self, done: Done) -> None:
        if self._failures > FAILURES_SHOWN:
            text = f"{self._failures} files could not be read. `assistant status` names them, with the remedies."
            self.notify(text, title="Not readable", severity="warning", markup=False)
        self._failures = 0
        if done.indexed:
            self.notify(f"{done.indexed} documents were read.", title="Indexing is done", markup=False)

    def on_went_wrong(self, message: messages.WentWrong) -> None:
        """Say what could not be done, and the remedy."""
        self._say_error(message.error)

    def _say_error(self, error: AssistantError) -> None:
        self.notify(f"{one_line(error.message)}\n{one_line(error.hint)}", severity="error", timeout=12, markup=False)

    def show_activity(self) -> None:
        """Show what indexing does, on the screen that is there, and what to do next where nothing was asked yet."""
        if self._exists is None:
            line = "Opening the library …"
        elif self._unreadable is not None:
            line = "The library cannot be opened"
        else:
            line = self.activity.line(time.monotonic()) if self._exists else "No library yet"
        for screen in (self.conversation, *self.screen_stack[-1:]):  # none is left while the program ends
            if isinstance(screen, AssistantScreen):
                screen.show_activity(self.activity, line)
        if self._exists is None:
            self.conversation.show_empty("", "")
        elif self._unreadable is not None:
            self.conversation.show_empty(
                "The library cannot be opened.",
                f"{one_line(self._unreadable.message)}\n\n{one_line(self._unreadable.hint)}",
            )
        elif self._exists is False:
            self.conversation.show_empty(
                "Nothing to search yet.", "Press ctrl+o and choose a folder with your documents."
            )
        elif self.activity.empty:
            self.conversation.show_empty(
                "The library is empty.", "Press ctrl+o and choose a folder with documents that can be read."
            )
        else:
            self.conversation.show_empty(
                "Ask your documents a question.",
                "Type it below and press enter. Every statement of the answer comes with the page and the words it rests"
                " on: open them with tab or their numbers. f1 shows all keys.",
            )

    def _add(self, folder: Path | None) -> None:
        """A folder was chosen."""
        if folder is not None:
            self._exists = True
            self.activity.state = "indexing"
            self.show_activity()
            self._index((folder,))
            self._watch()


def run(config: Config) -> int:
    """Run the terminal program until the person leaves.

    Args:
        config: The settings in force.

    Returns:
        The exit code.
    """
    from assistant.tui.local import LocalDesk
    from assistant.tui.widgets.sharp import prepare
    from ingest.offline import forbid_connections

    forbid_connections()
    prepare()
    desk = LocalDesk(config)
    app = AssistantApp(desk, str(config.section("terminal")["theme"]), _settle)
    try:
        code = app.run()
    finally:
        app.leave()
        desk.close()
    return app.return_code or code or 0


def _settle() -> None:
    """What is loaded stays: looking through it at each full collection would stop the screen for 50 ms."""
    gc.freeze()
    gc.enable()  # which is off while a bare `assistant` starts
