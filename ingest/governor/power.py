"""Whether the person has asked the machine to save power: its profile, not its charge."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

SAVING = frozenset({"low-power", "quiet", "power", "power-saver"})
"""Names of profiles of the firmware, and of preferences of the processor, that save power."""
FILES = (
    Path("/sys/firmware/acpi/platform_profile"),
    Path("/sys/devices/system/cpu/cpu0/cpufreq/energy_performance_preference"),
)
ASK_SECONDS = 60.0
"""How often the setting of macOS is asked for, which costs a process."""

_asked: dict[str, tuple[float, bool]] = {}


def is_saving_power(files: tuple[Path, ...] = FILES) -> bool:
    """Whether a power-saving profile is on; False where none tells."""
    if sys.platform == "darwin":
        return _macos()
    if sys.platform == "win32":
        return _windows()
    for file in files:
        try:
            if file.read_text(encoding="ascii").strip() in SAVING:
                return True
        except (OSError, ValueError):
            continue
    return False


def _macos() -> bool:
    """Low power mode of macOS."""
    now = time.monotonic()
    asked, saving = _asked.get("pmset", (-ASK_SECONDS, False))
    if now - asked >= ASK_SECONDS:
        try:
            said = subprocess.run(["pmset", "-g"], capture_output=True, text=True, check=False, timeout=2).stdout
        except (OSError, subprocess.SubprocessError):
            said = ""
        saving = any(line.split()[:2] == ["lowpowermode", "1"] for line in said.splitlines())
        _asked["pmset"] = (now, saving)
    return saving


def _windows() -> bool:
    """Battery saver of Windows."""
    if sys.platform == "win32":
        import ctypes

        status = (ctypes.c_ubyte * 12)()
        return bool(ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status)) and status[3])
    return False
