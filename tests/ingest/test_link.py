"""What becomes of a connection whose other end is gone."""

from __future__ import annotations

import os
import socket

import pytest

from ingest.link import Link, LinkLost
from ingest.socket_files import OwnerNote

NOTE = OwnerNote(os.getpid(), 0.0, "", "")


def test_a_link_that_cannot_send_is_lost_at_once() -> None:
    """Its end is read by another thread, which may come too late for who asks for a link that lives."""
    ours, theirs = socket.socketpair()
    link = Link(ours, NOTE)
    theirs.shutdown(socket.SHUT_RD)  # nothing can be sent any more, and nothing says that the other end has gone
    before = link.lost
    with pytest.raises(LinkLost):
        link.request({"op": "status"})
    assert (before, link.lost) == (False, True)
    link.close()
    theirs.close()


def test_a_request_that_waits_ends_with_the_connection() -> None:
    ours, theirs = socket.socketpair()
    link = Link(ours, NOTE)
    theirs.close()
    with pytest.raises(LinkLost):
        link.request({"op": "status"}, seconds=None)
    link.close()
    assert link.lost
