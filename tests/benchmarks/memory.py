"""`python -m tests.benchmarks.memory [--pages N]`: peak memory while a very long PDF is indexed, against a short one.

Counted is the proportional share (PSS on Linux, resident memory elsewhere) of the owner and of all processes below it,
looked at every 50 ms while `assistant index` runs; the peak is that of their sum.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import psutil

from ingest.embed import compiled
from ingest.socket_files import read_note
from tests.benchmarks import material
from tests.benchmarks.measuring import conditions, figure, yardstick
from tests.benchmarks.textbook import _model

AIM = 1.2
SHORT, LONG = 20, 2_000
LOOK_SECONDS = 0.05
ROLES = {
    "warden_process": "warden",
    "ingest.extract": "readers",
    "ingest.embed": "embedding processes",
    "ingest.ocr": "OCR",
}
OWNER_AIM, EMBED_AIM = 400.0, 600.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.memory")
    parser.add_argument("--pages", type=int, default=LONG, help="pages of the long PDF")
    options = parser.parse_args()
    compiled.prepare(_model())
    conditions(f"peak memory while indexing a PDF of {options.pages} pages, against one of {SHORT}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peaks = []
        for pages in (SHORT, options.pages):
            path = folder / f"{pages}.pdf"
            material.text_pdf(path, pages, seed=pages)
            whole, roles = peak(path, folder / f"library-{pages}")
            peaks.append(whole)
            yardstick(f"{pages} pages: all processes together", whole, "MB", 1)
            for role, value in sorted(roles.items()):
                yardstick(f"{pages} pages:   {role}", value, "MB", 1)
        figure("peak of the long one against the short one", peaks[1] / peaks[0], "x", most=AIM, n=1)
        figure("the owner with the long one", roles["owner"], "MB", most=OWNER_AIM, n=1)
        figure("the embedding processes together", roles["embedding processes"], "MB", most=EMBED_AIM, n=1)


def peak(path: Path, library: Path) -> tuple[float, dict[str, float]]:
    """Megabytes: the peak of all processes together, and of each kind."""
    command = [sys.executable, "-m", "assistant", "index", str(path), "--library", str(library), "--json"]
    highest, roles = 0.0, dict[str, float]()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            now = _held(library)
            highest = max(highest, sum(now.values()))
            for role, value in now.items():
                roles[role] = max(roles.get(role, 0.0), value)
            time.sleep(LOOK_SECONDS)
    if process.returncode:
        raise RuntimeError(f"assistant index ended with {process.returncode}")
    return highest, roles


def _held(library: Path) -> dict[str, float]:
    """Megabytes held now, by kind of process."""
    held: dict[str, float] = defaultdict(float)
    note = read_note(library)
    if note is None:
        return held
    try:
        owner = psutil.Process(note.pid)
        for process in (owner, *owner.children(recursive=True)):
            role = "owner" if process == owner else _role(process)
            held[role] += _megabytes(process)
    except psutil.Error:
        pass
    return held


def _role(process: psutil.Process) -> str:
    try:
        command = " ".join(process.cmdline())
    except psutil.Error:
        return "others"
    return next(
        (role for part, role in ROLES.items() if part in command), "Chroma" if "chroma" in command else "others"
    )


def _megabytes(process: psutil.Process) -> float:
    """Proportional share of a process's memory; what several processes map counts once in their sum."""
    try:
        for row in Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if row.startswith("Pss:"):
                return int(row.split()[1]) / 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return float(process.memory_info().rss) / (1 << 20)
    except psutil.Error:
        return 0.0


if __name__ == "__main__":
    main()
