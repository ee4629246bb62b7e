"""What all screens share: the application by its own type, the line that says what indexing does, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.binding import Binding
from textual.screen import Screen

from assistant.tui.widgets.status import StatusLine

if TYPE_CHECKING:
    from assistant.tui.activity import Activity
    from assistant.tui.app import AssistantApp


ELSEWHERE = [
    Binding("f2", "app.go('library')", "Library", show=False),
    Binding("f3", "app.go('activity')", "Activity", show=False),
    Binding("f4", "app.go('talks')", "History", show=False),
    Binding("f5", "app.go('settings')", "Settings", show=False),
]
"""Keys that work on every screen, and stand in the footer of the conversation alone: 80 columns have room for one's own."""


class AssistantScreen(Screen[None]):
    """A screen with the status line, which it places itself."""

    def __init__(self) -> None:
        super().__init__()
        self.status = StatusLine()

    @property
    def assistant(self) -> AssistantApp:
        """The application, by its own type."""
        return cast("AssistantApp", self.app)

    def on_screen_resume(self) -> None:
        """Show what happened meanwhile."""
        self.assistant.show_activity()

    def show_activity(self, activity: Activity, line: str) -> None:
        """Show what indexing does.

        Args:
            activity: All that is known of it.
            line: The same in a line.
        """
        self.status.show(line, activity.fraction(), activity.state == "paused")
