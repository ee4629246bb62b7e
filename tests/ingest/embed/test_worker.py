from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from ingest.embed import Encoder, worker
from ingest.frames import Message, receive_frame, send_frame

MODEL = "all-minilm-l6-v2"


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair()
    serving = threading.Thread(target=worker.main, args=(theirs,))
    serving.start()
    ours.settimeout(120)
    with ours, theirs:
        yield ours
        ours.shutdown(socket.SHUT_WR)
        serving.join(60)
        assert not serving.is_alive()


def ask(connection: socket.socket, request: Message) -> tuple[Message, bytes]:
    send_frame(connection, request)
    reply = receive_frame(connection)
    assert reply is not None
    return reply


def test_vectors_are_those_of_the_encoder(connection: socket.socket) -> None:
    encoder = Encoder.open(MODEL)
    opened, _ = ask(connection, {"op": "open", "model": MODEL, "variant": None})
    assert opened == {"fingerprint": encoder.fingerprint, "variant": encoder.variant, "dimensions": 384}
    texts = ["One.", "", "Drei Gärten."]
    header, payload = ask(connection, {"op": "encode", "texts": texts})
    assert header == {"count": 3}
    assert np.array_equal(np.frombuffer(payload, np.float32).reshape(3, 384), encoder.encode_many(texts))
    assert ask(connection, {"op": "encode", "texts": []}) == ({"count": 0}, b"")


def test_a_full_request_fits_a_frame(connection: socket.socket) -> None:
    ask(connection, {"op": "open", "model": MODEL})
    header, payload = ask(connection, {"op": "encode", "texts": ["x"] * worker.MAX_TEXTS})
    assert (header, len(payload)) == ({"count": worker.MAX_TEXTS}, worker.MAX_TEXTS * 384 * 4)


def test_what_goes_wrong_is_said_and_the_worker_goes_on(connection: socket.socket) -> None:
    def code(request: Message) -> str:
        return str(ask(connection, request)[0]["error"]["code"])

    assert code({"op": "encode", "texts": ["too early"]}) == "protocol"
    assert code({"op": "open", "model": "nowhere"}) == "no_model"
    assert "error" not in ask(connection, {"op": "open", "model": MODEL})[0]
    assert code({"op": "sing"}) == "protocol"
    assert code({"op": "encode", "texts": [1]}) == "protocol"
    assert code({"op": "encode", "texts": ["x"] * (worker.MAX_TEXTS + 1)}) == "protocol"
    assert ask(connection, {"op": "encode", "texts": ["x"]})[0] == {"count": 1}
