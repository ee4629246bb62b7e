from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import sniff


@pytest.mark.parametrize(
    ("name", "head", "wanted"),
    [
        ("a.pdf", b"%PDF-1.7\n", sniff.PDF),
        ("a.txt", b"junk before %PDF-1.4", sniff.PDF),
        ("a.txt", b"\x89PNG\r\n\x1a\n....", "image/png"),
        ("a.docx", b"<html><body>", sniff.HTML),
        ("a", b"<!DOCTYPE html><html>", sniff.HTML),
        ("a.md", b"# Title\n", sniff.MARKDOWN),
        ("a.csv", b"a,b\n1,2\n", sniff.CSV),
        ("a", b"From: a@b.c\nTo: d@e.f\nSubject: x\n\ntext", sniff.EML),
        ("memo.txt", b"From: Ann\nTo: Bob\nSubject: lunch\n\ntext", sniff.PLAIN),
        ("box", b"From a@b.c Mon Feb  3 10:00:00 2025\nSubject: x\n\ntext", sniff.MBOX),
        ("a.bin", bytes(range(256)), sniff.UNKNOWN),
        ("a.txt", "Größe".encode("utf-16"), sniff.PLAIN),
        ("a.txt", "a long enough line".encode("utf-16-le"), sniff.PLAIN),
        ("a.rtf", b"{\\rtf1 x}", sniff.RTF),
        ("a.zip", b"PK\x03\x04" + bytes(60), sniff.ZIP),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", sniff.DOC),
        ("photo.heic", b"\0\0\0\x18ftypheic", "image/heif"),
        ("a.PY", b"import os\n", "text/x-python"),
        ("feed", b"<?xml version='1.0'?><rss/>", sniff.XML),
        ("a.ics", b"BEGIN:VCALENDAR\n", sniff.CALENDAR),
    ],
)
def test_bytes_decide_and_the_name_among_texts(name: str, head: bytes, wanted: str) -> None:
    assert sniff.media_type(name, head) == wanted


@given(st.text(max_size=20), st.binary(max_size=400))
def test_anything_has_a_type(name: str, head: bytes) -> None:
    assert "/" in sniff.media_type(name, head)
