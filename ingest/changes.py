"""What a walk found against what the catalog knows: unchanged, to be read, gone.

Size and time of change decide; nothing is opened. A file that failed is not tried again until it changes. What lies
below a folder that could not be listed, or below a folder of the library that is missing altogether (a drive that is
not there), is not taken for deleted. Knows nothing of how files are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.catalog.facts import FileRow
from ingest.folders import Unreadable, is_below
from ingest.records import SourceFile


@dataclass(slots=True)
class Changes:
    """The work of one run."""

    unchanged: list[FileRow] = field(default_factory=list)
    """Files that are as they were when they were last looked at, failed ones among them."""
    to_read: list[SourceFile] = field(default_factory=list)
    """New and changed files."""
    gone: list[Path] = field(default_factory=list)
    """Files of the catalog that are no longer there."""
    unreadable: list[Unreadable] = field(default_factory=list)
    """Named paths that are not there, and folders that cannot be listed."""

    @property
    def files(self) -> int:
        """How many files were looked at."""
        return len(self.unchanged) + len(self.to_read)


def compare(
    paths: Sequence[Path], found: Iterable[SourceFile | Unreadable], known: Mapping[Path, FileRow], reader: str
) -> Changes:
    """Sort what a walk found.

    Args:
        paths: What was walked.
        found: What the walk yielded.
        known: Every file of the catalog.
        reader: Version of the readers; what another one read is read again.
    """
    changes = Changes()
    seen: set[Path] = set()
    for item in found:
        if isinstance(item, Unreadable):
            if not (item.missing and _was_deleted(item.path, known)):
                changes.unreadable.append(item)
            continue
        seen.add(item.path)
        row = known.get(item.path)
        same = row is not None and (row.size, row.mtime_ns) == (item.size, item.mtime_ns) and row.state != "pending"
        if row is not None and same and row.reader == reader:
            changes.unchanged.append(row)
        else:
            changes.to_read.append(item)
    spared = [item.path for item in changes.unreadable]
    changes.gone = [path for path in known if path not in seen and is_below(path, paths) and not is_below(path, spared)]
    return changes


def _was_deleted(path: Path, known: Mapping[Path, FileRow]) -> bool:
    """Whether a named path that is missing is a file that the library had, from a folder that is still there."""
    return path in known and path.parent.is_dir()
