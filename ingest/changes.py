"""What a walk found against what the catalog knows: unchanged, to be read, gone, offline.

Size and time of change decide; nothing is opened. A file that failed is not tried again until it changes, but for one
that could not be opened and now can. What lies below a folder that could not be listed is not taken for deleted, nor
what lies on a volume that is not there: a drive that was unplugged, a share that is offline, a mount point that is
empty. A volume is told by device and inode, since an empty folder of the same name may be all that is left of it.
Knows nothing of how files are read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from ingest.folders import Entry, Found, Listing, Unreadable, below, identity_of, is_below
from ingest.records import SourceFile

Mark = tuple[int, int]
"""Size and time of change of a file that need not be read again while they stay."""
UNKNOWN: Mark = (-1, -1)
"""What no file has."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog knows of what lies at and below the walked paths."""

    marks: dict[str, Mark | None]
    """Every file by path; None where it must be read whatever its size and time: seen and never read, or read by
    another version. `compare` takes out what was found."""
    locked: Set[str]
    """Files that could not be opened."""
    volumes: Mapping[str, str]
    """Identities of all volumes by path."""


@dataclass(slots=True)
class Changes:
    """The work of one run."""

    unchanged: list[str] = field(default_factory=list)
    """Paths of files that are as they were when they were last looked at, failed ones among them."""
    to_read: list[SourceFile] = field(default_factory=list)
    """New and changed files."""
    again: set[str] = field(default_factory=set)
    """Those of them that the catalog knew."""
    gone: list[Path] = field(default_factory=list)
    """Files of the catalog that are no longer there."""
    unreadable: list[Unreadable] = field(default_factory=list)
    """Named paths that are not there, and folders that cannot be listed."""
    online: dict[str, str] = field(default_factory=dict)
    """Volumes that are there, with the identity that they have now."""
    offline: list[Path] = field(default_factory=list)
    """Volumes that are not there; their files stay."""

    @property
    def files(self) -> int:
        """How many files were looked at."""
        return len(self.unchanged) + len(self.to_read)


def compare(paths: Sequence[Path], found: Iterable[Found], known: Known) -> Changes:
    """Sort what a walk of `paths` found."""
    changes = Changes()
    missing: list[Unreadable] = []
    seen: dict[str, str] = {}
    for item in found:
        if isinstance(item, Listing):
            if item.is_volume or item.path in known.volumes:
                seen[item.path] = item.identity
            _sort_files(item, known, changes)
        elif item.missing:
            missing.append(item)
        else:
            changes.unreadable.append(item)
    _judge_volumes(paths, seen, known, changes)
    for item in missing:
        if item.path not in changes.offline and not _was_deleted(item.path, known):
            changes.unreadable.append(item)
    spared = [*(item.path for item in changes.unreadable), *changes.offline]
    left = [Path(path) for path in known.marks]
    changes.gone = [path for path in left if is_below(path, paths) and not is_below(path, spared)]
    return changes


def _sort_files(listing: Listing, known: Known, changes: Changes) -> None:
    """The files of one folder; what was found is taken out of the marks."""
    marks, unchanged = known.marks, changes.unchanged
    plain = not listing.locked and not known.locked
    for entry in listing.files:
        path, size, mtime_ns = entry
        mark = marks.pop(path, UNKNOWN)
        if mark == (size, mtime_ns) and (plain or _opens_as_before(entry, listing, known)):
            unchanged.append(path)
        else:
            changes.to_read.append(SourceFile(Path(path), size, mtime_ns))
            if mark is not UNKNOWN:
                changes.again.add(path)


def _opens_as_before(entry: Entry, listing: Listing, known: Known) -> bool:
    return (entry[0] in listing.locked) == (entry[0] in known.locked)


def _judge_volumes(paths: Sequence[Path], seen: Mapping[str, str], known: Known, changes: Changes) -> None:
    """Which volumes at and below the walked paths are there."""
    for path, identity in known.volumes.items():
        if not is_below(Path(path), paths):
            continue
        if path in seen:
            if seen[path] != identity and _is_another(path, identity, seen[path], known, changes):
                changes.offline.append(Path(path))
        elif not os.path.lexists(path):
            changes.offline.append(Path(path))
    gone = set(map(os.fspath, changes.offline))
    changes.online = {path: identity for path, identity in seen.items() if path not in gone}


def _is_another(path: str, before: str, now: str, known: Known, changes: Changes) -> bool:
    """Whether a folder of another identity stands in for a volume that is not there.

    It is the same volume if anything that was known is in it. Otherwise it is an empty mount point, or another medium
    at the same place; a folder on the same device with other files in it has replaced the old one for good.
    """
    start = below(path)
    found_again = any(name.startswith(start) for names in (changes.unchanged, changes.again) for name in names)
    if found_again or not any(name.startswith(start) for name in known.marks):
        return False
    is_empty = not any(os.fspath(source.path).startswith(start) for source in changes.to_read)
    return is_empty or before.partition(":")[0] != now.partition(":")[0]


def _was_deleted(path: Path, known: Known) -> bool:
    """Whether a named path that is missing was known, while the volume that held it is still there."""
    text = os.fspath(path)
    if text in known.volumes or not any(name == text or name.startswith(below(text)) for name in known.marks):
        return False
    above = [volume for volume in map(os.fspath, path.parents) if volume in known.volumes]
    if not above:
        return text in known.marks and path.parent.is_dir()
    try:
        return identity_of(Path(above[0]).stat()) == known.volumes[above[0]]
    except OSError:
        return False
