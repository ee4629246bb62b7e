"""What owner and client may say to each other: the handshake, the names of requests, events and errors as JSON.

Both sides must speak the same `PROTOCOL`; it is checked before anything else is said. The handshake proves on either
side the knowledge of the library's key without sending it, and runs in the connection's own thread, so that a client
that says nothing holds up nobody. Knows nothing of sockets beyond `frames`, nor of what a request does.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import fields
from pathlib import Path
from typing import Any

from ingest import records
from ingest.errors import AssistantError, DocumentError, LibraryError, SetupError, UsageError, WorkerError
from ingest.frames import ByteSocket, FrameError, Message, receive_frame, send_frame
from ingest.records import IndexEvent

PROTOCOL = 1
"""Raised whenever a message changes its meaning."""

HANDSHAKE_SECONDS = 5.0
"""Time that either side has for each message of the handshake."""


OPERATIONS = frozenset(
    {
        "nearest",
        "index",
        "cancel",
        "status",
        "pause",
        "resume",
        "answering",
        "answered",
        "add_folder",
        "drop_folder",
        "repair",
        "watch",
        "forget",
        "erase",
        "forgotten",
        "relocate",
        "reread",
        "generation",
        "bye",
    }
)
"""Everything that a client may ask."""

_EVENTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        records.Started,
        records.Reading,
        records.Indexed,
        records.Unchanged,
        records.Removed,
        records.Skipped,
        records.Failed,
        records.Paused,
        records.Done,
    )
}
_ERRORS: dict[str, type[AssistantError]] = {
    kind.__name__: kind for kind in (AssistantError, UsageError, SetupError, LibraryError, WorkerError)
}


class HandshakeError(Exception):
    """The other side does not know the key, speaks another protocol or broke off."""


def greet_client(connection: ByteSocket, key: bytes) -> None:
    """The owner's half of the handshake.

    Raises:
        HandshakeError: The client could not prove that it knows the key.
        OSError: The connection broke or timed out.
    """
    nonce = secrets.token_hex(16)
    send_frame(connection, {"protocol": PROTOCOL, "nonce": nonce})
    answer = _frame(connection)
    if answer.get("protocol") != PROTOCOL:
        raise HandshakeError(f"client speaks protocol {answer.get('protocol')!r}")
    _check(answer.get("proof"), key, "client", nonce)
    send_frame(connection, {"proof": _proof(key, "owner", str(answer.get("nonce")))})


def greet_owner(connection: ByteSocket, key: bytes) -> None:
    """The client's half of the handshake.

    Raises:
        HandshakeError: What answers is no owner of this library, or of another version.
        OSError: The connection broke or timed out.
    """
    challenge = _frame(connection)
    if challenge.get("protocol") != PROTOCOL:
        raise HandshakeError(f"owner speaks protocol {challenge.get('protocol')!r}")
    nonce = secrets.token_hex(16)
    proof = _proof(key, "client", str(challenge.get("nonce")))
    send_frame(connection, {"protocol": PROTOCOL, "nonce": nonce, "proof": proof})
    _check(_frame(connection).get("proof"), key, "owner", nonce)


def _frame(connection: ByteSocket) -> Message:
    try:
        frame = receive_frame(connection)
    except FrameError as error:
        raise HandshakeError(str(error)) from error
    if frame is None:
        raise HandshakeError("the other side hung up")
    return frame[0]


def _proof(key: bytes, side: str, nonce: str) -> str:
    """HMAC-SHA256 of a nonce; the side's name keeps a proof from being sent back as the other side's."""
    return hmac.digest(key, f"{side}:{nonce}".encode(), "sha256").hex()


def _check(proof: object, key: bytes, side: str, nonce: str) -> None:
    if not isinstance(proof, str) or not hmac.compare_digest(proof.encode(), _proof(key, side, nonce).encode()):
        raise HandshakeError(f"the {side} does not know the key of this library")


def event_as_json(event: IndexEvent) -> Message:
    """An index event as a JSON object; paths keep undecodable bytes as surrogate escapes."""
    values = {name.name: getattr(event, name.name) for name in fields(event)}
    return {"is": type(event).__name__, **{k: str(v) if isinstance(v, Path) else v for k, v in values.items()}}


def event_from_json(message: Message) -> IndexEvent:
    """The index event that `event_as_json` wrote.

    Raises:
        FrameError: No such event, or one with other fields.
    """
    values = {name: value for name, value in message.items() if name != "is"}
    if "path" in values:
        values["path"] = Path(values["path"])
    try:
        event: IndexEvent = _EVENTS[message["is"]](**values)
    except (KeyError, TypeError) as error:
        raise FrameError(f"no index event: {message.get('is')!r}") from error
    return event


def error_as_json(error: AssistantError) -> Message:
    """An error with its kind, so that it ends the other process with the same exit code."""
    return {"kind": type(error).__name__, **error.as_json()}


def error_from_json(message: Message) -> AssistantError:
    """The error that `error_as_json` wrote; an unknown kind becomes the plain one."""
    text, hint, code = (str(message.get(name, "")) for name in ("message", "hint", "code"))
    if message.get("kind") == DocumentError.__name__:
        return DocumentError(code, text, hint)
    return _ERRORS.get(str(message.get("kind")), AssistantError)(text, hint, code or None)
