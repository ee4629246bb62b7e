"""`python -m tests.benchmarks.yielding`: from "a question is asked" or "others want the processors" to "indexing yields".

A question: from the moment at which a client says that it is answering until the last moment at which the workers used a
processor, looked at until the system reports every worker as stopped. What they use to stop is not counted: at the lowest
class one that waits for a processor stops only when it gets one, for microseconds, and costs nobody anything until then.
Load: processes that have waited are let go all at once, one for each processor; indexing has yielded at the end of the
first stretch of 20 ms in which its workers got less than a tenth of the processors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from ingest.embed import compiled
from tests.benchmarks import material
from tests.benchmarks.at_work import AtWork
from tests.benchmarks.measuring import conditions, figure, line, median, quantile, yardstick
from tests.benchmarks.textbook import _model

AIM = 150.0
TURNS = 12
LOOK_SECONDS = 0.001
STOPPING_SECONDS = 0.001
"""Processor time of all workers together from which they count as still working."""
STRETCH_SECONDS = 0.02
YIELDED_SHARE = 0.1
LIMIT_SECONDS = 3.0
RUN_SECONDS = 1.5
TEXTS, PAGES = 70, 30
BUSY = "import sys\nsys.stdin.buffer.read(1)\nwhile True: pass"
UNSTOPPED = ("warden_process", "chroma")
"""What is not stopped: the warden, and Chroma's child, which is fed nothing."""


def main() -> None:
    """Measure and print."""
    compiled.prepare(_model())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        material.folder_of_pdfs(folder / "archive", texts=TEXTS, pages=PAGES)
        conditions("how soon indexing yields")
        with AtWork(folder / "archive", folder / "library") as indexing:
            asked = [_asked(indexing) for _ in range(TURNS)]
            loaded = [_loaded(indexing) for _ in range(TURNS)]
            if not indexing.running:
                line("   everything was indexed before the end: too little to measure")
    for what, values in (("a question asked", asked), ("other load", loaded)):
        yardstick(f"{what}: median", median(values) * 1000, "ms", len(values))
        figure(f"{what} to indexing yielded, slowest", quantile(values, 1.0) * 1000, "ms", most=AIM, n=len(values))


def _asked(indexing: AtWork) -> float:
    workers = [process for process in indexing.workers() if not _exempt(process)]
    pids = [process.pid for process in workers]
    began = time.perf_counter()
    indexing.client.answering()
    looks = [(time.perf_counter(), _used(pids))]
    while not all(map(_stopped, workers)) and time.perf_counter() - began < LIMIT_SECONDS:
        time.sleep(LOOK_SECONDS)
        looks.append((time.perf_counter(), _used(pids)))
    in_all = _used(pids)
    last = next((at for at, used in looks if in_all - used < STOPPING_SECONDS), time.perf_counter())
    indexing.client.answered()
    time.sleep(RUN_SECONDS)
    return last - began


def _loaded(indexing: AtWork) -> float:
    count = os.cpu_count() or 1
    busy = [
        subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, start_new_session=True)
        for _ in range(count)
    ]
    try:
        time.sleep(RUN_SECONDS)
        workers = [process.pid for process in indexing.workers()]
        began, used = time.perf_counter(), _used(workers)
        for process in busy:
            assert process.stdin is not None
            process.stdin.close()
        while True:
            at = time.perf_counter()
            time.sleep(STRETCH_SECONDS)
            now, since = _used(workers), time.perf_counter() - at
            if now - used < YIELDED_SHARE * since * count or at - began > LIMIT_SECONDS:
                return time.perf_counter() - began
            used = now
    finally:
        for process in busy:
            process.kill()
            process.wait()
        time.sleep(RUN_SECONDS)


def _used(workers: Sequence[int]) -> float:
    """Processor seconds of processes, to the nanosecond where the kernel tells."""
    total = 0.0
    for pid in workers:
        try:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                total += int((thread / "schedstat").read_text(encoding="ascii").split()[0]) / 1e9
        except (OSError, ValueError):
            continue
    return total


def _stopped(process: psutil.Process) -> bool:
    try:
        return process.status() in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True


def _exempt(process: psutil.Process) -> bool:
    try:
        command = " ".join(process.cmdline())
    except psutil.Error:
        return True
    return any(part in command for part in UNSTOPPED)


if __name__ == "__main__":
    main()
