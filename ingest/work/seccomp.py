"""Take system calls away from this process that a reader never needs: sockets, and leaving its process group.

Landlock knows TCP only; without `socket` there is no way to any network, nor to the programs of the person that listen
on Unix sockets. Without `setsid` and `setpgid` every process of a worker stays in its group, so that killing the group
kills all. A seccomp filter is a program of the classic Berkeley packet filter over `struct seccomp_data`, see the
kernel's `include/uapi/linux/seccomp.h`. Linux on x86-64 and ARM64; elsewhere nothing is taken away.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET = 0, 4
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_OTHER_NUMBERING = 0x40000000
"""Bit of the x32 interface, under which x86-64 gives every call a second number."""

DENIED = ("socket", "connect", "socketpair", "setsid", "setpgid", "ptrace", "io_uring_setup")
"""io_uring does what other calls do, past the filter."""
_MACHINES: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, (41, 42, 53, 112, 109, 101, 425)),
    "aarch64": (0xC00000B7, (198, 203, 199, 157, 154, 117, 425)),
}
"""Audit code of the architecture, and its numbers of the calls in `DENIED`."""


def take_away_calls() -> bool:
    """Have the calls in `DENIED` fail with EPERM in this thread and all that it starts from now on.

    Returns:
        Whether the system could do it.
    """
    machine = _MACHINES.get(platform.machine()) if sys.platform.startswith("linux") else None
    if machine is None:
        return False
    program = _program(*machine)
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    library = ctypes.CDLL(None)
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(library.prctl(_PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0) == 0)


def _program(architecture: int, numbers: tuple[int, ...]) -> bytes:
    """The filter: refuse foreign numberings and the given calls, allow the rest."""
    to_refusal = len(numbers) + 1  # instructions between the first test of a number and the refusal
    instructions = [
        (_LOAD, 0, 0, _ARCHITECTURE_OFFSET),
        (_JUMP_IF_EQUAL, 0, to_refusal + 2, architecture),
        (_LOAD, 0, 0, _NUMBER_OFFSET),
        (_JUMP_IF_AT_LEAST, to_refusal, 0, _OTHER_NUMBERING),
        *((_JUMP_IF_EQUAL, to_refusal - 1 - index, 0, number) for index, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
    ]
    return b"".join(struct.pack("@HBBI", *instruction) for instruction in instructions)
