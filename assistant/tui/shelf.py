"""The files of a library as a tree with states, made from what the catalog says. Pure.

A hundred thousand files are sorted into their folders once; a screen fills a folder when it is opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ingest.library import FileProblem, FileRow

State = Literal["ready", "waiting", "scanning", "problem", "skipped", "offline"]

SIGNS: dict[State, str] = {
    "ready": "✓",
    "waiting": "…",
    "scanning": "▶",
    "problem": "!",
    "skipped": "–",
    "offline": "⌀",
}
"""A sign a state, told apart without colours."""
MEANINGS: dict[State, str] = {
    "ready": "can be found",
    "waiting": "waits to be read",
    "scanning": "being read now",
    "problem": "could not be read, or not all of it",
    "skipped": "holds nothing that can be read",
    "offline": "its drive or share is not connected; what was read stays",
}
FILTERS: tuple[tuple[str, frozenset[State]], ...] = (
    ("everything", frozenset(SIGNS)),
    ("problems", frozenset({"problem"})),
    ("waiting", frozenset({"waiting", "scanning"})),
    ("passed over", frozenset({"skipped"})),
    ("offline", frozenset({"offline"})),
)
"""What a person may want to see alone."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the library holds, as the catalog says at one moment."""

    roots: tuple[Path, ...] = ()
    """Folders and files that the person added."""
    offline: tuple[Path, ...] = ()
    """Drives and shares that are not connected."""
    files: tuple[FileRow, ...] = ()
    """All files."""
    problems: tuple[FileProblem, ...] = ()
    """All that could not be read."""


@dataclass(slots=True)
class Folder:
    """A folder of the tree."""

    path: Path
    """Where it is."""
    folders: dict[str, Folder] = field(default_factory=dict)
    """Folders in it, by name."""
    files: list[Entry] = field(default_factory=list)
    """Files in it, by name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the tree."""

    row: FileRow
    """What the catalog knows."""
    state: State
    """What became of it."""
    problems: tuple[FileProblem, ...] = ()
    """What could not be read of it."""


class Tree:
    """All folders of a shelf.

    Args:
        shelf: What the catalog says.
        current: The file that is being read; None where there is none.
        shown: States that are shown.
    """

    def __init__(self, shelf: Shelf, current: Path | None = None, shown: Iterable[State] = tuple(SIGNS)) -> None:
        self.roots: list[Folder | Entry] = []
        self.counts: dict[State, int] = {}
        """All files by state, shown or not."""
        self._problems: dict[Path, list[FileProblem]] = {}
        for problem in shelf.problems:
            self._problems.setdefault(problem.path, []).append(problem)
        offline = tuple(os.fspath(path) for path in shelf.offline)
        self._folders = {root: Folder(root) for root in shelf.roots}
        wanted, single = frozenset(shown), dict[Path, Entry]()
        for row in shelf.files:
            entry = self._entry(row, current, offline)
            self.counts[entry.state] = self.counts.get(entry.state, 0) + 1
            if entry.state not in wanted:
                continue
            if row.path in self._folders:
                single[row.path] = entry
            else:
                self._place(entry)
        for root in shelf.roots:
            self.roots.append(single.get(root) or self._folders[root])

    def _entry(self, row: FileRow, current: Path | None, offline: Sequence[str]) -> Entry:
        problems = tuple(self._problems.get(row.path, ()))
        return Entry(row, _state(row, problems, current, offline), problems)

    def _place(self, entry: Entry) -> None:
        """Put a file into its folder."""
        way: list[Path] = []
        at = entry.row.path.parent
        while at not in self._folders:
            way.append(at)
            if at.parent == at:
                return  # below no root: it waits to be taken out
            at = at.parent
        folder = self._folders[at]
        for path in reversed(way):
            folder = self._folders[path] = folder.folders.setdefault(path.name, Folder(path))
        folder.files.append(entry)


def total(folder: Folder) -> dict[State, int]:
    """Files at and below a folder, by state."""
    counts: dict[State, int] = {}
    for entry in entries(folder):
        counts[entry.state] = counts.get(entry.state, 0) + 1
    return counts


def entries(item: Folder | Entry) -> list[Entry]:
    """All files at and below an item."""
    if isinstance(item, Entry):
        return [item]
    return [*(entry for folder in item.folders.values() for entry in entries(folder)), *item.files]


def named(shelf: Shelf, words: str, limit: int) -> list[FileRow]:
    """Files whose path holds all of the words, whatever their case; the shortest paths first."""
    wanted = words.casefold().split()
    found = [row for row in shelf.files if all(word in str(row.path).casefold() for word in wanted)]
    return sorted(found, key=lambda row: (len(row.path.name), row.path))[:limit] if wanted else []


def _state(row: FileRow, problems: Sequence[FileProblem], current: Path | None, offline: Sequence[str]) -> State:
    if row.path == current:
        return "scanning"
    if offline and any((os.fspath(row.path) + os.sep).startswith(root + os.sep) for root in offline):
        return "offline"
    if row.state == "pending":
        return "waiting"
    if row.state == "skipped":
        return "skipped"
    return "problem" if row.state == "failed" or problems else "ready"
