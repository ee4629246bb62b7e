"""Energy that the machine uses, where it tells without privileges: the processor's counters, or a battery that drains.

All of the machine is measured, not indexing alone; nothing is guessed where neither tells.
"""

from __future__ import annotations

from pathlib import Path

COUNTERS = Path("/sys/class/powercap")
SUPPLIES = Path("/sys/class/power_supply")


class EnergyMeter:
    """Adds up energy between two readings.

    Args:
        counters: Where Linux shows the processor's counters (RAPL).
        supplies: Where it shows batteries.
    """

    def __init__(self, counters: Path = COUNTERS, supplies: Path = SUPPLIES) -> None:
        self._counters, self._supplies = counters, supplies
        self._last = self._counted()

    @property
    def source(self) -> str | None:
        """What is read: "processor", "battery", or None where neither tells."""
        if self._counted():
            return "processor"
        return "battery" if self._drain() is not None else None

    def joules(self, seconds: float) -> float | None:
        """Energy used since the last call, which was so long ago; None where nobody tells.

        Processor counters wrap around at a size of their own; a battery's drain is taken as constant in between.
        """
        counted = self._counted()
        if counted:
            last, self._last = self._last, counted
            used = 0.0
            for name, (now, most) in counted.items():
                before = last.get(name, (now, most))[0]
                used += now - before if now >= before else now - before + most
            return used / 1e6
        drain = self._drain()
        return None if drain is None else drain * seconds

    def _counted(self) -> dict[str, tuple[int, int]]:
        """Microjoules counted by each package, and where its counter wraps around."""
        found: dict[str, tuple[int, int]] = {}
        for zone in self._counters.glob("intel-rapl:[0-9]*"):
            if zone.name.count(":") == 1:  # parts of a package are counted with it
                now, most = _number(zone / "energy_uj"), _number(zone / "max_energy_range_uj")
                if now is not None:
                    found[zone.name] = (now, most or 0)
        return found

    def _drain(self) -> float | None:
        """Watts that the batteries give; None on mains or without one."""
        watts = 0.0
        for supply in self._supplies.glob("BAT*"):
            try:
                if (supply / "status").read_text(encoding="ascii").strip() != "Discharging":
                    continue
            except OSError:
                continue
            power = _number(supply / "power_now")
            current, voltage = _number(supply / "current_now"), _number(supply / "voltage_now")
            if power is not None:
                watts += power / 1e6
            elif current is not None and voltage is not None:
                watts += current * voltage / 1e12
        return watts or None


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
