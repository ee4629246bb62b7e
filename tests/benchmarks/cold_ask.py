"""`python -m tests.benchmarks.cold_ask`: a new process, a warm disk: from its start to the first hit that a person sees.

`assistant ask` runs in a pseudo-terminal as a person's shell would run it, with the configured language model loading
beside it; the first hit is shown when the words of the document that holds it are drawn. The textbook pipeline over the
same documents prints the place of its first hit. Turns alternate; medians are compared. Both find their modules compiled,
as installed ones are.
"""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingest.embed import compiled
from tests.benchmarks import material
from tests.benchmarks.indexing import timed_index, timed_textbook
from tests.benchmarks.measuring import conditions, figure, median, yardstick
from tests.benchmarks.textbook import _model

AIM_SECONDS, AIM_TIMES = 1.0, 8.0
TURNS = 7
TEXTS, PAGES = 6, 10
LIMIT_SECONDS = 120.0


def main() -> None:
    """Measure and print."""
    compiled.prepare(_model())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        material.folder_of_pdfs(folder / "archive", texts=TEXTS, pages=PAGES)
        timed_index(folder / "archive", folder / "library")
        timed_textbook(folder / "archive", folder / "store")
        conditions("a cold question, from the start of the process to its first hit")
        own: list[float] = []
        quotes: list[float] = []
        textbook: list[float] = []
        for number in range(TURNS + 1):
            question = material.sentences()[number * 7]
            ask = [sys.executable, "-m", "assistant", "ask", question, "--library", str(folder / "library")]
            times = [first_hit(ask), first_hit([*ask, "--model", "none"]), first_line(question, folder / "store")]
            if number:  # the first turn warms the disk
                for into, value in zip((own, quotes, textbook), times, strict=True):
                    into.append(value)
    yardstick("assistant ask --model none", median(quotes), "s", TURNS)
    yardstick("textbook pipeline", median(textbook), "s", TURNS)
    figure("assistant ask", median(own), "s", most=AIM_SECONDS, n=TURNS)
    figure("times faster than the textbook pipeline", median(textbook) / median(own), "x", least=AIM_TIMES, n=TURNS)


def first_hit(command: list[str]) -> float:
    """Seconds until a command in a terminal has drawn the name of a document."""
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": "160"}
        os.execv(command[0], command)  # noqa: S606 - our own program
    seen = b""
    try:
        while not re.search(rb"report", seen):
            left = LIMIT_SECONDS - (time.perf_counter() - began)
            if left <= 0 or not select.select([terminal], [], [], left)[0]:
                raise TimeoutError(f"no hit within {LIMIT_SECONDS} s: {seen!r}")
            seen += os.read(terminal, 65536)
        return time.perf_counter() - began
    finally:
        os.kill(child, signal.SIGTERM)
        _drain(terminal)
        os.close(terminal)
        os.waitpid(child, 0)


def _drain(terminal: int) -> None:
    """Read until the other side has closed the terminal, as it does when it ends."""
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        return


def first_line(question: str, store: Path) -> float:
    """Seconds until the textbook pipeline has printed its first hit."""
    command = [sys.executable, "-m", "tests.benchmarks.textbook", "ask", question, str(store)]
    began = time.perf_counter()
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        assert process.stdout is not None
        process.stdout.readline()
        taken = time.perf_counter() - began
        process.stdout.read()
    return taken


if __name__ == "__main__":
    main()
