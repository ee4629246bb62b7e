from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import encoding

GERMAN = "Der Schlüssel für das Büro liegt bei Frau Müller; die Gebühr beträgt 35 € im Jahr. Größe: 3 m².\n"
RUSSIAN = "Договор аренды заключён между сторонами и вступает в силу первого января. Оплата производится ежемесячно.\n"
JAPANESE = "この契約書は両当事者の間で締結され、四月一日から効力を生じるものとする。料金は毎月支払う。\n"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "cp1252"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
    ],
)
def test_text_in_any_usual_encoding(text: str, codec: str) -> None:
    assert encoding.decode((text * 4).encode(codec)) == text * 4


def test_a_stray_byte_does_not_spoil_utf8() -> None:
    assert encoding.decode("Größe über alles, für ".encode() + b"M\xfcller") == "Größe über alles, für Müller"


def test_a_declared_encoding_is_believed_where_the_bytes_allow_it() -> None:
    assert encoding.decode("Řeka".encode("iso-8859-2"), "iso-8859-2") == "Řeka"
    assert encoding.decode("Größe".encode(), "iso-8859-1") == "Größe"
    assert encoding.decode("日本".encode("iso-2022-jp"), "iso-2022-jp") == "日本"
    assert encoding.decode(b"plain", "no-such-encoding") == "plain"


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "hex", "base64", "utf-16", "idna", "undefined"]))
def test_any_bytes_decode(data: bytes, declared: str) -> None:
    assert isinstance(encoding.decode(data, declared), str)


def test_a_stream_gives_the_same_text_as_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes((GERMAN * 9000).encode())
    assert "".join(encoding.stream(path)) == GERMAN * 9000


def test_a_character_that_was_lost_before_is_still_utf8() -> None:
    assert encoding.decode("phone\ufffd\ufffd\ufffd".encode()) == "phone\ufffd\ufffd\ufffd"
