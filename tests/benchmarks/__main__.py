"""`make benchmarks`: every figure that has an aim, one benchmark after another, each in a process of its own.

    python -m tests.benchmarks [NAME …]

Run it on a machine that does nothing else: each says how busy it found it. About half an hour on two processors. At the
end stands one table of all figures that have an aim. A benchmark that fails is named there and does not keep the others
from running.
"""

from __future__ import annotations

import subprocess
import sys
import time

from tests.benchmarks.measuring import AIM, line

ALL = {
    "embedding": "the compiled embedding model against sentence-transformers",
    "cold_ask": "a cold question, to its first hit",
    "follow_up": "the first token of a follow-up",
    "yielding": "how soon indexing yields",
    "foreground": "what indexing costs other programs, and a question",
    "governed": "indexing with the governor against none",
    "indexing": "indexing PDFs against the textbook pipeline",
    "memory": "peak memory with a PDF of 2,000 pages against one of 20",
    "warm_search": "searching 100,000 passages",
    "commands": "the commands on sample_docs/",
    "terminal": "how quickly the terminal program reacts",
}


def main() -> int:
    """Run them; 1 where one failed."""
    chosen = sys.argv[1:] or list(ALL)
    unknown = [name for name in chosen if name not in ALL]
    if unknown:
        line(f"no benchmark {', '.join(unknown)}; there are: {', '.join(ALL)}")
        return 2
    failed = []
    table: list[str] = []
    for name in chosen:
        began = time.monotonic()
        code, figures = _run(name)
        if code:
            failed.append(name)
        table += [f"{name:<12}{one}" for one in figures]
        line(f"   [{name}: {ALL[name]}; {time.monotonic() - began:.0f} s]")
    line("\n== all figures with an aim")
    for row in table:
        line(row)
    if failed:
        line(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


def _run(name: str) -> tuple[int, list[str]]:
    """Run one, its output shown as it comes: its exit code, and its figures that have an aim."""
    figures = []
    command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as running:
        assert running.stdout is not None
        for row in running.stdout:
            line(row.rstrip("\n"))
            if AIM in row:
                figures.append(row.rstrip("\n"))
    return running.returncode, figures


if __name__ == "__main__":
    sys.exit(main())
