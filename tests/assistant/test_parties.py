from __future__ import annotations

from pathlib import Path

import pytest

from assistant.parties import asks_parties, names_parties
from assistant.retrieve import Retriever
from ingest.embed import Encoder
from ingest.library import Library
from tests.assistant.archive import build


@pytest.mark.parametrize(
    ("text", "introduced"),
    [
        ("between Hollis & Crane Lettings (the Landlord), and Clara Wendelin (the Tenant)", True),
        ("This agreement is made by and between Orrin Valley Bank and the Borrower.", True),
        ("zwischen Clara Wendelin und der Stadtwerke Krähenbrück GmbH", True),
        ("A record is made and signed by both parties at the handover.", False),
        ("The parties agree on a date between Monday and Friday.", False),
    ],
)
def test_the_parties_are_those_between_whom_a_contract_is_made(text: str, introduced: bool) -> None:
    assert names_parties(text) is introduced


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Who are the parties to the lease?", True),
        ("Wer sind die Vertragsparteien?", True),
        ("Who paid for the parties in May?", True),
        ("Which parties won the election?", False),
        ("Who is the landlord?", False),
    ],
)
def test_questions_for_the_parties_are_known_by_their_words(question: str, asks: bool) -> None:
    assert asks_parties(question) is asks


CONTRACT = (
    "Use of the workshop\n\nbetween the Old Ropery Association (the Association) and Clara Wendelin (the User). "
    "The workshop measures 28 square metres.",
    "Duties of the parties\n\nBoth parties keep the workshop clean. The parties meet once a year, and each of the parties may end "
    "the use of the workshop in writing.",
    "Costs\n\nThe parties share the costs of heating. What the parties have paid is told once a year.",
)


def test_the_passage_that_names_the_parties_comes_first(tmp_path: Path, encoder: Encoder) -> None:
    build(
        tmp_path / "library", Path("/archive"), {"workshop.txt": CONTRACT, "soup.txt": ("Soup\n\nSoak the lentils.",)}
    )
    with Library.open(tmp_path / "library") as library:
        first, *rest = Retriever(library, encoder).search("Who are the parties to the use of the workshop?", 5)
    assert "between the Old Ropery" in first.passage.text
    assert first.passage.id not in {hit.passage.id for hit in rest}
