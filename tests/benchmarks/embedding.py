"""`python -m tests.benchmarks.embedding [--scifact FOLDER]`: the compiled embedding model against its reference.

The same passages on the same cores: `SentenceTransformer.encode` in 32-bit floats with as many threads as there are
cores and batches of 32, and as many embedding processes as there are cores, one text a run. Turns alternate, and the best
of each counts, since other work only slows a turn down. `--scifact` ranks a retrieval set in the form of BEIR's SciFact
with both (`corpus/*.md` and `questions.jsonl` with `relevant_files`), which takes minutes.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.embed import compiled
from ingest.work.pool import WorkerPool
from ingest.work.warden import Warden
from tests.benchmarks import material
from tests.benchmarks.measuring import conditions, figure, yardstick
from tests.benchmarks.textbook import _model
from tests.quality.sets import _read_set

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

SPEED_AIM, COSINE_AIM, NDCG_AIM = 3.0, 0.99, 0.005
PASSAGES, TURNS = 256, 3
TEXTS_A_CALL = 4
BATCH = 32
DEPTH = 10


class Workers:
    """Embedding processes, as the owner has them but at normal priority."""

    def __init__(self, warden: Warden, count: int) -> None:
        ready = compiled.prepare(_model())
        setup = {"op": "open", "model": _model(), "variant": ready.variant}
        self.variant = ready.variant
        self._pool = WorkerPool(warden, "ingest.embed.worker:main", count, setup=setup)
        self._threads = ThreadPoolExecutor(count)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 of shape (texts, dimensions)."""
        import numpy as np

        calls = [texts[at : at + TEXTS_A_CALL] for at in range(0, len(texts), TEXTS_A_CALL)]
        answers = self._threads.map(lambda call: self._pool.call({"op": "encode", "texts": list(call)})[1], calls)
        return np.frombuffer(b"".join(answers), "<f4").reshape(len(texts), -1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.embedding")
    parser.add_argument("--scifact", type=Path, help="folder of a retrieval set")
    options = parser.parse_args()
    os.environ.update(compiled.QUIET)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with Warden.start(idle=False) as warden:
        workers, reference = Workers(warden, cores), _reference(cores)
        conditions(f"embedding {PASSAGES} passages on {cores} cores, variant {workers.variant}")
        texts = material.passages(PASSAGES)
        workers.encode(texts[: 4 * cores])
        _encode(reference, texts[:BATCH])
        ours, theirs = [], []
        for _ in range(TURNS):
            began = time.perf_counter()
            found = workers.encode(texts)
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            expected = _encode(reference, texts)
            theirs.append(time.perf_counter() - began)
        yardstick("SentenceTransformer.encode, fp32", PASSAGES / min(theirs), "/s", PASSAGES * TURNS)
        yardstick("this program", PASSAGES / min(ours), "/s", PASSAGES * TURNS)
        figure("times faster than the reference", min(theirs) / min(ours), "x", least=SPEED_AIM, n=TURNS)
        cosines = (found * expected).sum(axis=1)
        figure("mean cosine to the reference", float(cosines.mean()), "", least=COSINE_AIM, n=PASSAGES)
        yardstick("least cosine to the reference", float(cosines.min()), "", PASSAGES)
        if options.scifact:
            _rank(options.scifact, workers, reference)


def _rank(folder: Path, workers: Workers, reference: Any) -> None:
    """nDCG@10 of both over a retrieval set."""
    found = _read_set(folder)
    questions = [question for question in found.questions if question.relevant]
    paths = sorted(found.corpus.rglob("*.md"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    asked = [question.text for question in questions]
    scores = []
    for encode in (workers.encode, lambda part: _encode(reference, part)):
        documents, vectors = encode(texts), encode(asked)
        gains = []
        for question, row in zip(questions, vectors @ documents.T, strict=True):
            best = [paths[at] in question.relevant for at in (-row).argsort()[:DEPTH]]
            gains.append(_ndcg(best, len(question.relevant)))
        scores.append(sum(gains) / len(gains))
    yardstick("nDCG@10 of the reference", scores[1], "", len(questions))
    figure("nDCG@10 lost against the reference", scores[1] - scores[0], "", most=NDCG_AIM, n=len(questions))


def _ndcg(relevant: Sequence[bool], total: int) -> float:
    """Normalised discounted cumulative gain with relevance 0 or 1 (Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / math.log2(place + 2) for place, hit in enumerate(relevant) if hit)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(total, DEPTH)))


def _reference(cores: int) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(cores)
    return SentenceTransformer(_model(), device="cpu").float().eval()


def _encode(reference: Any, texts: Sequence[str]) -> Vectors:
    vectors: Vectors = reference.encode(
        list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
    )
    return vectors


if __name__ == "__main__":
    main()
