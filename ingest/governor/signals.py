"""What the machine and its person are doing, as one record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signals:
    """A moment's reading; None where this system does not tell."""

    answering: bool = False
    """A question is being answered."""
    paused_by_person: bool = False
    """Somebody has paused indexing; holds over restarts."""
    cores: int = 1
    """Logical processors."""
    other_load: float | None = None
    """Processors kept busy by others than the indexer, averaged over the last readings, 0 to `cores`."""
    memory_available: int | None = None
    """Bytes that can be had without swapping."""
    memory_total: int | None = None
    """Bytes of memory."""
    memory_pressure: float | None = None
    """Share of the last ten seconds in which somebody waited for memory, 0 to 100 (PSI "some avg10")."""
    swapping: float | None = None
    """Bytes a second that are swapped in and out."""
    on_battery: bool | None = None
    """Running on battery; None on a machine without one."""
    battery_percent: float | None = None
    """Charge, 0 to 100."""
    saving_power: bool = False
    """The person has chosen a profile that saves power."""
    hot: bool = False
    """The processor is throttled by its temperature, or within a few degrees of it."""
    seconds_since_input: float | None = None
    """Time since somebody used keyboard or mouse."""
    watched: bool = False
    """Somebody watches a film, a talk or a game without touching anything."""
    disk_free: int | None = None
    """Bytes free where the library lies."""
    minute_of_day: int = 0
    """Local time, minutes after midnight."""
