"""What only a model behind a server promises: where it may connect, and what it makes of bad servers."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from assistant.llm import Generated, Message, ModelError, Piece
from assistant.llm.http import HttpModel, is_loopback
from ingest import config
from ingest.errors import SetupError
from tests.assistant.llm.server import ModelServer

SAID = [Message("user", "one two three four five")]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    started = ModelServer()
    yield started
    started.stop()


def opened(server: ModelServer) -> HttpModel:
    return HttpModel.open(server.address, config.load())


def test_asks_as_the_protocol_wants_it(server: ModelServer) -> None:
    events = list(opened(server).generate(SAID, max_tokens=64, seed=5))
    (request,) = server.requests
    assert (request["model"], request["seed"], request["temperature"], request["stream"]) == ("tiny", 5, 0, True)
    assert request["messages"] == [{"role": "user", "content": "one two three four five"}]
    last = events[-1]
    assert isinstance(last, Generated)
    assert (last.text, last.prompt_tokens) == ("You said: one two three four five", 7)


def test_another_machine_needs_permission() -> None:
    with pytest.raises(SetupError) as caught:
        HttpModel.open("http://192.0.2.7:8080/v1", config.load())
    assert "allow_remote" in caught.value.hint
    allowed = config.load().override("network", "allow_remote", True, "test")
    assert HttpModel.open("http://192.0.2.7:8080/v1", allowed).name == "192.0.2.7:8080"


@pytest.mark.parametrize("address", ["http://", "http://127.0.0.1:notaport/v1"])
def test_an_address_that_makes_no_sense_is_named(address: str) -> None:
    with pytest.raises(SetupError):
        HttpModel.open(address, config.load())


@pytest.mark.parametrize(
    ("behaviour", "code"), [("refuse", "refused"), ("nonsense", "protocol"), ("break", "crashed"), ("hang", "silent")]
)
def test_a_bad_server_gives_an_error_with_a_code(server: ModelServer, behaviour: str, code: str) -> None:
    server.behaviour = behaviour
    model = HttpModel("127.0.0.1", server.server_port, "/v1", "tiny", 4096, silence_seconds=0.5)
    with pytest.raises(ModelError) as caught:
        list(model.generate(SAID, max_tokens=64, seed=1))
    assert caught.value.code == code
    server.behaviour = "well"
    assert isinstance(list(model.generate(SAID, max_tokens=64, seed=1))[-1], Generated)


def test_no_server_at_all_is_an_error_with_the_address(server: ModelServer) -> None:
    model = opened(server)
    server.stop()
    with pytest.raises(ModelError) as caught:
        list(model.generate(SAID, max_tokens=64, seed=1))
    assert str(server.server_port) in caught.value.message


def test_a_cancel_breaks_the_connection_so_that_the_server_stops(server: ModelServer) -> None:
    server.pause = 0.02
    cancelled = threading.Event()
    for event in opened(server).generate([Message("user", "word " * 500)], max_tokens=500, seed=1, cancelled=cancelled):
        if isinstance(event, Piece):
            cancelled.set()
    assert server.gone.wait(5)


def test_what_is_this_machine() -> None:
    assert [is_loopback(host) for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1")] == [True] * 4
    others = ("192.168.1.2", "example.org", "localhost.example.org", "10.0.0.1", "")
    assert not any(is_loopback(host) for host in others)
