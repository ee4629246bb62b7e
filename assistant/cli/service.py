"""`assistant watch` as a service of the person's own session: a systemd user unit, or a launchd agent.

Pure but for `install` and `uninstall`, which write one file and ask the service manager. Knows nothing of libraries.
"""

from __future__ import annotations

import hashlib
import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.config import DISTRIBUTION
from ingest.errors import SetupError

CARRIED = (
    "ASSISTANT_CONFIG",
    "ASSISTANT_DATA",
    "ASSISTANT_MODELS",
    "ASSISTANT_MODEL",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
)
"""What decides where settings, libraries and models lie; the service gets it as it is now."""
RETRY_SECONDS = 60
"""Pause before a watch that failed is started again."""
MANAGER_SECONDS = 30
"""Time for the service manager to answer."""


@dataclass(frozen=True, slots=True)
class Service:
    """How a library is watched in the background on this system."""

    path: Path
    """The file that tells the service manager."""
    text: bytes
    """What stands in it."""
    start: tuple[tuple[str, ...], ...]
    """Commands that make the manager know it and start it."""
    stop: tuple[tuple[str, ...], ...]
    """Commands that stop it and make the manager forget it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done."""

    path: Path
    """The file that was written or removed."""
    done: bool
    """Whether the service manager did its part; on uninstalling, whether there was anything to remove."""
    commands: tuple[str, ...]
    """What the person must run where it did not."""


def service(library: Path, is_default: bool, system: str = sys.platform) -> Service:
    """The service of a library.

    Args:
        library: Its folder.
        is_default: Whether it is the library that is used when none is named; others get a name of their own.
        system: As `sys.platform` names it.

    Raises:
        SetupError: This system has neither systemd nor launchd.
    """
    name = DISTRIBUTION if is_default else f"{DISTRIBUTION}-{hashlib.sha256(os.fsencode(library)).hexdigest()[:8]}"
    command = (sys.executable, "-m", "assistant", "watch", "--library", str(library))
    carried = {variable: os.environ[variable] for variable in CARRIED if os.environ.get(variable)}
    if system.startswith("linux"):
        home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        unit = f"{name}.service"
        manager = ("systemctl", "--user")
        return Service(
            home / "systemd" / "user" / unit,
            unit_text(command, carried).encode("utf-8", "surrogateescape"),
            ((*manager, "daemon-reload"), (*manager, "enable", "--now", unit)),
            ((*manager, "disable", "--now", unit), (*manager, "daemon-reload")),
        )
    if system == "darwin":
        path = Path.home() / "Library" / "LaunchAgents" / f"{name}.plist"
        domain = f"gui/{os.getuid()}"
        return Service(
            path,
            agent(name, command, carried),
            (("launchctl", "bootstrap", domain, str(path)),),
            (("launchctl", "bootout", f"{domain}/{name}"),),
        )
    raise SetupError("this system has neither systemd nor launchd", "Have `assistant watch` started when you log in.")


def unit_text(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """A systemd user unit.

    It is asked to end by SIGTERM, upon which `watch` says goodbye to the library's owner and ends with 130.
    """
    lines = [
        "[Unit]",
        "Description=Keeps the private document assistant up to date with your folders",
        "",
        "[Service]",
        f"ExecStart={' '.join(_quoted(word.replace('$', '$$')) for word in command)}",
        *(f"Environment={_quoted(f'{name}={value}')}" for name, value in environment.items()),
        "KillMode=mixed",
        "SuccessExitStatus=130",
        "Restart=on-failure",
        f"RestartSec={RETRY_SECONDS}",
        "RestartPreventExitStatus=2 3",
        "",
        "[Install]",
        "WantedBy=default.target",
    ]
    return "\n".join(lines) + "\n"


def agent(label: str, command: Sequence[str], environment: Mapping[str, str]) -> bytes:
    """A launchd agent as a property list."""
    return plistlib.dumps(
        {
            "Label": label,
            "ProgramArguments": list(command),
            "EnvironmentVariables": dict(environment),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": RETRY_SECONDS,
            "ProcessType": "Background",
        }
    )


def install(wanted: Service) -> Outcome:
    """Write the service's file and start it."""
    wanted.path.parent.mkdir(parents=True, exist_ok=True)
    wanted.path.write_bytes(wanted.text)
    return Outcome(wanted.path, all(map(_run, wanted.start)), _as_lines(wanted.start))


def uninstall(wanted: Service) -> Outcome:
    """Stop the service and remove its file; one that was never installed is no error."""
    if not wanted.path.exists():
        return Outcome(wanted.path, False, ())
    _run(wanted.stop[0])
    wanted.path.unlink()
    for command in wanted.stop[1:]:
        _run(command)
    return Outcome(wanted.path, True, ())


def _quoted(word: str) -> str:
    """A word of a unit file, so that nothing in it is expanded; in commands `$` must be doubled too."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _run(command: Sequence[str]) -> bool:
    """Whether the service manager is there and does as it is told."""
    if shutil.which(command[0]) is None:
        return False
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=MANAGER_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _as_lines(commands: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(" ".join(command) for command in commands)
