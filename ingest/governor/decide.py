"""Pure: decide(signals, policy) → pace. One ladder of rules, the first that holds wins, each with its reason.

The order is that of what a person would mind most: their own word, the answer they wait for, a machine that is about
to run out of something, then comfort.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from ingest.errors import UsageError
from ingest.governor.signals import Signals

Level = Literal["full", "considerate", "trickle", "paused"]

MEMORY_PRESSURE_LIMIT = 10.0
"""PSI "some" of memory, in per cent, from which indexing waits: others are already slowed down by then."""
SWAPPING_BYTES = 8e6
"""Bytes swapped a second from which indexing waits: somebody's program is being pushed out of memory."""
MEMORY_LOW_SHARE = 0.08
"""Share of memory still available below which indexing waits."""
OTHER_LOAD_SHARE = 0.5
"""Share of all processors kept busy by others from which indexing takes half of its time only."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How indexing goes on."""

    level: Level
    """Its name."""
    reason: str
    """Why, in words for a person."""
    duty: float
    """Share of the time in which workers run, 0 to 1; they are stopped for the rest."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the person wants: the [pace] section of the configuration."""

    on_battery: str
    """"pause", "trickle" or "ignore"."""
    low_battery_percent: int
    """Charge below which indexing pauses, whatever `on_battery` says."""
    quiet_hours: str
    """"22:00-07:00": indexing pauses between; empty: never."""
    input_seconds: int
    """Indexing is considerate for so long after the last key or mouse movement."""
    min_free_gb: float
    """Free disk space below which indexing pauses, in gigabytes."""
    priority: str = "idle"
    """Class of the workers, "idle" or "low"; it is set when they are started and no matter of the moment."""

    @classmethod
    def from_section(cls, section: dict[str, Any]) -> Policy:
        """The policy of a configuration section.

        Raises:
            UsageError: A value is none of those that are known.
        """
        policy = cls(**section)
        if policy.on_battery not in ("pause", "trickle", "ignore"):
            raise UsageError(f"pace.on_battery is {policy.on_battery!r}", 'It must be "pause", "trickle" or "ignore".')
        if policy.priority not in ("idle", "low"):
            raise UsageError(f"pace.priority is {policy.priority!r}", 'It must be "idle" or "low".')
        if policy.quiet_hours and _minutes(policy.quiet_hours) is None:
            raise UsageError(f"pace.quiet_hours is {policy.quiet_hours!r}", 'Write it as "22:00-07:00".')
        return policy


def decide(signals: Signals, policy: Policy) -> Pace:
    """The pace for this moment."""
    pause = _reason_to_pause(signals, policy)
    if pause:
        return Pace("paused", pause, 0.0)
    if signals.on_battery and policy.on_battery == "trickle":
        return Pace("trickle", "on battery", 0.25)
    if signals.saving_power and policy.on_battery != "ignore":
        return Pace("trickle", "the machine saves power", 0.25)
    if signals.hot:
        return Pace("trickle", "the processor is hot", 0.25)
    if signals.other_load is not None and signals.other_load > OTHER_LOAD_SHARE * signals.cores:
        return Pace("considerate", "other programs are busy", 0.5)
    if signals.seconds_since_input is not None and signals.seconds_since_input < policy.input_seconds:
        return Pace("considerate", "somebody is at the keyboard", 0.7)
    if signals.watched:
        return Pace("considerate", "somebody watches the screen", 0.7)
    return Pace("full", "nothing else needs the machine", 1.0)


def _reason_to_pause(signals: Signals, policy: Policy) -> str:
    if signals.paused_by_person:
        return "paused by you"
    if signals.answering:
        return "a question is being answered"
    if signals.disk_free is not None and signals.disk_free < policy.min_free_gb * 1e9:
        return "the disk is nearly full"
    if signals.memory_pressure is not None and signals.memory_pressure > MEMORY_PRESSURE_LIMIT:
        return "memory is short"
    total = signals.memory_total or 0
    if signals.memory_available is not None and signals.memory_available < MEMORY_LOW_SHARE * total:
        return "memory is short"
    if signals.swapping is not None and signals.swapping > SWAPPING_BYTES:
        return "the machine is swapping"
    if signals.on_battery:
        if policy.on_battery == "pause":
            return "on battery"
        if signals.battery_percent is not None and signals.battery_percent < policy.low_battery_percent:
            return "the battery is low"
    quiet = _minutes(policy.quiet_hours)
    if quiet and _between(signals.minute_of_day, *quiet):
        return f"quiet hours ({policy.quiet_hours})"
    return ""


def _minutes(hours: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*", hours)
    if not match:
        return None
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return (start, end) if start < 1440 and end < 1440 else None


def _between(minute: int, start: int, end: int) -> bool:
    return start <= minute < end if start <= end else minute >= start or minute < end
