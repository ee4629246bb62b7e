"""`python -m tests.benchmarks.warm_search [--passages N]`: searching a large library in a program that is already running.

A library of made passages is written directly: their words are real, their vectors those of real passages with noise, so
that both searches have as much to do as with real documents. All words come from few sentences, so that each stands in
thousands of passages: the worst case of a word index. The same questions are searched several times; the first pass warms.

The figure with an aim is the search of the terminal program while a person types. Shown beside it: the same with all
words, as it follows when typing rests; the search of a question, with meaning and with late interaction; and, in the
program itself in a pseudo-terminal, the time from pasting a question until a hit is drawn.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.retrieve import Retriever
from assistant.tui.local import LocalDesk
from ingest import config
from ingest.chunk import Chunk
from ingest.embed import Encoder, compiled
from ingest.library import Library
from ingest.records import Document, Location, Page, SourceFile, Span
from tests.benchmarks import material, terminal
from tests.benchmarks.measuring import conditions, figure, line, quantile, yardstick
from tests.benchmarks.textbook import _model

AIMS = {0.5: 15.0, 0.99: 40.0}
PASSAGES = 100_000
A_PAGE, A_DOCUMENT = 10, 200
ENCODED = 256
"""Passages that are really encoded; the other vectors are theirs with noise."""
NOISE = 0.04
"""Standard deviation in every dimension: cosine to the original about 0.8."""
QUESTIONS, ROUNDS = 60, 4
WHOLE = 15
"""Questions for which everything is done, or which are typed."""
HITS, EACH = 10, 200
LIBRARY_KEY, CLEAR_KEY, PASTE = b"\x1bOQ", b"\x15", b"\x1b[200~%s\x1b[201~"
HIT = b".txt"
"""In the name of every document."""
CALM_SECONDS = 1.5
"""After so long without a key the program has drawn all it has to."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.warm_search")
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--library", type=Path, help="keep the library here, and use it where it is there already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.library or Path(name) / "library"
        encoder = Encoder(compiled.prepare(_model()))
        if not folder.exists():
            began = time.perf_counter()
            build(folder, options.passages, encoder)
            line(f"   made a library in {time.perf_counter() - began:.0f} s")
        conditions(f"warm search over {options.passages} passages")
        questions = _questions()
        desk = LocalDesk(config.load().override("library", "folder", str(folder), "benchmark"))
        _show("while a person types", lambda question: desk.find(question, quick=True), questions, AIMS)
        _show("when typing rests", desk.find, questions)
        desk.close()
        with Library.open(folder) as library:
            retriever = Retriever(library, encoder)
            _show("meaning alone", lambda question: library.nearest(encoder.encode(question), EACH), questions)
            few = questions[:WHOLE]
            _show("a question, first look", lambda question: retriever.rank(question, HITS, late=False), few)
            _show("a question, the whole search", lambda question: retriever.search(question, HITS), few)
        drawn = _pasted(folder, questions[:WHOLE])
        for share in AIMS:
            at = quantile(drawn, share) * 1000
            yardstick(f"terminal: pasted to a hit drawn, p{share * 100:.0f}", at, "ms", len(drawn))


def _show(
    what: str, search: Callable[[str], object], questions: Sequence[str], aims: dict[float, float] | None = None
) -> None:
    times = [_timed(search, question) for _ in range(ROUNDS) for question in questions][len(questions) :]
    for share in AIMS:
        at = quantile(times, share) * 1000
        if aims:
            figure(f"{what}, p{share * 100:.0f}", at, "ms", most=aims[share], n=len(times))
        else:
            yardstick(f"{what}, p{share * 100:.0f}", at, "ms", len(times))


def _pasted(library: Path, questions: Sequence[str]) -> list[float]:
    """Seconds from pasting each question until a hit is drawn; without those that have none."""
    child, screen = terminal.open_program(library, "none")
    drawn = []
    try:
        terminal.until(screen, b"Ask your documents", terminal.START_SECONDS)
        terminal.read(screen, CALM_SECONDS)
        os.write(screen, LIBRARY_KEY)
        terminal.read(screen, 2 * CALM_SECONDS)
        os.write(screen, b"/")
        for question in questions:
            began = time.perf_counter()
            os.write(screen, PASTE % question.encode())
            try:
                terminal.until(screen, HIT, CALM_SECONDS)
                drawn.append(time.perf_counter() - began)
            except TimeoutError:
                line(f"   nothing was drawn for {question!r}")
            terminal.read(screen, CALM_SECONDS)
            os.write(screen, CLEAR_KEY)
            terminal.read(screen, CALM_SECONDS)
    finally:
        terminal.quit_program(child, screen)
    return drawn


def build(folder: Path, count: int, encoder: Encoder) -> None:
    """Write a library of made passages."""
    chance, noise = random.Random(5), np.random.default_rng(5)
    encoded = np.stack([encoder.encode(text) for text in material.passages(ENCODED)])
    with Library.open(folder, write=True) as library:
        library.set_generation(_model(), encoder.fingerprint, encoder.variant, encoder.dimensions)
        for first in range(0, count, A_DOCUMENT):
            texts = [material.paragraph(chance, 7) for _ in range(min(A_DOCUMENT, count - first))]
            pages = ["\n\n".join(texts[at : at + A_PAGE]) for at in range(0, len(texts), A_PAGE)]
            name = hashlib.sha256(f"document {first}".encode()).hexdigest()
            for number, text in enumerate(pages, start=1):
                library.store_page(name, Page(number, f"p. {number}", text), "made")
            chunks, keys, vectors = [], [], {}
            for at, text in enumerate(texts):
                page = at // A_PAGE
                start = pages[page].index(text)
                chunks.append(Chunk(at, (), text, (Span(page + 1, start, start + len(text)),)))
                keys.append(hashlib.sha256(text.encode()).digest())
                vector = encoded[chance.randrange(ENCODED)] + noise.normal(scale=NOISE, size=encoder.dimensions)
                vectors[keys[-1]] = (vector / np.linalg.norm(vector)).astype(np.float32)
            document = Document(name, "text/plain", f"Report {first // A_DOCUMENT}", len(pages), language="en")
            library.publish(document, chunks, keys, vectors, "made", "made")
            source = SourceFile(Path(f"/made/{first}.txt"), sum(map(len, pages)), 1)
            library.set_locations(source, [Location(name, source.path, None, 1)], [], "made")


def _questions() -> list[str]:
    chance = random.Random(11)
    words = sorted({word.strip(".,;:()'\"") for text in material.sentences() for word in text.split() if len(word) > 3})
    return [" ".join(chance.sample(words, chance.randrange(2, 7))) for _ in range(QUESTIONS)]


def _timed(search: Callable[[str], object], question: str) -> float:
    began = time.perf_counter()
    search(question)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
