import pytest

from assistant.verify import agree
from assistant.verify.agree import facts


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The rent is 1,200 euros.", "Rent: 1.200,00 EUR"),
        ("It weighs 3 kg.", "a weight of three kg"),
        ("The lease began on 12 March 2024.", "from 12.03.2024"),
        ("The lease began on 12 March 2024.", "from March 12, 2024 on"),
        ("It was founded in 1997.", "founded on 3 May 1997"),
        ("About 5 percent of them", "5 % of them"),
    ],
)
def test_the_same_quantity_in_another_spelling_agrees(claim: str, evidence: str) -> None:
    assert agree.missing_numbers(facts(claim), facts(evidence)) == []


@pytest.mark.parametrize(
    ("claim", "evidence", "wanted", "instead"),
    [
        ("The rent is 950 euros.", "The rent is 850 euros.", "950", "850"),
        ("It lasts 36 months.", "It lasts 36 days.", "36", ""),
        ("It ends on 1 May 2024.", "It ends on 2 May 2024.", "1 May 2024", "2 May 2024"),
        ("It is 5 %.", "It is 5 km.", "5 %", ""),
    ],
)
def test_another_quantity_is_named_with_what_stands_instead(
    claim: str, evidence: str, wanted: str, instead: str
) -> None:
    [found] = agree.missing_numbers(facts(claim), facts(evidence))
    assert wanted in found.wanted
    assert instead in found.instead


def test_names_must_be_there() -> None:
    claim = facts("The flat was let to Anna Schmidt by Peter Vogel.")
    evidence = facts("The landlord Peter Vogel lets the flat to Maria Schmidt.")
    assert [one.wanted for one in agree.missing_names(claim, evidence.words)] == ["Anna Schmidt"]
    assert agree.foreign_names(claim, evidence.words) == []
    assert [one.wanted for one in agree.foreign_names(facts("It was let to Ivan Petrov."), evidence.words)] == [
        "Ivan Petrov"
    ]


def test_directions_and_negations_are_told_apart() -> None:
    assert agree.negation_differs(facts("Pets are not allowed."), facts("Pets are allowed."))
    assert not agree.negation_differs(facts("Pets are not allowed."), facts("No pets are allowed."))
