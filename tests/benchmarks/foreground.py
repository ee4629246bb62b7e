"""`python -m tests.benchmarks.foreground`: what a person's programs, and a question, lose while indexing runs at full pace.

Indexing scans and PDFs runs in sessions of its own, as always. Phases in which it runs and phases in which it is paused
alternate, and two probes in processes of a third session go on all the time: a fixed piece of work every 20 ms, and the
start of a program every second. The ratio of their quantiles between the two kinds of phases is the slow-down; how a
pause compares with a machine on which nothing was started at all is shown as well. Then questions are asked in
either kind of phase, and the time to the model's first token compared.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.answer import Answerer
from assistant.llm import open_model
from assistant.records import Draft
from ingest import config
from ingest.embed import Encoder, compiled
from ingest.library import Library
from tests.benchmarks import material, probe
from tests.benchmarks.at_work import AtWork
from tests.benchmarks.indexing import timed_index
from tests.benchmarks.measuring import conditions, figure, line, median, quantile, yardstick
from tests.benchmarks.textbook import _model

AIMS = {0.5: 1.02, 0.95: 1.05, 0.99: 1.15}
TOKEN_AIM = 1.05
ALONE_SECONDS = 15.0
PHASE_SECONDS, PHASES = 10.0, 8
"""Half of the phases are paused."""
SETTLE_SECONDS = 1.0
"""The beginning of a phase that is not counted."""
QUESTIONS = 20
"""Each asked once, since the model keeps prompts evaluated: every second one while indexing is paused."""
TEXTS, PAGES, SCANS, SCANNED_PAGES = 90, 30, 10, 6

Sample = tuple[float, float]
Phase = tuple[float, float]


def main() -> None:
    """Measure and print."""
    compiled.prepare(_model())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        material.folder_of_pdfs(
            folder / "archive", texts=TEXTS, pages=PAGES, scanned=SCANS, scanned_pages=SCANNED_PAGES
        )
        material.folder_of_pdfs(folder / "known", texts=2, pages=8, seed=99)
        timed_index(folder / "known", folder / "known library")
        conditions("slow-down of foreground programs while scans and PDFs are indexed at full pace")
        with _probes() as samples:
            alone = _wait(ALONE_SECONDS)
            with AtWork(folder / "archive", folder / "library") as indexing:
                phases = _phases(indexing)
                _show(samples(), alone, phases)
                _tokens(indexing, folder / "known library")


@contextmanager
def _probes() -> Iterator[Callable[[], list[list[Sample]]]]:
    """Both probes; gives a function that ends them and returns their samples."""
    count = probe.calibrated()
    command = [sys.executable, "-m", "tests.benchmarks.probe"]
    running = [
        subprocess.Popen(
            [*command, *what], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        for what in (("work", str(count)), ("start",))
    ]
    found: list[list[Sample]] = [[], []]
    readers = [threading.Thread(target=_read, args=(one, into)) for one, into in zip(running, found, strict=True)]
    for reader in readers:
        reader.start()

    def end() -> list[list[Sample]]:
        for one in running:
            assert one.stdin is not None
            one.stdin.close()
        for reader in readers:
            reader.join()
        return found

    try:
        yield end
    finally:
        for one in running:
            one.kill()
            one.wait()


def _read(running: subprocess.Popen[str], into: list[Sample]) -> None:
    assert running.stdout is not None
    for row in running.stdout:
        due, took = row.split()
        into.append((float(due), float(took)))


def _wait(seconds: float) -> Phase:
    """A phase that begins now; over when it is returned."""
    began = time.monotonic() + SETTLE_SECONDS
    time.sleep(SETTLE_SECONDS + seconds)
    return began, time.monotonic()


def _phases(indexing: AtWork) -> dict[str, list[Phase]]:
    """Phases in which indexing runs and in which it is paused, in turn."""
    phases: dict[str, list[Phase]] = {"full": [], "paused": []}
    for number in range(PHASES):
        kind = ("full", "paused")[number % 2]
        if kind == "paused":
            indexing.client.pause()
        else:
            indexing.client.resume()
        used = indexing.used()
        phase = _wait(PHASE_SECONDS)
        if not indexing.running:
            line("   everything is indexed already: the later phases are missing")
            break
        phases[kind].append(phase)
        line(
            f"   {kind:<7} for {PHASE_SECONDS:.0f} s: the workers used {indexing.used() - used:.1f} s of processor time"
        )
    indexing.client.resume()
    return phases


def _show(samples: Sequence[Sequence[Sample]], alone: Phase, phases: dict[str, list[Phase]]) -> None:
    for name, found in zip(("fixed work", "start of a program"), samples, strict=True):
        full, paused = _within(found, phases["full"]), _within(found, phases["paused"])
        quiet = _within(found, [alone])
        for share, aim in AIMS.items():
            name_ = f"{name}, p{share * 100:.0f}"
            at = quantile(paused, share)
            if not at or not full:
                continue
            yardstick(f"{name_} while paused", at * 1000, "ms", len(paused))
            yardstick(f"{name_}: paused against nothing started", at / quantile(quiet, share), "x", len(quiet))
            figure(f"{name_}: indexing against paused", quantile(full, share) / at, "x", most=aim, n=len(full))


def _within(samples: Sequence[Sample], phases: Sequence[Phase]) -> list[float]:
    return [took for due, took in samples if any(began <= due < ended for began, ended in phases)]


def _tokens(indexing: AtWork, library: Path) -> None:
    """Time to the model's first token, asked while indexing runs and while it is paused."""
    settings = config.load()
    model = open_model(settings)
    if model is None:
        line("   no language model is configured: no first token")
        return
    chance = material.sentences()
    questions = [f"What is said about this: {chance[at * 17 % len(chance)]}" for at in range(QUESTIONS + 1)]
    times: dict[str, list[float]] = {"full": [], "paused": []}
    try:
        with Library.open(library) as opened:
            meta = opened.meta()
            answerer = Answerer(opened, Encoder.open(meta.model, meta.variant), model, settings)
            _first_token(answerer, questions[0])
            for number, question in enumerate(questions[1:]):
                kind = ("paused", "full")[number % 2]
                if kind == "paused":
                    indexing.client.pause()
                else:
                    indexing.client.resume()
                time.sleep(SETTLE_SECONDS)
                times[kind] += _asked(indexing, answerer, question)
    finally:
        model.close()
        indexing.client.resume()
    if not indexing.running or not times["full"] or not times["paused"]:
        line("   first token: everything was indexed before the end, or the model was not asked: too little to measure")
    else:
        yardstick("first token while paused", median(times["paused"]), "s", len(times["paused"]))
        ratio = median(times["full"]) / median(times["paused"])
        figure("first token: indexing against paused", ratio, "x", most=TOKEN_AIM, n=len(times["full"]))


def _asked(indexing: AtWork, answerer: Answerer, question: str) -> list[float]:
    """Seconds to the first token; nothing where the model was not asked."""
    began = time.perf_counter()
    indexing.client.answering()
    first = _first_token(answerer, question)
    indexing.client.answered()
    return [first - began] if first else []


def _first_token(answerer: Answerer, question: str) -> float | None:
    """When the model's first token came (`time.perf_counter`); None where it was not asked."""
    cancelled = threading.Event()
    first = None
    for event in answerer.ask(question, cancelled=cancelled):
        if isinstance(event, Draft) and first is None:
            first = time.perf_counter()
            cancelled.set()
    return first


if __name__ == "__main__":
    main()
