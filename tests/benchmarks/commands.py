"""`python -m tests.benchmarks.commands`: how long the commands take on `sample_docs/` on this machine.

Times mean little on a machine that does other work; compare runs of one machine only.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.quality import run
from tests.quality.evaluate import SAMPLE_DOCS
from tests.quality.sets import sample_set

ROUNDS = 5
"""Repetitions of a short command; the median is shown."""


def main() -> None:
    """Measure and print one line a command."""
    with tempfile.TemporaryDirectory() as folder:
        library = str(Path(folder) / "library")
        index = ["index", *map(str, sample_set(SAMPLE_DOCS).indexed), "--library", library]
        _show("--help", [_seconds("--help") for _ in range(ROUNDS)])
        _show("index sample_docs, new", [_seconds(*index)])
        _show(
            "index sample_docs, unchanged",
            [_seconds(*index) for _ in range(ROUNDS)],
        )
        _show("search, a process each", [_seconds("search", "deposit", "--library", library) for _ in range(ROUNDS)])
        rows = list(run.batch("ask", sample_set(SAMPLE_DOCS).questions, Path(library)))
        for part in ("retrieve", "first_token", "total"):
            times = [row["seconds"][part] for row in rows if row["seconds"].get(part) is not None]
            if times:
                _show(f"ask in a batch: {part}", times)


def _seconds(*arguments: str) -> float:
    started = time.monotonic()
    subprocess.run([*run.OWN_COMMAND, *arguments], check=True, capture_output=True)
    return time.monotonic() - started


def _show(what: str, seconds: list[float]) -> None:
    sys.stdout.write(f"{what:<34}{statistics.median(seconds):8.3f} s  (median of {len(seconds)})\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
