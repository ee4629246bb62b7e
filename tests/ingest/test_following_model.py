"""A folder to which anything may happen, followed by a real owner: in the end the library is as if it were made anew."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from ingest.client import Client
from ingest.library import Library
from ingest.records import Done, Started
from tests.ingest.owner_help import connected, content, sentence
from tests.ingest.owner_help import settings as owner_settings

NAMES = ("a.md", "b.md", "c.md", "d.txt", "e.md")
FOLDERS = (".", "x", "y", "x/deep")
places = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)).map("/".join)
picks = st.integers(0, 99)


def text_of(number: int) -> str:
    """A short document; numbers near one another share a paragraph."""
    chance = random.Random(number)
    own = " ".join(sentence(chance) for _ in range(4))
    shared = " ".join(sentence(random.Random(number // 3)) for _ in range(3))
    return f"# Text {number}\n\n{own}\n\n## Shared\n\n{shared}\n"


class FollowedFolder(RuleBasedStateMachine):
    """What may happen to a folder; a model is not needed, since a fresh library is one."""

    def __init__(self) -> None:
        super().__init__()
        self.scratch = Path(tempfile.mkdtemp(prefix="pda-model-"))
        self.root, self.away = self.scratch / "files", self.scratch / "away"
        self.library = self.scratch / "library"

    @initialize()
    def begin(self) -> None:
        self.root.mkdir()
        self.write("a.md", 1)
        self.client = Client.start(self.library, owner_settings())
        list(self.client.index([self.root], follow=True))

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    def write(self, place: str, number: int) -> None:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(number))

    def is_plugged(self) -> bool:
        return not self.away.exists()

    def has_files(self) -> bool:
        return self.is_plugged() and bool(self.files)

    @precondition(is_plugged)
    @rule(place=places, number=st.integers(0, 9))
    def create_or_edit(self, place: str, number: int) -> None:
        self.write(place, number)

    @precondition(has_files)
    @rule(pick=picks, place=places, copy=st.booleans())
    def rename_or_copy(self, pick: int, place: str, copy: bool) -> None:
        source, target = self.files[pick % len(self.files)], self.root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source != target:
            (shutil.copy2 if copy else os.replace)(source, target)

    @precondition(has_files)
    @rule(pick=picks)
    def delete(self, pick: int) -> None:
        self.files[pick % len(self.files)].unlink()

    @precondition(lambda self: self.is_plugged() and (self.root / "x").is_dir())
    @rule(to=st.sampled_from(["y", "z"]))
    def move_folder(self, to: str) -> None:
        shutil.rmtree(self.root / to, ignore_errors=True)
        (self.root / "x").rename(self.root / to)

    @precondition(has_files)
    @rule(leave_mount_point=st.booleans())
    def unplug(self, leave_mount_point: bool) -> None:
        self.index()
        found = self.documents()
        self.root.rename(self.away)
        if leave_mount_point:
            self.root.mkdir()
        assert self.settle().removed == 0
        assert self.documents() == found

    @precondition(lambda self: not self.is_plugged())
    @rule()
    def plug(self) -> None:
        if self.root.exists():
            self.root.rmdir()
        self.away.rename(self.root)

    @rule()
    def index(self) -> None:
        self.settle()

    def settle(self) -> Done:
        *_, done = self.client.index([])
        assert isinstance(done, Done)
        return done

    @rule(number=st.integers(0, 9))
    def crash(self, number: int) -> None:
        """The owner is killed while it works, or before."""
        if self.is_plugged():
            self.write("crash.md", number)
        pid = int(self.client.status()["pid"])
        for event in self.client.index([]):
            if pid and isinstance(event, Started):
                os.kill(pid, signal.SIGKILL)
                pid = 0

    def documents(self) -> int:
        with Library.open(self.library) as opened:
            return opened.counts().documents

    def teardown(self) -> None:
        try:
            if not self.is_plugged():
                self.plug()
            self.settle()
            self.client.close()
            with connected(self.scratch / "fresh") as client:
                list(client.index([self.root]))
            now, fresh = content(self.library), content(self.scratch / "fresh")
            assert {key for key, _ in fresh.pop("vectors")} <= {key for key, _ in now.pop("vectors")}
            for part in ("problems", *fresh):
                assert now[part] == fresh[part], part
            with Library.open(self.library) as opened:
                assert opened.check() == []
        finally:
            self.client.close()
            shutil.rmtree(self.scratch)


def often(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("models_folder")
def test_whatever_happens_to_a_followed_folder() -> None:
    run_state_machine_as_test(FollowedFolder, settings=often(1, 12))


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("models_folder")
def test_whatever_happens_to_a_followed_folder_at_length() -> None:
    run_state_machine_as_test(FollowedFolder, settings=often(20, 40))
