"""A scope of the user's systemd, where there is one: the least processor and disk weight, and memory above which it slows.

Weights of control groups rank before nice values and autogroups do, so this holds against everything else that the person
runs. Without a user's systemd nothing happens: the classes of `priority` stand alone. Asks over D-Bus with systemd's own
tool, so no library is needed.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

LEAST_WEIGHT = 1
MEMORY_SHARE = 0.25
"""Share of the machine's memory above which the scope's processes are slowed down and their pages taken back first."""
LEAST_MEMORY = 1_200_000_000
"""Never slow it below this: readers, embedding processes and Chroma together stay under it."""
ANSWER_SECONDS = 3.0


def join_scope() -> None:
    """Put the calling process, and what it starts from now on, into a scope of its own.

    Raises:
        OSError: There is a user's systemd and it refused, or did not answer.
    """
    if not has_user_systemd():
        return
    import psutil

    command = scope_command(os.getpid(), psutil.virtual_memory().total)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=ANSWER_SECONDS)
    except subprocess.SubprocessError as error:
        raise OSError("systemd does not answer") from error
    if done.returncode:
        raise OSError(done.stderr.strip().rpartition("\n")[2] or f"busctl ended with {done.returncode}")


def has_user_systemd(runtime: str | None = None) -> bool:
    """Whether a systemd manages this person's processes.

    Args:
        runtime: The person's runtime folder; left out: what the environment says.
    """
    folder = runtime if runtime is not None else os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(folder) and (Path(folder) / "systemd" / "private").exists() and (Path(folder) / "bus").exists()


def scope_command(pid: int, memory: int) -> list[str]:
    """The request for a scope around a process.

    Args:
        pid: The process.
        memory: Bytes of the machine.
    """
    limit = max(LEAST_MEMORY, int(memory * MEMORY_SHARE))
    properties = {
        "PIDs": ("au", "1", str(pid)),
        "CPUWeight": ("t", str(LEAST_WEIGHT)),
        "IOWeight": ("t", str(LEAST_WEIGHT)),
        "MemoryHigh": ("t", str(limit)),
        "CollectMode": ("s", "inactive-or-failed"),
    }
    flat = [part for name, value in properties.items() for part in (name, *value)]
    manager = "org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager"
    name = f"private-document-assistant-{pid}.scope"
    call = ["busctl", "--user", f"--timeout={ANSWER_SECONDS:.0f}", "--quiet", "call", *manager.split()]
    return [*call, "StartTransientUnit", "ssa(sv)a(sa(sv))", name, "fail", str(len(properties)), *flat, "0"]
