"""`python -m tests.benchmarks.terminal`: how quickly the terminal program reacts while a model writes and files are indexed.

Two measurements of the whole program on `sample_docs/`, made anew in a temporary library:

- *the slowest handler*: a task of the same event loop asks to be woken every few milliseconds. The processor time that
  the loop's thread used in between is what handlers and drawing took; the promise is 50 ms. How late the task is
  woken holds besides what other threads and other programs took.
- *key to paint*: the program runs in a pseudo-terminal; a letter is sent, and the time taken until it is in what the
  program draws.

Times mean little on a machine that does other work.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from tests.quality.evaluate import SAMPLE_DOCS

TICK_SECONDS = 0.005
QUESTIONS = ("When is the boiler serviced?", "What is the rent of the flat?", "Who wrote the minutes?")
KEYS = "what does the lease say about pets and bicycles"
DRAIN_SECONDS = 0.03
PAUSE_SECONDS = 0.12
"""Between two keys of a quick typist."""
START_SECONDS = 60.0


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        busy, late = asyncio.run(_measure(Path(folder) / "first"))
        _show("handlers between two ticks", busy)
        _show("ticks late", late)
    with tempfile.TemporaryDirectory() as folder:
        start, keys = _key_to_paint(Path(folder) / "second")
        _show("start to first paint", [start])
        _show("key to paint", keys)


async def _measure(library: Path) -> tuple[list[float], list[float]]:
    """Processor time of the loop between two ticks, and how late they came, while files are indexed and a model writes."""
    from assistant.tui.app import AssistantApp
    from assistant.tui.desk import LocalDesk
    from assistant.tui.screens.folder import FolderScreen
    from assistant.tui.widgets.question import QuestionInput
    from assistant.tui.widgets.turn import TurnView
    from ingest import config

    desk = LocalDesk(config.load().override("library", "folder", str(library), "benchmark"))
    gc.freeze()  # as `run` does
    app = AssistantApp(desk)
    late: list[float] = []
    busy: list[float] = []

    async def watch() -> None:
        while True:
            before, used = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK_SECONDS)
            late.append(time.perf_counter() - before - TICK_SECONDS)
            busy.append(time.thread_time() - used)

    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, FolderScreen):
            await pilot.pause(0.05)
        app.screen.dismiss(SAMPLE_DOCS)
        while app.activity.documents < 3:
            await pilot.pause(0.2)
        watching = asyncio.create_task(watch())
        for question in QUESTIONS:
            app.conversation.query_one(QuestionInput).value = question
            await pilot.press("enter")
            while app.conversation.query(TurnView).last().running:
                await pilot.pause(0.05)
                app.conversation.query_one(QuestionInput).insert_text_at_cursor("x")
            await pilot.press("tab")
            await pilot.pause(0.5)
        watching.cancel()
    return busy, late


def _key_to_paint(library: Path) -> tuple[float, list[float]]:
    """Seconds to the first paint, and of each key until it is drawn."""
    from tests.command import assistant

    assistant("index", SAMPLE_DOCS / "Notes", library=library)
    began = time.monotonic()
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-m", "assistant", "--library", str(library)])  # noqa: S606 - our own program
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        _until(terminal, b"Ask your documents", START_SECONDS)
        start = time.monotonic() - began
        os.write(terminal, QUESTIONS[0].encode() + b"\r")
        _read(terminal, 0.5)
        keys = []
        for key in KEYS.replace(" ", "_"):
            _read(terminal, DRAIN_SECONDS)
            sent = time.monotonic()
            os.write(terminal, key.encode())
            _until(terminal, key.encode(), 5.0)
            keys.append(time.monotonic() - sent)
            time.sleep(PAUSE_SECONDS)
    finally:
        os.write(terminal, b"\x11")
        _read(terminal, 2.0)
        os.close(terminal)
        os.waitpid(child, 0)
    return start, keys


def _until(terminal: int, wanted: bytes, seconds: float) -> None:
    """Read what is drawn until it holds `wanted`."""
    seen, deadline = b"", time.monotonic() + seconds
    while wanted not in seen:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise TimeoutError(f"{wanted!r} was not drawn within {seconds} s")
        seen = seen[-64:] + os.read(terminal, 65536)


def _read(terminal: int, seconds: float) -> None:
    """Read and drop what is drawn for a while."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:
                return


def _show(what: str, seconds: Sequence[float]) -> None:
    ordered = sorted(seconds)
    middle, high = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    numbers = f"median {middle * 1000:7.1f} ms   p95 {high * 1000:7.1f} ms   slowest {ordered[-1] * 1000:7.1f} ms"
    sys.stdout.write(f"{what:<34}{numbers}   (n={len(ordered)})\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
