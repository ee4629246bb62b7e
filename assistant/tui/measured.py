"""What indexing used and did, second by second: for the activity screen. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 120
"""Looks that are remembered."""


@dataclass(slots=True)
class Measured:
    """The latest looks at the owner and its workers."""

    memory: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    """Resident memory of the owner and its workers, megabytes."""
    cpu: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    """Processors that they kept busy."""
    pages: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    """Pages read in a minute."""
    processes: int = 0
    """How many there are."""
    _last: tuple[float, float, int] | None = None

    def look(self, stats: dict[str, Any], pages: int, now: float) -> None:
        """Take in a look.

        Args:
            stats: `memory`, `cpu` and `processes` as `usage` gives them; empty without an owner.
            pages: Pages read since the program started.
            now: Seconds, any origin.
        """
        cpu = float(stats.get("cpu", 0.0))
        self.memory.append(float(stats.get("memory", 0)) / 1e6)
        self.processes = int(stats.get("processes", 0))
        if self._last is not None and now > self._last[0]:
            seconds = now - self._last[0]
            # workers that ended took their time with them: a sum that shrank says nothing
            self.cpu.append(max(0.0, cpu - self._last[1]) / seconds if cpu else 0.0)
            self.pages.append(max(0, pages - self._last[2]) * 60.0 / seconds)
        self._last = now, cpu, pages
