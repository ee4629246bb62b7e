"""What Linux tells in /proc and /sys: pressure on memory, heat, throttling. None, 0 or False where it does not."""

from __future__ import annotations

from pathlib import Path

HOT_MARGIN_DEGREES = 3.0
"""Degrees below the critical temperature from which the processor counts as hot."""


def memory_pressure(file: Path = Path("/proc/pressure/memory")) -> float | None:
    """Share of the last ten seconds in which somebody waited for memory, in per cent; None without PSI."""
    try:
        some = file.read_text(encoding="ascii").splitlines()[0]
        return float(some.split("avg10=")[1].split()[0])
    except (OSError, IndexError, ValueError):
        return None


def is_hot(folder: Path = Path("/sys/class/thermal")) -> bool:
    """Whether a thermal zone is within a few degrees of its critical temperature; False where none tells."""
    for zone in folder.glob("thermal_zone*"):
        try:
            now = int((zone / "temp").read_text(encoding="ascii")) / 1000
            for kind in zone.glob("trip_point_*_type"):
                if kind.read_text(encoding="ascii").strip() in ("critical", "hot", "passive"):
                    limit = int((zone / kind.name.replace("_type", "_temp")).read_text(encoding="ascii")) / 1000
                    if limit > 0 and now > limit - HOT_MARGIN_DEGREES:
                        return True
        except (OSError, ValueError):
            continue
    return False


def throttle_count(folder: Path = Path("/sys/devices/system/cpu")) -> int:
    """How often the processors were slowed down for their temperature since the machine started; 0 where nobody counts."""
    count = 0
    for file in folder.glob("cpu[0-9]*/thermal_throttle/package_throttle_count"):
        try:
            count += int(file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
    return count
