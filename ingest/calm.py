"""When a file that changed is to be read: once it has calmed.

A file that was saved is read after a few quiet seconds; one that is saved again and again has to stay quiet for longer
each time, up to a minute, so that an editor that saves ten times a minute costs one reading when it is done. One that is
never quiet is read now and then all the same. Pure: knows nothing of files; time is passed in, in seconds of any clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FIRST_SECONDS = 5.0
"""Quiet time after which a changed file is read."""
LONGEST_SECONDS = 60.0
"""Quiet time asked of a file that is saved again and again; it doubles up to this with each save."""
ONE_SAVE_SECONDS = 2.0
"""Changes that follow one another within this time are one save: large files are written piece by piece."""
OVERDUE_SECONDS = 600.0
"""A file that is never quiet, such as a log, is read at least so often."""
MOST_WAITING = 20_000
"""Paths that are kept apart; beyond them the folders as a whole are looked at."""


@dataclass(slots=True)
class _Waiting:
    first: float  # when the first change that was not read was noted
    last: float
    quiet: float


class Calmer:
    """Paths that changed and wait until they are quiet. To be used by one thread at a time."""

    def __init__(self) -> None:
        self._waiting: dict[Path, _Waiting] = {}
        self._taken: dict[Path, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def note(self, path: Path, now: float) -> None:
        """A path changed, appeared or went away."""
        waiting = self._waiting.get(path)
        if waiting is None:
            taken, quiet = self._taken.get(path, (0.0, 0.0))
            again = quiet and now - taken < LONGEST_SECONDS
            self._waiting[path] = _Waiting(now, now, min(LONGEST_SECONDS, 2 * quiet) if again else FIRST_SECONDS)
            return
        if now - waiting.last >= ONE_SAVE_SECONDS:
            waiting.quiet = min(LONGEST_SECONDS, 2 * waiting.quiet)
        waiting.last = now

    def due(self, now: float) -> float | None:
        """Seconds until the next path is due, 0 where one is; None where none waits."""
        times = [_due(waiting) for waiting in self._waiting.values()]
        return max(0.0, min(times) - now) if times else None

    def take(self, now: float) -> list[Path]:
        """The paths that are due, which no longer wait."""
        self._taken = {path: past for path, past in self._taken.items() if now - past[0] < LONGEST_SECONDS}
        due = [path for path, waiting in self._waiting.items() if _due(waiting) <= now]
        for path in due:
            self._taken[path] = (now, self._waiting.pop(path).quiet)
        return due

    def waiting(self) -> frozenset[Path]:
        """The paths that are not due yet."""
        return frozenset(self._waiting)

    def clear(self) -> None:
        """Let go of all that waits."""
        self._waiting.clear()


def _due(waiting: _Waiting) -> float:
    return min(waiting.last + waiting.quiet, waiting.first + OVERDUE_SECONDS)
