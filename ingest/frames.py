"""Frames: how processes of this program talk over a stream: a JSON header and raw bytes behind it.

A frame is two big-endian 32-bit lengths (header, payload), the header as UTF-8 JSON, then the payload. Used between
owner and client, and between owner and workers. Knows nothing of what is said. Never pickles: the other side may have
been taken over by a hostile document.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Protocol

MAX_FRAME_BYTES = 1 << 20
"""Largest header plus payload. A page's text fits; what is larger is sent in pieces."""

_LENGTHS = struct.Struct(">II")

Message = dict[str, Any]


class ByteSocket(Protocol):
    """What a frame needs of a connection: the two calls of a stream socket."""

    def sendall(self, data: bytes, /) -> None:
        """Send all bytes."""

    def recv(self, size: int, /) -> bytes:
        """Receive up to `size` bytes; empty at end of stream."""


class FrameError(Exception):
    """The other side broke the protocol: a frame that is too large, cut short or no JSON object."""


def send_frame(connection: ByteSocket, header: Message, payload: bytes | memoryview = b"") -> None:
    """Send one frame.

    Args:
        connection: A connected stream socket.
        header: JSON object; strings may hold surrogate escapes (file names).
        payload: Raw bytes behind the header.

    Raises:
        FrameError: The frame is larger than `MAX_FRAME_BYTES`.
        OSError: The connection broke or timed out.
    """
    text = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    size = len(payload) if isinstance(payload, bytes) else payload.nbytes
    if len(text) + size > MAX_FRAME_BYTES:
        raise FrameError(f"frame of {len(text) + size} bytes is larger than {MAX_FRAME_BYTES}")
    connection.sendall(b"".join((_LENGTHS.pack(len(text), size), text, payload)))


def receive_frame(connection: ByteSocket) -> tuple[Message, bytes] | None:
    """Receive one frame, or None at a clean end of the stream.

    Raises:
        FrameError: The frame is too large, cut short or not a JSON object.
        OSError: The connection broke or timed out.
    """
    start = _receive(connection, _LENGTHS.size)
    if not start:
        return None
    if len(start) < _LENGTHS.size:
        raise FrameError("stream ended inside a frame")
    header_size, payload_size = _LENGTHS.unpack(start)
    if header_size + payload_size > MAX_FRAME_BYTES:
        raise FrameError(f"frame of {header_size + payload_size} bytes announced")
    body = _receive(connection, header_size + payload_size)
    if len(body) < header_size + payload_size:
        raise FrameError("stream ended inside a frame")
    try:
        header = json.loads(body[:header_size])
    except (ValueError, RecursionError) as error:
        raise FrameError("frame header is not JSON") from error
    if not isinstance(header, dict):
        raise FrameError("frame header is not an object")
    return header, body[header_size:]


def _receive(connection: ByteSocket, size: int) -> bytes:
    """Up to `size` bytes; fewer only at the end of the stream."""
    pieces: list[bytes] = []
    while size:
        piece = connection.recv(min(size, 1 << 18))
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
