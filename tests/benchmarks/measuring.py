"""What the benchmarks share: how a figure is shown beside its aim, and under which conditions it was measured.

Every figure is a ratio of two measurements of one run, or a time with the yardstick beside it, so that figures of
different machines can be compared. The load average is printed with them: on a machine that does other work even a
ratio means less.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).parents[2]
AIM = "aim "
"""What stands before an aim."""
BUSY = 0.5
"""Processors kept busy by others from which the conditions say that the machine was not quiet."""


def conditions(what: str) -> None:
    """Say what is measured, on which machine, and how busy it is with other things."""
    busy = psutil.cpu_percent(interval=1.0) / 100 * (psutil.cpu_count() or 1)
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    quiet = "quiet" if busy < BUSY else "NOT QUIET: figures mean little"
    line(f"\n== {what}")
    line(
        f"   {platform.machine()}, {psutil.cpu_count()} processors, {psutil.virtual_memory().total / 1e9:.0f} GB, {_model()}"
    )
    line(f"   load average {load}; other programs keep {busy:.1f} processors busy ({quiet})")


def line(text: str) -> None:
    """Write a line at once, so that a benchmark that is cut short has said what it knows."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def figure(
    what: str, value: float, unit: str, *, most: float | None = None, least: float | None = None, n: int
) -> None:
    """Show one figure.

    Args:
        what: Its name.
        value: Its value.
        unit: "x" for a ratio, or a unit.
        most: The aim where less is better.
        least: The aim where more is better.
        n: How many measurements it comes from.
    """
    aim = ""
    if most is not None:
        aim = f"{AIM}<= {most:g} {'met' if value <= most else 'MISSED'}"
    elif least is not None:
        aim = f"{AIM}>= {least:g} {'met' if value >= least else 'MISSED'}"
    line(f"   {what:<58}{value:>10.3f} {unit:<4} n={n:<6} {aim}")


def yardstick(what: str, value: float, unit: str, n: int) -> None:
    """Show a measurement that others are divided by, or that has no aim."""
    line(f"   {what:<58}{value:>10.3f} {unit:<4} n={n}")


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which that share of the values lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def median(values: Sequence[float]) -> float:
    """The middle value; 0 for none."""
    return quantile(values, 0.5)


def seconds_of(begin: float) -> float:
    """Seconds since `time.perf_counter` said `begin`."""
    return time.perf_counter() - begin


def _model() -> str:
    try:
        for row in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if row.startswith("model name"):
                return row.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()
