"""`python -m tests.benchmarks.scale [--passages 1000000]`: searching and filling at scale, with made-up passages.

The library is made without reading a file: texts of made-up words and vectors in clusters, as embeddings of documents lie. Then
an owner fills Chroma and answers searches. Memory is what a process holds for itself alone (anonymous pages): the mapped
vector file is shared with the system's cache. Times mean little on a machine that does other work.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from ingest import config
from ingest.client import Client
from ingest.library import Library
from ingest.records import Document, Location, Page, SourceFile, Span

DIMENSIONS = 384
CLUSTERS_EACH = 40
"""Passages about one subject, on average."""
SPREAD = 0.6
"""How far passages lie from their subject: two of one subject have a cosine of about 0.7."""
PASSAGES_EACH = 100
"""Passages of one document."""
WORDS_EACH = 130
LINES_A_PAGE = 3
"""Passages on a page: about 400 words."""
VOCABULARY = 60_000
QUESTIONS = 200
NOISES = (0.03, 0.1)
"""Half of the questions lie at a cosine of 0.86 to some passage, the others at 0.45, as questions and answers do."""
DELETED_PAGES = 1000
ASK_SECONDS = 0.5
"""Between two questions while Chroma is filled: each takes a processor for as long as the exact search does."""
LOOK_SECONDS = 2.0
"""Between two looks at the memory, for which the kernel walks through all of it."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Cut:
    """A passage that is a line of its page."""

    ordinal: int
    headings: tuple[str, ...]
    text: str
    spans: tuple[Span, ...]


def main() -> None:
    """Make a library, measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="Where the library is made, and found again the next time.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = (options.folder or Path(name)).absolute() / f"library-{options.passages}"
        if not (folder / "catalog.db").exists():
            began = time.monotonic()
            build(folder, options.passages)
            show("made the library", f"{time.monotonic() - began:.0f} s")
        measure(folder)


def build(folder: Path, passages: int) -> None:
    """A library of so many passages, each with a vector of its own."""
    chance, numbers = random.Random(1), np.random.default_rng(1)
    words = [made_up(chance) for _ in range(VOCABULARY)]
    subjects = unit(numbers.normal(size=(max(1, passages // CLUSTERS_EACH), DIMENSIONS)))
    with Library.open(folder, write=True) as library:
        library.set_generation("made up", "made up", "none", DIMENSIONS)
        library.add_root(Path("/scale"))
        for document in range(passages // PASSAGES_EACH):
            publish(library, document, PASSAGES_EACH, words, chance, near(subjects, numbers, PASSAGES_EACH))


def publish(
    library: Library, number: int, count: int, words: Sequence[str], chance: random.Random, vectors: Vectors
) -> None:
    """A document of so many passages, a few to a page."""
    lines = [" ".join(chance.choices(words, k=WORDS_EACH)) for _ in range(count)]
    pages = ["\n".join(lines[at : at + LINES_A_PAGE]) for at in range(0, count, LINES_A_PAGE)]
    name = hashlib.sha256(f"{number} {count}".encode()).hexdigest()
    for page, text in enumerate(pages, 1):
        library.store_page(name, Page(page, f"p. {page}", text), "scale")
    cuts: list[Cut] = []
    for at, line in enumerate(lines):
        start = sum(len(other) + 1 for other in lines[at - at % LINES_A_PAGE : at])
        cuts.append(Cut(at, (), line, (Span(at // LINES_A_PAGE + 1, start, start + len(line)),)))
    keys = [hashlib.sha256(line.encode()).digest() for line in lines]
    document = Document(name, "text/plain", f"Document {number}", len(pages), language="en")
    library.publish(document, cuts, keys, dict(zip(keys, vectors, strict=True)), "scale", "scale")
    source = SourceFile(Path(f"/scale/{number % 100:02}/{number}.txt"), 1, 1)
    library.set_locations(source, [Location(name, source.path, None, 1)], reader="scale")


def made_up(chance: random.Random) -> str:
    """A word that no language has."""
    return "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(2, 5)))


def unit(vectors: NDArray[np.float64]) -> Vectors:
    """At length 1, in single precision."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def near(subjects: Vectors, numbers: np.random.Generator, count: int) -> Vectors:
    """Vectors around subjects drawn by lot."""
    chosen = subjects[numbers.integers(len(subjects), size=count)]
    return unit(chosen + SPREAD * numbers.normal(size=chosen.shape) / np.sqrt(DIMENSIONS))


def measure(folder: Path) -> None:
    """Everything that is measured, in the order in which it is done."""
    numbers = np.random.default_rng(2)
    with Library.open(folder) as library:
        rows = library.row_count()
        everything = library.rows(0, rows)
        living = np.fromiter(sorted(library.living(range(rows))), np.int64)
        noise = np.repeat(NOISES, QUESTIONS // len(NOISES))[:, None] * numbers.normal(size=(QUESTIONS, DIMENSIONS))
        asked = unit(everything[numbers.choice(living, QUESTIONS)] + noise)
        library.nearest(asked[0], 10)
        show(
            "Exact without an owner, 10 nearest",
            spans([timed(library.nearest, one, 10) for one in asked[:50]]),
        )
        words = list(library.passages(list(range(1, 200))).values())
        questions = [" ".join(one.text.split()[5:12]) for one in words[:50]]
        library.search_words(questions[0], 10)
        show(
            "words, 7 of a question, 10 best",
            spans([timed(library.search_words, one, 10) for one in questions]),
        )
        show("counts of the library, after a change", f"{timed(library.counts) * 1000:.0f} ms")
        exact = [[row for row, _ in library.nearest_rows(one, 10)] for one in asked]
    with Client.start(folder, config.load()) as client:
        fill(client, rows, asked)
        for one in asked[:20]:
            client.nearest(one, 10, seconds=30.0)
        times: list[float] = []
        hits: list[int] = []
        for one, best in zip(asked, exact, strict=True):
            began = time.monotonic()
            found = client.nearest(one, 10, seconds=30.0) or []
            times.append(time.monotonic() - began)
            hits.append(len({row for row, _ in found} & set(best)))
        show("warm search through the owner", spans(times))
        for at, noise_of in enumerate(NOISES):
            some = hits[at * len(hits) // len(NOISES) : (at + 1) * len(hits) // len(NOISES)]
            show(f"recall@10 against Exact, noise {noise_of}", f"{sum(some) / (10 * len(some)):.4f} (n = {len(some)})")
        status = client.status()["vectors"]
        show("answered", f"{status['answered_by_chroma']} by Chroma, {status['answered_exactly']} exactly")
        show_memory(client.status()["pid"], "now")
    deletion(folder)


def fill(client: Client, rows: int, asked: Vectors) -> None:
    """Wait until Chroma holds everything, asking meanwhile; the slowest replies and the most memory are shown."""
    pid, began, done = client.status()["pid"], time.monotonic(), threading.Event()
    peaks: dict[str, int] = {}

    def watch() -> None:
        while not done.wait(LOOK_SECONDS):
            for name, held in memory(pid).items():
                peaks[name] = max(peaks.get(name, 0), held)

    watching = threading.Thread(target=watch)
    watching.start()
    times: list[float] = []
    turn = 0
    while client.status()["vectors"]["in_chroma"] < rows:
        turn += 1
        times.append(timed(client.nearest, asked[turn % len(asked)], 10, 30.0))
        times.append(timed(client.status))
        time.sleep(ASK_SECONDS)
    done.set()
    watching.join()
    if times:
        show("Chroma filled in", f"{time.monotonic() - began:.0f} s")
        show("replies of the owner meanwhile", f"{spans(times)}, latest {max(times) * 1000:.0f} ms")
        for name, held in peaks.items():
            show(f"most memory of the {name} meanwhile", f"{held / 1e6:.0f} MB")


def deletion(folder: Path) -> None:
    """How long it takes to drop, and to forget, a document of a thousand pages."""
    chance, numbers = random.Random(3), np.random.default_rng(3)
    words = [made_up(chance) for _ in range(VOCABULARY)]
    with Library.open(folder, write=True) as library:
        for what in ("drop", "forget"):
            vectors = unit(numbers.normal(size=(LINES_A_PAGE * DELETED_PAGES, DIMENSIONS)))
            number = time.time_ns()  # a path that was forgotten is not read again
            publish(library, number, LINES_A_PAGE * DELETED_PAGES, words, chance, vectors)
            path = Path(f"/scale/{number % 100:02}/{number}.txt")
            worked = time.process_time()
            if what == "drop":
                seconds = timed(library.remove_file, path) + timed(library.purge_unlocated)
                worked = time.process_time() - worked
                show(f"a document of {DELETED_PAGES} pages dropped", f"{seconds:.2f} s, of work {worked:.2f}")
                continue
            began = time.monotonic()
            library.forget(path)
            show(f"a document of {DELETED_PAGES} pages found no more", f"{time.monotonic() - began:.2f} s")
            erased = library.erase_forgotten(lambda: None)
            seconds = time.monotonic() - began
            worked = time.process_time() - worked
            left = f"{len(erased.left)} pieces left"
            show("  erased, and every file searched for it", f"{seconds:.2f} s, of work {worked:.2f}, {left}")


def memory(pid: int) -> dict[str, int]:
    """Anonymous bytes of the owner and of its index child."""
    held = {"owner": pid}
    try:
        for child in psutil.Process(pid).children(recursive=True):
            if any("ingest.vectors.chroma:main" in word for word in child.cmdline()):
                held["index child"] = child.pid
        return {name: private(one) for name, one in held.items()}
    except (psutil.Error, OSError):
        return {}


def private(pid: int) -> int:
    """Bytes that a process shares with nobody and no file."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    return 0


def show_memory(pid: int, when: str) -> None:
    for name, held in memory(pid).items():
        show(f"memory of the {name}, {when}", f"{held / 1e6:.0f} MB")


def timed(work: Callable[..., object], *values: object) -> float:
    """Seconds that something takes."""
    began = time.monotonic()
    work(*values)
    return time.monotonic() - began


def spans(seconds: Sequence[float]) -> str:
    """The middle and the slow end of some times."""
    ordered = sorted(seconds)
    late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"p50 {statistics.median(ordered) * 1000:.1f} ms, p99 {late * 1000:.1f} ms (n = {len(ordered)})"


def show(what: str, value: str) -> None:
    sys.stdout.write(f"{what:<46}{value}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
