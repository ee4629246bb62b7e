"""`python -m tests.benchmarks.governed`: indexing under the governor on an idle machine, against none.

The same documents are indexed in this process's own owner twice a round: with workers of the background class and the
pacer at its work, and with workers of ordinary priority and no pacer. The best of each counts.
"""

from __future__ import annotations

import dataclasses
import tempfile
import threading
import time
from pathlib import Path

from ingest import config
from ingest.costs import Costs
from ingest.embed import compiled
from ingest.errors import AssistantError
from ingest.feeder import Feeder
from ingest.gate import Gate
from ingest.governor.decide import Policy
from ingest.indexer import Indexer
from ingest.library import Library
from ingest.pacer import Pacer
from ingest.run import Run
from ingest.tools import Tools
from ingest.work.warden import Warden
from tests.benchmarks import material
from tests.benchmarks.measuring import conditions, figure, yardstick
from tests.benchmarks.textbook import _model

AIM = 0.90
ROUNDS = 2
TEXTS, PAGES, SCANS, SCANNED_PAGES = 16, 10, 3, 4


class UngovernedTools(Tools):
    """Tools whose workers run at ordinary priority."""

    def _started_warden(self) -> Warden:
        with self._lock:
            if self._warden is None:
                self._warden = Warden.start(idle=False)
            return self._warden


def main() -> None:
    """Measure and print."""
    compiled.prepare(_model())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        material.folder_of_pdfs(
            folder / "archive", texts=TEXTS, pages=PAGES, scanned=SCANS, scanned_pages=SCANNED_PAGES
        )
        conditions("indexing under the governor, against none")
        seconds: dict[bool, list[float]] = {True: [], False: []}
        for number in range(ROUNDS):
            for governed in (True, False):
                taken = timed(folder / "archive", folder / f"library-{number}-{governed}", governed)
                seconds[governed].append(taken)
    yardstick("without a governor", min(seconds[False]), "s", ROUNDS)
    yardstick("with the governor", min(seconds[True]), "s", ROUNDS)
    figure(
        "throughput with the governor against none", min(seconds[False]) / min(seconds[True]), "x", least=AIM, n=ROUNDS
    )


def timed(archive: Path, place: Path, governed: bool) -> float:
    """Seconds to index a folder into a new library."""
    settings = config.load()
    place.mkdir()
    library = Library.open(place, write=True)
    tools = Tools(library, settings) if governed else UngovernedTools(library, settings)
    gate = Gate(tools.set_running)
    feeder = Feeder(library, lambda entry: tools.spawn(entry, pausable=False), gate)
    indexer = Indexer(library, settings, tools, gate, feeder)
    policy = dataclasses.replace(Policy.from_section(settings.section("pace")), input_seconds=0)
    pacer = Pacer(
        place, policy, gate, tools.set_running, lambda: indexer.running, lambda: False, tools.let_go, Costs(place)
    )
    ended = threading.Event()
    errors: list[AssistantError] = []

    def end(error: AssistantError | None) -> None:
        errors.extend([error] if error else [])
        ended.set()

    began = time.perf_counter()
    feeder.start()
    indexer.start()
    if governed:
        pacer.start()
    indexer.submit(Run([archive], lambda _: None, end))
    ended.wait()
    taken = time.perf_counter() - began
    pacer.close()
    feeder.close()
    indexer.stop()
    tools.close()
    indexer.close(5.0)
    library.close()
    if errors:
        raise errors[0]
    return taken


if __name__ == "__main__":
    main()
