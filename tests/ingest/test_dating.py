from __future__ import annotations

import pytest

from ingest.dating import OwnDate, own_date

PDF = "application/pdf"


@pytest.mark.parametrize(
    ("head", "language", "iso", "source"),
    [
        ("ACME GmbH\nWeg 1\n\nBerlin, den 3. Mai 2024\n\nSehr geehrte", "de", "2024-05-03", "letter"),
        ("Paris, le 3 mai 2024\nMadame", "fr", "2024-05-03", "letter"),
        ("Madrid, 3 de mayo de 2024\nEstimada", "es", "2024-05-03", "letter"),
        ("London SW1, 3 May 2024\nDear Sir", "en", "2024-05-03", "letter"),
        ("Date: 3 May 2024\nDear Sir", "en", "2024-05-03", "letter"),
        ("ACME\n\nMay 3, 2024\n\nDear Sir", "en", "2024-05-03", "letter"),
        ("Invoice no 7 | Invoice date: 03/05/2024 | Due date: 04/05/2024", "en", "2024-03-05", "invoice"),
        ("Fecha de emisión: 03/05/2024", "es", "2024-05-03", "invoice"),
        ("Rechnungsdatum\n03.05.2024", "de", "2024-05-03", "invoice"),
        ("Date de facture : 3 mai 2024", "fr", "2024-05-03", "invoice"),
        ("Berlin, 1.2.2024\nIhre Rechnung\nRechnungsdatum: 3.5.2023", "de", "2024-02-01", "letter"),
        ("In the year 2024, on May 3, 2024 it rained.", "en", "2020-02-02", "metadata"),
        ("Fällig am 3.5.2024\nGeboren: 3.5.1970", "de", "2020-02-02", "metadata"),
        ("Berlin, den 3. Mai 9024", "de", "2020-02-02", "metadata"),
    ],
)
def test_what_the_text_says_is_trusted_before_the_metadata(head: str, language: str, iso: str, source: str) -> None:
    found = own_date(PDF, "2020-02-02T10:00:00", head, language)
    assert (found.iso, found.source) == (iso, source)


def test_a_mail_is_dated_by_its_header() -> None:
    assert own_date("message/rfc822", "2023-01-01T10:00:00+00:00", "Date: 3 May 2024") == OwnDate("2023-01-01", "mail")
    assert own_date("message/rfc822", "", "Date: 3 May 2024") == OwnDate("2024-05-03", "letter")


def test_metadata_in_any_form() -> None:
    assert own_date("text/x-org", "<2022-05-06 Fri>", "") == OwnDate("2022-05-06", "metadata")
    assert own_date(PDF, "May 2020", "") == OwnDate("2020-05", "metadata")
    assert own_date(PDF, "9999-01-01", "") == OwnDate()


def test_data_are_not_letters() -> None:
    assert own_date("text/csv", "", "3 May 2024\n4 May 2024") == OwnDate()
