"""`python -m tests.benchmarks.warm_search [--passages N]`: searching a large library in a program that is already running.

A library of made passages is written directly: their words are real, their vectors those of real passages with noise, so
that both searches have as much to do as with real documents. The same questions are searched three times, as the terminal
program does it; the first pass warms. Shown beside the whole search are its parts.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from assistant.retrieve import Retriever
from ingest.chunk import Chunk
from ingest.embed import Encoder, compiled
from ingest.library import Library
from ingest.records import Document, Location, Page, SourceFile, Span
from tests.benchmarks import material
from tests.benchmarks.measuring import conditions, figure, line, quantile, yardstick
from tests.benchmarks.textbook import _model

AIMS = {0.5: 15.0, 0.99: 40.0}
PASSAGES = 100_000
A_PAGE, A_DOCUMENT = 10, 200
ENCODED = 256
"""Passages that are really encoded; the other vectors are theirs with noise."""
NOISE = 0.04
"""Standard deviation in every dimension: cosine to the original about 0.8."""
QUESTIONS, ROUNDS = 60, 3
HITS, EACH = 10, 200


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
        with Library.open(folder) as library:
            retriever = Retriever(library, encoder)
            questions = _questions()
            parts: dict[str, Callable[[str], object]] = {
                "words": lambda question: library.search_words(question, EACH),
                "meaning": lambda question: library.nearest(encoder.encode(question), EACH),
                "search": lambda question: retriever.search(question, HITS),
            }
            for part, search in parts.items():
                times = [_timed(search, question) for _ in range(ROUNDS) for question in questions][len(questions) :]
                for share, aim in AIMS.items():
                    at = quantile(times, share) * 1000
                    if part == "search":
                        figure(f"the whole search, p{share * 100:.0f}", at, "ms", most=aim, n=len(times))
                    else:
                        yardstick(f"{part} alone, p{share * 100:.0f}", at, "ms", len(times))


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
