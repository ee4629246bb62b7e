"""Runs of `assistant index` in which one part after another is killed, and what came of it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.crash.compare import differences
from tests.ingest.owner_help import marked, marked_processes

PARTS = {
    "client": "--json",
    "owner": "--settings-from-input",
    "warden": "ingest.work.warden_process",
    "reader": "ingest.extract.worker:main",
    "OCR": "ingest.ocr:main",
    "embedder": "ingest.embed.worker:main",
    "index child": "ingest.vectors.chroma:main",
}
"""What stands in the command line of each part."""
READS = {"warden", "reader", "OCR"}
"""Parts whose death ends the reading of a file."""
SHORTEST_SECONDS, LONGEST_SECONDS = 0.02, 1.0
"""Between two kills; the moment is drawn anew each time."""
GONE_SECONDS = 60.0
"""Time in which every process must have ended."""


@dataclass(slots=True)
class Outcome:
    """What a trial found."""

    kills: Counter[str] = field(default_factory=Counter)
    """Kills of each part."""
    restarts: int = 0
    """Times that the command was started again, since it was killed itself or had ended."""
    completed: int = 0
    """Times that it came to its end, and the library was compared as a whole."""
    problems: list[str] = field(default_factory=list)
    """What was not as it should be."""
    last: str = ""
    """The part that was killed last. None is killed twice in a row, nor two that end the reading of a file: an owner that
    never gets to anything, or a file whose reader dies three times, is given up, and rightly."""


def build(folder: Path, library: Path) -> None:
    """Index a folder without disturbance."""
    subprocess.run(_command(folder, library), check=True, stdout=subprocess.DEVNULL)


def run(folder: Path, reference: Path, library: Path, kills: int, seed: int, say: Callable[[str], None]) -> Outcome:
    """Index a folder into a new library, again and again, until so many processes were killed.

    Args:
        folder: The documents.
        reference: Their library, built without disturbance.
        library: Where the disturbed library is made.
        kills: How many processes are killed.
        seed: Of the moments and the victims.
        say: Told of each restart.
    """
    chance, outcome = random.Random(seed), Outcome()
    while outcome.kills.total() < kills:
        with marked() as mark:
            ended = _disturbed(folder, library, mark, chance, kills, outcome)
            _wait_until_gone(mark, outcome)
        outcome.restarts += 1
        outcome.completed += ended
        outcome.problems += differences(library, reference, complete=ended) if library.exists() else []
        say(f"{outcome.kills.total()} kills, {outcome.restarts} restarts, {outcome.completed} completed")
        if ended and outcome.kills.total() < kills:
            shutil.rmtree(library)
    if not outcome.completed or differences(library, reference, complete=True):
        build(folder, library)
        outcome.problems += differences(library, reference, complete=True)
        outcome.completed += 1
    return outcome


def _disturbed(folder: Path, library: Path, mark: str, chance: random.Random, kills: int, outcome: Outcome) -> bool:
    """One run of the command, until it ends or is killed; whether it came to its end."""
    arguments = _command(folder, library)
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        subprocess.Popen(arguments, stdout=said, stderr=subprocess.STDOUT) as command,
    ):
        while outcome.kills.total() < kills:
            try:
                command.wait(chance.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
                break
            except subprocess.TimeoutExpired:
                part = _kill_one(mark, chance, outcome.last)
            if part:
                outcome.kills[part] += 1
                outcome.last = part
            if part == "client":
                return False
        code = command.wait()
        said.seek(0)
        last = said.read().strip().rpartition("\n")[2]
    if code:
        outcome.problems.append(f"the command ended with {code}: {last[:500]}")
    return code == 0


def _kill_one(mark: str, chance: random.Random, spared: str) -> str:
    """Kill a process of a part drawn by lot; which part it was, empty where none of it is running now."""
    running: dict[str, list[psutil.Process]] = {}
    for process in marked_processes(mark):
        try:
            line = process.cmdline()
        except psutil.Error:
            continue
        part = next((name for name, what in reversed(PARTS.items()) if any(what in word for word in line)), "")
        running.setdefault(part, []).append(process)
    part = chance.choice(sorted(PARTS.keys() - (READS if spared in READS else {spared})))
    if part not in running:
        return ""
    try:
        os.kill(chance.choice(running[part]).pid, signal.SIGKILL)
    except ProcessLookupError:
        return ""
    return part


def _wait_until_gone(mark: str, outcome: Outcome) -> None:
    deadline = time.monotonic() + GONE_SECONDS
    while left := marked_processes(mark):
        if time.monotonic() > deadline:
            outcome.problems.append(f"{len(left)} processes left behind")
            for process in left:
                process.kill()
            return
        time.sleep(0.05)


def _command(folder: Path, library: Path) -> list[str]:
    return [sys.executable, "-m", "assistant", "index", str(folder), "--library", str(library), "--json"]
