"""The socket between owner and client: handshake, silent and slow clients, errors, bounded events."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import AssistantError, LibraryError, SetupError
from ingest.frames import Message, receive_frame
from ingest.link import Link, LinkLost
from ingest.messages import greet_owner
from ingest.records import Done, Indexed, IndexEvent, Reading, Unchanged
from ingest.sessions import MAX_QUEUED_EVENTS, Listener, Reply, Session
from ingest.socket_files import OwnerNote, new_note, socket_path

KEY = bytes(range(32))


class Server:
    """A listener that answers a few requests of its own."""

    def __init__(self, folder: Path) -> None:
        self.note = OwnerNote(os.getpid(), 0.0, str(folder / "s"), KEY.hex())
        self.sessions: list[Session] = []
        self.closed = threading.Event()
        self.listener = Listener(
            Path(self.note.socket), lambda c: Session(c, KEY, self.handle, self.opened, lambda _: self.closed.set())
        )

    def opened(self, session: Session) -> bool:
        self.sessions.append(session)
        return True

    def handle(self, _session: Session, header: Message, payload: bytes) -> Reply:
        match header["op"]:
            case "status":
                return {"status": {"size": len(payload)}}, payload
            case "pause":
                raise SetupError("no model", "fetch it", "no_model")
            case "resume":
                return {"never": 1 // len(payload)}, b""
            case "answering":
                time.sleep(1.0)
        return {}, b""


@pytest.fixture
def server() -> Iterator[Server]:
    path = socket_path(Path("/some/library"))
    server = Server(path.parent)
    yield server
    server.listener.close()


def link_to(server: Server) -> Link:
    link = Link.open(server.note, 2.0)
    assert link is not None
    return link


def test_answers_with_payload_and_errors_of_their_kind(server: Server) -> None:
    link = link_to(server)
    reply, payload = link.request({"op": "status"}, b"abc")
    assert reply["status"] == {"size": 3}
    assert payload == b"abc"
    with pytest.raises(SetupError) as caught:
        link.request({"op": "pause"})
    assert (caught.value.code, caught.value.hint, caught.value.exit_code) == ("no_model", "fetch it", 3)
    with pytest.raises(LibraryError, match="ZeroDivisionError"):
        link.request({"op": "resume"})
    with pytest.raises(AssistantError, match="does not know"):
        link.request({"op": "sing"})
    link.close()
    assert server.closed.wait(5)


def test_a_wrong_key_is_turned_away(server: Server) -> None:
    wrong = OwnerNote(server.note.pid, 0.0, server.note.socket, bytes(32).hex())
    assert Link.open(wrong, 2.0) is None
    assert server.sessions == []


def test_a_silent_client_holds_up_nobody(server: Server) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(server.note.socket)
        link = link_to(server)
        assert link.request({"op": "status"})[0]["status"] == {"size": 0}
        link.close()


def test_a_reply_that_comes_late_is_lost_but_not_the_link(server: Server) -> None:
    link = link_to(server)
    with pytest.raises(LinkLost):
        link.request({"op": "answering"}, seconds=0.1)
    assert link.request({"op": "status"})[0]["status"] == {"size": 0}
    link.close()


def test_requests_and_runs_end_when_the_owner_is_lost(server: Server) -> None:
    link = link_to(server)
    _, items = link.start_run({"op": "index"})
    server.sessions[0].hang_up()
    assert isinstance(items.get(timeout=5), LinkLost)
    with pytest.raises(LinkLost):
        link.request({"op": "status"})


def test_events_arrive_in_order_and_progress_is_merged(server: Server) -> None:
    link = link_to(server)
    run, items = link.start_run({"op": "index"})
    events: list[IndexEvent] = [Unchanged(Path(f"/f/{n}")) for n in range(500)]
    name = Path(os.fsdecode(b"/f/caf\xe9"))
    for n, event in enumerate(events):
        server.sessions[0].put(run, event)
        server.sessions[0].put(run, Reading(name, n, None, n, 500))
    last: list[IndexEvent] = [Indexed(name, "x.pdf", 1, 2), Done(1, 500, 0, 0, 0, 2, 0.5)]
    for event in last:
        server.sessions[0].put(run, event)
    server.sessions[0].end_run(run, None)
    got = list(iter(lambda: items.get(timeout=5), None))
    assert [event for event in got if not isinstance(event, Reading)] == events + last
    assert len(got) < 2 * len(events)
    link.close()


def test_a_client_that_never_reads_does_not_fill_the_memory(server: Server) -> None:
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(5)
        raw.connect(server.note.socket)
        greet_owner(raw, KEY)
        while not server.sessions:
            time.sleep(0.01)
        flooded = threading.Event()

        def flood() -> None:
            for n in range(50_000):
                server.sessions[0].put(1, Unchanged(Path(f"/a/long/path/to/make/it/larger/{n}")))
            flooded.set()

        threading.Thread(target=flood, daemon=True).start()
        assert not flooded.wait(1.0)
        assert len(server.sessions[0]._events) <= MAX_QUEUED_EVENTS
    assert flooded.wait(10), "whoever makes events goes on when the client is gone"


def test_the_socket_lies_in_a_private_short_folder(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-folder-name"] * 8)
    deep.mkdir(parents=True)
    path = socket_path(deep)
    assert len(os.fsencode(path)) <= 100
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path == socket_path(deep)
    assert path != socket_path(tmp_path)
    path.parent.rmdir()
    socket_path(tmp_path).parent.rmdir()


def test_a_stale_socket_is_replaced(server: Server) -> None:
    with socket.socket(socket.AF_UNIX) as stale:
        Path(server.note.socket).unlink()
        stale.bind(server.note.socket)
    again = Server(Path(server.note.socket).parent)
    link = link_to(again)
    assert link.request({"op": "status"})[0]["status"] == {"size": 0}
    link.close()
    again.listener.close()


def test_notes_have_fresh_keys(tmp_path: Path) -> None:
    first, second = new_note(tmp_path), new_note(tmp_path)
    assert first.key != second.key
    assert first.process() is not None
    assert OwnerNote(first.pid, first.started - 100, first.socket, first.key).process() is None
    Path(first.socket).parent.rmdir()


def test_a_raw_client_without_a_proof_hears_nothing_more(server: Server) -> None:
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(5)
        raw.connect(server.note.socket)
        frame = receive_frame(raw)
        assert frame is not None
        assert "nonce" in frame[0]
        raw.sendall(b"\x00\x00\x00\x02\x00\x00\x00\x00{}")
        assert receive_frame(raw) is None
