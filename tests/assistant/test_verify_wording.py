"""Claims that copy a quote but for one word, and words of direction."""

import pytest

from assistant.verify.direction import directions
from assistant.verify.wording import changes

DEPOSIT = "The deposit of 1,700 euros is returned to Anna Schmidt within six months after the flat was handed back."


@pytest.mark.parametrize(
    ("claim", "kind", "instead"),
    [
        (DEPOSIT.replace("1,700", "1,900"), "number", "1,700"),
        (DEPOSIT.replace("six", "nine"), "number", "six"),
        (DEPOSIT.replace("Anna Schmidt", "Peter Vogel"), "name", "Anna Schmidt"),
        (DEPOSIT.replace("after", "before"), "strength", "after"),
        (DEPOSIT.replace("is returned", "is not returned"), "opposite", ""),
    ],
)
def test_one_changed_word_is_found_in_a_copy(claim: str, kind: str, instead: str) -> None:
    (found,) = changes(claim, DEPOSIT)
    assert found.kind == kind
    assert instead in found.instead


@pytest.mark.parametrize(
    "claim",
    [
        DEPOSIT,
        DEPOSIT.replace("1,700 euros", "1700 EUR").replace("six", "6"),
        "Within six months after the flat was handed back the deposit of 1,700 euros is returned to Anna Schmidt.",
        "The deposit is returned within six months.",
    ],
)
def test_the_same_in_other_words_or_a_part_of_it_is_no_change(claim: str) -> None:
    assert changes(claim, DEPOSIT) == []


def test_a_condition_that_was_weaker_in_the_text() -> None:
    (found,) = changes("The tenant must keep small animals.", "The tenant may keep small animals.")
    assert (found.kind, found.wanted, found.instead) == ("strength", "must", "may")


def test_what_is_no_copy_is_not_compared_word_by_word() -> None:
    assert changes("Pets may never be kept without the landlord's consent.", DEPOSIT) == []


def test_words_of_direction_and_negations_in_front_of_them() -> None:
    found = directions("Sales rose, costs fell, and the rent did not increase.")
    assert [way.up for way in found] == [True, False, False]
    assert [way.up for way in directions("Die Miete ist gestiegen, die Kosten sind gesunken.")] == [True, False]
    assert directions("The cat sat on the mat.") == []


def test_a_month_is_no_other_date_than_a_day_in_it() -> None:
    quote = "The boiler was serviced on 12 March 2024 by Hartmann Heating."
    assert not changes("The boiler was serviced in March 2024 by Hartmann Heating.", quote)
    assert changes("The boiler was serviced in April 2024 by Hartmann Heating.", quote)
    assert changes("The boiler was serviced on 12 March 2024.", "The boiler was serviced in March 2024.")
