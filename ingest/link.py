"""One connection to an owner, from the client's side: requests with a time limit, and the events of index runs.

One background thread reads everything that the owner sends and sorts it to whoever waits for it. A reply that comes
too late is dropped. Knows nothing of how an owner is found or started: `client.py` does.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import socket
import struct
import threading
from collections import deque
from dataclasses import dataclass, field

from ingest.errors import AssistantError
from ingest.frames import FrameError, Message, receive_frame, send_frame
from ingest.messages import (
    HandshakeError,
    error_from_json,
    event_from_json,
    greet_owner,
)
from ingest.records import IndexEvent
from ingest.socket_files import OwnerNote

SEND_SECONDS = 5
"""An owner that takes nothing for so long is treated as gone."""
MAX_WATCHED_EVENTS = 2_000
"""Events kept for `Client.events`; the oldest go first when nobody fetches them."""


class LinkLost(Exception):  # noqa: N818 - it says what happened
    """The owner is gone or silent."""


@dataclass(slots=True)
class _Waiting:
    """A request whose reply has not come yet."""

    arrived: threading.Event = field(default_factory=threading.Event)
    reply: tuple[Message, bytes] | None = None


RunItem = IndexEvent | AssistantError | LinkLost | None
"""What a run's queue yields: an event, the error that ended it, the loss of the owner, or None at its end."""


class Link:
    """A live connection to an owner; use `Link.open`."""

    def __init__(self, connection: socket.socket, note: OwnerNote) -> None:
        self.note = note
        self.watched: deque[IndexEvent] = deque(maxlen=MAX_WATCHED_EVENTS)
        self.watched_changed = threading.Condition()
        self._connection = connection
        self._numbers = itertools.count(1)
        self._send_lock = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: dict[int, _Waiting] = {}
        self._runs: dict[int, queue.SimpleQueue[RunItem]] = {}
        self._lost = False
        self._reader = threading.Thread(target=self._read, name="owner link", daemon=True)
        self._reader.start()

    @classmethod
    def open(cls, note: OwnerNote, seconds: float) -> Link | None:
        """Connect and authenticate.

        Args:
            note: Where the owner is.
            seconds: Time limit of each step.

        Returns:
            The link, or None where nobody answers who knows the key.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds)
            connection.connect(note.socket)
            greet_owner(connection, bytes.fromhex(note.key))
            connection.settimeout(None)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        except (OSError, ValueError, HandshakeError):
            connection.close()
            return None
        return cls(connection, note)

    @property
    def lost(self) -> bool:
        """Whether the connection has ended."""
        return self._lost

    def request(self, header: Message, payload: bytes = b"", seconds: float | None = 10.0) -> tuple[Message, bytes]:
        """Ask and wait for the reply; with `seconds` None as long as the owner lives.

        Raises:
            LinkLost: The owner is gone, or silent for `seconds`.
            AssistantError: What the owner answered, of its own kind.
        """
        number = next(self._numbers)
        waiting = _Waiting()
        with self._lock:
            self._waiting[number] = waiting
        try:
            self._send({"id": number, **header}, payload)
            if not waiting.arrived.wait(seconds) or waiting.reply is None:
                raise LinkLost("the owner does not answer")
        finally:
            with self._lock:
                self._waiting.pop(number, None)
        reply, data = waiting.reply
        if "error" in reply:
            raise error_from_json(reply["error"])
        return reply, data

    def start_run(self, header: Message) -> tuple[int, queue.SimpleQueue[RunItem]]:
        """Ask for something that yields events until it is done.

        Returns:
            The run's number for `cancel`, and the queue of what it yields.
        """
        run = next(self._numbers)
        items: queue.SimpleQueue[RunItem] = queue.SimpleQueue()
        with self._lock:
            self._runs[run] = items
            lost = self._lost
        if lost:
            raise LinkLost("the owner is gone")
        self.request({**header, "run": run})
        return run, items

    def forget_run(self, run: int) -> None:
        """Take no more events of a run."""
        with self._lock:
            self._runs.pop(run, None)

    def close(self) -> None:
        """Break the connection."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            self._lost = True
        if threading.current_thread() is not self._reader:
            self._reader.join(SEND_SECONDS)

    def _send(self, header: Message, payload: bytes) -> None:
        try:
            with self._send_lock:
                send_frame(self._connection, header, payload)
        except OSError as error:
            self._lost = True  # the reader may see it later, and by then somebody may have been given this link again
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
            raise LinkLost("the owner is gone") from error

    def _read(self) -> None:
        """The background thread: sort what arrives until the stream ends."""
        try:
            while (frame := receive_frame(self._connection)) is not None:
                self._sort(*frame)
        except (OSError, FrameError):
            self._lost = True
        finally:
            with self._lock:
                self._lost = True
                waiting, runs = list(self._waiting.values()), list(self._runs.values())
            self._connection.close()
            for request in waiting:
                request.arrived.set()
            for items in runs:
                items.put(LinkLost("the owner is gone"))
            with self.watched_changed:
                self.watched_changed.notify_all()

    def _sort(self, header: Message, payload: bytes) -> None:
        if "re" in header:
            with self._lock:
                waiting = self._waiting.get(header["re"])
            if waiting is not None:
                waiting.reply = header, payload
                waiting.arrived.set()
        for message in header.get("events", ()):
            self._sort_event(message)

    def _sort_event(self, message: Message) -> None:
        with self._lock:
            items = self._runs.get(message["run"])
        if "event" in message:
            event = event_from_json(message["event"])
            if items is not None:
                items.put(event)
            else:
                with self.watched_changed:
                    self.watched.append(event)
                    self.watched_changed.notify_all()
        elif items is not None:
            items.put(error_from_json(message["error"]) if "error" in message else None)
