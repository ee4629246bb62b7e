"""Mailboxes: each message is a member, so that one more mail means one more document. Knows nothing of mails."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.errors import DocumentError
from ingest.extract.reader import Facts, Member, Source, Yielded

MAX_MESSAGE = 128 << 20
"""Largest message in bytes."""
_START = re.compile(rb"From \S*.*\d\d:\d\d.*\d{4}|From \S+@\S+")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


def read(source: Source) -> Iterator[Yielded]:
    """Facts alone: the messages are members."""
    del source
    yield Facts()


def members(source: Source) -> Iterator[Member]:
    """The messages in order, named by their number.

    Raises:
        DocumentError: `too_large` for one endless message.
    """
    number = 0
    for message in _messages(source):
        if message.strip():
            number += 1
            yield Member(f"message-{number:04}.eml", _QUOTED.sub(rb"\1", message), "message/rfc822")


def _messages(source: Source) -> Iterator[bytes]:
    lines: list[bytes] = []
    size, blank = 0, True
    with source.path.open("rb") as file:
        for line in file:
            if blank and line.startswith(b"From ") and _START.match(line):
                yield b"".join(lines)
                lines, size = [], 0
                continue
            lines.append(line)
            size += len(line)
            blank = not line.strip(b"\r\n")
            if size > MAX_MESSAGE:
                raise DocumentError("too_large", f"{source.name} holds a message of more than {MAX_MESSAGE >> 20} MB")
    yield b"".join(lines)
