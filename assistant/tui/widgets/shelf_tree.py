"""The tree of folders and documents; a folder is filled when it is opened, so that any number of files is quick."""

from __future__ import annotations

from pathlib import Path

from rich.style import Style
from rich.text import Text
from textual.widgets import Tree as TreeWidget
from textual.widgets.tree import TreeNode

from assistant.tui.plain import home_short, one_line
from assistant.tui.shelf import SIGNS, Entry, Folder, State, Tree, entries, total

MOST_SHOWN = 1_000
"""Files shown of one folder; more of them are found by searching."""
MOST_OPENED = 500
"""Files of one state up to which all folders are opened for them."""
ORDER: tuple[State, ...] = ("ready", "scanning", "waiting", "problem", "skipped", "offline")
WORDS: dict[State, str] = {
    "ready": "ready",
    "scanning": "being read",
    "waiting": "waiting",
    "problem": "with problems",
    "skipped": "passed over",
    "offline": "offline",
}
LOUD: dict[State, str] = {"problem": "yellow", "scanning": "cyan", "offline": "dim", "skipped": "dim", "waiting": "dim"}


class ShelfTree(TreeWidget[Folder | Entry]):
    """Folders first, each with its counts; files with the signs of their states."""

    def __init__(self) -> None:
        super().__init__("", id="shelf")
        self.show_root = False
        self.guide_depth = 3
        self.filled = False

    @property
    def marked(self) -> Folder | Entry | None:
        """What the cursor is on."""
        node = self.cursor_node
        return node.data if node is not None else None

    def fill(self, tree: Tree, *, alone: bool = False) -> None:
        """Show a tree; what was open stays open, and the cursor where it was.

        Args:
            tree: What is shown.
            alone: Whether files of one state are shown alone: then folders are open, and those without any left out.
        """
        opened = {_path(node.data) for node in _nodes(self.root) if node.is_expanded and node.data is not None}
        at = _path(self.marked) if self.marked is not None else None
        first = not self.filled
        self.filled = True
        self.clear()
        for item in tree.roots:
            found = len(entries(item))
            if found or not alone:
                self._add(self.root, item, opened, open_first=first, open_all=alone and found <= MOST_OPENED)
        self.root.expand()
        nodes = list(_nodes(self.root))
        wanted = next((node for node in nodes if node.data is not None and _path(node.data) == at), None)
        if nodes:
            self.call_after_refresh(self.move_cursor, wanted or nodes[0])

    def on_tree_node_expanded(self, event: TreeWidget.NodeExpanded[Folder | Entry]) -> None:
        """Fill a folder that is opened."""
        self._fill(event.node, set())

    def _fill(self, node: TreeNode[Folder | Entry], opened: set[Path], *, open_all: bool = False) -> None:
        folder = node.data
        if not isinstance(folder, Folder) or node.children:
            return
        for name in sorted(folder.folders, key=str.casefold):
            self._add(node, folder.folders[name], opened, open_all=open_all)
        files = sorted(folder.files, key=lambda entry: entry.row.path.name.casefold())
        for entry in files[:MOST_SHOWN]:
            self._add(node, entry, opened)
        if len(files) > MOST_SHOWN:
            node.add_leaf(Text(f"… and {len(files) - MOST_SHOWN:,} more: search for them", "dim"))

    def _add(
        self,
        parent: TreeNode[Folder | Entry],
        item: Folder | Entry,
        opened: set[Path],
        *,
        open_first: bool = False,
        open_all: bool = False,
    ) -> None:
        if isinstance(item, Entry):
            parent.add_leaf(_label(item), item)
            return
        name = home_short(item.path) if parent is self.root else one_line(item.path.name)
        counts = total(item)
        node = parent.add(Text.assemble((name, "bold"), ("  " + summary(counts), "dim")), item, allow_expand=True)
        if open_first or open_all or item.path in opened:
            self._fill(node, opened, open_all=open_all)
            node.expand()

    def render_label(self, node: TreeNode[Folder | Entry], base_style: Style, style: Style) -> Text:
        """Labels are texts made here; none is read as markup."""
        label = node.label.copy() if isinstance(node.label, Text) else Text(str(node.label))
        arrow = ("▼ " if node.is_expanded else "▶ ") if node.allow_expand else ""
        return Text.assemble((arrow, base_style), label, style=style)


def summary(counts: dict[State, int]) -> str:
    """Counts by state, in words."""
    return " · ".join(f"{counts[state]:,} {WORDS[state]}" for state in ORDER if counts.get(state)) or "nothing here"


def _label(entry: Entry) -> Text:
    style = LOUD.get(entry.state, "")
    return Text.assemble((f"{SIGNS[entry.state]} ", style), (one_line(entry.row.path.name), style))


def _path(item: Folder | Entry) -> Path:
    return item.path if isinstance(item, Folder) else item.row.path


def _nodes(node: TreeNode[Folder | Entry]) -> list[TreeNode[Folder | Entry]]:
    """All nodes below one, in the order in which they are shown."""
    return [found for child in node.children for found in (child, *_nodes(child))]
