"""What indexing is doing, folded from its events and the owner's status into one line. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.tui.plain import duration, one_line
from ingest.records import Done, Failed, Indexed, IndexEvent, Paused, Reading, Removed, Skipped, Started, Unchanged

PACE_SECONDS = 60.0
"""The pace is that of the last minute: it follows what the governor allows."""
MIN_PACE_SECONDS = 3.0
"""No estimate before this: the first files say little."""


@dataclass(slots=True)
class Activity:
    """The state of indexing as the terminal program knows it."""

    state: str = "idle"
    """`idle`, `indexing` or `paused`."""
    reason: str = ""
    """Why it is paused or slow, in words; empty where there is nothing to say."""
    pace: str = ""
    """How fast it may go now, in a word; empty while unknown."""
    documents: int = 0
    """Documents that can be found."""
    passages: int = 0
    """Passages that can be found."""
    pending: int = 0
    """Files seen and not yet read."""
    failed: int = 0
    """Files or members that could not be read."""
    files: int = 0
    """Files of the run that is going on; 0 without one."""
    done: int = 0
    """Files of the run that are finished."""
    current: str = ""
    """The file being read, and its page."""
    current_path: Path | None = None
    """The file being read."""
    pages: int = 0
    """Pages read since the program started."""
    changes: int = 0
    """Grows whenever the library's files have changed."""
    indexed: int = 0
    """Documents read in this run."""
    _known: bool = False
    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def hear(self, event: IndexEvent, now: float) -> None:
        """Take in an event that came at `now` (seconds, any origin)."""
        match event:
            case Started(files):
                self.state, self.files, self.done, self.indexed, self.current = "indexing", files, 0, 0, ""
                self._marks.clear()
                self._marks.append((now, 0))
            case Reading(path, page, pages, done, files):
                self.state, self.done, self.files = "indexing", max(self.done, done), files
                where = f" p. {page}/{pages}" if pages and pages > 1 else f" p. {page}" if page > 1 else ""
                self.current, self.current_path = one_line(path.name, 40) + where, path
                self._mark(now)
            case Paused(reason):
                self.state, self.reason = "paused", one_line(reason)
            case Indexed(_, _, pages, passages):
                self.indexed += 1
                self.pages += pages
                self.changes += 1
                self.documents += 1
                self.passages += passages
            case Failed():
                self.failed += 1
                self.changes += 1
            case Done():
                self.state, self.files, self.done, self.current, self.reason, self.pending = "idle", 0, 0, "", "", 0
                self.current_path = None
                self.changes += 1
            case Removed() | Skipped():
                self.changes += 1
            case Unchanged():
                pass

    @property
    def empty(self) -> bool:
        """Whether there is nothing to find and nothing to come, as far as is known."""
        return self._known and self.documents == 0 and self.state == "idle"

    def learn(self, status: dict[str, Any]) -> None:
        """Take in what the owner says of itself, and the counts of the library."""
        self._known = self._known or "documents" in status
        self.state = str(status.get("state", self.state))
        self.reason = one_line(str(status.get("reason") or ""))
        pace = status.get("pace")
        self.pace = one_line(str(pace.get("level", ""))) if isinstance(pace, dict) else ""
        for name in ("documents", "passages", "pending", "failed"):
            if isinstance(status.get(name), int):
                setattr(self, name, status[name])

    def left(self, now: float) -> float | None:
        """Seconds until the run is finished at the pace of the last minute; None while unknown."""
        if self.state != "indexing" or not self._marks:
            return None
        began, before = self._marks[0]
        if now - began < MIN_PACE_SECONDS or self.done <= before or self.done >= self.files:
            return None
        return (self.files - self.done) * (now - began) / (self.done - before)

    def line(self, now: float) -> str:
        """The state in a line: what is done, at what pace and why."""
        if not self._known and self.state == "idle":
            return "Ready"
        counts = f"{_number(self.documents, 'document')}" + (f" · {self.failed} not readable" if self.failed else "")
        if self.state == "paused":
            waiting = f" · {_number(self.pending, 'file')} waiting" if self.pending else ""
            return f"Indexing paused: {self.reason or 'by you'}{waiting} · {counts}"
        if self.state == "indexing":
            progress = f" {self.done} of {self.files}" if self.files else ""
            left = self.left(now)
            parts = [f"Indexing{progress}", self.current, f"about {duration(left)} left" if left else "", self.reason]
            return " · ".join(part for part in parts if part) + (f" · {counts}" if self.documents else "")
        return f"Ready · {counts}" if self.documents else "Nothing to search yet"

    def fraction(self) -> float | None:
        """How much of the run is done, 0 to 1; None without a run."""
        return self.done / self.files if self.files else None

    def _mark(self, now: float) -> None:
        if self._marks and self._marks[-1][1] == self.done:
            return
        self._marks.append((now, self.done))
        while len(self._marks) > 2 and now - self._marks[0][0] > PACE_SECONDS:
            self._marks.popleft()


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
