"""What in the person's folders is not read, and why: for whoever asks for the list.

Nothing of it is kept: the folders are walked anew, by the asking process. Knows nothing of what is in the library.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.config import Config
from ingest.folders import PassedOver, Rules, walk

__all__ = ["PassedOver", "passed_over"]

FORGOTTEN = "forgotten: `assistant index` with exactly this path reads it again"


def passed_over(config: Config, library: Path, roots: Sequence[Path], forgotten: Sequence[Path]) -> list[PassedOver]:
    """Files and folders below the roots that are not looked at, by path; what lies in such a folder is not listed.

    Args:
        config: The settings in force.
        library: The library's folder, which is never read and not listed.
        roots: The person's folders.
        forgotten: What is excluded because it was forgotten.
    """
    found = [PassedOver(path, FORGOTTEN) for path in forgotten]
    rules = Rules.from_config(config.section("folders"), [library, *forgotten])
    for _ in walk(roots, rules, found.append):
        pass
    return sorted({item for item in found if item.path not in roots}, key=lambda item: item.path)
