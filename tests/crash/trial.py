"""Runs of `assistant index` in which one part after another is killed, and what came of it."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

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
READS_A_LIFE = 2
"""A file whose reader dies a third time under one owner is given up, and rightly."""
WRITES = {"owner": "catalog.db*", "index child": "chroma*/**/*"}
"""Files that a part writes; half of its kills come when one has just changed, within a commit or an upsert."""
SHORTEST_SECONDS, LONGEST_SECONDS = 0.02, 1.0
"""Between the victim's being seen and its death; the moment is drawn anew each time."""
LATEST_SECONDS = 0.02
"""Between a change of a file and the death of who writes it."""
PATIENCE_SECONDS = 60.0
"""Time in which a victim must show itself, or write, before another is drawn."""
GONE_SECONDS = 60.0
"""Time in which every process must have ended."""


T = TypeVar("T")


@dataclass(slots=True)
class Outcome:
    """What a trial found."""

    kills: Counter[str] = field(default_factory=Counter)
    """Kills of each part."""
    writing: Counter[str] = field(default_factory=Counter)
    """Those of them that came while it wrote."""
    restarts: int = 0
    """Times that the command was started again, since it was killed itself or had ended."""
    completed: int = 0
    """Times that it came to its end, and the library was compared as a whole."""
    problems: list[str] = field(default_factory=list)
    """What was not as it should be."""
    last: str = ""
    """The part that was killed last. None is killed twice in a row, nor two that end the reading of a file: an owner that
    never gets to anything is given up, and rightly."""
    reads: int = 0
    """Kills that ended the reading of a file in the life of the present owner."""

    def counts(self) -> str:
        """How far it has come."""
        parts = ", ".join(
            f"{part} {count} ({self.writing[part]} writing)" for part, count in sorted(self.kills.items())
        )
        return f"{self.kills.total()} kills: {parts}; {self.restarts} restarts, {self.completed} completed"

    def count(self, part: str, writing: bool) -> None:
        """Note a kill."""
        self.kills[part] += 1
        self.writing[part] += writing
        self.last = part
        self.reads = 0 if part in ("client", "owner") else self.reads + (part in READS)

    def next_part(self, chance: random.Random, absent: set[str]) -> str:
        """Who is killed next: by lot among those that were killed least so far."""
        spared = READS if self.last in READS or self.reads >= READS_A_LIFE else set()
        allowed = PARTS.keys() - spared - {self.last} - absent
        least = min((self.kills[part] for part in allowed), default=0)
        return chance.choice(sorted(part for part in allowed if self.kills[part] == least) or [""])


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
        say(f"{outcome.counts()}, {len(outcome.problems)} problems")
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
        while outcome.kills.total() < kills and command.poll() is None:
            part = _kill_one(mark, chance, library, command, outcome)
            if part == "client":
                return False
        code = command.wait()
        said.seek(0)
        last = said.read().strip().rpartition("\n")[2]
    if code:
        outcome.problems.append(f"the command ended with {code}: {last[:500]}")
    return code == 0


def _kill_one(
    mark: str, chance: random.Random, library: Path, command: subprocess.Popen[bytes], outcome: Outcome
) -> str:
    """Kill a process of a part drawn by lot, at a moment drawn by lot; the part, empty where the command has ended."""
    absent: set[str] = set()
    while part := outcome.next_part(chance, absent):
        victims = _until(partial(_running, mark, part), command)
        writing = bool(victims) and part in WRITES and chance.random() < 0.5 and _writes(library, part, command)
        seconds = chance.uniform(0, LATEST_SECONDS) if writing else chance.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)
        if victims and _ends_within(command, seconds):
            return ""
        for victim in chance.sample(victims, len(victims)):
            with contextlib.suppress(psutil.Error):
                victim.kill()
                outcome.count(part, writing)
                return part
        if command.poll() is not None:
            return ""
        absent.add(part)
    return ""


def _running(mark: str, part: str) -> list[psutil.Process]:
    """The processes of a part; some parts hand their command line on to others."""
    found: list[psutil.Process] = []
    for process in marked_processes(mark):
        with contextlib.suppress(psutil.Error):
            line = process.cmdline()
            name = next((name for name, what in reversed(PARTS.items()) if any(what in word for word in line)), "")
            found += [process] * (name == part)
    return found


def _writes(library: Path, part: str, command: subprocess.Popen[bytes]) -> bool:
    """Wait until a file of a part changes; whether one did."""
    before = _state(library, part)
    return bool(_until(lambda: _state(library, part) != before, command))


def _state(library: Path, part: str) -> list[tuple[str, int, int]]:
    """Names, sizes and times of the files that a part writes."""
    states: list[tuple[str, int, int]] = []
    for path in sorted(library.glob(WRITES[part])):
        with contextlib.suppress(OSError):
            found = path.stat()
            states.append((path.name, found.st_size, found.st_mtime_ns))
    return states


def _until(found: Callable[[], T], command: subprocess.Popen[bytes]) -> T:
    """What is found, once it is anything, the command has ended, or nobody would wait longer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (result := found()) and command.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    return result


def _ends_within(command: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        command.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


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
