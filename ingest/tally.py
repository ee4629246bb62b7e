"""The events of one run that several owners did, one after another, as if one had.

Knows nothing of how they arrive.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from ingest.records import Done, Failed, Indexed, IndexEvent, Reading, Removed, Skipped, Started, Unchanged


class Tally:
    """Joins the events of a run that several owners did, as if one had."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._started = False
        self._seen: set[tuple[Path, str | None]] = set()
        self._read: set[Path] = set()
        self._counts = {Indexed: 0, Unchanged: 0, Removed: 0, Failed: 0, Skipped: 0}
        self._passages = 0

    def of(self, events: Iterator[IndexEvent]) -> Iterator[IndexEvent]:
        """The events without those that a new owner repeats, and with the totals of all of them."""
        for event in events:
            if isinstance(event, Done):
                yield self._done()
            elif self._is_new(event):
                yield event

    def _is_new(self, event: IndexEvent) -> bool:
        if isinstance(event, Started):
            new, self._started = not self._started, True
            return new
        if isinstance(event, Reading) or type(event) not in self._counts:
            return True
        place = event.path, getattr(event, "inside", None)  # type: ignore[union-attr]  # all that are counted have one
        if place in self._seen or (isinstance(event, Unchanged) and event.path in self._read):
            return False
        self._seen.add(place)
        self._read.add(place[0])
        self._counts[type(event)] += 1
        self._passages += event.passages if isinstance(event, Indexed) else 0
        return True

    def _done(self) -> Done:
        counts = self._counts
        return Done(
            counts[Indexed],
            counts[Unchanged],
            counts[Removed],
            counts[Failed],
            counts[Skipped],
            self._passages,
            time.monotonic() - self._began,
        )
