"""What a worker may use, and the judge of that.

Only processor time and time in which the worker could have run but did not want to count, never time by the clock:
workers are stopped for as long as a question is answered, and starved for as long as the person's own programs need the
machine. Knows nothing of processes beyond `Usage`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ingest.work.usage import Usage

Confinement = Literal["no", "own", "all"]
"""Whether a worker may read what it likes, or only the runtime and its own folder, or also those of all workers."""
STALLED_SECONDS = 45.0
"""Time in which a worker neither ran nor was stopped before it counts as hanging."""
CPU_SECONDS = 600.0
"""Processor time without a word from a worker that reads no hostile document."""
ADDRESS_SPACE_MB = 2048
"""Address space of a reader: it bounds what can be claimed between two looks at its memory."""
FILE_MB = 2048
"""Largest file that a reader may write into its temporary folder."""
LONGEST_INTERVAL = 1.0
"""Seconds that one look may count at most: the watching process may itself have been stopped or asleep."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use. Times are counted from its last message or the last request, whichever is later."""

    cpu_seconds: float = CPU_SECONDS
    """Processor time of the whole group."""
    stalled_seconds: float = STALLED_SECONDS
    """Time in which the group was not stopped and no member wanted to run."""
    memory_mb: int | None = None
    """Resident memory of the whole group; None: unlimited."""
    address_space_mb: int | None = None
    """Address space of each process; None: unlimited."""
    file_mb: int | None = None
    """Size of each file that it writes; None: unlimited."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that was broken."""

    code: str
    """`timeout` or `out_of_memory`."""
    message: str
    """What happened, for a person."""


class Judge:
    """Adds up what a worker uses between two signs of progress.

    Args:
        limits: What it may use.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.used = 0.0
        self.stalled = 0.0
        self._last_cpu: float | None = None
        self._last_time: float | None = None

    def progress(self) -> None:
        """The worker has said something, or was asked something new: both times start anew."""
        self.used = self.stalled = 0.0
        self._last_cpu = self._last_time = None

    def look(self, usage: Usage, now: float) -> Breach | None:
        """Add what was used since the last look.

        Args:
            usage: What the group uses now.
            now: Monotonic seconds.

        Returns:
            The limit that is broken, if any.
        """
        cpu = max(0.0, usage.cpu_seconds - self._last_cpu) if self._last_cpu is not None else 0.0
        interval = min(LONGEST_INTERVAL, now - self._last_time) if self._last_time is not None else 0.0
        self._last_cpu, self._last_time = usage.cpu_seconds, now
        self.used += cpu
        if not usage.stopped and not usage.runnable and not cpu:
            self.stalled += interval
        return self.memory(usage) or self._time()

    def memory(self, usage: Usage) -> Breach | None:
        """Whether the memory limit is broken."""
        cap = self.limits.memory_mb
        held = usage.resident_bytes >> 20
        if cap is None or held <= cap:
            return None
        return Breach("out_of_memory", f"needed more than {cap} MB of memory")

    def _time(self) -> Breach | None:
        if self.used > self.limits.cpu_seconds:
            return Breach("timeout", f"no progress in {self.limits.cpu_seconds:.0f} s of processor time")
        if self.stalled > self.limits.stalled_seconds:
            return Breach("timeout", f"no sign of life for {self.limits.stalled_seconds:.0f} s")
        return None
