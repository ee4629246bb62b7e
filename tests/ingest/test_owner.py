"""The owner as a process and as an object: its lock, its first client, its requests."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.client import Client
from ingest.errors import LibraryError
from ingest.owner import Owner
from ingest.records import Done, Indexed, IndexEvent
from ingest.socket_files import lock_of, read_note
from tests.ingest.owner_help import connected, marked, marked_processes, running, settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with connected(tmp_path / "library") as client:
        yield client


def test_a_second_owner_says_that_the_library_is_in_use(tmp_path: Path) -> None:
    library = tmp_path / "library"
    with connected(library) as client:
        second = subprocess.run(
            [sys.executable, "-m", "ingest", str(library)], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        assert second.returncode == 4
        said = json.loads(second.stdout)
        assert said["code"] == "in_use"
        assert str(client.status()["pid"]) in said["message"]
        with pytest.raises(LibraryError, match="in use"):
            Owner(library, settings()).run()


def test_an_owner_that_is_told_to_finish_lets_go_of_everything(tmp_path: Path) -> None:
    library = tmp_path / "library"
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", str(library)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    client = None
    for _ in range(200):
        client = client or Client.connect(library, settings(), start=False)
        if client is not None:
            break
        threading.Event().wait(0.05)
    assert client is not None
    assert client.status()["pid"] == process.pid
    process.terminate()
    assert process.wait(10) == 0
    assert read_note(library) is None
    assert not client.connected
    with lock_of(library).acquire(timeout=0):
        client.close()


def test_an_unknown_setting_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingest", str(tmp_path / "library"), "--settings-from-input"],
        input=b'{"pace": {"on_battery": "sing"}}',
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["kind"] == "UsageError"
    assert done.stderr == b""


def test_folders_are_added_and_dropped(client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.md").write_text("# Ferry\n\nThe ferry leaves at nine.\n")
    client.add_folder(folder)
    assert [type(event).__name__ for event in client.index([])][-2:] == ["Indexed", "Done"]
    client.drop_folder(folder)
    assert [type(event).__name__ for event in client.index([])] == ["Started", "Done"]


def test_of_a_healthy_library_only_the_word_index_is_made_anew(
    client: Client, tmp_path: Path, models_folder: Path
) -> None:
    assert models_folder
    (tmp_path / "a.md").write_text("# Ferry\n\nThe ferry leaves at nine.\n")
    list(client.index([tmp_path / "a.md"]))
    assert [what for what, _ in client.repair()] == ["repaired"]


def test_who_watches_sees_what_others_do(client: Client, tmp_path: Path, models_folder: Path) -> None:
    assert models_folder
    (tmp_path / "a.md").write_text("# Ferry\n\nThe ferry leaves at nine.\n")
    with connected(tmp_path / "library") as other:
        seen: list[str] = []
        done = threading.Event()

        def watch() -> None:
            for event in other.events():
                seen.append(type(event).__name__)
                if seen[-1] == "Done":
                    done.set()
                    return

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        while not any(session == "Done" for session in seen):
            list(client.index([tmp_path / "a.md"]))
            if done.wait(0.2):
                break
    assert "Done" in seen


def test_who_follows_hears_of_changes_also_from_another_owner(tmp_path: Path, models_folder: Path) -> None:
    assert models_folder
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.md").write_text("# Ferry\n\nThe ferry leaves at nine.\n")
    seen: queue.Queue[IndexEvent] = queue.Queue()
    with marked() as mark, connected(tmp_path / "library") as client:
        *_, done = client.index([folder], follow=True)
        assert isinstance(done, Done)
        assert client.status()["watching"] == [str(folder)]

        def listen() -> None:
            for heard in client.events():
                seen.put(heard)

        threading.Thread(target=listen, daemon=True).start()
        (folder / "b.md").write_text("# Boat\n\nThe boat stays in the harbour.\n")
        (owner,) = running(mark, "--settings-from-input")
        owner.kill()
        while not isinstance(event := seen.get(timeout=60), Indexed):
            pass
        assert event.path == folder / "b.md"
    assert marked_processes(mark) == []
