"""The library: folders and documents with their states, problems with their remedies, and a search that asks no model.

In the tree letters are keys; `/` goes to the search line, where they are letters.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from assistant.tui.plain import home_short, one_line, place
from assistant.tui.screens.base import ELSEWHERE, AssistantScreen
from assistant.tui.screens.prompt import ConfirmScreen
from assistant.tui.shelf import FILTERS, MEANINGS, SIGNS, Entry, Folder, Shelf, State, Tree, entries, named
from assistant.tui.widgets.shelf_tree import ShelfTree, summary
from assistant.tui.widgets.viewer import Viewer
from ingest.records import Hit, Location

if TYPE_CHECKING:
    from textual.timer import Timer

    from ingest.library import FileRow

WIDE = 110
"""Columns from which tree and document stand side by side."""
TYPING_SECONDS = 0.4
"""Without a key for so long, what was typed is searched with all its words."""
LOOK_SECONDS = 1.5
"""How often the tree is made anew while files are read."""
REST = 10.0
"""Times as long as it took that it is left alone then."""
MOST_NAMED = 20
"""Files found by their names that are shown."""
EMPTY = "There are no folders yet. Press a to add one; nothing in it is ever changed."
NONE_ALONE = "No file is in this state. s shows the others."
NOTHING_FOUND = "No name and no content holds these words."


class LibraryScreen(AssistantScreen):
    """A line to search, the tree or what was found, what is marked, and the document that is read."""

    AUTO_FOCUS: ClassVar[str | None] = "#shelf"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ELSEWHERE,
        Binding("escape", "back", "Back"),
        Binding("slash", "search", "Search"),
        Binding("a", "app.add_folder", "Add"),
        Binding("r", "reread", "Read again"),
        Binding("s", "next_filter", "Show"),
        Binding("o", "open_file", "Open"),
        Binding("f", "open_folder", "Folder", show=False),
        Binding("d", "drop", "Remove"),
        Binding("delete", "forget", "Forget"),
        Binding("down", "into_list", "List", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._search = Input(placeholder="Search names and contents …", id="search", select_on_focus=False)
        self._tree = ShelfTree()
        self._found = OptionList(id="found", markup=False)
        self._detail = Static("", markup=False, id="detail")
        self._head = Static("", markup=False, classes="title")
        self._viewer = Viewer(id="viewer")
        self._shelf = Shelf()
        self._filter = 0
        self._changes = -1
        self._counts: dict[State, int] = {}
        self._next_look = 0.0
        self._hits: dict[str, Hit | Path] = {}
        self._typing: Timer | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        with Horizontal(id="desk"):
            with Vertical(classes="page", id="shelf-side"):
                yield self._head
                yield self._search
                yield self._found
                yield self._tree
                yield self._detail
            yield self._viewer
        with Vertical(id="bottom"):
            yield self.status
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Fill the tree, and look again while files are read."""
        self._found.display = False
        self._head.update(Content.styled("Library", "bold $text-accent"))
        self._look(anew=True)
        self.set_interval(LOOK_SECONDS, self._look)

    # What the person does

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as the person types."""
        event.stop()
        words = event.value.strip()
        self._found.display = bool(words)
        self._tree.display = not words
        if self._typing is not None:
            self._typing.stop()
        if words:
            self._find(words, quick=True)
            self._typing = self.set_timer(TYPING_SECONDS, lambda: self._find_all(words))
        else:
            self._hits = {}
            self._found.clear_options()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Read what is marked."""
        event.stop()
        self.action_read()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Read what was chosen."""
        event.stop()
        self.action_read()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what is marked."""
        event.stop()
        self._show_detail()

    def on_tree_node_highlighted(self, event: ShelfTree.NodeHighlighted[Folder | Entry]) -> None:
        """Say what is marked."""
        event.stop()
        self._show_detail()

    def on_tree_node_selected(self, event: ShelfTree.NodeSelected[Folder | Entry]) -> None:
        """Read a document."""
        event.stop()
        if isinstance(event.node.data, Entry):
            self.action_read()

    def action_back(self) -> None:
        """Close the document, then the search, then the screen."""
        if self._viewer.reading:
            self._close_viewer()
        elif self._search.value:
            self._search.value = ""
            self._tree.focus()
        else:
            self.app.pop_screen()

    def action_search(self) -> None:
        """Go to the search line."""
        self._search.focus()

    def action_into_list(self) -> None:
        """From the line into what was found, or into the tree."""
        (self._found if self._found.display else self._tree).focus()

    def action_next_filter(self) -> None:
        """Show everything, then problems alone, and so on."""
        self._filter = (self._filter + 1) % len(FILTERS)
        shelf, current, states = self._shelf, self.assistant.activity.current_path, FILTERS[self._filter][1]
        self.assistant.background(lambda: Tree(shelf, current, states), self._show_tree, "shelf")

    def action_read(self) -> None:
        """Open the marked document at its page."""
        marked = self._marked()
        if isinstance(marked, Hit):
            self._open(marked)
        elif marked is not None:
            path = self._path(marked)
            self.assistant.background(
                lambda: self.assistant.desk.place_of(path), lambda found: self._open_place(path, found), "place"
            )

    def action_reread(self) -> None:
        """Read a document again; of a folder, what could not be read or waits."""
        item = self._marked()
        if item is None:
            return
        if isinstance(item, Folder):
            paths = [one.row.path for one in entries(item) if one.state in ("problem", "waiting", "skipped")]
        else:
            paths = [self._path(item)]
        if not paths:
            self.app.notify("All documents of this folder were read. Choose one to read it again.", timeout=4)
            return
        self.assistant.read_again(paths)

    def action_open_file(self) -> None:
        """Open it in the person's own program."""
        item = self._marked()
        if item is not None:
            page = item.page if isinstance(item, Hit) else None
            self.assistant.open_outside(self._path(item), page)

    def action_open_folder(self) -> None:
        """Open its folder in the person's own program."""
        item = self._marked()
        if item is not None:
            path = self._path(item)
            self.assistant.open_outside(path if isinstance(item, Folder) else path.parent, None)

    def action_drop(self) -> None:
        """Take a folder out of the library, once the person has said yes."""
        item = self._tree.marked
        if item is None or self._found.display:
            return
        path = self._path(item)
        if path not in self._shelf.roots:
            self.app.notify("Only folders that you added can be removed; delete forgets a file or folder.", timeout=5)
            return

        def confirmed(yes: bool | None) -> None:
            if yes:
                self._do(lambda: self.assistant.desk.drop(path), f"{home_short(path)} is no longer in the library.")

        note = "Nothing of it is found any more. The files stay; add the folder again to have them read again."
        self.app.push_screen(ConfirmScreen(f"Remove {home_short(path)} from the library?", note), confirmed)

    def action_forget(self) -> None:
        """Erase what was read, once the person has said yes."""
        item = self._marked()
        if item is None:
            return
        path = self._path(item)

        def done(said: str) -> None:
            self.app.notify(f"Forgotten: {said}", timeout=10, markup=False)
            self._look(anew=True)

        def confirmed(yes: bool | None) -> None:
            if yes:
                self.assistant.background(lambda: self.assistant.desk.forget(path), done, "shelf work", exclusive=False)

        note = (
            "All that was read of it is erased, with the conversations that cite it, and it is never read again until "
            "you add it yourself. The file itself stays."
        )
        self.app.push_screen(ConfirmScreen(f"Forget {home_short(path)}?", note), confirmed)

    # What the desk says

    def _do(self, work: Any, said: str) -> None:
        def done(_: object) -> None:
            self.app.notify(said, markup=False)
            self._look(anew=True)

        self.assistant.background(work, done, "shelf work", exclusive=False)

    def _look(self, anew: bool = False) -> None:
        """Fetch the shelf where it may have changed; a large one, which takes longer, less often."""
        activity = self.assistant.activity
        changed = activity.changes != self._changes or activity.state == "indexing"
        if anew or (changed and time.monotonic() >= self._next_look):
            self._changes = activity.changes
            states, current = FILTERS[self._filter][1], activity.current_path

            def fetch() -> tuple[Shelf, Tree, float]:
                began = time.monotonic()
                shelf = self.assistant.desk.shelf()
                return shelf, Tree(shelf, current, states), time.monotonic() - began

            self.assistant.background(fetch, self._show_shelf, "shelf")

    def _show_shelf(self, found: tuple[Shelf, Tree, float]) -> None:
        shelf, tree, took = found
        self._next_look = time.monotonic() + took * REST
        same = shelf == self._shelf and tree.counts == self._counts
        if self.is_attached and not (same and self._tree.filled):
            self._shelf, self._counts = shelf, tree.counts
            self._show_tree(tree)

    def _show_tree(self, tree: Tree) -> None:
        name = FILTERS[self._filter][0]
        everything = name == "everything"
        self._tree.fill(tree, alone=not everything)
        shown = "" if everything else f"· {name} alone "
        self._head.update(
            Content.assemble(("Library ", "bold $text-accent"), (shown, "$text-warning"), summary(tree.counts))
        )
        self._show_detail()

    def _find_all(self, words: str) -> None:
        if self._search.has_focus:  # whoever has gone into the list is not to be led astray
            self._find(words, quick=False)

    def _find(self, words: str, *, quick: bool) -> None:
        shelf = self._shelf
        self.assistant.background(
            lambda: (named(shelf, words, MOST_NAMED), self.assistant.desk.find(words, quick)),
            lambda found: self._show_found(words, *found),
            "find",
        )

    def _show_found(self, words: str, rows: list[FileRow], hits: list[Hit]) -> None:
        if words != self._search.value.strip() or not self.is_attached:
            return
        found: dict[str, Hit | Path] = {f"name {at}": row.path for at, row in enumerate(rows)}
        found |= {f"hit {at}": hit for at, hit in enumerate(hits)}
        if found and found == self._hits and self._found.option_count == len(found):
            return  # where the person has got to in the list stays
        self._hits = found
        self._found.clear_options()
        for at, row in enumerate(rows):
            line = (one_line(row.path.name), "bold"), "\n", ("  " + home_short(row.path.parent), "$foreground 60%")
            self._found.add_option(Option(Content.assemble(*line), id=f"name {at}"))
        for at, hit in enumerate(hits):
            line = (place(hit), "bold"), "\n", ("  " + one_line(hit.passage.text, 160), "$foreground 60%")
            self._found.add_option(Option(Content.assemble(*line), id=f"hit {at}"))
        if self._hits:
            self._found.highlighted = 0
        self._show_detail()

    def _open_place(self, path: Path, found: Location | None) -> None:
        if found is not None:
            self._open(found)
        else:
            name = one_line(path.name, 60)
            self.app.notify(f"Nothing of {name} can be read here. o opens it, r reads it again.", markup=False)

    def _open(self, source: Hit | Location) -> None:
        self._viewer.open_source(source, source.found_by if isinstance(source, Hit) else None)
        self._arrange()
        self._viewer.take_focus()

    def _marked(self) -> Folder | Entry | Hit | Path | None:
        """What the cursor is on, in the tree or among what was found."""
        if not self._found.display:
            return self._tree.marked
        at = self._found.highlighted
        return None if at is None or not self._hits else self._hits.get(str(self._found.get_option_at_index(at).id))

    def _path(self, item: Folder | Entry | Hit | Path) -> Path:
        if isinstance(item, Path):
            return item
        if isinstance(item, Hit):
            return item.location.path
        return item.path if isinstance(item, Folder) else item.row.path

    def _show_detail(self) -> None:
        """What is known of what is marked, and the remedy where there is a problem."""
        item = self._marked()
        if item is None:
            said = NOTHING_FOUND if self._found.display else EMPTY if not self._shelf.roots else NONE_ALONE
            self._detail.update(Content.styled(said, "$foreground 60%"))
        elif isinstance(item, Entry):
            self._detail.update(_of_entry(item))
        elif isinstance(item, Folder):
            said = f"{home_short(item.path)}\nenter opens or closes it · r reads what is missing · f shows it in your own program"
            self._detail.update(Content.styled(said, "$foreground 60%"))
        else:
            self._detail.update(Content.styled("enter reads it", "$foreground 60%"))

    def on_resize(self) -> None:
        """Side by side, or one in place of the other."""
        self._arrange()

    def _arrange(self) -> None:
        wide = self.size.width >= WIDE
        self._viewer.display = self._viewer.reading
        self._viewer.set_class(wide, "-beside")
        self.query_one("#shelf-side").display = wide or not self._viewer.reading

    def _close_viewer(self) -> None:
        self._viewer.show_nothing()
        self._arrange()
        self.action_into_list()


def _of_entry(entry: Entry) -> Content:
    parts: list[tuple[str, str] | str] = [
        (f"{SIGNS[entry.state]} {MEANINGS[entry.state]}", "$foreground 60%"),
    ]
    if entry.row.documents > 1:
        parts.append((f" · {entry.row.documents} documents in it", "$foreground 60%"))
    for problem in entry.problems[:3]:
        inside = f"{one_line(problem.inside)}: " if problem.inside else ""
        page = f"page {problem.page}: " if problem.page else ""
        parts.append((f"\n{inside}{page}{one_line(problem.message)}", "$text-warning"))
        parts.append((f" {one_line(problem.hint)}", ""))
    if len(entry.problems) > 3:
        parts.append((f"\nand {len(entry.problems) - 3} more", "$foreground 60%"))
    if entry.problems:
        parts.append(("\nr reads it again once that is done", "$foreground 60%"))
    return Content.assemble(*parts)
