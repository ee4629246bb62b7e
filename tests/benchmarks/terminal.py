"""`python -m tests.benchmarks.terminal`: how quickly the terminal program starts and reacts, with much to show and much to do.

Everything is made anew in a temporary folder:

- *start to first paint*: the program in a pseudo-terminal over a library of 100,000 passages, until its first screen is
  drawn; processor time beside wall time, since the latter is that of everybody on the machine;
- *at rest*: the processor time that the program takes while nothing happens, and what it sends to the terminal;
- *key to paint*: a letter is sent, and the time taken until it is in what the program draws, while a model writes an
  answer and 1,000 documents are read (the letters are Cyrillic, so that nothing else that is drawn has them);
- *the slowest handler*: a task of the same event loop asks to be woken every few milliseconds. The processor time that
  the loop's thread used in between is what handlers and drawing took. Measured over a conversation of 500 turns and a
  document of 5,000 pages in that large library.

Times mean little on a machine that does other work.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import hashlib
import os
import pty
import select
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.benchmarks.material import passages
from tests.benchmarks.measuring import conditions, figure, quantile, yardstick

PASSAGES = 100_000
A_DOCUMENT = 100
"""Passages of a document."""
LONG_PAGES = 5_000
TURNS = 500
READ_MEANWHILE = 1_000
STARTS = 5
TICK_SECONDS = 0.005
QUESTION = "What does the lease say about pets?"
KEYS = "what does the lease say about pets and bicycles in the yard or in the cellar"
LETTERS = "".join(map(chr, range(0x410, 0x450)))
"""Typed while the time is taken: each once."""
REST_SECONDS = 10.0
SETTLE_SECONDS = 8.0
"""Until the program has opened the library and looked for changes."""
END_SECONDS = 10.0
FIRST_PAINT_MS = 400
P95_MS, P99_MS = 50, 100
"""What is aimed at."""
DRAIN_SECONDS = 0.03
PAUSE_SECONDS = 0.12
"""Between two keys of a quick typist."""
START_SECONDS = 60.0
MODEL = "all-minilm-l6-v2"
ASK_AGAIN = b"\x07"
"""The key that asks the latest question once more."""


def main() -> None:
    """Measure and print."""
    conditions("the terminal program")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "large"
        _large_library(library)
        wall, processor = _starts(library)
        for what, seconds in (("wall", wall), ("processor", processor)):
            milliseconds = quantile(seconds, 0.5) * 1000
            figure(f"start to first paint, {what}, median", milliseconds, "ms", most=FIRST_PAINT_MS, n=len(seconds))
        _at_rest(library)
        busy, late = asyncio.run(_long_conversation(library))
        _show("handlers, 500 turns and 5,000 pages", busy)
        _show("ticks late", late)
    with tempfile.TemporaryDirectory() as folder:
        _show("key to paint", _keys_to_paint(Path(folder)))


def _large_library(folder: Path) -> None:
    """A library of synthetic passages with random vectors, and one long document."""
    import numpy as np

    from ingest.chunk import Chunk
    from ingest.embed import Encoder
    from ingest.library import Library
    from ingest.records import Document, Location, Page, SourceFile, Span

    encoder, texts = Encoder.open(MODEL), passages(PASSAGES)
    chance = np.random.default_rng(1)
    with Library.open(folder, write=True) as library:
        library.set_generation(MODEL, encoder.fingerprint, encoder.variant, encoder.dimensions)
        library.add_root(Path("/archive"))
        library.add_todo("pause")
        for start in range(0, PASSAGES, A_DOCUMENT):
            mine = texts[start : start + A_DOCUMENT]
            name = f"document-{start // A_DOCUMENT:05}.txt"
            document = hashlib.sha256(name.encode()).hexdigest()
            for number, text in enumerate(mine, 1):
                library.store_page(document, Page(number, f"p. {number}", text), "made")
            vectors = chance.normal(size=(len(mine), encoder.dimensions)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            keys = [hashlib.sha256(f"{start + at}".encode()).digest() for at in range(len(mine))]
            chunks = [Chunk(number - 1, (), text, (Span(number, 0, len(text)),)) for number, text in enumerate(mine, 1)]
            facts = Document(document, "text/plain", name, len(mine), language="en")
            library.publish(facts, chunks, keys, dict(zip(keys, vectors, strict=True)), "made", "made")
            path = Path("/archive") / f"{start // 10_000:02}" / name
            library.set_locations(SourceFile(path, 1, 1), [Location(document, path, None, 1)], reader="made")
        long = hashlib.sha256(b"long").hexdigest()
        for number in range(1, LONG_PAGES + 1):
            library.store_page(long, Page(number, f"p. {number}", "\n\n".join(texts[number : number + 3])), "made")
        library.publish(Document(long, "text/plain", "Long", LONG_PAGES), [], [], {}, "made", "made")
        path = Path("/archive/long.txt")
        library.set_locations(SourceFile(path, 1, 1), [Location(long, path, None, 1)], reader="made")


def _starts(library: Path) -> tuple[list[float], list[float]]:
    """Seconds and processor seconds to the first paint of each start."""
    wall, processor = [], []
    for _ in range(STARTS):
        began = time.monotonic()
        child, terminal = open_program(library, "none")
        try:
            until(terminal, b"Ask your documents", START_SECONDS)
            wall.append(time.monotonic() - began)
            used = psutil.Process(child).cpu_times()
            processor.append(used.user + used.system)
        finally:
            quit_program(child, terminal)
    return wall, processor


def _at_rest(library: Path) -> None:
    """What the program takes and sends while nothing happens."""
    child, terminal = open_program(library, "none")
    try:
        until(terminal, b"Ask your documents", START_SECONDS)
        read(terminal, SETTLE_SECONDS)
        process = psutil.Process(child)
        before = process.cpu_times()
        sent = read(terminal, REST_SECONDS)
        after = process.cpu_times()
    finally:
        quit_program(child, terminal)
    used = after.user + after.system - before.user - before.system
    yardstick("at rest, of a processor", 100 * used / REST_SECONDS, "%", 1)
    yardstick("at rest, sent to the terminal in a second", sent / REST_SECONDS, "B", 1)


async def _long_conversation(library: Path) -> tuple[list[float], list[float]]:
    """Processor time of the loop between two ticks, and how late they came, in a long conversation and a long document."""
    from assistant.records import Answer, Citation, Claim
    from assistant.tui.app import AssistantApp
    from assistant.tui.local import LocalDesk
    from assistant.tui.screens.conversation import ConversationScreen
    from assistant.tui.widgets.turn import TurnView
    from ingest import config
    from ingest.records import Span

    settings = config.load().override("library", "folder", str(library), "benchmark")
    desk = LocalDesk(settings.override("model", "name", "none", "benchmark"))
    long = hashlib.sha256(b"long").hexdigest()
    quote = passages(4)[1][:120]
    for number in range(TURNS):
        place = Citation(
            1, Path("/archive/long.txt"), None, 1, "p. 1", quote, long, Span(1, 0, len(quote)), None, ((4, 9),)
        )
        claims = (Claim(quote, "supported", "", (1,)),)
        desk.talks.keep(Answer(f"Question {number}?", f"{quote} [1]", "answered", "model", 0.9, claims, (place,)))
    gc.freeze()  # as `run` does
    late: list[float] = []
    busy: list[float] = []

    async def watch() -> None:
        while True:
            before, used = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK_SECONDS)
            late.append(time.perf_counter() - before - TICK_SECONDS)
            busy.append(time.thread_time() - used)

    app = AssistantApp(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f4")
        await pilot.pause(1.0)
        await pilot.press("enter")
        while not (isinstance(app.screen, ConversationScreen) and len(app.conversation.query(TurnView)) > 1):
            await pilot.pause(0.1)
        await pilot.pause(1.0)
        watching = asyncio.create_task(watch())
        await pilot.press("tab")
        for _ in range(30):
            await pilot.press("right")
            await pilot.pause(0.1)
        await pilot.press("escape")
        for key in KEYS:
            await pilot.press("space" if key == " " else key)
        await pilot.press("enter")
        while app.conversation.query(TurnView).last().running:
            await pilot.pause(0.05)
        watching.cancel()
    return busy, late


def _keys_to_paint(folder: Path) -> list[float]:
    """Seconds of each key until it is drawn, while a model writes and documents are read."""
    from tests.command import assistant

    files, library = folder / "files", folder / "library"
    files.mkdir()
    (files / "lease.txt").write_text("The lease\n\nPets are not allowed in the flat. Bicycles are kept in the cellar.")
    assistant("index", files, library=library)
    for number, text in enumerate(passages(READ_MEANWHILE)):
        (files / f"note-{number:04}.txt").write_text(text)
    child, terminal = open_program(library, "smollm2-135m-instruct")
    try:
        until(terminal, b"Ask your documents", START_SECONDS)
        read(terminal, 3.0)
        os.write(terminal, QUESTION.encode() + b"\r")
        keys = []
        for number, key in enumerate(LETTERS):
            if number == len(LETTERS) // 2:
                os.write(terminal, ASK_AGAIN)
            if number % (len(LETTERS) // 2) == 0:
                read(terminal, 0.5)
            read(terminal, DRAIN_SECONDS)
            sent = time.monotonic()
            os.write(terminal, key.encode())
            until(terminal, key.encode(), 5.0)
            keys.append(time.monotonic() - sent)
            time.sleep(PAUSE_SECONDS)
    finally:
        quit_program(child, terminal)
    return keys


def open_program(library: Path, model: str) -> tuple[int, int]:
    """The program in a pseudo-terminal: its process and the terminal."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ |= {"TERM": "xterm-256color", "ASSISTANT_LIBRARY": str(library), "ASSISTANT_MODEL": model}
        os.execv(sys.executable, [sys.executable, "-m", "assistant"])  # noqa: S606 - our own program
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    return child, terminal


def quit_program(child: int, terminal: int) -> None:
    """Leave the program and wait for its end."""
    os.write(terminal, b"\x11")
    read(terminal, END_SECONDS)
    os.close(terminal)
    os.waitpid(child, 0)


def until(terminal: int, wanted: bytes, seconds: float) -> None:
    """Read what is drawn until it holds `wanted`."""
    seen, deadline = b"", time.monotonic() + seconds
    while wanted not in seen:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise TimeoutError(f"{wanted!r} was not drawn within {seconds} s")
        seen = seen[-64:] + os.read(terminal, 65536)


def read(terminal: int, seconds: float) -> int:
    """Read and drop what is drawn for a while, or until the program has ended; the number of bytes."""
    count, deadline = 0, time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                read = len(os.read(terminal, 65536))
            except OSError:
                read = 0
            if not read:
                break
            count += read
    return count


def _show(what: str, seconds: Sequence[float]) -> None:
    for name, share, aim in (("median", 0.5, None), ("p95", 0.95, P95_MS), ("p99", 0.99, P99_MS), ("most", 1.0, None)):
        figure(f"{what}, {name}", quantile(seconds, share) * 1000, "ms", most=aim, n=len(seconds))


if __name__ == "__main__":
    main()
