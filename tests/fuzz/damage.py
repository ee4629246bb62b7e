"""What is done to a file: bytes changed, cut out, doubled, cut off; in packages also inside their parts."""

from __future__ import annotations

import io
import random
import zipfile

WORTH_TRYING = (b"\0", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"<", b">", b"{", b"}", b"\\", b'"', b"&#0;", b"&x;", b"%s", b"|", b"\n\n", b"65535", b"-1", b"\xed\xa0\x80", "\u202e".encode())  # fmt: skip
PACKAGES = b"PK\x03\x04"
LARGEST = 200_000
"""Bytes beyond which nothing is doubled."""


def damaged(data: bytes, seed: int, times: int) -> bytes:
    """A file after some random damage.

    Args:
        data: The file.
        seed: Decides about everything.
        times: How often it is damaged.
    """
    dice = random.Random(seed)
    if data.startswith(PACKAGES) and dice.random() < 0.7:
        return _inside(data, dice, times)
    for _ in range(times):
        data = _once(data, dice)
    return data


def _once(data: bytes, dice: random.Random) -> bytes:
    if not data:
        return data
    at = dice.randrange(len(data))
    end = min(len(data), at + dice.choice((1, 2, 4, 16, 256)))
    match dice.randrange(6):
        case 0:
            return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
        case 1:
            return data[:at] + data[end:]
        case 2:
            return data[:at] + dice.choice(WORTH_TRYING) + data[at:]
        case 3:
            return data[:at]
        case 4:
            return data[:end] + data[at:end] * dice.choice((1, 3, 50)) + data[end:] if len(data) < LARGEST else data
        case _:
            other = dice.randrange(len(data))
            return data[:at] + data[other : other + end - at] + data[end:]


def _inside(data: bytes, dice: random.Random, times: int) -> bytes:
    """A package one of whose parts was damaged."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        names = [item.filename for item in old.infolist()]
        chosen = dice.choice(names)
        for name in names:
            content = old.read(name)
            for _ in range(times if name == chosen else 0):
                content = _once(content, dice)
            new.writestr(name, content)
    return held.getvalue()
