"""Confine this process: it reads the runtime and the system's libraries, writes its own folder, and nothing else.

Landlock is Linux's sandbox for unprivileged processes; what a process has given up, neither it nor its children get
back. Files that were open before stay open, which is how a confined reader gets the one file that it reads. Where the
kernel has no Landlock the process goes on unconfined, and `confine` says so. Access bits and structures: the kernel's
`include/uapi/linux/landlock.h`. Knows nothing of documents.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_IOCTL_DEV = 1 << 15
_RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many access rights to files each version of the interface knows."""
_NETWORK_VERSION, _SCOPE_VERSION = 4, 6
_ALL_TCP = 0b11
_ALL_SCOPES = 0b11
"""Abstract Unix sockets of other processes, and signals to them."""

_READ = _READ_FILE | _READ_DIR | _EXECUTE
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | _IOCTL_DEV
"""Rights that make sense for a file; the kernel refuses others for it."""
SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/opt", "/nix/store", "/etc/ld.so.cache", "/etc/ld.so.conf",
    "/etc/ld.so.conf.d", "/etc/ld.so.preload", "/etc/localtime", "/etc/mime.types", "/etc/fonts", "/etc/alternatives",
    "/etc/nsswitch.conf", "/etc/passwd", "/etc/locale.alias", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/proc/filesystems", "/proc/sys", "/sys/devices/system", "/dev/urandom", "/dev/random", "/dev/zero",
    "/etc/libreoffice", "/var/lib/libreoffice", "/var/spool/libreoffice", "/var/cache/fontconfig",
)  # fmt: skip
"""What programs and libraries need; no person's files."""


def version() -> int:
    """Version of the kernel's Landlock interface, 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _syscall(_CREATE_RULESET, None, 0, _ASK_VERSION))


def confine(folder: Path, readable: Iterable[Path] = ()) -> bool:
    """Confine the calling thread and all that it starts from now on; call it before any other thread runs.

    Args:
        folder: The private folder that may be read and written.
        readable: Further folders that may be read.

    Returns:
        Whether the system could do it. If so there is also no TCP, and no signal to a process outside.
    """
    known = version()
    if not known:
        return False
    rights = (1 << _RIGHTS_OF_VERSION.get(known, 16)) - 1
    network = _ALL_TCP if known >= _NETWORK_VERSION else 0
    scopes = _ALL_SCOPES if known >= _SCOPE_VERSION else 0
    size = 24 if scopes else 16 if network else 8
    attributes = struct.pack("=QQQ", rights, network, scopes)[:size]
    ruleset = _syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return False
    try:
        for path in {*map(Path, SYSTEM), *_runtime(), *readable}:
            _permit(ruleset, path, _READ & rights)
        for path in _listable():
            _permit(ruleset, path, _READ_DIR)
        _permit(ruleset, Path("/proc/self"), (_READ_FILE | _READ_DIR) & rights)
        _permit(ruleset, Path(os.devnull), (_READ_FILE | _WRITE_FILE) & rights)
        _permit(ruleset, folder, rights & ~_EXECUTE)
        if ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return False
        return _syscall(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _runtime() -> Iterator[Path]:
    """Python, the packages it imports from, this program, and the programs that readers start."""
    for place in (sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()):
        yield Path(place)
    yield Path(__file__).parents[1]
    for entry in map(Path, sys.path):
        if entry.name in ("site-packages", "dist-packages") or entry.suffix == ".zip":
            yield entry
    for program in ("tesseract", "soffice", "pandoc"):
        found = shutil.which(program)
        if found is not None:
            yield Path(found).resolve().parent
    if os.environ.get("TESSDATA_PREFIX"):
        yield Path(os.environ["TESSDATA_PREFIX"])


def _listable() -> Iterator[Path]:
    """Folders of the import path whose names must be seen for an import to work, but whose files may be a person's."""
    yield from (Path(entry) for entry in sys.path if entry)


def _permit(ruleset: int, path: Path, rights: int) -> None:
    """Allow rights beneath a path; one that does not exist needs no rule."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            rights &= _FILE_RIGHTS
        if rights:
            rule = struct.pack("=Qi", rights, descriptor)
            _syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)


def _syscall(number: int, *arguments: int | bytes | None) -> int:
    """Call the kernel by number: the C library has no functions for Landlock. -1 on error."""
    library = ctypes.CDLL(None, use_errno=True)
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return int(library.syscall(ctypes.c_long(number), *values))
