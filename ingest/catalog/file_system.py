"""Where a library may lie: not on a network file system, where SQLite's log and locks do not hold.

Knows nothing of SQLite.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from ingest.errors import LibraryError

NETWORK_FILE_SYSTEMS = frozenset(
    {
        "9p",
        "afpfs",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.davfs",
        "fuse.rclone",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "webdav",
    }
)
"""Names that Linux and macOS give to file systems of other machines."""
REMOTE = "smbfs"
"""What a drive of another machine is called here that Windows calls remote, whatever its file system."""
MOUNTS = Path("/proc/self/mountinfo")


def refuse_network(folder: Path) -> None:
    """See that a folder is on a disk of this machine.

    Raises:
        LibraryError: It is on a network file system (code `network`).
    """
    system = file_system(folder)
    if system in NETWORK_FILE_SYSTEMS:
        raise LibraryError(
            f"{folder} is on a network file system ({system}), where two programs can damage a library.",
            "Name a folder on a disk of this machine with --library; `assistant export` makes a file that may lie anywhere.",
            "network",
        )


def file_system(folder: Path) -> str:
    """Type of the file system that holds a folder, as the system names it; empty where it cannot be told."""
    target = str(folder.resolve())
    try:
        return deepest(_linux(MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")), target)
    except OSError:
        import psutil

        parts = psutil.disk_partitions(all=True)
        return deepest(
            [(part.mountpoint, REMOTE if "remote" in part.opts.split(",") else part.fstype) for part in parts], target
        )


def deepest(mounts: list[tuple[str, str]], target: str) -> str:
    """Type of the mount that holds a path: the deepest one above it, the last of several at one place."""
    best, found = -1, ""
    for mount, kind in mounts:
        inside = mount in (os.sep, target) or target.startswith(mount.rstrip(os.sep) + os.sep)
        if inside and len(mount) >= best:
            best, found = len(mount), kind
    return found


def _linux(text: str) -> list[tuple[str, str]]:
    """(place, type) of every mount that a text in the form of `mountinfo` names."""
    mounts: list[tuple[str, str]] = []
    for line in text.splitlines():
        fields, _, rest = line.partition(" - ")
        place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields.split(" ")[4])
        mounts.append((place, rest.split(" ")[0]))
    return mounts
