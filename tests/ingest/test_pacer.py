"""The pacer: carries a pace out, and lets workers go that are of no use."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest import costs
from ingest.costs import Costs
from ingest.gate import Gate
from ingest.governor.decide import Policy
from ingest.pacer import Pacer
from ingest.work.pool import WorkerPool
from ingest.work.warden import Warden

POLICY = Policy(on_battery="ignore", low_battery_percent=0, quiet_hours="", input_seconds=0, min_free_gb=0.0)
FULL_DISK = Policy(on_battery="ignore", low_battery_percent=0, quiet_hours="", input_seconds=0, min_free_gb=1e9)
ENTRY = "ingest.embed.worker:main"
NEVER = 1e9


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Bench:
    """A pacer over a real warden with one worker."""

    def __init__(self, folder: Path, policy: Policy, busy: bool, stopped: float, unused: float) -> None:
        self.warden = Warden.start(idle=False)
        self.changes: list[bool] = []
        self.gate = Gate(self.changes.append)
        self.let_go = 0
        self.pacer = Pacer(
            folder,
            policy,
            self.gate,
            self.changes.append,
            lambda: busy,
            lambda: True,
            self._let_go,
            Costs(folder),
            stopped,
            unused,
        )

    def _let_go(self) -> None:
        self.let_go += 1
        self.warden.let_go()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def bench(policy: Policy = POLICY, *, busy: bool, stopped: float = NEVER, unused: float = NEVER) -> Bench:
        made.append(Bench(tmp_path, policy, busy, stopped, unused))
        return made[-1]

    yield bench
    for each in made:
        each.pacer.close()
        each.warden.close()


def test_workers_without_anything_to_do_are_let_go_once(make: Callable[..., Bench]) -> None:
    bench = make(busy=False, unused=0.1)
    with WorkerPool(bench.warden, ENTRY, 1) as pool:
        assert "error" in pool.call({"op": "encode", "texts": []})[0]
        bench.pacer.start()
        until(lambda: bench.let_go == 1)
        assert "error" in pool.call({"op": "encode", "texts": []})[0], "another one is started when it is needed"
        assert bench.warden.started == 2


def test_workers_that_stand_still_for_long_are_let_go(make: Callable[..., Bench]) -> None:
    bench = make(FULL_DISK, busy=True, stopped=0.1)
    bench.pacer.start()
    until(lambda: bench.let_go == 1)
    assert bench.changes == [False]
    assert bench.gate.reason == "the disk is nearly full"


def test_workers_at_work_stay(make: Callable[..., Bench], tmp_path: Path) -> None:
    bench = make(busy=True, stopped=0.1, unused=0.1)
    bench.pacer.start()
    until(lambda: bench.pacer.pace.reason != "")
    bench.pacer.close()
    assert bench.let_go == 0
    until(lambda: costs.read(tmp_path)["paces"] != [])
