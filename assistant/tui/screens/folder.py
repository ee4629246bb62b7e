"""The choice of a folder: on the first run the whole screen, later above the conversation."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from platformdirs import user_documents_path
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import DirectoryTree, Footer, Input, Static

from assistant.tui.plain import duration, home_short, size

MOST_COUNTED = 20_000
"""Files after which counting stops: "more than 20,000" says enough."""
SECONDS_A_FILE = 1.5
"""A rough first guess for a mixed archive on two cores; the status line knows better once it runs."""


class FolderSuggester(Suggester):
    """Completes the path of a folder."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first folder whose path begins as typed; None where there is none or it cannot be read."""
        typed = Path(value).expanduser()
        parent, start = (typed, "") if value.endswith("/") else (typed.parent, typed.name)
        try:
            names = sorted(entry.name for entry in parent.iterdir() if entry.name.startswith(start) and entry.is_dir())
        except OSError:
            return None
        visible = [name for name in names if start.startswith(".") or not name.startswith(".")]
        return value + visible[0][len(start) :] + "/" if visible and value else None


class FolderTree(DirectoryTree):
    """Folders only; hidden ones are left out. Signs that every font has stand for them."""

    ICON_NODE = "▶ "
    ICON_NODE_EXPANDED = "▼ "

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Folders that a person would look into."""
        return [path for path in paths if not path.name.startswith(".") and _is_folder(path)]


class FolderScreen(ModalScreen[Path | None]):
    """Asks for a folder; its result is the folder, or None where the person went back.

    Args:
        welcome: What this machine has, shown on the first run; None later.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]
    AUTO_FOCUS: ClassVar[str | None] = "#folder"

    class Counted(Message):
        """How much there is in a folder."""

        def __init__(self, folder: Path, files: int, total: int) -> None:
            super().__init__()
            self.folder = folder
            self.files = files
            self.total = total

    def __init__(self, welcome: str | None = None) -> None:
        super().__init__(classes="-first" if welcome else "")
        self._welcome = welcome
        self._folder: Path | None = None
        self._opened: Path | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(id="folder-box"):
            if self._welcome:
                yield Static(Content.assemble(("Private document assistant", "bold $text-accent")), markup=False)
                yield Static(self._welcome, markup=False, id="welcome")
            yield Static(Content.assemble(("Which folder shall be read?", "bold")), markup=False, id="folder-title")
            yield Input(
                value=_likely(),
                placeholder="~/Documents",
                id="folder",
                suggester=FolderSuggester(),
                select_on_focus=False,
            )
            yield Static("", markup=False, id="folder-says")
            yield FolderTree(Path.home(), id="folder-tree")
            yield Static(
                "enter adds it · → completes the name · tab to the list: enter opens, again adds",
                markup=False,
                id="folder-keys",
            )
        yield Footer(show_command_palette=False, compact=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is in the folder that was typed."""
        folder = Path(event.value.strip()).expanduser() if event.value.strip() else None
        self._folder = folder
        self.query_one("#folder-says", Static).update("")
        if folder is not None:
            self._count(folder)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the folder that was typed."""
        self._take(Path(event.value.strip()).expanduser() if event.value.strip() else None)

    def on_directory_tree_directory_selected(self, event: DirectoryTree.DirectorySelected) -> None:
        """Open a folder and put it into the line; the same once more adds it."""
        if self._opened == event.path:
            self._take(event.path)
        else:
            self._opened = event.path
            self.query_one("#folder", Input).value = home_short(event.path)

    def on_folder_screen_counted(self, message: Counted) -> None:
        """Show how much there is, and about how long it takes."""
        if message.folder == self._folder:
            self.query_one("#folder-says", Static).update(_says(message.files, message.total))

    def action_leave(self) -> None:
        """Go back without a folder."""
        self.dismiss(None)

    def _take(self, folder: Path | None) -> None:
        says = self.query_one("#folder-says", Static)
        if folder is None:
            says.update("Type a folder, such as ~/Documents.")
        elif not _is_folder(folder):
            missing = "is not there" if not folder.exists() else "is no folder, or you may not read it"
            says.update(Content.assemble((f"{home_short(folder)} {missing}.", "$text-error")))
        else:
            self.dismiss(folder.absolute())

    @work(thread=True, exclusive=True, group="count")
    def _count(self, folder: Path) -> None:
        if not _is_folder(folder):
            return
        files = total = 0
        for root, _folders, names in os.walk(folder):
            files += len(names)
            total += sum(_size(Path(root, name)) for name in names)
            if files > MOST_COUNTED or self._folder != folder:
                break
        self.post_message(self.Counted(folder, files, total))


def _likely() -> str:
    """The folder in which a person's documents are on this system; the home folder where there is none."""
    folder = user_documents_path()
    return home_short(folder) if _is_folder(folder) else "~/"


def _size(path: Path) -> int:
    """Bytes of a file; 0 where it vanished or may not be seen."""
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _says(files: int, total: int) -> str:
    """A count and a guess, in a sentence."""
    if files == 0:
        return "There are no files in it."
    if files > MOST_COUNTED:
        return f"More than {MOST_COUNTED:,} files. Reading them takes hours; you can ask from the first minute on."
    what = "file" if files == 1 else "files"
    return f"{files:,} {what}, {size(total)}; reading takes roughly {duration(files * SECONDS_A_FILE)}. You can ask meanwhile."


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
