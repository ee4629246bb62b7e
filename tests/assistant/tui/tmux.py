"""A real terminal for tests: a tmux server of its own, whose screen can be read and typed into."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 60.0
"""How long something may take to appear; a crowded machine is slow."""
ENDED = "ended with"
"""Stands on the screen, with the exit code, once the command has ended. tmux itself does not always notice."""


def missing() -> bool:
    """Whether there is no tmux here."""
    return shutil.which("tmux") is None


class Terminal:
    """A terminal of a size in which a command runs.

    Args:
        command: What runs in it.
        socket: Where its server listens.
        columns: Its width.
        rows: Its height.
        patience: Seconds that something may take to appear.
    """

    def __init__(
        self,
        command: list[str],
        socket: Path,
        columns: int = 80,
        rows: int = 24,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._patience = patience
        self._tmux = ["tmux", "-S", str(socket), "-f", os.devnull]
        size = ["-x", str(columns), "-y", str(rows)]
        shell = ["sh", "-c", f'"$@"; echo {ENDED} $?; exec sleep {2 * patience}', "sh"]
        self._run("new-session", "-d", "-s", "test", *size, *shell, *command)

    @property
    def pid(self) -> int:
        """The shell above the command."""
        return int(self._run("display-message", "-p", "-t", "test", "#{pane_pid}").strip())

    def screen(self) -> str:
        """What is on the screen."""
        return self._run("capture-pane", "-p", "-t", "test")

    def type(self, text: str) -> None:
        """Type text."""
        self._run("send-keys", "-t", "test", "-l", text)

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names."""
        self._run("send-keys", "-t", "test", *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        self._run("resize-window", "-t", "test", "-x", str(columns), "-y", str(rows))

    def wait(self, condition: Callable[[str], bool], what: str) -> str:
        """Wait until the screen is as wanted; returns it."""
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            screen = self.screen()
            if condition(screen):
                return screen
            time.sleep(0.1)
        raise AssertionError(f"{what} never came:\n{self.screen()}")

    def close(self) -> None:
        """End it and all that runs in it."""
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], check=True, capture_output=True, text=True)
        return done.stdout
