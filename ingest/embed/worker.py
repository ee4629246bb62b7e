"""The entry of an embedding process: texts in, vectors out, over frames.

    {"op": "open", "model", "variant"}   -> {"fingerprint", "variant", "dimensions"}
    {"op": "encode", "texts": [...]}     -> {"count": n} and n x dimensions float32, row by row, behind it
    anything that goes wrong             -> {"error": {"code", "message", "hint"}}; the process goes on

`variant` may be null: the one chosen on this machine. A reply fits a frame: at most `MAX_TEXTS` texts of 384
dimensions. The model should be compiled before a worker opens it (`compiled.prepare`), since compiling needs more
memory than a worker may hold. Knows nothing of who asks, nor of passages.
"""

from __future__ import annotations

from typing import Any

from ingest.embed.encode import Encoder
from ingest.errors import AssistantError, WorkerError
from ingest.frames import MAX_FRAME_BYTES, ByteSocket, receive_frame, send_frame

MAX_TEXTS = 512
"""Texts in one request: 768 KiB of vectors at 384 dimensions."""
HEADER_BYTES = 64
"""Room that the reply's header needs beside the vectors."""


def main(connection: ByteSocket) -> None:
    """Serve one connection until its other side closes it.

    Raises:
        FrameError: The other side broke the protocol.
        OSError: The connection broke.
    """
    encoder: Encoder | None = None
    while (frame := receive_frame(connection)) is not None:
        request, _ = frame
        try:
            if request.get("op") == "open":
                encoder = Encoder.open(str(request.get("model")), request.get("variant"))
                header, vectors = _opened(encoder), b""
            else:
                header, vectors = _answer(encoder, request)
        except AssistantError as error:
            header, vectors = {"error": error.as_json()}, b""
        send_frame(connection, header, vectors)


def _opened(encoder: Encoder) -> dict[str, Any]:
    return {"fingerprint": encoder.fingerprint, "variant": encoder.variant, "dimensions": encoder.dimensions}


def _answer(encoder: Encoder | None, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The reply to a request other than `open`."""
    texts = request.get("texts")
    if request.get("op") != "encode" or not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise WorkerError(f"unknown request {request.get('op')!r}", code="protocol")
    if encoder is None:
        raise WorkerError("no model has been opened", code="protocol")
    if len(texts) > MAX_TEXTS or len(texts) * encoder.dimensions * 4 > MAX_FRAME_BYTES - HEADER_BYTES:
        raise WorkerError(f"{len(texts)} texts are too many for one request", code="protocol")
    return {"count": len(texts)}, encoder.encode_many(texts).tobytes()
