"""The gate that indexing passes: open, or shut for one or more reasons that a person can read.

Whoever shuts it (a pause, a question being answered) has its work stopped at once through `on_change`; threads that
are about to begin something new wait at the gate. Knows nothing of processes, nor of who asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

CHECK_SECONDS = 0.2
"""How soon a waiting thread notices that it was cancelled."""


class Gate:
    """Open while there is no reason to wait.

    Args:
        on_change: Called with whether the gate is now open, once a change, never twice at the same time.
    """

    def __init__(self, on_change: Callable[[bool], None]) -> None:
        self._on_change = on_change
        self._changed = threading.Condition()
        self._reasons: dict[object, str] = {}

    @property
    def reason(self) -> str:
        """Why the gate is shut; empty while it is open."""
        with self._changed:
            return next(iter(self._reasons.values()), "")

    def shut(self, who: object, reason: str) -> None:
        """Shut the gate on behalf of `who`, who may do so only once."""
        with self._changed:
            was_open = not self._reasons
            self._reasons[who] = reason
            if was_open:
                self._on_change(False)

    def open(self, who: object) -> None:
        """Take back the reason of `who`; the gate opens when it was the last one."""
        with self._changed:
            if self._reasons.pop(who, None) is not None and not self._reasons:
                self._on_change(True)
                self._changed.notify_all()

    def wait(self, cancelled: Callable[[], bool], waiting: Callable[[str], None] | None = None) -> bool:
        """Wait until the gate is open.

        Args:
            cancelled: Ends the waiting when it says so.
            waiting: Told the reason, once for each that is met.

        Returns:
            Whether the gate is open; false when cancelled.
        """
        told = ""
        while not cancelled():
            reason = self.reason
            if not reason:
                return True
            if waiting is not None and reason != told:
                waiting(reason)
                told = reason
            with self._changed:
                self._changed.wait_for(lambda: not self._reasons, CHECK_SECONDS)
        return False
