"""The application: the keys that work everywhere, the commands, and the threads in which the desk works.

A thread iterates over what the desk yields and posts messages; events of indexing are joined for a moment first, so that
the screen is drawn some fifteen times a second at most, however fast they come.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from assistant import records
from assistant.tui import messages
from assistant.tui.activity import Activity
from assistant.tui.desk import Desk, LocalDesk
from assistant.tui.plain import one_line
from assistant.tui.screens.conversation import ConversationScreen
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.screens.help import HelpScreen
from ingest.config import Config
from ingest.errors import AssistantError
from ingest.records import Done, Failed, Hit, IndexEvent

JOIN_SECONDS = 0.06
"""How long events of indexing are joined before they are shown; quicker is not seen, and costs time to draw."""
FAILURES_SHOWN = 3
"""Files of a run whose failure is told at once; the others are counted at its end."""
STATUS_SECONDS = 1.0
"""How often the owner is asked for its state."""


class AssistantApp(App[int]):
    """The terminal program.

    Args:
        desk: Library, models and owner.
        theme: Name of a theme; an unknown one is passed over.
    """

    TITLE = "Private document assistant"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "add_folder", "Folder"),
        Binding("ctrl+r", "pause", "Pause"),
        Binding("f1", "help", "Help"),
        Binding("ctrl+p", "command_palette", "More"),
        Binding("ctrl+q", "quit", "Quit", priority=True),
        Binding("ctrl+c", "interrupt", "Stop or quit", show=False, priority=True),
    ]

    def __init__(self, desk: Desk, theme: str = "") -> None:
        super().__init__()
        self.desk = desk
        self.activity = Activity()
        self._wanted_theme = theme
        self._cancelled: threading.Event | None = None
        self._leaving = threading.Event()
        self._exists: bool | None = None  # not known before the desk is open
        self._pausing = False
        self._failures = 0
        self.conversation = ConversationScreen()

    # Start and end

    async def on_mount(self) -> None:
        """Show the conversation at once; everything else arrives."""
        if self._wanted_theme in self.available_themes:
            self.theme = self._wanted_theme
        await self.push_screen(self.conversation)
        self._open()

    def on_unmount(self) -> None:
        """Whatever ended the application, its threads end too.

        Textual waits for them before `run` returns, and some wait for the owner: so the desk is closed here, in a
        thread of its own, since that may take seconds.
        """
        self.leave()
        threading.Thread(target=self.desk.close, name="closing").start()

    def leave(self) -> None:
        """Stop the threads; called once the screen is gone."""
        self._leaving.set()
        self.cancel()

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
        if self._exists is False:
            self.notify("There is nothing to search yet. Add a folder first: ctrl+o.", severity="warning")
        return self._exists is not False

    def ask(self, turn: int, question: str) -> None:
        """Answer a question; its events come as messages."""
        self.cancel()
        self._cancelled = threading.Event()
        self._answer(turn, question, self._cancelled)

    def cancel(self) -> bool:
        """Stop the answer that is being made; whether there was one."""
        cancelled, self._cancelled = self._cancelled, None
        if cancelled is not None:
            cancelled.set()
        return cancelled is not None

    def new_conversation(self) -> None:
        """Begin another conversation."""
        self.cancel()
        self._forget()

    def open_page(self, request: int, source: records.Citation | Hit, number: int | None) -> None:
        """Fetch a page; it comes as a message."""
        self._page(request, source, number)

    def action_add_folder(self) -> None:
        """Ask for a folder and read it."""
        if not isinstance(self.screen, FolderScreen):
            self.push_screen(FolderScreen(), self._add)

    def action_pause(self) -> None:
        """Pause indexing, or let it go on."""
        if self._exists and not self._pausing:
            self._pausing = True
            self._pause(self.activity.state != "paused")

    def action_help(self) -> None:
        """Show the keys."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action by name, for the command palette."""
        yield SystemCommand("Add a folder", "Read the documents of another folder", self.action_add_folder)
        yield SystemCommand("Pause or resume indexing", "Stops at once; is remembered", self.action_pause)
        yield SystemCommand("New conversation", "Begin anew", self.conversation.action_new_conversation)
        yield SystemCommand("Copy", "The answer or the quote, with its source", self.conversation.action_copy)
        yield SystemCommand("Keys", "What the keys and the signs mean", self.action_help)
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
            self.notify(
                f"{one_line(problem.message)}\n{one_line(problem.hint)}", severity="error", timeout=15, markup=False
            )
        if opened.exists:
            self._index(())
            self._watch()
        elif not opened.problems:
            self.push_screen(FolderScreen(opened.machine), self._add)
        self._show_activity()

    def on_status_arrived(self, message: messages.StatusArrived) -> None:
        """Take in the owner's state."""
        self.activity.learn(message.status)
        self._show_activity()

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
        self._show_activity()

    def _say_done(self, done: Done) -> None:
        if self._failures > FAILURES_SHOWN:
            text = f"{self._failures} files could not be read. `assistant status` names them, with the remedies."
            self.notify(text, title="Not readable", severity="warning", markup=False)
        self._failures = 0
        if done.indexed:
            self.notify(f"{done.indexed} documents were read.", title="Indexing is done", markup=False)

    def on_went_wrong(self, message: messages.WentWrong) -> None:
        """Say what could not be done, and the remedy."""
        error = message.error
        self.notify(f"{one_line(error.message)}\n{one_line(error.hint)}", severity="error", timeout=12, markup=False)

    def _show_activity(self) -> None:
        now = time.monotonic()
        line = self.activity.line(now) if self._exists is not False else "No library yet"
        status = self.conversation.status
        status.show(line, self.activity.fraction(), self.activity.state == "paused")
        if self._exists is False:
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
            self._show_activity()
            self._index((folder,))
            self._watch()

    # Threads

    @work(thread=True, exclusive=True, group="open")
    def _open(self) -> None:
        self.post_message(messages.DeskOpened(self.desk.open()))

    @work(thread=True, group="answer")
    def _answer(self, turn: int, question: str, cancelled: threading.Event) -> None:
        error: AssistantError | None = None
        try:
            for event in self.desk.ask(question, cancelled):
                self.conversation.post_message(messages.AnswerArrived(turn, event))
        except AssistantError as caught:
            error = caught
        self.conversation.post_message(messages.AnswerEnded(turn, error, cancelled.is_set()))
        if self._cancelled is cancelled:
            self._cancelled = None

    @work(thread=True, exclusive=True, group="forget")
    def _forget(self) -> None:
        self.desk.new_conversation()

    @work(thread=True, exclusive=True, group="page")
    def _page(self, request: int, source: records.Citation | Hit, number: int | None) -> None:
        try:
            seen = self.desk.page(source, number)
        except AssistantError as error:
            self.post_message(messages.WentWrong(error))
        else:
            self.conversation.post_message(messages.PageArrived(request, seen))

    @work(thread=True, group="index")
    def _index(self, paths: Sequence[Path]) -> None:
        waiting: list[IndexEvent] = []
        sent = 0.0
        try:
            for event in self.desk.index(paths):
                waiting.append(event)
                if time.monotonic() - sent >= JOIN_SECONDS or isinstance(event, Done):
                    self.post_message(messages.IndexingSaid(tuple(waiting)))
                    waiting, sent = [], time.monotonic()
                if self._leaving.is_set():
                    return
        except AssistantError as error:
            if not self._leaving.is_set():
                self.post_message(messages.WentWrong(error))

    @work(thread=True, exclusive=True, group="watch")
    def _watch(self) -> None:
        while not self._leaving.wait(STATUS_SECONDS):
            try:
                status = self.desk.status()
            except AssistantError:
                continue  # an owner that was just lost; the next look finds the new one
            self.post_message(messages.StatusArrived(status))

    @work(thread=True, exclusive=True, group="pause")
    def _pause(self, paused: bool) -> None:
        try:
            self.desk.pause(paused)
            self.post_message(messages.StatusArrived(self.desk.status()))
        except AssistantError as error:
            self.post_message(messages.WentWrong(error))
        finally:
            self._pausing = False


def run(config: Config) -> int:
    """Run the terminal program until the person leaves.

    Args:
        config: The settings in force.

    Returns:
        The exit code.
    """
    from ingest.offline import forbid_connections

    forbid_connections()
    desk = LocalDesk(config)
    gc.freeze()  # what is loaded stays: looking through it at each full collection would stop the screen for 50 ms
    app = AssistantApp(desk, str(config.section("terminal")["theme"]))
    try:
        code = app.run()
    finally:
        app.leave()
        desk.close()
    return app.return_code or code or 0
