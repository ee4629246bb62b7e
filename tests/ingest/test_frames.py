"""Frames: what was sent arrives, and nothing that a broken or hostile peer sends is taken for a message."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.frames import MAX_FRAME_BYTES, FrameError, Message, receive_frame, send_frame

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    left, right = socket.socketpair()
    with left, right:
        right.settimeout(10)
        yield left, right


@given(header=st.dictionaries(st.text(), _JSON, max_size=4), payload=st.binary(max_size=4000))
def test_what_was_sent_arrives(header: Message, payload: bytes) -> None:
    left, right = socket.socketpair()
    with left, right:
        send_frame(left, header, payload)
        send_frame(left, {"next": True})
        assert receive_frame(right) == (header, payload)
        assert receive_frame(right) == ({"next": True}, b"")


def test_file_names_that_are_no_utf8_survive(pair: tuple[socket.socket, socket.socket]) -> None:
    name = b"caf\xe9.txt".decode("utf-8", "surrogateescape")
    send_frame(pair[0], {"path": name})
    assert receive_frame(pair[1]) == ({"path": name}, b"")


def test_the_largest_frame_passes_and_one_byte_more_is_refused(pair: tuple[socket.socket, socket.socket]) -> None:
    largest = MAX_FRAME_BYTES - len(b"{}")
    with pytest.raises(FrameError, match="larger"):
        send_frame(pair[0], {}, bytes(largest + 1))
    sender = threading.Thread(target=send_frame, args=(pair[0], {}, memoryview(bytes(largest))))
    sender.start()
    received = receive_frame(pair[1])
    sender.join()
    assert received == ({}, bytes(largest))


def test_a_view_of_numbers_counts_its_bytes(pair: tuple[socket.socket, socket.socket]) -> None:
    numbers = memoryview(struct.pack("<4f", 1, 2, 3, 4)).cast("I")
    send_frame(pair[0], {}, numbers)
    received = receive_frame(pair[1])
    assert received is not None
    assert struct.unpack("<4f", received[1]) == (1, 2, 3, 4)


def test_the_end_of_the_stream_is_none_only_between_frames(pair: tuple[socket.socket, socket.socket]) -> None:
    send_frame(pair[0], {"last": 1})
    pair[0].close()
    assert receive_frame(pair[1]) == ({"last": 1}, b"")
    assert receive_frame(pair[1]) is None


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x00",
        struct.pack(">II", 10, 0) + b"{}",
        struct.pack(">II", 2, 5) + b"{}abc",
        struct.pack(">II", MAX_FRAME_BYTES, 1),
        struct.pack(">II", 0xFFFFFFFF, 0xFFFFFFFF),
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 4, 0) + b"null",
        struct.pack(">II", 0, 0),
        struct.pack(">II", 3, 0) + b"{\xff}",
        struct.pack(">II", 200_000, 0) + b"[" * 200_000,
    ],
    ids=[
        "half lengths",
        "short header",
        "short payload",
        "too large",
        "huge",
        "list",
        "null",
        "empty",
        "no UTF-8",
        "deep",
    ],
)
def test_a_broken_frame_is_an_error(sent: bytes) -> None:
    left, right = socket.socketpair()
    with right:
        right.settimeout(10)

        def send() -> None:
            with left:
                left.sendall(sent)

        sender = threading.Thread(target=send)
        sender.start()
        with pytest.raises(FrameError):
            receive_frame(right)
        sender.join()
