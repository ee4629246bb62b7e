"""Whether somebody watches the screen without touching anything: a film, a talk, a game.

The systems tell through the programs that keep the screen awake for it, or of a full-screen window. A full-screen window
that keeps nothing awake is not seen on Linux: Wayland tells nobody, and X11 only who draws windows.

Every source costs little and fails to False; those that cost a process are asked at most every few seconds.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

ASK_SECONDS = 15.0
"""How often the system is asked."""
ANSWER_SECONDS = 2.0
"""A service that does not answer for so long is passed over."""
LOGIND = "busctl --timeout=2 get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager BlockInhibited"
PMSET = "pmset -g assertions"
FULL_SCREEN = frozenset({2, 3, 4})
"""What Windows calls busy, a full-screen game, and a presentation (SHQueryUserNotificationState)."""


class ScreenWatch:
    """Tells whether somebody watches the screen."""

    def __init__(self) -> None:
        self._asked = -ASK_SECONDS
        self._answered = False

    def watched(self) -> bool:
        """Whether a program keeps the screen awake or fills it; False where nobody tells."""
        now = time.monotonic()
        if now - self._asked >= ASK_SECONDS:
            self._asked, self._answered = now, _ask()
        return self._answered


def of_inhibitors(said: str) -> bool:
    """From logind's answer, such as `s "sleep:idle"`: what programs hold off at this moment."""
    match = re.match(r's "([a-z:-]*)"', said)
    return match is not None and "idle" in match[1].split(":")


def of_pmset(said: str) -> bool:
    """From the assertions of macOS: one that keeps the display awake."""
    return bool(re.search(r"^\s*PreventUserIdleDisplaySleep\s+1\s*$", said, re.MULTILINE))


def _ask() -> bool:
    if sys.platform == "win32":
        import ctypes

        state = ctypes.c_int()
        failed = ctypes.windll.shell32.SHQueryUserNotificationState(ctypes.byref(state))
        return not failed and state.value in FULL_SCREEN
    if sys.platform == "darwin":
        return of_pmset(_said(PMSET))
    if sys.platform.startswith("linux") and Path("/run/dbus/system_bus_socket").exists():
        return of_inhibitors(_said(LOGIND))
    return False


def _said(command: str) -> str:
    try:
        done = subprocess.run(command.split(), capture_output=True, text=True, check=False, timeout=ANSWER_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""
