"""Numbers, dates and names in running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.quantities import dates, names, numbers


@pytest.mark.parametrize(
    ("prose", "value", "unit"),
    [
        ("$3.5 million", 3.5e6, "usd"),
        ("1,234.50", 1234.5, ""),
        ("1.234,50 €", 1234.5, "eur"),
        ("12%", 12, "%"),
        ("12 percent", 12, "%"),
        ("three years", 3, "y"),
        ("eight working days", 8, "d"),
        ("45 calendar days", 45, "d"),
        ("1 234 km", 1234, "km"),
        ("-5", -5, ""),
    ],
)
def test_numbers_are_read_in_either_convention(prose: str, value: float, unit: str) -> None:
    [number] = numbers(prose)
    assert (number.value, number.unit) == (value, unit)


def test_an_ambiguous_separator_keeps_both_readings() -> None:
    [number] = numbers("1.234")
    assert number.readings == {1.234, 1234.0}


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("850 €", "EUR 850", True),
        ("three", "3", True),
        ("850", "910", False),
        ("5 km", "5 miles", False),
        ("1.500", "1500", True),
        ("12%", "12", True),
    ],
)
def test_numbers_agree_when_they_can_mean_the_same(one: str, other: str, agree: bool) -> None:
    [first], [second] = numbers(one), numbers(other)
    assert first.agrees(second) is agree


@pytest.mark.parametrize(
    ("prose", "iso"),
    [
        ("12. März 2024", "2024-03-12"),
        ("March 12, 2024", "2024-03-12"),
        ("12 March 2024", "2024-03-12"),
        ("12.03.2024", "2024-03-12"),
        ("2024-03-12", "2024-03-12"),
        ("the 7th day of September, 1999", "1999-09-07"),
        ("May 2021", "2021-05"),
        ("5 de mayo de 2020", "2020-05-05"),
        ("on 3 June", "--06-03"),
    ],
)
def test_dates_are_read(prose: str, iso: str) -> None:
    [mention] = dates(prose)
    assert mention.iso == iso


def test_a_date_with_slashes_may_be_read_both_ways() -> None:
    [mention] = dates("03/04/2024")
    assert mention.readings == {"2024-03-04", "2024-04-03"}
    [day_first] = dates("4. März 2024")
    assert mention.agrees(day_first)


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert dates("31.02.2024") == []


def test_dates_agree_as_far_as_both_are_precise() -> None:
    [month], [day], [other] = dates("March 2024"), dates("12 March 2024"), dates("12 April 2024")
    assert month.agrees(day)
    assert not month.agrees(other)


def test_names_are_found_and_sentence_starts_are_not() -> None:
    found = {name for name, _, _ in names("The lease with Anna Müller of Bonn ended. However John Smith paid AB-123.")}
    assert found == {"Anna Müller of Bonn", "John Smith", "AB-123"}


@given(st.text(alphabet="0123456789.,% €$-/ March2024de", max_size=60))
def test_spans_point_into_the_text(prose: str) -> None:
    spans = [(n.start, n.end) for n in numbers(prose)] + [(d.start, d.end) for d in dates(prose)]
    assert all(0 <= start < end <= len(prose) for start, end in spans)


def test_a_number_said_twice_has_its_unit_behind_the_bracket() -> None:
    assert [(number.value, number.unit) for number in numbers("within thirty (30) business days")] == [
        (30, ""),
        (30, "d"),
    ]
