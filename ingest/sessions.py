"""The owner's side of its socket: a listener, and a session for every client that is connected.

Each session authenticates and reads in a thread of its own, so that a silent client holds up nobody; events leave
through a bounded queue in which progress is merged, so that a client that does not read cannot fill the memory.
Knows nothing of what a request means: that is the handler's part, and errors it raises are the client's answer.
"""

from __future__ import annotations

import logging
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest import log
from ingest.errors import AssistantError
from ingest.frames import FrameError, Message, receive_frame, send_frame
from ingest.messages import (
    HANDSHAKE_SECONDS,
    OPERATIONS,
    HandshakeError,
    error_as_json,
    event_as_json,
    greet_client,
)
from ingest.records import IndexEvent, Reading

SEND_SECONDS = 20
"""A client that takes nothing for so long is treated as gone."""
MAX_QUEUED_EVENTS = 5_000
"""Events that wait for one client; whoever makes more waits, up to `SEND_SECONDS`."""
EVENTS_A_FRAME = 20
"""A path has at most 4 KiB, in JSON six times as much: twenty stay below the limit of a frame."""

Reply = tuple[Message, bytes]
Handler = Callable[["Session", Message, bytes], Reply]


class Session:
    """One client's connection.

    Args:
        connection: The accepted socket.
        key: Key of the handshake.
        handle: Answers a request; an `AssistantError` that it raises becomes the answer.
        opened: Called after the handshake; false turns the client away.
        closed: Called once when the connection has ended, if it was opened.
    """

    def __init__(
        self,
        connection: socket.socket,
        key: bytes,
        handle: Handler,
        opened: Callable[[Session], bool],
        closed: Callable[[Session], None],
    ) -> None:
        self.said_goodbye = False
        self.watching = False
        self._connection = connection
        self._key = key
        self._handle = handle
        self._opened = opened
        self._closed = closed
        self._send_lock = threading.Lock()
        self._changed = threading.Condition()
        self._events: deque[Message] = deque()
        self._progress: dict[int, Message] = {}
        self._over = False
        threading.Thread(target=self._serve, name="session", daemon=True).start()

    def put(self, run: int, event: IndexEvent) -> None:
        """Queue an event of a run; progress replaces progress that has not left yet."""
        message = {"run": run, "event": event_as_json(event)}
        with self._changed:
            if isinstance(event, Reading):
                self._progress[run] = message
            else:
                self._progress.pop(run, None)
                self._append(message)
            self._changed.notify_all()

    def end_run(self, run: int, error: AssistantError | None) -> None:
        """Queue the end of a run, or the error that ended it."""
        message: Message = {"run": run, "end": True}
        if error is not None:
            message["error"] = error_as_json(error)
        with self._changed:
            self._progress.pop(run, None)
            self._append(message)
            self._changed.notify_all()

    def hang_up(self) -> None:
        """End the connection; the client sees the end of the stream."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            logging.debug("connection had ended already")

    def _append(self, message: Message) -> None:
        if not self._changed.wait_for(lambda: self._over or len(self._events) < MAX_QUEUED_EVENTS, SEND_SECONDS):
            self._over = True
        if not self._over:
            self._events.append(message)

    def _serve(self) -> None:
        """Life of the connection, in its own thread."""
        welcome = False
        try:
            self._connection.settimeout(HANDSHAKE_SECONDS)
            greet_client(self._connection, self._key)
            self._connection.settimeout(None)
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
            welcome = self._opened(self)
            if welcome:
                threading.Thread(target=self._send_events, name="session events", daemon=True).start()
                while (frame := receive_frame(self._connection)) is not None:
                    self._answer(*frame)
        except (OSError, FrameError, HandshakeError) as error:
            logging.info("connection ended: %s", type(error).__name__)
        finally:
            self.hang_up()
            self._connection.close()
            if welcome:
                self._closed(self)

    def _answer(self, header: Message, payload: bytes) -> None:
        number = header.get("id")
        try:
            if header.get("op") not in OPERATIONS:
                raise AssistantError(f"the owner does not know {header.get('op')!r}", "Update the program.")
            reply, data = self._handle(self, header, payload)
        except AssistantError as error:
            reply, data = {"error": error_as_json(error)}, b""
        except Exception as error:  # noqa: BLE001 - told to the log and to the client, never lost
            reply, data = {"error": error_as_json(log.unexpected(f"request {header.get('op')}", error))}, b""
        with self._send_lock:
            send_frame(self._connection, {"re": number, **reply}, data)

    def _send_events(self) -> None:
        try:
            while (batch := self._next_batch()) is not None:
                with self._send_lock:
                    send_frame(self._connection, {"events": batch})
        except (OSError, FrameError) as error:
            logging.info("client takes no events: %s", type(error).__name__)
            self.hang_up()

    def _next_batch(self) -> list[Message] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._events or self._progress)
            if self._over:
                return None
            batch = [self._events.popleft() for _ in range(min(len(self._events), EVENTS_A_FRAME))]
            if not batch:
                batch = list(self._progress.values())
                self._progress.clear()
            self._changed.notify_all()
            return batch


class Listener:
    """The socket that clients connect to.

    Args:
        path: Where the socket lies; the holder of the lock may remove a stale one.
        session: Makes the session of a new connection.
    """

    def __init__(self, path: Path, session: Callable[[socket.socket], Any]) -> None:
        self._path = path
        self._session = session
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(path))
        path.chmod(0o600)
        self._socket.listen(64)
        threading.Thread(target=self._accept, name="listener", daemon=True).start()

    def close(self) -> None:
        """Stop listening and remove the socket and its folder."""
        self._path.unlink(missing_ok=True)
        try:
            self._path.parent.rmdir()
        except OSError:
            logging.debug("the socket's folder stays")
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            logging.debug("listener was not accepting")
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._session(connection)
