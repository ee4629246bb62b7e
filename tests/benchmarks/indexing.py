"""`python -m tests.benchmarks.indexing [--corpus FOLDER]`: indexing PDFs from nothing, against the textbook pipeline.

Both run as commands of their own, from the start of the process to its end. `assistant index` ends when everything can
be found, through Chroma too. The embedding model has been compiled before, which happens once a machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingest.embed import compiled
from tests.benchmarks import material
from tests.benchmarks.measuring import conditions, figure, line, yardstick
from tests.benchmarks.textbook import _model

AIM = 4.0
TEXTS, PAGES = 24, 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.indexing")
    parser.add_argument("--corpus", type=Path, help="folder of PDFs; without it, PDFs are made")
    options = parser.parse_args()
    compiled.prepare(_model())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = options.corpus or folder / "corpus"
        if options.corpus is None:
            material.folder_of_pdfs(corpus, texts=TEXTS, pages=PAGES)
        files = len(list(corpus.rglob("*.pdf")))
        conditions(f"indexing {files} PDFs from nothing, against the textbook pipeline")
        seconds, passages = timed_index(corpus, folder / "library")
        textbook, pieces = timed_textbook(corpus, folder / "store")
        yardstick("assistant index", seconds, "s", files)
        yardstick("textbook pipeline", textbook, "s", files)
        line(f"   {passages} passages against {pieces} pieces of 1,000 characters")
        figure("times faster than the textbook pipeline", textbook / seconds, "x", least=AIM, n=1)


def timed_index(corpus: Path, library: Path) -> tuple[float, int]:
    """Seconds that `assistant index` takes, and its passages."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "index", str(corpus), "--library", str(library), "--json"],
        check=False,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - began
    last = done.stdout.splitlines()[-1]
    if done.returncode not in (0, 1) or '"done"' not in last:
        raise RuntimeError(f"assistant index failed: {last} {done.stderr}")
    return seconds, int(last.partition('"passages": ')[2].partition(",")[0])


def timed_textbook(corpus: Path, store: Path) -> tuple[float, int]:
    """Seconds that the textbook pipeline takes, and its pieces."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.textbook", "index", str(corpus), str(store)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"},
    )
    return time.perf_counter() - began, int(done.stdout.split()[-1])


if __name__ == "__main__":
    main()
