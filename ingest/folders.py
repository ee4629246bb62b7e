"""Walk the person's folders: which files there are, with size and time of change, and what is passed over.

A rescan costs one `scandir` a folder and one `stat` a file; nothing is opened. Links to files are followed, links to
folders are not: what they lead to is read where it really lies, or belongs to another folder that the person did not
name. What cannot be listed is said, so that files below it are not taken for deleted. Knows nothing of the catalog.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.records import SourceFile


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A named path that is not there, or a folder that cannot be listed."""

    path: Path
    """The path."""
    message: str
    """Why, for a person."""
    missing: bool
    """Whether a path that was named does not exist at all."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is passed over."""

    ignore: re.Pattern[str]
    """Matches the names of files and folders that are never read."""
    hidden: bool
    """Whether names that begin with a dot are read."""
    avoid: frozenset[Path]
    """Folders that are never entered, such as the library itself."""

    @classmethod
    def from_config(cls, section: dict[str, Any], avoid: Iterable[Path] = ()) -> Rules:
        """The rules of the `[folders]` section."""
        patterns = [fnmatch.translate(str(pattern).rstrip("/")) for pattern in section["ignore"]]
        return cls(re.compile("|".join(patterns) or r"(?!)"), bool(section["hidden"]), frozenset(avoid))

    def passes(self, name: str) -> bool:
        """Whether a file or folder of this name is looked at."""
        return (self.hidden or not name.startswith(".")) and self.ignore.match(name) is None


def walk(paths: Iterable[Path], rules: Rules) -> Iterator[SourceFile | Unreadable]:
    """Every file at or below the paths, each once, in the order of the paths and of the names in a folder.

    Args:
        paths: Absolute. A path that is named itself is looked at whatever the rules say of its name.
        rules: What is passed over below them.
    """
    seen: set[str] = set()
    for path in paths:
        for found in _look_at(path, rules):
            if os.fspath(found.path) not in seen:
                seen.add(os.fspath(found.path))
                yield found


def is_below(path: Path, folders: Iterable[Path]) -> bool:
    """Whether a path is one of the folders or lies below one."""
    return any(path == folder or folder in path.parents for folder in folders)


def _look_at(path: Path, rules: Rules) -> Iterator[SourceFile | Unreadable]:
    try:
        facts = path.stat()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        yield Unreadable(path, "there is no such file or folder" if missing else _why(error), missing)
        return
    if stat.S_ISDIR(facts.st_mode):
        yield from _below(path, rules)
    elif stat.S_ISREG(facts.st_mode):
        yield SourceFile(path, facts.st_size, facts.st_mtime_ns)
    else:
        yield Unreadable(path, "this is neither a file nor a folder", missing=False)


def _below(root: Path, rules: Rules) -> Iterator[SourceFile | Unreadable]:
    """Files below a folder, depth first, without recursion: a tree may be deeper than Python's stack."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted((entry for entry in listing if rules.passes(entry.name)), key=lambda entry: entry.name)
        except OSError as error:
            yield Unreadable(folder, _why(error), missing=False)
            continue
        folders: list[Path] = []
        for entry in entries:
            if _is_folder(entry):
                folders.append(Path(entry.path))
            elif (source := _source(entry)) is not None:
                yield source
        waiting.extend(path for path in reversed(folders) if path not in rules.avoid)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _source(entry: os.DirEntry[str]) -> SourceFile | None:
    """A regular file, or None: a folder behind a link, a device, a broken or circular link, or just deleted."""
    try:
        facts = entry.stat()
    except OSError:
        return None
    return SourceFile(Path(entry.path), facts.st_size, facts.st_mtime_ns) if stat.S_ISREG(facts.st_mode) else None


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
