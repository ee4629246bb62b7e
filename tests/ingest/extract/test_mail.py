from __future__ import annotations

from pathlib import Path

from ingest.extract.reader import Member

from .files import error_of, members, read, write


def names(path: Path) -> list[str]:
    return [item.name for item in members(path) if isinstance(item, Member)]


def test_headers_become_facts_and_stand_above_the_text(tmp_path: Path) -> None:
    data = (
        "From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\nTo: a@example.org\r\nCc: b@example.org\r\n"
        "Subject: =?utf-8?b?R3LDvMOfZQ==?= from\r\n =?iso-8859-1?q?M=FCnchen?=\r\nDate: Mon, 3 Feb 2025 10:00:00 +0100\r\n"
        "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "Sch=F6ne Gr=FC=DFe\r\n\r\nbis bald\r\n"
    )
    found = read(write(tmp_path / "a.eml", data))
    assert found.facts.title == "Grüße from München"
    assert found.facts.date == "2025-02-03"
    assert found.facts.metadata["from"] == "Jürgen <j@example.org>"
    assert found.facts.metadata["to"] == "a@example.org, b@example.org"
    assert found.facts.metadata["date"] == "2025-02-03T10:00:00+01:00"
    assert found.text.startswith("From: Jürgen <j@example.org>\n")
    assert found.text.endswith("Schöne Grüße\n\nbis bald")


def test_the_html_part_is_read_where_there_is_no_other_text(tmp_path: Path) -> None:
    data = "Subject: x\nContent-Type: text/html\n\n<p>Hello <b>world</b></p><script>alert(1)</script>"
    assert read(write(tmp_path / "a.eml", data)).text == "Subject: x\n\nHello world"


def test_of_two_forms_of_one_text_one_is_read(tmp_path: Path) -> None:
    data = (
        'Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nplain form\n--b\nContent-Type: text/html\n\n<p>rich form</p>\n--b--\n"
    )
    assert read(write(tmp_path / "a.eml", data)).text == "Subject: x\n\nplain form"


MIXED = (
    'Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nbody\n'
    '--b\nContent-Type: text/plain; name="../../etc/notes.txt"\nContent-Disposition: attachment\n\nattached\n'
    "--b\nContent-Type: message/rfc822\n\nSubject: forwarded\n\ninner text\n"
    "--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n"
)


def test_attachments_are_members_whether_they_have_a_name_or_not(tmp_path: Path) -> None:
    path = write(tmp_path / "a.eml", MIXED)
    assert names(path) == ["../../etc/notes.txt", "forwarded.eml", "attachment-3.png"]
    found = read(path)
    assert found.text == "Subject: x\n\nbody"
    assert found.facts.metadata["attachments"] == ["../../etc/notes.txt"]


def test_raw_bytes_in_headers_are_decoded(tmp_path: Path) -> None:
    data = "Subject: Größe\nFrom: x@example.org\n\ntext".encode()
    assert read(write(tmp_path / "a.eml", data)).facts.title == "Größe"
    assert read(write(tmp_path / "b.eml", data.decode().encode("cp1252"))).facts.title == "Größe"


def test_a_boundary_that_is_folded_over_two_lines_is_found(tmp_path: Path) -> None:
    data = 'Subject: x\nContent-Type: multipart/mixed; boundary="two\n words"\n\n--two words\n\nfirst\n--two words--\n'
    assert read(write(tmp_path / "a.eml", data)).text == "Subject: x\n\nfirst"


def test_nothing_at_all_is_empty(tmp_path: Path) -> None:
    assert error_of(lambda: read(write(tmp_path / "a.eml", "\n\n"))) == "empty"


def test_addresses_get_the_marks_that_carelessness_left_out(tmp_path: Path) -> None:
    told = {
        "ann@example.org bob@example.org": "ann@example.org, bob@example.org",
        "Ann Ho ann@example.org": "Ann Ho <ann@example.org>",
        '"Ho, Ann" <ann@example.org>': '"Ho, Ann" <ann@example.org>',
        "ann@example.org": "ann@example.org",
    }
    for written, shown in told.items():
        found = read(write(tmp_path / "a.eml", f"From: {written}\nTo: x@example.org\nSubject: s\n\nHi\n"))
        assert found.facts.metadata["from"] == shown


def test_a_mail_without_a_date_is_dated_by_its_arrival(tmp_path: Path) -> None:
    text = "Received: from a by b; Fri, 3 May 2024 10:00:00 +0200\nFrom: a@example.org\nTo: b@example.org\nSubject: s\n\nHi\n"
    assert read(write(tmp_path / "a.eml", text)).facts.date == "2024-05-03"
