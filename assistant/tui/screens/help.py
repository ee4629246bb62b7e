"""The keys, on one screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

KEYS: tuple[tuple[str, str], ...] = (
    ("enter", "ask the question"),
    ("↑ ↓", "bring back an earlier question"),
    ("escape", "stop the answer, close the page, go back"),
    ("tab  shift+tab", "next source, source before, through all answers"),
    ("1 … 9", "open that source, while the line is empty"),
    ("space", "first: a question that begins with a number"),
    ("ctrl+y", "copy the answer or the quote with its source"),
    ("ctrl+g  ctrl+t", "ask again; edit the question"),
    ("ctrl+s", "save the conversation as Markdown"),
    ("ctrl+n", "begin a new conversation"),
    ("ctrl+↑  ctrl+↓", "scroll the conversation"),
)
READING: tuple[tuple[str, str], ...] = (
    ("← →", "page before, page after"),
    ("p  + -", "the page's picture, or its text; larger, smaller"),
    ("o  f", "open the document, or its folder, in your own program"),
    ("y", "copy the quote with its source"),
)
EVERYWHERE: tuple[tuple[str, str], ...] = (
    ("f2", "library: folders, documents, problems, search"),
    ("f3", "activity: what is read, at what pace and why"),
    ("f4", "conversations: search, go on, rename, save, forget"),
    ("f5", "models and settings"),
    ("ctrl+o", "add a folder"),
    ("ctrl+r", "pause indexing, or let it go on"),
    ("ctrl+p", "all commands by name"),
    ("f1  ?", "this help"),
    ("ctrl+q", "quit"),
)
SIGNS: tuple[tuple[str, str], ...] = (
    ("✓", "a quote on a page carries this statement"),
    ("✗", "no page supports it; not part of the answer"),
    ("dimmed", "the model's words, not checked yet"),
    ("underlined", "the words of a quote that answer the question"),
)


class HelpScreen(ModalScreen[None]):
    """What the keys and the signs mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "app.pop_screen", "Close"),
    ]

    def compose(self) -> ComposeResult:
        """One box."""
        with VerticalScroll(id="help-box"):
            yield Static(_table("Asking", KEYS), markup=False)
            yield Static(_table("Reading a source", READING), markup=False)
            yield Static(_table("Everywhere", EVERYWHERE), markup=False)
            yield Static(_table("Signs", SIGNS), markup=False)
            yield Static(Content.assemble(("Nothing you ask or read here leaves this machine.", "$foreground 60%")))


def _table(title: str, rows: tuple[tuple[str, str], ...]) -> Content:
    width = max(len(key) for key, _ in rows)
    parts: list[tuple[str, str] | str] = [(f"{title}\n", "bold $text-accent")]
    for key, meaning in rows:
        parts += [(f"{key:<{width}}  ", "bold"), f"{meaning}\n"]
    return Content.assemble(*parts)
