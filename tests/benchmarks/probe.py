"""The foreground that a benchmark watches, in a process of its own: what a person's programs would be doing.

    python -m tests.benchmarks.probe work COUNT    every 20 ms a fixed piece of work of about 5 ms
    python -m tests.benchmarks.probe start         every second `python -c pass`

Each sample is a line: the moment at which it was due (`time.monotonic`), and the seconds from then until it was done. How
late the system woke the probe is part of it, as it is of what a person feels. Ends with its standard input.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time

WORK_EVERY, START_EVERY = 0.020, 1.0
BLOCK = b"x" * 4096


def work(count: int) -> None:
    """The fixed work: so many hashes of 4 KiB."""
    for _ in range(count):
        hashlib.sha256(BLOCK).digest()


def calibrated(seconds: float = 0.005) -> int:
    """How many hashes take about so long on this machine, measured now."""
    count = 64
    best = min(_timed(count) for _ in range(50))
    return max(1, round(count * seconds / best))


def _timed(count: int) -> float:
    began = time.perf_counter()
    work(count)
    return time.perf_counter() - began


def main() -> None:
    """Take samples until standard input ends."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    count = int(sys.argv[2]) if sys.argv[1] == "work" else 0
    every = WORK_EVERY if count else START_EVERY
    due = time.monotonic() + every
    while True:
        time.sleep(max(0.0, due - time.monotonic()))
        if count:
            work(count)
        else:
            subprocess.run([sys.executable, "-c", "pass"], check=True)
        done = time.monotonic()
        sys.stdout.write(f"{due:.6f} {done - due:.6f}\n")
        due = max(due + every, done)


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
