"""DOC, PPT and MSG: their text structures made here; whole files only where the shared samples lie beside the repository."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ingest.extract import word, word_styles, xls_extras
from ingest.extract.powerpoint import _Show
from ingest.extract.rtf_tokens import unpacked

from .files import error_of, read

SAMPLES = Path(__file__).parents[4] / "shared" / "data"


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the shared sample {name} is not here")
    return path


def test_pieces_of_a_word_text_are_put_together() -> None:
    document = bytearray(2000)
    document[1000:1006] = b"Gr\xfc\xdfe "
    document[1200:1212] = "и €\r\x07x".encode("utf-16-le")
    bounds, pieces = struct.pack("<3I", 0, 6, 12), b"".join(
        struct.pack("<HIH", 0, at, 0) for at in (1000 * 2 | 1 << 30, 1200)
    )  # fmt: skip
    table = b"\x01\x02\x00\xff\xff\x02" + struct.pack("<I", len(bounds + pieces)) + bounds + pieces
    struct.pack_into("<II", document, 0x01A2, 0, len(table))
    assert word.text_of(bytes(document), table) == "Grüße и €\r\x07x"


def test_word_tables_become_rows_and_fields_their_results() -> None:
    text = 'Before\rMay\x07900\x07\x07June\x07\x13 HYPERLINK "x" \x14950\x15\x07\x07After\x0bline\r\x13 PAGE \x15'
    assert [block.text for block in word.blocks_of(text) if block.text] == [
        "Before",
        "May | 900\nJune | 950",
        "After\nline",
    ]


def test_headings_of_a_word_text_are_those_of_its_styles() -> None:
    text = "Plan\rWe begin.\rCosts\r"
    document = bytearray(2048)
    document[1000 : 1000 + len(text)] = text.encode()
    styles = struct.pack("<HHH14x", 18, 3, 10) + b"".join(struct.pack("<HHH", 4, kind, 0) for kind in (0, 62, 2))
    bounds = (1000, 1005, 1015, 1015 + len("Costs\r"))
    places = b"".join(bytes([200 + 2 * run]) + bytes(12) for run in range(3))
    document[1536 : 1536 + 16 + 39] = struct.pack("<4I", *bounds) + places
    for run, style in enumerate((1, 0, 2)):
        struct.pack_into("<BBH", document, 1536 + 400 + 4 * run, 0, 1, style)
    document[2047] = 3
    paragraphs = struct.pack("<III", 1000, bounds[-1], 3)
    pieces = struct.pack("<2I", 0, len(text)) + struct.pack("<HIH", 0, 1000 * 2 | 1 << 30, 0)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    table = styles + paragraphs + clx
    struct.pack_into("<II", document, 0x00A2, 0, len(styles))
    struct.pack_into("<II", document, 0x0102, len(styles), len(paragraphs))
    struct.pack_into("<II", document, 0x01A2, len(styles + paragraphs), len(clx))
    headings = word_styles.heading_starts(bytes(document), table)
    blocks = word.blocks_of(word.text_of(bytes(document), table, headings))
    assert [(block.text, block.level) for block in blocks if block.text] == [
        ("Plan", 1),
        ("We begin.", 0),
        ("Costs", 2),
    ]


def record(kind: int, data: bytes, container: bool = False, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | (0xF if container else 0), kind, len(data)) + data


def test_slides_are_found_through_the_persist_directory() -> None:
    shape = record(0xF004, record(4000, "Text box".encode("utf-16-le")), True)
    old, slide = record(1006, record(0xF004, record(4008, b"deleted"), True), True), record(1006, shape, True)
    listed = (
        record(1011, struct.pack("<IIIII", 2, 0, 0, 256, 0))
        + record(3999, struct.pack("<I", 0))
        + record(4008, b"Our plan")
    )
    document = record(1000, record(4080, listed, True), True)
    body = old + slide + document
    directory = record(6002, struct.pack("<III", 2 << 20 | 1, len(old + slide), len(old)))
    edit = record(4085, struct.pack("<IIIIII", 0, 0, 0, len(body), 1, 2))
    show = _Show(body + directory + edit, len(body + directory))
    assert [[(block.text, block.level) for block in blocks] for blocks in show.slides()] == [
        [("Our plan", 1), ("Text box", 0)]
    ]


def test_packed_rtf_is_unpacked() -> None:
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0".replace(
            " ", ""
        )
    )
    assert unpacked(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked(b"MELAMELAMELAMELA") == b""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("office_tika/files/testWORD.doc", "Sample Word Document"),
        ("office_tika/files/testWORD6.doc", "The quick brown fox"),
        ("office_tika/files/testPPT.ppt", "Sample Powerpoint Slide"),
        ("office_tika/files/testPPT_masterText.ppt", "Text that I added to the master slide"),
        ("office_tika/files/test-outlook2003.msg", "Streamlined Mail Experience"),
        ("office_markitdown/files/test_outlook_msg.msg", "This is the body of the test email message"),
        ("office_tika/files/testEXCEL_5.xls", "Numbers and their Squares"),
        ("office_tika/files/testEXCEL_charts.xlsb", "peach"),
    ],
)
def test_real_files_are_read(name: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / Path(name).name
    path.write_bytes(sample(name).read_bytes())
    assert words in " ".join(read(path).text.split())


@pytest.mark.parametrize("name", ["PasswordProtected.doc", "password.xls", "protect.xlsx", "protected_agile.docx"])
def test_protected_files_say_so(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(sample(f"hostile/office_encrypted/{name}").read_bytes())
    assert error_of(lambda: read(path)) == "encrypted"


def biff(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_headers_text_boxes_and_charts_of_an_old_workbook_are_found() -> None:
    wide = "Größe".encode("utf-16-le")
    stream = (
        biff(0x809, struct.pack("<HH", 0x0600, 0x10))
        + biff(0x14, struct.pack("<HB", 14, 0) + b"&LLeft&CP. &P ")
        + biff(0x1B6, bytes(10) + struct.pack("<HI", 4, 0))
        + biff(0x3C, b"\0note")
        + biff(0x3C, bytes(8))
        + biff(0x100D, bytes((0, 0, 5, 1)) + wide)
        + b"\x14\0\xff"
    )
    assert [text for text in xls_extras._texts(stream) if text] == ["Left P.", "note", "Größe"]


def test_an_old_workbook_with_a_password_says_so() -> None:
    path = sample("hostile/office_encrypted/password.xls")
    assert error_of(lambda: read(path)) == "encrypted"
