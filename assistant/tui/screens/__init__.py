"""The screens: the conversation, and those that are reached from it by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.tui.screens.base import AssistantScreen


def make(name: str) -> AssistantScreen:
    """A screen by its name, which becomes its id; loaded when it is first wanted."""
    from assistant.tui.screens.activity import ActivityScreen
    from assistant.tui.screens.library import LibraryScreen
    from assistant.tui.screens.settings import SettingsScreen
    from assistant.tui.screens.talks import TalksScreen

    screens: dict[str, type[AssistantScreen]] = {
        "library": LibraryScreen,
        "activity": ActivityScreen,
        "talks": TalksScreen,
        "settings": SettingsScreen,
    }
    screen = screens[name]()
    screen.id = name
    return screen
