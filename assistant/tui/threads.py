"""The threads in which the desk works, and the way back from them to the screens.

A thread iterates over what the desk yields and posts messages; events of indexing are joined for a moment first, so that
the screen is drawn some fifteen times a second at most, however fast they come.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from textual import work
from textual.app import App
from textual.message_pump import MessagePump

from assistant.tui import messages
from assistant.tui.desk import Desk, PageSeen, Source
from assistant.tui.plain import one_line
from ingest.errors import AssistantError
from ingest.records import Done, IndexEvent

JOIN_SECONDS = 0.06
"""How long events of indexing are joined before they are shown; quicker is not seen, and costs time to draw."""
STATUS_SECONDS = 1.0
"""How often the owner is asked for its state while it does something."""
IDLE_SECONDS = 3.0
"""The same while it does nothing."""

T = TypeVar("T")


class ThreadedApp(App[int]):
    """An application over a desk; knows no screen.

    Args:
        desk: Library, models and owner.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._cancelled: threading.Event | None = None
        self._leaving = threading.Event()
        self._pausing = False

    def leave(self) -> None:
        """Stop the threads; called once the screen is gone."""
        self._leaving.set()
        self.cancel()

    def cancel(self) -> bool:
        """Stop the answer that is being made; whether there was one."""
        cancelled, self._cancelled = self._cancelled, None
        if cancelled is not None:
            cancelled.set()
        return cancelled is not None

    def background(
        self, work: Callable[[], T], then: Callable[[T], object], group: str, *, exclusive: bool = True
    ) -> None:
        """Do what may take time in a thread, and go on with its result; what goes wrong is shown.

        Args:
            work: Touches no widget.
            then: Is called with the result by the screen's own thread.
            group: Work of a group replaces work of the same group that has not begun.
            exclusive: Whether it does so.
        """

        def body() -> None:
            try:
                result = work()
            except AssistantError as error:
                if not self._leaving.is_set():
                    self.post_message(messages.WentWrong(error))
            else:
                self.call_later(then, result)

        self.run_worker(body, thread=True, group=group, exclusive=exclusive, exit_on_error=True)

    @work(thread=True, exclusive=True, group="open")
    def _open(self) -> None:
        self.post_message(messages.DeskOpened(self.desk.open()))

    @work(thread=True, group="answer")
    def _answer(self, pump: MessagePump, turn: int, question: str, cancelled: threading.Event) -> None:
        error: AssistantError | None = None
        try:
            for event in self.desk.ask(question, cancelled):
                pump.post_message(messages.AnswerArrived(turn, event))
        except AssistantError as caught:
            error = caught
        pump.post_message(messages.AnswerEnded(turn, error, cancelled.is_set()))
        if self._cancelled is cancelled:
            self._cancelled = None

    @work(thread=True, exclusive=True, group="page")
    def _page(self, viewer: MessagePump, request: int, source: Source, number: int | None) -> None:
        try:
            viewer.post_message(messages.PageArrived(request, self.desk.page(source, number)))
        except AssistantError as error:
            viewer.post_message(
                messages.PageArrived(request, None, f"{one_line(error.message)} {one_line(error.hint)}")
            )

    @work(thread=True, exclusive=True, group="picture")
    def _picture(self, viewer: MessagePump, request: int, seen: PageSeen, width: int) -> None:
        try:
            viewer.post_message(messages.PictureArrived(request, self.desk.picture(seen, width)))
        except AssistantError as error:
            why = f"{one_line(error.message)} {one_line(error.hint)}"
            viewer.post_message(messages.PictureArrived(request, None, why))

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
        wait = STATUS_SECONDS
        while not self._leaving.wait(wait):
            try:
                status = self.desk.status()
            except AssistantError:
                continue  # an owner that was just lost; the next look finds the new one
            wait = IDLE_SECONDS if status.get("state") == "idle" else STATUS_SECONDS
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
