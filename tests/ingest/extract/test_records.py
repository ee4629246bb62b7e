"""Calendars, contacts and XML."""

from __future__ import annotations

from pathlib import Path

from .files import error_of, read, write

ICS = r"""BEGIN:VCALENDAR
X-WR-CALNAME:Family
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20240503T140000
DTEND;TZID=Europe/Berlin:20240503T150000
SUMMARY:Dentist\, Dr. Ho
ORGANIZER;CN="Doe, Jane":mailto:j@x.de
RRULE:FREQ=WEEKLY;COUNT=3
DESCRIPTION:Bring the
  card.\nThanks
END:VEVENT
BEGIN:VTODO
SUMMARY:Tax
DUE;VALUE=DATE:20240731
END:VTODO
END:VCALENDAR
"""
VCF = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Hans;;;
TEL;CELL;VOICE:+49 170 1
ADR;HOME:;;Weg 1;Bonn;;53111;Germany
BDAY:19700305
PHOTO;ENCODING=BASE64;JPEG:AAAA
END:VCARD
"""


def test_calendars_say_what_when_and_who(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.ics", ICS))
    assert found.headings == [("Dentist, Dr. Ho", 1), ("Tax", 1)]
    assert found.facts.title == "Family"
    assert (
        "When: 2024-05-03 14:00 (Europe/Berlin) – 15:00\nRepeats: every week, 3 times\nOrganizer: Doe, Jane <j@x.de>"
        in found.text
    )
    assert "Bring the card.\nThanks" in found.text
    assert "Due: 2024-07-31" in found.text
    assert found.pages[0].label == "events 1–2"
    assert error_of(lambda: read(write(tmp_path / "b.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"))) == "empty"


def test_contacts_have_a_line_for_each_way_to_reach_them(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.vcf", VCF))
    assert found.headings == [("Hans Müller", 1)]
    assert found.text == (
        "Hans Müller\n\nPhone (cell): +49 170 1\nAddress (home): Weg 1, Bonn, 53111, Germany\nBirthday: 1970-03-05"
    )


def test_xml_is_read_as_data_or_as_prose_and_without_entities(tmp_path: Path) -> None:
    text = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><orders><order id="7"><customer>ACME</customer>'
        '<total currency="EUR">12.50</total><p>Say <b>hello</b> now</p><evil>&e;</evil></order></orders>'
    )
    found = read(write(tmp_path / "a.xml", text))
    assert found.text == "order · id: 7\ncustomer: ACME\ntotal: 12.50 · currency: EUR\n\nSay hello now"
