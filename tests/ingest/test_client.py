"""Clients and the life of their owner: starting, sharing, leaving, locks, owners that do not answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ingest.client import Client
from ingest.errors import LibraryError, SetupError
from ingest.records import Done, Failed, Indexed
from ingest.socket_files import LOCK_NAME, lock_of, read_note
from tests.ingest.owner_help import connected, marked, marked_processes, running, settings, write_files

OWNER = "--settings-from-input"


def test_without_an_owner_a_reader_gets_none_and_starts_nothing(tmp_path: Path) -> None:
    with marked() as mark:
        assert Client.connect(tmp_path / "library", settings(), start=False) is None
        assert marked_processes(mark) == []
    assert not (tmp_path / "library").exists()


def test_the_owner_lives_while_anyone_is_connected(tmp_path: Path) -> None:
    library = tmp_path / "library"
    with marked() as mark:
        first = Client.connect(library, settings(), start=True)
        second = Client.connect(library, settings(), start=False)
        assert first is not None
        assert second is not None
        assert first.status()["pid"] == second.status()["pid"]
        assert first.status()["state"] == "idle"
        first.close()
        assert second.status()["state"] == "idle"
        second.close()
        assert marked_processes(mark) == []
    assert (library / LOCK_NAME).exists()
    assert library.stat().st_mode & 0o777 == 0o700
    assert {p.name: oct(p.stat().st_mode & 0o077) for p in library.iterdir() if p.stat().st_mode & 0o077} == {}


def test_two_clients_that_start_at_once_find_one_owner(tmp_path: Path) -> None:
    clients: list[Client | None] = []
    with marked() as mark:
        threads = [
            threading.Thread(
                target=lambda: clients.append(Client.connect(tmp_path / "library", settings(), start=True))
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        owners = {client.status()["pid"] for client in clients if client is not None}
        assert len(clients) == 4
        assert len(owners) == 1
        for client in clients:
            assert client is not None
            client.close()
        assert marked_processes(mark) == []


def test_a_client_that_comes_while_the_owner_leaves_gets_another(tmp_path: Path) -> None:
    for _ in range(3):
        with connected(tmp_path / "library") as client:
            assert client.status()["state"] == "idle"


def test_a_client_that_is_killed_leaves_no_owner(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from ingest import config; from ingest.client import Client\n"
        "client = Client.connect(Path(sys.argv[1]), config.load(), start=True); print('ready', flush=True); time.sleep(60)"
    )
    with marked() as mark:
        process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "library")], stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout as stdout:
            assert stdout.readline() == b"ready\n"
        (owner,) = running(mark, OWNER)
        process.kill()
        process.wait()
        owner.wait(10)
        assert marked_processes(mark) == []


def test_ctrl_c_while_leaving_still_waits_for_the_end(tmp_path: Path) -> None:
    with marked() as mark:
        client = Client.connect(tmp_path / "library", settings(), start=True)
        assert client is not None
        (owner,) = running(mark, OWNER)
        owner.suspend()
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        threading.Timer(1.0, owner.resume).start()
        with pytest.raises(KeyboardInterrupt):
            client.close()
        assert marked_processes(mark) == []


def test_an_owner_that_does_not_end_is_killed(tmp_path: Path) -> None:
    with marked() as mark:
        client = Client.connect(tmp_path / "library", settings(), start=True)
        assert client is not None
        (owner,) = running(mark, OWNER)
        said_goodbye = threading.Timer(0.3, owner.suspend)
        said_goodbye.start()
        said_goodbye.join()
        client.close()
        owner.wait(10)
        assert marked_processes(mark) == []


def test_a_silent_owner_counts_as_none_for_reading(tmp_path: Path) -> None:
    import numpy as np

    with marked() as mark, connected(tmp_path / "library") as client:
        (owner,) = running(mark, OWNER)
        owner.suspend()
        try:
            assert client.nearest(np.ones(384, dtype=np.float32), 5, seconds=0.2) is None
            assert Client.connect(tmp_path / "library", settings(), start=False) is None
        finally:
            owner.resume()


def test_a_lock_whose_holder_does_not_answer_is_named(tmp_path: Path) -> None:
    library = tmp_path / "library"
    with connected(library):
        pass
    with lock_of(library).acquire(timeout=5), pytest.raises(LibraryError, match="in use") as caught:
        Client.connect(library, settings(), start=True)
    assert caught.value.exit_code == 4


def test_why_an_owner_cannot_begin_is_told(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir(mode=0o700)
    (library / "catalog.db").write_bytes(b"this is no catalog" * 1000)
    with marked() as mark:
        with pytest.raises(LibraryError):
            Client.connect(library, settings(), start=True)
        assert marked_processes(mark) == []


def test_a_missing_model_reaches_the_client(tmp_path: Path) -> None:
    write_files(tmp_path / "files", 1)
    config = settings().override("embedding", "model", "no-such-model", "test")
    client = Client.connect(tmp_path / "library", config, start=True)
    assert client is not None
    with client, pytest.raises(SetupError):
        list(client.index([tmp_path / "files"]))


def test_a_run_that_nobody_waits_for_ends(tmp_path: Path, models_folder: Path) -> None:
    assert models_folder
    write_files(tmp_path / "files", 60)
    with connected(tmp_path / "library") as client:
        events = client.index([tmp_path / "files"])
        for event in events:
            if isinstance(event, Indexed):
                break
        events.close()  # type: ignore[attr-defined]  # a generator
        deadline = time.monotonic() + 10
        while client.status()["state"] == "indexing":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        *_, done = client.index([tmp_path / "files"])
        assert isinstance(done, Done)
        assert 0 < done.unchanged < 60
        assert done.indexed + done.unchanged == 60


def test_paths_that_are_not_there_are_events(tmp_path: Path) -> None:
    with connected(tmp_path / "library") as client:
        events = list(client.index([tmp_path / "nowhere"]))
    failed = [event for event in events if isinstance(event, Failed)]
    assert [(event.path, event.code) for event in failed] == [(tmp_path / "nowhere", "unreadable")]
    assert isinstance(events[-1], Done)


def test_the_note_goes_with_the_owner(tmp_path: Path) -> None:
    library = tmp_path / "library"
    with connected(library) as client:
        note = read_note(library)
        assert note is not None
        assert note.pid == client.status()["pid"]
        assert (library / "owner.json").stat().st_mode & 0o777 == 0o600
        socket_folder = Path(note.socket).parent
        assert socket_folder.exists()
    assert read_note(library) is None
    assert not socket_folder.exists()
