"""Every action by name, for the command palette."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand

if TYPE_CHECKING:
    from assistant.tui.app import AssistantApp


def commands(app: AssistantApp) -> Iterator[SystemCommand]:
    """What can be done now, each with what it does."""
    talk = app.conversation
    yield SystemCommand("Add a folder", "Read the documents of another folder (ctrl+o)", app.action_add_folder)
    yield SystemCommand(
        "Pause or resume indexing", "Stops at once; is remembered after a restart (ctrl+r)", app.action_pause
    )
    for name, title, meaning in (
        ("library", "Library", "Folders, documents and their states; search, problems and retry (f2)"),
        ("activity", "Activity", "What is being read, at what pace and why (f3)"),
        ("talks", "Conversations", "Search, go on with, rename, save, forget (f4)"),
        ("settings", "Models and settings", "The language model, and every setting (f5)"),
    ):
        yield SystemCommand(title, meaning, lambda name=name: app.action_go(name))
    yield SystemCommand("New conversation", "Begin anew (ctrl+n)", talk.action_new_conversation)
    yield SystemCommand("Ask again", "The latest question once more (ctrl+g)", talk.action_ask_again)
    yield SystemCommand(
        "Edit the question", "Take the latest question into the line (ctrl+t)", talk.action_edit_question
    )
    yield SystemCommand("Copy", "The answer or the quote, with its source (ctrl+y)", talk.action_copy)
    yield SystemCommand("Save as Markdown", "The whole conversation, in a file (ctrl+s)", talk.action_export)
    yield SystemCommand("Keys", "What the keys and the signs mean (f1)", app.action_help)
