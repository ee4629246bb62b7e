"""True statements and the same with one thing changed: what the verifier lets through, over a real library."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from assistant.answer import Answerer
from ingest import config
from ingest.embed import Encoder
from ingest.library import Library

TRUE = (
    "The monthly rent of the flat at 12 Mill Road is 850 euros.",
    "The deposit for the flat at Harbour Street is 1,220 euros.",
    "The landlord Peter Vogel lets the flat at 12 Mill Road to Anna Schmidt.",
    "The landlord Ines Costa lets the flat at 4 Harbour Street to Anna Schmidt.",
    "The lease of the flat at 12 Mill Road begins on 1 March 2022.",
    "The lease of the flat at 4 Harbour Street begins on 15 June 2019.",
    "The burner was replaced on 3 November 2021.",
    "The warranty of the burner lasts 36 months.",
    "Below 0.8 bar the boiler switches off and shows the error F22.",
    "The boiler is inspected once a year by an engineer.",
    "Pets are not allowed.",
    "Bicycles are kept in the cellar.",
    "The offsite is on 14 March in Lund.",
    "Soak 200 grams of lentils overnight.",
)
NAMES = {"Peter Vogel": "Martin Kessler", "Ines Costa": "Olga Brandt", "Lund": "Uppsala", "F22": "F37"}
MONTHS = {"March": "August", "June": "October", "November": "February"}


def changed(statement: str) -> Iterator[tuple[str, str]]:
    """(what was changed, the statement that is no longer true)."""
    for number in re.findall(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?= (?:euros|months|grams|bar))", statement):
        yield "number", statement.replace(number, str(int(float(number.replace(",", ""))) + 7))
    for name, other in NAMES.items():
        if name in statement:
            yield "name", statement.replace(name, other)
    for month, other in MONTHS.items():
        if month in statement:
            yield "date", statement.replace(month, other)
    if " not " in statement:
        yield "negation", statement.replace(" not ", " ")
    elif " is " in statement:
        yield "negation", statement.replace(" is ", " is not ", 1)


FALSE = [pair for statement in TRUE for pair in changed(statement)]


@pytest.fixture(scope="module")
def answerer(small_library: Library, encoder: Encoder) -> Answerer:
    return Answerer(small_library, encoder, None, config.load())


def _supported(answerer: Answerer, statement: str) -> bool:
    return all(claim.verdict == "supported" for claim in answerer.verify_text(statement).claims)


def test_most_true_statements_are_supported(answerer: Answerer) -> None:
    refused = [statement for statement in TRUE if not _supported(answerer, statement)]
    assert len(refused) <= 0.15 * len(TRUE), refused


@pytest.mark.parametrize("kind", ["number", "name", "date"])
def test_a_changed_number_name_or_date_is_never_supported(answerer: Answerer, kind: str) -> None:
    statements = [statement for what, statement in FALSE if what == kind]
    assert len(statements) >= 4
    assert [statement for statement in statements if _supported(answerer, statement)] == []


def test_most_negated_statements_are_refused(answerer: Answerer) -> None:
    statements = [statement for what, statement in FALSE if what == "negation"]
    passed = [statement for statement in statements if _supported(answerer, statement)]
    assert len(passed) <= 0.2 * len(statements), passed
