"""Becomes a command in a network namespace that has loopback and nothing else: `unshare -rn python3 scripts/offline.py make check`.

Loopback is down in a new namespace; it is brought up here by ioctl, since iproute2 is not everywhere.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
import sys

SIOCSIFFLAGS = 0x8914
IFF_UP_RUNNING = 0x41
UNROUTED_ADDRESS = ("192.0.2.1", 9)
"""An address reserved for documentation: with any route at all, connecting a datagram socket to it succeeds."""


def main() -> None:
    """Bring loopback up, make sure that there is no way out, and run the command."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP_RUNNING))
        reached = probe.connect_ex(UNROUTED_ADDRESS)
    if reached != errno.ENETUNREACH:
        sys.exit("error: this network namespace has a route; start me with `unshare -rn`")
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    main()
