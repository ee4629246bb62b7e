"""Several programs on one library, started and killed in any order: right results, no damage, no process left."""

from __future__ import annotations

import itertools
import json
import os
import pty
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ingest.library import Library
from tests.command import assistant, left_behind
from tests.ingest.owner_help import content, write_files

FILES = 12
pytestmark = pytest.mark.timeout(600)
PATIENCE_SECONDS = 240
QUESTION = "What does the harbour keep?"
PROGRAMS = {
    "index": ("index", "--json"),
    "watch": ("watch", "--json"),
    "ask": ("ask", "--json", "--batch", "-", "--model", "none"),
    "terminal": (),
}
"""What a person may have running; `ask` answers until its input ends."""


@contextmanager
def program(name: str, library: Path, mark: str) -> Iterator[subprocess.Popen[bytes]]:
    """A running program; the terminal program gets a terminal of its own."""
    leader, follower = pty.openpty()
    inputs = {"ask": subprocess.PIPE, "terminal": follower}
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", *PROGRAMS[name], "--library", str(library)],
        stdin=inputs.get(name, subprocess.DEVNULL),
        stdout=follower if name == "terminal" else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "ASSISTANT_TEST_MARK": mark, "ASSISTANT_MODEL": "none", "TERM": "xterm-256color"},
    )
    os.close(follower)
    threading.Thread(target=drain, args=(leader,), daemon=True).start()
    try:
        if process.stdin is not None:
            process.stdin.write(json.dumps({"id": 1, "question": QUESTION}).encode() + b"\n")
            process.stdin.flush()
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def drain(terminal: int) -> None:
    """Read what the terminal program draws, so that it never waits."""
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        pass
    finally:
        os.close(terminal)


def wait_until_read(library: Path, files: int) -> None:
    """Wait until some of the files have been read."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with Library.open(library) as opened:
            if opened.counts().documents >= files:
                return
        time.sleep(0.1)
    raise AssertionError("nothing was read")


def wait_until_gone(mark: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while left_behind(mark):
        assert time.monotonic() < end, "a process was left"
        time.sleep(0.1)


def together(scratch: Path, started: Sequence[str], killed: Sequence[str]) -> None:
    """Start programs in one order while there is something to read, kill them in another, and look at what is left."""
    folder, library = scratch / "files", scratch / "library"
    write_files(folder, 1)
    assert assistant("index", folder, library=library).code == 0
    write_files(folder, FILES)
    mark = f"together-{os.urandom(6).hex()}"
    with ExitStack() as stack:
        running = {name: stack.enter_context(program(name, library, mark)) for name in started}
        wait_until_read(library, 3)
        assert [name for name in started if name != "index" and running[name].poll() is not None] == []
        for name in killed:
            running[name].kill()
            running[name].wait()
    wait_until_gone(mark)
    assert assistant("index", library=library).code == 0
    assert assistant("index", folder, library=scratch / "fresh").code == 0
    now, fresh = content(library), content(scratch / "fresh")
    assert {key for key, _ in fresh.pop("vectors")} <= {key for key, _ in now.pop("vectors")}
    for part in fresh:
        assert now[part] == fresh[part], part
    with Library.open(library) as opened:
        assert opened.check() == []
    ranked = [
        [hit["path"] for hit in assistant("search", QUESTION, "--json", library=each).rows[0]["hits"]]
        for each in (library, scratch / "fresh")
    ]
    assert ranked[0] == ranked[1]


@pytest.mark.usefixtures("models_folder")
def test_programs_started_in_one_order_and_killed_in_another(tmp_path: Path) -> None:
    together(tmp_path, ["ask", "watch", "terminal", "index"], ["watch", "index", "terminal", "ask"])


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("models_folder")
def test_programs_started_and_killed_in_every_order(tmp_path: Path) -> None:
    chance = random.Random(1)
    for number, started in enumerate(itertools.permutations(PROGRAMS)):
        killed = list(started)
        chance.shuffle(killed)
        together(tmp_path / str(number), started, killed)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.usefixtures("models_folder")
def test_two_programs_started_and_killed_in_either_order(tmp_path: Path) -> None:
    for started in itertools.permutations(PROGRAMS, 2):
        for killed in (started, started[::-1]):
            together(tmp_path / "-".join((*started, *killed)), started, killed)
