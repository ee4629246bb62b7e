"""The promise that nothing leaves the machine, held at run time by an audit hook.

Every process of the program calls `forbid_connections` before anything else runs. From then on Python code of this
process cannot look up a host or connect anywhere but to Unix sockets, whatever library tries. Native code that calls
the system directly is not seen by audit hooks; a test runs the whole program in a namespace without a network.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
_allowed: list[Callable[[str, int], bool]] = []
_installed: list[bool] = []


class ConnectionRefusedByPolicyError(ConnectionError):
    """Something in this process tried to reach the network."""


def forbid_connections() -> None:
    """Refuse every connection of this process from now on; it cannot be taken back. Calling it twice is harmless."""
    if not _installed:
        _installed.append(True)
        sys.addaudithook(_refuse)


def allow(rule: Callable[[str, int], bool]) -> None:
    """Let connections pass for which `rule(host, port)` is true.

    Called by the two modules that may connect: `model_files`, on an explicit command of a person, and
    `assistant.llm.http`, for the address that a person has configured.
    """
    _allowed.append(rule)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and len(address) >= 2 and not _passes(str(address[0]), int(address[1])):
            raise ConnectionRefusedByPolicyError(f"connection to {address[0]} refused: this program works offline")
    elif event in _LOOKUPS:
        host = arguments[0][0] if isinstance(arguments[0], tuple) else arguments[0]
        port = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], int) else 0
        if host is not None and not _passes(str(host), port):
            raise ConnectionRefusedByPolicyError(f"look-up of {host} refused: this program works offline")


def _passes(host: str, port: int) -> bool:
    return any(rule(host, port) for rule in _allowed)
