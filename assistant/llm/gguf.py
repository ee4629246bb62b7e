"""What the header of a GGUF file says about its model, read without loading it.

The format is described in the ggml project (docs/gguf.md): magic, version, counts, then typed key-value pairs. Arrays
are skipped: only they are long. Knows nothing of tensors.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.errors import SetupError

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_MAX_KEYS = 10_000
_MAX_STRING_BYTES = 1 << 26
"""A header that claims more is damaged; real files have below a hundred keys and a chat template of some kilobytes."""

Scalar = int | float | bool | str


@dataclass(frozen=True, slots=True)
class Header:
    """The facts about a model that matter before it is loaded."""

    name: str
    """`general.name`, empty where absent."""
    architecture: str
    """`general.architecture`, such as "llama"."""
    context: int
    """Tokens of context it was trained for; 0 where the file does not say."""


def read_header(path: Path) -> Header:
    """Read name, architecture and context of a GGUF file.

    Raises:
        SetupError: The file cannot be read or is no GGUF file.
    """
    found: dict[str, Scalar] = {}
    try:
        with path.open("rb") as file:
            magic, version = struct.unpack("<4sI", _exactly(file, 8))
            if magic != b"GGUF" or not 2 <= version <= 3:
                raise ValueError("wrong first bytes")
            _tensors, keys = struct.unpack("<QQ", _exactly(file, 16))
            for _ in range(min(keys, _MAX_KEYS)):
                key = _string(file)
                value = _value(file, *struct.unpack("<I", _exactly(file, 4)))
                if value is not None:
                    found[key] = value
                if f"{found.get('general.architecture')}.context_length" in found and "general.name" in found:
                    break
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror}", "Check that the model's file exists and may be read.") from error
    except (ValueError, struct.error) as error:
        raise SetupError(
            f"{path} is no GGUF model ({error})", "Choose a file in GGUF format, version 2 or 3."
        ) from error
    architecture = str(found.get("general.architecture", ""))
    context = found.get(f"{architecture}.context_length", 0)
    return Header(str(found.get("general.name", "")), architecture, context if isinstance(context, int) else 0)


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise ValueError("the file is cut short")
    return data


def _string(file: BinaryIO) -> str:
    (size,) = struct.unpack("<Q", _exactly(file, 8))
    if size > _MAX_STRING_BYTES:
        raise ValueError("a text of impossible length")
    return _exactly(file, size).decode("utf-8", errors="replace")


def _value(file: BinaryIO, kind: int) -> Scalar | None:
    """One value; None for an array, which is skipped."""
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        value: Scalar = struct.unpack("<" + _letter(kind), _exactly(file, struct.calcsize(_letter(kind))))[0]
        return value
    inner, count = struct.unpack("<IQ", _exactly(file, 12))
    if inner == _STRING:
        for _ in range(count):
            file.seek(struct.unpack("<Q", _exactly(file, 8))[0], 1)
    else:
        file.seek(struct.calcsize(_letter(inner)) * count, 1)
    return None


def _letter(kind: int) -> str:
    if kind not in _SCALARS:
        raise ValueError(f"unknown type {kind}")
    return _SCALARS[kind]
