"""7z archives as small as they can be: one folder, one method, an unpacked directory."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib

METHODS = ("stored", "lzma", "lzma2", "delta", "bzip2", "deflate")


def archive(files: dict[str, bytes], method: str = "lzma2", *, checksum: int | None = None) -> bytes:
    """An archive of some files; `checksum` stands in place of the true one of each."""
    coders, packed = _packed(b"".join(files.values()), method)
    sizes = [len(data) for data in files.values()]
    checksums = [zlib.crc32(data) if checksum is None else checksum for data in files.values()]
    folder = bytes([len(coders)]) + b"".join(_coder(*coder) for coder in coders)
    folder += b"".join(bytes([index, index + 1]) for index in range(len(coders) - 1))
    directory = (
        b"\x01\x04\x06" + _number(0) + b"\x01\x09" + _number(len(packed)) + b"\x00"
        + b"\x07\x0b\x01\x00" + folder + b"\x0c" + _number(sum(sizes)) * len(coders) + b"\x00"
        + b"\x08\x0d" + _number(len(files)) + b"\x09" + b"".join(map(_number, sizes[:-1]))
        + b"\x0a\x01" + struct.pack(f"<{len(files)}I", *checksums) + b"\x00\x00"
        + b"\x05" + _number(len(files)) + _names(list(files)) + b"\x00\x00"
    )  # fmt: skip
    return sealed(packed, directory)


def sealed(packed: bytes, directory: bytes) -> bytes:
    """An archive of packed data and a directory, with the right checksums."""
    start = struct.pack("<QQI", len(packed), len(directory), zlib.crc32(directory))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + packed + directory


def _packed(data: bytes, method: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The methods, the last of which is undone first, and the packed data."""
    match method:
        case "stored":
            return [(b"\x00", b"")], data
        case "bzip2":
            return [(b"\x04\x02\x02", b"")], bz2.compress(data)
        case "deflate":
            packer = zlib.compressobj(wbits=-15)
            return [(b"\x04\x01\x08", b"")], packer.compress(data) + packer.flush()
        case "lzma":
            filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}]
            properties = struct.pack("<BI", 93, 1 << 16)
            return [(b"\x03\x01\x01", properties)], lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
        case "delta":
            filters = [{"id": lzma.FILTER_DELTA, "dist": 2}, {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
            return [(b"\x03", b"\x01"), (b"\x21", b"\x08")], lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
        case "lzma2":
            filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
            return [(b"\x21", b"\x08")], lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
    return [(bytes.fromhex(method), b"")], data


def _coder(method: bytes, properties: bytes) -> bytes:
    if not properties:
        return bytes([len(method)]) + method
    return bytes([len(method) | 0x20]) + method + bytes([len(properties)]) + properties


def _number(value: int) -> bytes:
    """In nine bytes, as any value may be."""
    return b"\xff" + struct.pack("<Q", value)


def _names(names: list[str]) -> bytes:
    text = b"".join(name.encode("utf-16-le") + b"\0\0" for name in names)
    return b"\x11" + _number(len(text) + 1) + b"\x00" + text
