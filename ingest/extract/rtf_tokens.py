"""The tokens of RTF, and Outlook's packed form of it. Pure; knows nothing of what the control words mean."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?"  # a control word with its number
    rb"|\\'([0-9a-fA-F]{2})"  # a byte
    rb"|\\([^a-zA-Z])"  # a control symbol
    rb"|([{}])"
    rb"|([^\\{}\r\n]+)"
)
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans "
    b"SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the packed form may refer to before its first byte; given by the format (MS-OXRTFCP)."""
_WINDOW = 4096
MAX_UNPACKED = 64 << 20
"""Largest unpacked text."""


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of RTF."""

    kind: str
    """"word", "symbol", "byte", "open", "close" or "text"."""
    value: bytes
    """The word, symbol, byte or text."""
    number: int | None = None
    """The number behind a control word."""


def tokens(data: bytes) -> Iterator[Token]:
    r"""The tokens in order; what is no RTF is passed over; binary stretches (`\\bin`) are skipped."""
    position = 0
    while match := _TOKEN.search(data, position):
        position = match.end()
        word, number, byte, symbol, brace, text = match.groups()
        if word is not None:
            value = int(number) if number is not None else None
            if word == b"bin" and value and value > 0:
                position += value
                continue
            yield Token("word", word, value)
        elif byte is not None:
            yield Token("byte", bytes([int(byte, 16)]))
        elif symbol is not None:
            yield Token("symbol", symbol)
        elif brace is not None:
            yield Token("open" if brace == b"{" else "close", brace)
        else:
            yield Token("text", text)


def unpacked(data: bytes) -> bytes:
    """RTF in Outlook's packed form (LZFu, or stored), empty for anything else."""
    if len(data) < 16:
        return b""
    size, kind = struct.unpack_from("<I", data, 4)[0], data[8:12]
    if kind == b"MELA":
        return data[16 : 16 + size]
    return _expand(data, min(size, MAX_UNPACKED)) if kind == b"LZFu" else b""


def _expand(data: bytes, size: int) -> bytes:
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b" "))
    write, position = len(_DICTIONARY), 16
    found = bytearray()
    while position < len(data) and len(found) < size:
        flags = data[position]
        position += 1
        for bit in range(8):
            if flags & 1 << bit:
                if position + 1 >= len(data):
                    return bytes(found)
                pair = data[position] << 8 | data[position + 1]
                position += 2
                start, length = pair >> 4, (pair & 15) + 2
                if start == write:
                    return bytes(found)
                for at in range(length):
                    letter = window[(start + at) % _WINDOW]
                    found.append(letter)
                    window[write] = letter
                    write = (write + 1) % _WINDOW
            else:
                if position >= len(data):
                    return bytes(found)
                found.append(data[position])
                window[write] = data[position]
                write = (write + 1) % _WINDOW
                position += 1
    return bytes(found[:size])
