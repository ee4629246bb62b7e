"""What this machine has: processors, memory, graphics cards. Reads, never changes, never starts a program.

Knows nothing of models: what fits where is for the caller to say. Every reading has an honest "unknown".
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

INTERESTING_FLAGS = (
    "avx",
    "avx2",
    "fma",
    "f16c",
    "bmi2",
    "avx512f",
    "avx512_vnni",
    "avx_vnni",
    "amx_int8",
    "neon",
    "asimd",
)
"""Processor features that decide which builds of the native libraries run, and how fast."""

_VENDORS = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}


@dataclass(frozen=True, slots=True)
class Hardware:
    """This machine, as far as it can be seen without privileges."""

    system: str
    """Operating system and architecture, "Linux x86_64"."""
    processor: str
    """Name of the processor; empty where unknown."""
    cores: int
    """Physical cores that this process may use, at least 1."""
    threads: int
    """Logical processors that this process may use, at least 1."""
    memory: int
    """Bytes of main memory."""
    available: int
    """Bytes of main memory that are free or can be freed at once."""
    flags: tuple[str, ...]
    """Those of `INTERESTING_FLAGS` that the processor has; empty where the system does not say."""
    graphics: tuple[str, ...]
    """Graphics cards by name or maker; empty where none is seen."""


def look() -> Hardware:
    """Read what this machine has; takes a few milliseconds."""
    import psutil

    memory = psutil.virtual_memory()
    processor, flags = _processor()
    return Hardware(
        system=f"{platform.system()} {platform.machine()}",
        processor=processor,
        cores=cores(),
        threads=_allowed_threads(),
        memory=int(memory.total),
        available=int(memory.available),
        flags=flags,
        graphics=_graphics(),
    )


def cores() -> int:
    """Physical cores that this process may use, at least 1: how many threads a model should get."""
    import psutil

    physical = psutil.cpu_count(logical=False) or 0
    allowed = _allowed_threads()
    return max(1, min(physical or allowed, allowed))


def processor_flags() -> tuple[str, ...]:
    """Those of `INTERESTING_FLAGS` that the processor has; empty where the system does not say."""
    return _processor()[1]


def _allowed_threads() -> int:
    """Logical processors, less those that this process is kept from (affinity, a container's quota)."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    words = _text(Path("/sys/fs/cgroup/cpu.max")).split()
    if len(words) == 2 and words[0].isdigit() and words[1].isdigit() and int(words[1]):
        allowed = min(allowed, max(1, round(int(words[0]) / int(words[1]))))
    return max(1, allowed)


def _processor() -> tuple[str, tuple[str, ...]]:
    name, flags = platform.processor(), frozenset[str]()
    for line in _text(Path("/proc/cpuinfo")).splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            name = value.strip()
        elif key.strip() in ("flags", "Features"):
            flags = frozenset(value.split())
        if not line.strip() and flags:
            break
    return name, tuple(flag for flag in INTERESTING_FLAGS if flag in flags)


def _graphics() -> tuple[str, ...]:
    """Names of NVIDIA cards from their driver, of others the maker from the kernel's list."""
    found = [
        line.partition(":")[2].strip()
        for information in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
        for line in _text(information).splitlines()
        if line.startswith("Model:")
    ]
    vendors = sorted(Path("/sys/class/drm").glob("card[0-9]*/device/vendor"))
    return tuple(found or [_VENDORS.get(_text(vendor).strip(), "unknown maker") for vendor in vendors])


def _text(path: Path) -> str:
    """A small file of the system; empty where it does not exist or may not be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
