"""Since when nobody has used keyboard or mouse, as far as each system tells without a library of its own.

Every source fails to None. Those that cost a process of their own are asked at most every few seconds; in between the
time simply goes on. Sees that somebody does something, never what.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ASK_SECONDS = 10.0
"""How often a source that costs a process is asked."""
ANSWER_SECONDS = 2.0
"""A service that does not answer for so long is passed over."""
MUTTER = "busctl --user --timeout=2 call org.gnome.Mutter.IdleMonitor /org/gnome/Mutter/IdleMonitor/Core org.gnome.Mutter.IdleMonitor GetIdletime"
LOGIND = "busctl --timeout=2 get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager IdleHint IdleSinceHint"
IOREG = "ioreg -rd1 -c IOHIDSystem"


class InputWatch:
    """Tells how long ago somebody used this machine."""

    def __init__(self) -> None:
        self._x11 = _X11() if sys.platform.startswith("linux") and os.environ.get("DISPLAY") else None
        self._asked = -ASK_SECONDS
        self._answered: float | None = None

    def seconds(self) -> float | None:
        """Seconds since the last input that any source knows of; None where none tells."""
        known = [self._slow()]
        if sys.platform.startswith("linux"):
            known.append(of_terminals())
            known.append(self._x11.seconds() if self._x11 is not None else None)
        elif sys.platform == "win32":
            known.append(_windows())
        return min((seconds for seconds in known if seconds is not None), default=None)

    def _slow(self) -> float | None:
        """The answer of a service, asked now and then; the time since then is added."""
        now = time.monotonic()
        if now - self._asked >= ASK_SECONDS:
            self._asked, self._answered = now, self._ask()
        return None if self._answered is None else self._answered + now - self._asked

    def _ask(self) -> float | None:
        if sys.platform == "darwin":
            return of_ioreg(_said(IOREG.split()))
        if not sys.platform.startswith("linux") or not Path("/run/dbus/system_bus_socket").exists():
            return None
        if os.environ.get("WAYLAND_DISPLAY") and (seconds := of_mutter(_said(MUTTER.split()))) is not None:
            return seconds
        return of_logind(_said(LOGIND.split()), time.time())


def of_terminals(folder: Path = Path("/dev")) -> float | None:
    """Seconds since somebody typed at a terminal of this machine; None where there is none.

    The access time of terminal devices is when they were last read from (`w` and `finger` use the same).
    """
    newest = 0.0
    for pattern in ("tty[0-9]*", "pts/[0-9]*"):
        for device in folder.glob(pattern):
            try:
                newest = max(newest, device.stat().st_atime)
            except OSError:
                continue
    return max(0.0, time.time() - newest) if newest else None


def of_mutter(said: str) -> float | None:
    """From GNOME's answer, such as `t 5021`: milliseconds."""
    match = re.fullmatch(r"t (\d+)\s*", said)
    return int(match[1]) / 1000 if match else None


def of_logind(said: str, now: float) -> float | None:
    """From logind's answer, such as `b true` and `t 1732200000000000` (microseconds of the epoch) on two lines.

    While its hint says that somebody is there, it does not say since when; that is no news for who knows more.
    """
    match = re.match(r"b true\s+t (\d+)", said)
    return max(0.0, now - int(match[1]) / 1e6) if match and int(match[1]) else None


def of_ioreg(said: str) -> float | None:
    """From the registry of macOS: `"HIDIdleTime" = 1234` in nanoseconds."""
    match = re.search(r'"HIDIdleTime"\s*=\s*(\d+)', said)
    return int(match[1]) / 1e9 if match else None


def _said(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=ANSWER_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""


class _X11:
    """The idle time of an X server through its screen saver extension."""

    class _Info(ctypes.Structure):
        _fields_ = (
            ("window", ctypes.c_ulong),
            ("state", ctypes.c_int),
            ("kind", ctypes.c_int),
            ("til_or_since", ctypes.c_ulong),
            ("idle", ctypes.c_ulong),
            ("event_mask", ctypes.c_ulong),
        )

    def __init__(self) -> None:
        self._query: Callable[[], float | None] = lambda: None
        names = ctypes.util.find_library("X11"), ctypes.util.find_library("Xss")
        if None in names:
            return
        try:
            x11, saver = (ctypes.CDLL(name) for name in names)
            x11.XOpenDisplay.restype = x11.XDefaultRootWindow.restype = ctypes.c_void_p
            x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
            saver.XScreenSaverQueryInfo.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
            display = x11.XOpenDisplay(None)
            first, second = ctypes.c_int(), ctypes.c_int()
            saver.XScreenSaverQueryExtension.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
            if not display or not saver.XScreenSaverQueryExtension(display, ctypes.byref(first), ctypes.byref(second)):
                return
            info, root = self._Info(), x11.XDefaultRootWindow(display)
        except (OSError, AttributeError):
            return

        def query() -> float | None:
            known = saver.XScreenSaverQueryInfo(display, root, ctypes.byref(info))
            return float(info.idle) / 1000 if known else None

        self._query = query

    def seconds(self) -> float | None:
        return self._query()


def _windows() -> float | None:
    """Seconds since the last input of this session."""
    if sys.platform == "win32":

        class LastInput(ctypes.Structure):
            _fields_ = (("size", ctypes.c_uint), ("tick", ctypes.c_uint))

        last = LastInput(ctypes.sizeof(LastInput), 0)
        if ctypes.windll.user32.GetLastInputInfo(ctypes.byref(last)):
            return ((ctypes.windll.kernel32.GetTickCount() - last.tick) & 0xFFFFFFFF) / 1000
    return None
