"""Nothing is left behind, whoever is killed: owner, warden, worker, with workers that are idle, stopped or hung."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

PATIENCE_SECONDS = 30.0
"""How long the processes may take to end on a busy machine; one that is left behind stays for ever."""
NOHUP = ("hangup-ignored",)
REPOSITORY = Path(__file__).parents[3]


class Owner:
    """A running `owner_process` and all that it started."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ingest.work.owner_process", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            text=True,
        )
        self.said = self.hear()
        self.warden = psutil.Process(self.said["warden"])
        self.workers = {name: psutil.Process(pid) for name, pid in self.said["pids"].items()}

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def wait_until_stopped(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        for name in ("stopped", "child of stopped"):
            while self.workers[name].status() != psutil.STATUS_STOPPED:
                assert time.monotonic() < until, f"{name} is not stopped"
                time.sleep(0.02)

    def say(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        for process in (self.warden, *self.workers.values()):
            if process.is_running():
                process.kill()


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> Iterator[Owner]:
    found = Owner(*getattr(request, "param", ()))
    try:
        found.wait_until_stopped()
        yield found
    finally:
        found.end()


def left(processes: dict[str, psutil.Process]) -> list[str]:
    """Names of the processes that live, after giving them time to end."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        living = [name for name, process in processes.items() if lives(process)]
        if not living or time.monotonic() > until:
            return living
        time.sleep(0.05)


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_everything_runs_before_anybody_is_killed(owner: Owner) -> None:
    assert all(lives(process) for process in owner.workers.values())


@pytest.mark.parametrize("owner", [(), NOHUP], indirect=True, ids=["", "nohup"])
def test_killed_owner(owner: Owner) -> None:
    owner.process.kill()
    assert left(owner.workers | {"warden": owner.warden}) == []
    assert not Path(owner.said["folder"]).exists()


def test_killed_while_stopped_owner(owner: Owner) -> None:
    owner.process.send_signal(signal.SIGSTOP)
    owner.process.kill()
    assert left(owner.workers | {"warden": owner.warden}) == []


@pytest.mark.parametrize("owner", [(), NOHUP], indirect=True, ids=["", "nohup"])
def test_killed_warden(owner: Owner) -> None:
    owner.warden.kill()
    assert left(owner.workers | {"warden": owner.warden}) == []
    owner.say("ask")
    assert owner.hear() == {"new": {"x": 2}}, "the owner goes on with another warden"


def test_killed_while_stopped_warden(owner: Owner) -> None:
    owner.warden.suspend()
    owner.warden.kill()
    assert left(owner.workers | {"warden": owner.warden}) == []


@pytest.mark.parametrize("name", ["idle", "stopped", "hung"])
def test_killed_worker_takes_its_children_along(owner: Owner, name: str) -> None:
    owner.workers[name].kill()
    ending = {f"child of {name}": owner.workers[f"child of {name}"], name: owner.workers[name]}
    assert left(ending) == []
    assert all(lives(process) for other, process in owner.workers.items() if other not in ending)


def test_killed_owner_and_warden_at_once(owner: Owner) -> None:
    owner.process.kill()
    owner.warden.kill()
    assert left(owner.workers | {"warden": owner.warden}) == []


def test_owner_that_leaves_without_a_word(owner: Owner) -> None:
    owner.say("leave")
    assert left(owner.workers | {"warden": owner.warden}) == []


def test_closing(owner: Owner) -> None:
    owner.say("close")
    owner.process.wait(PATIENCE_SECONDS)
    assert [name for name, process in owner.workers.items() if lives(process)] == [], "close waits for all of them"
    assert not lives(owner.warden)
    assert not Path(owner.said["folder"]).exists()


@pytest.mark.parametrize("owner", [(), NOHUP], indirect=True, ids=["", "nohup"])
def test_everything_but_the_children_killed_at_once(owner: Owner) -> None:
    """Even then the kernel ends the children that are stopped; the others end when their work is done."""
    for name in ("idle", "stopped", "hung"):
        os.kill(owner.workers[name].pid, signal.SIGKILL)
    owner.warden.kill()
    owner.process.kill()
    assert left({"child of stopped": owner.workers["child of stopped"]}) == []
