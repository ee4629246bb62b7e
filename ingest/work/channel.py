"""How owner, warden and worker talk: frames over Unix sockets, with open files handed over beside them.

`Control` carries commands to the warden. `HandedSocket` is the worker's end of its connection: it takes in the files
that the owner hands over, so that a confined worker reads what it could not open. Knows nothing of what is said.
"""

from __future__ import annotations

import array
import contextlib
import os
import shutil
import socket
from pathlib import Path
from typing import Any, Self

from ingest.errors import SetupError
from ingest.frames import FrameError, receive_frame, send_frame

Message = dict[str, Any]
HAS_DESCRIPTORS = hasattr(socket, "send_fds")
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
FAILED_KEY = "worker_failed"
"""Header key of a worker's last words: the type of the exception that ends it, and the place, but no text."""
_COPY_BYTES = 1 << 20
_MARK = b"#"


def handed_path(folder: Path, count: int) -> Path:
    """Where a worker finds its copy of the `count`-th file that it is handed, from 0."""
    return folder / f"handed-{count}"


class Control:
    """One end of the connection between owner and warden.

    Args:
        connection: A connected stream socket; closed by `close`.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def send(self, message: Message, descriptor: int | None = None) -> None:
        """Send a message, with an open file beside it.

        Raises:
            OSError: The other side is gone.
        """
        if descriptor is None:
            self.connection.sendall(_MARK)
        elif HAS_DESCRIPTORS:
            socket.send_fds(self.connection, [_MARK], [descriptor])
        else:
            raise SetupError("this system cannot hand files over to a process", "Run it on Linux or macOS.")
        send_frame(self.connection, message)

    def receive(self) -> tuple[Message, int | None] | None:
        """The next message and the descriptor beside it (the caller closes it); None when the other side is gone."""
        descriptors: list[int] = []
        try:
            if HAS_DESCRIPTORS:
                mark, descriptors, _, _ = socket.recv_fds(self.connection, 1, 1, _CLOSE_ON_EXEC)
            else:
                mark = self.connection.recv(1)
            frame = receive_frame(self.connection) if mark else None
        except (OSError, FrameError):
            frame = None
        if frame is None:
            for descriptor in descriptors:
                os.close(descriptor)
            return None
        return frame[0], descriptors[0] if descriptors else None

    def close(self) -> None:
        """Close this end."""
        self.connection.close()


class HandedSocket(socket.socket):
    """A worker's end of its connection: an ordinary stream socket that also takes in the files it is handed.

    Each is copied into the worker's folder before the message that it came with is received: libraries want a path, and
    a copy does not change while it is read. Made by `in_folder`.
    """

    folder = Path()
    _handed = 0

    @classmethod
    def in_folder(cls, descriptor: int, folder: Path) -> Self:
        """A connection from its descriptor, with the folder for the copies."""
        connection = cls(fileno=descriptor)
        connection.folder = folder
        return connection

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Receive up to `size` bytes, and the files that come with them."""
        if not HAS_DESCRIPTORS:
            return super().recv(size, flags)
        width = array.array("i").itemsize
        data, beside, _, _ = self.recvmsg(size, socket.CMSG_LEN(4 * width), flags | _CLOSE_ON_EXEC)
        for level, kind, content in beside:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                received = array.array("i")
                received.frombytes(content[: len(content) - len(content) % width])
                for descriptor in received:
                    self._place(descriptor)
        return data

    def _place(self, descriptor: int) -> None:
        copy = handed_path(self.folder, self._handed)
        self._handed += 1
        with open(descriptor, "rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, _COPY_BYTES)


def hand_over(connection: socket.socket, descriptor: int, data: bytes) -> int:
    """Send bytes with an open file beside the first of them.

    Returns:
        How many bytes were sent.
    """
    return socket.send_fds(connection, [data], [descriptor])


def close_quietly(connection: socket.socket) -> None:
    """Close a socket whose other side may be gone."""
    with contextlib.suppress(OSError):
        connection.close()
