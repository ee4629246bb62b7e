from __future__ import annotations

import struct
import zipfile
from pathlib import Path

from .files import error_of, read


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def refer(number: int, target: int) -> bytes:
    return field(number, field(1, target))


def iwa(*objects: tuple[int, int, bytes]) -> bytes:
    """A part: objects given as id, type and fields; packed as literals, the first run of eight bytes as a copy."""
    stream = b""
    for number, kind, data in objects:
        header = field(1, number) + field(2, field(1, kind) + field(3, len(data)))
        stream += varint(len(header)) + header + data
    parts = b""
    for at in range(0, len(stream), 60):
        piece = stream[at : at + 60]
        parts += bytes([(len(piece) - 1) << 2]) + piece
    packed = varint(len(stream)) + parts
    return b"\0" + len(packed).to_bytes(3, "little") + packed


def package(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_texts_of_pages_and_slides_of_keynote(tmp_path: Path) -> None:
    body = field(1, 0) + field(3, "First line\nSecond line\ufffc")
    header = field(1, 1) + field(3, "Header")
    found = read(package(tmp_path / "a.pages", {"Index/Document.iwa": iwa((1, 2001, header), (2, 2001, body))}))
    assert found.text == "First line\n\nSecond line\n\nHeader"
    slides = {f"Index/Slide-{at}.iwa": iwa((at, 2001, field(3, f"Slide {at}"))) for at in (1, 2)}
    template = {"Index/TemplateSlide-9.iwa": iwa((9, 2001, field(3, "Title Text")))}
    found = read(package(tmp_path / "a.key", {"Index/Document.iwa": iwa((3, 1, b"")), **slides, **template}))
    assert [(page.label, page.text) for page in found.pages] == [("slide 1", "Slide 1"), ("slide 2", "Slide 2")]


def test_tables_of_numbers(tmp_path: Path) -> None:
    def cell(kind: int, flag: int, data: bytes) -> bytes:
        return bytes([5, kind]) + bytes(6) + struct.pack("<I", flag) + data

    number = (25).to_bytes(14, "little") + struct.pack("<H", (6176 - 1) << 1)
    cells = [
        cell(3, 8, struct.pack("<I", 1)),
        cell(2, 1, number),
        cell(5, 4, struct.pack("<d", 86400.0)),
        cell(6, 2, struct.pack("<d", 1.0)),
    ]
    offsets, packed = b"", b""
    for item in cells:
        offsets += struct.pack("<h", len(packed))
        packed += item
    row = field(1, 0) + field(6, packed) + field(7, offsets + struct.pack("<h", -1))
    store = field(3, field(1, field(1, 0) + refer(2, 20)) + field(2, 256)) + refer(4, 21)
    parts = iwa(
        (10, 2, field(1, "Budget") + refer(2, 11)),
        (11, 6000, refer(2, 12)),
        (12, 6001, field(4, store) + field(8, "Costs")),
        (20, 6002, field(5, row)),
        (21, 6005, field(3, field(1, 1) + field(3, "Pen"))),
    )
    found = read(package(tmp_path / "a.numbers", {"Index/Document.iwa": parts}))
    assert found.text == "Budget: Costs\n\nPen | 2.5 | 2001-01-02 | TRUE"


def test_damaged_parts_without_a_preview_say_so(tmp_path: Path) -> None:
    path = package(tmp_path / "a.pages", {"Index/Document.iwa": b"\0\x05\0\0\xff\xff\xff\xff\x01"})
    assert error_of(lambda: read(path)) == "unsupported"
