"""Walk the person's folders: which files there are, with size and time of change, and what is passed over.

A rescan costs one `scandir` and one `stat` a folder and one `stat` a file; nothing is opened, and a file is no more
than a tuple, since there may be a million of them. Links to files are followed, links to folders are not: what they
lead to is read where it really lies, or belongs to another folder that the person did not name; so a ring of links is
no danger. What cannot be listed is said, so that files below it are not taken for deleted. Knows nothing of the catalog.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.ignoring import Ignoring

HIDDEN = "its name begins with a dot"
LINK = "a link to a folder"
SPECIAL = "neither a file nor a folder"

Entry = tuple[str, int, int]
"""A file: path, size in bytes, time of last change in nanoseconds since 1970."""


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
class PassedOver:
    """A file or folder that is not looked at."""

    path: Path
    """The path; what lies below a folder is not listed."""
    why: str
    """The pattern that it meets, or the reason in words."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder, or a file that was named itself."""

    path: str
    """Its path."""
    identity: str
    """Device and inode of the folder, which tell it from another one at the same path; empty for a file."""
    is_volume: bool
    """Whether it is a folder that was asked for, or one on another device than the folder that holds it."""
    files: list[Entry] = field(default_factory=list)
    """The files in it that are looked at, by name."""
    locked: set[str] = field(default_factory=set)
    """Those that may not be opened."""


Found = Listing | Unreadable
Tell = Callable[[PassedOver], None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is passed over."""

    ignoring: Ignoring
    """The patterns."""
    hidden: bool
    """Whether names that begin with a dot are read."""
    avoid: frozenset[str]
    """Files and folders that are never looked at, such as the library itself."""

    @classmethod
    def from_config(cls, section: dict[str, Any], avoid: Iterable[Path] = ()) -> Rules:
        """The rules of the `[folders]` section."""
        patterns = [str(pattern) for pattern in (*section["ignore"], *section["also_ignore"])]
        return cls(Ignoring(patterns), bool(section["hidden"]), frozenset(map(os.fspath, avoid)))

    def why_not(self, name: str, way: str, is_folder: bool) -> str | None:
        """Why an entry of a folder is not looked at: a pattern or a reason; None where it is.

        Args:
            name: Its name.
            way: Its way from the folder that the person named.
            is_folder: Whether it is a folder.
        """
        if name[0] == "." and not self.hidden:
            return HIDDEN
        return self.ignoring.pattern(name, way, is_folder)

    def lets_in(self, path: Path, root: Path) -> bool:
        """Whether a path below a root is looked at; for one that is gone it counts as a file."""
        parts = path.relative_to(root).parts
        if any(os.fspath(folder) in self.avoid for folder in (path, *path.parents)):
            return False
        is_folder = path.is_dir() and not path.is_symlink()
        return all(
            self.why_not(name, "/".join(parts[: at + 1]), is_folder or at + 1 < len(parts)) is None
            for at, name in enumerate(parts)
        )


def walk(paths: Sequence[Path], rules: Rules, tell: Tell | None = None, roots: Iterable[Path] = ()) -> Iterator[Found]:
    """Every file at or below the paths, each once, in the order of the paths and of the names in a folder.

    Args:
        paths: Absolute. A path that is named itself is looked at whatever the rules say of its name.
        rules: What is passed over below them.
        tell: Told of everything that is passed over.
        roots: Folders that the person named. A path below one is walked as a part of it.
    """
    seen: set[str] = set()
    named = set(roots)
    for path in paths:
        root = path if path in named else next((folder for folder in path.parents if folder in named), path)
        for found in _look_at(path, root, rules, tell):
            if isinstance(found, Listing) and len(paths) > 1:
                found.files[:] = [entry for entry in found.files if entry[0] not in seen]
                seen.update(entry[0] for entry in found.files)
            yield found


def is_below(path: Path, folders: Iterable[Path]) -> bool:
    """Whether a path is one of the folders or lies below one."""
    return any(path == folder or folder in path.parents for folder in folders)


def below(folder: str) -> str:
    """What the paths of everything in a folder begin with."""
    return folder if folder.endswith(os.sep) else folder + os.sep


def identity_of(facts: os.stat_result) -> str:
    """Device and inode as a word."""
    return f"{facts.st_dev}:{facts.st_ino}"


def _look_at(path: Path, root: Path, rules: Rules, tell: Tell | None) -> Iterator[Found]:
    try:
        facts = path.stat()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        yield Unreadable(path, "there is no such file or folder" if missing else _why(error), missing)
        return
    if stat.S_ISDIR(facts.st_mode):
        is_volume = path == root or _is_mount_point(path, facts)
        yield from _Walk(os.fspath(root), rules, tell).listings(os.fspath(path), facts, is_volume)
    elif stat.S_ISREG(facts.st_mode):
        name = os.fspath(path)
        locked = {name} if _may_be_locked(facts) and not os.access(name, os.R_OK) else set[str]()
        yield Listing(name, "", False, [(name, facts.st_size, facts.st_mtime_ns)], locked)
    else:
        yield Unreadable(path, f"this is {SPECIAL}", missing=False)


def _is_mount_point(path: Path, facts: os.stat_result) -> bool:
    """Whether a folder is on another device than the one that holds it."""
    try:
        return path.parent.stat().st_dev != facts.st_dev
    except OSError:
        return False


class _Walk:
    """The walk below one root, depth first, without recursion: a tree may be deeper than Python's stack."""

    def __init__(self, root: str, rules: Rules, tell: Tell | None) -> None:
        self._start = len(below(root))
        self._rules = rules
        self._tell = tell

    def listings(self, path: str, facts: os.stat_result, is_volume: bool) -> Iterator[Found]:
        """A folder, the root or one below it, and all that are below it."""
        waiting = [(path, facts, is_volume)]
        while waiting:
            folder, facts, is_volume = waiting.pop()
            listing = Listing(folder, identity_of(facts), is_volume)
            try:
                with _entries(folder) as entries:
                    folders = self._sort(entries, listing)
            except OSError as error:
                yield Unreadable(Path(folder), _why(error), missing=False)
                continue
            yield listing
            for inner in reversed(folders):
                try:
                    own = os.lstat(inner)
                except OSError:
                    continue
                waiting.append((inner, own, own.st_dev != facts.st_dev))

    def _sort(self, entries: Iterable[os.DirEntry[str]], listing: Listing) -> list[str]:
        """Put the files into the listing and return the folders to be walked, both by name.

        It runs once for every entry, so what most of them do not need is asked for only when the quick tests say so.
        """
        rules, start, files = self._rules, self._start, listing.files
        ignoring, hidden, avoid = rules.ignoring, rules.hidden, rules.avoid
        suffixes, names, ways = ignoring.suffixes, ignoring.names, ignoring.needs_ways
        before = below(listing.path)
        folders: list[str] = []
        for entry in entries:
            name = entry.name
            path = before + name
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                if ways or (name[0] == "." and not hidden) or name.endswith(suffixes) or names(name) or path in avoid:
                    why = rules.why_not(name, path[start:].replace(os.sep, "/"), is_folder)
                    if why is not None or path in avoid:
                        self._pass_over(path, why)
                        continue
                if is_folder:
                    folders.append(path)
                    continue
                facts = entry.stat()
            except OSError:
                continue  # a broken or circular link, or just deleted
            if facts.st_mode & PLAIN_MASK != PLAIN:
                if not stat.S_ISREG(facts.st_mode):
                    self._pass_over(path, LINK if stat.S_ISDIR(facts.st_mode) else SPECIAL)
                    continue
                if _may_be_locked(facts) and not os.access(path, os.R_OK):
                    listing.locked.add(path)
            files.append((path, facts.st_size, facts.st_mtime_ns))
        files.sort()
        folders.sort()
        return folders

    def _pass_over(self, path: str, why: str | None) -> None:
        if self._tell is not None and why is not None:
            self._tell(PassedOver(Path(path), why))


@contextmanager
def _entries(folder: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """What is in a folder, by its descriptor where that is possible: so no way is looked up again for every file."""
    if os.scandir not in os.supports_fd:
        with os.scandir(folder) as entries:
            yield entries
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(descriptor) as entries:
            yield entries
    finally:
        os.close(descriptor)


PLAIN = stat.S_IFREG | 0o444
PLAIN_MASK = stat.S_IFMT(0o177777) | 0o444
"""What of a mode says that it is a file that everybody may open: most of them, told by one test."""
_USER = os.geteuid() if hasattr(os, "geteuid") else 0


def _may_be_locked(facts: os.stat_result) -> bool:
    """Whether it is worth asking the system if a file may be opened: the mode does not plainly allow it."""
    readable = 0o400 if facts.st_uid == _USER else 0o004
    return not facts.st_mode & readable


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
