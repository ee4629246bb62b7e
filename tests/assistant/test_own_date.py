"""Questions for the date of a document itself, and the sentences that say it."""

from pathlib import Path

import pytest

from assistant.own_date import asks_own_date, says_own_date
from assistant.retrieve import Retriever
from assistant.verify import best_sentences
from ingest.embed import Encoder
from ingest.library import Library
from tests.assistant.archive import build
from tests.assistant.material import place, statement

LEASE = (
    "Terms of the flat\n\nThis lease is made as of this 1st day of May, 2019, by Peter Vogel and Anna Schmidt.",
    *(
        f"Dates {number}\n\nThe date of every payment is the first of the month. Bear in mind what date a letter bears."
        for number in range(4)
    ),
)


@pytest.mark.parametrize(
    "question",
    [
        "What date does the bear?",
        "When was the signed?",
        "What is the date of this report?",
        "From what date is the contract effective?",
        "Wann wurde der Mietvertrag unterschrieben?",
        "¿Qué fecha lleva la factura?",
    ],
)
def test_the_date_of_a_document_is_asked_for(question: str) -> None:
    assert asks_own_date(question)


@pytest.mark.parametrize(
    "question",
    ["When is the rent due?", "When does the contract expire?", "Which contract was signed?", "Who signed the letter?"],
)
def test_another_date_is_asked_for(question: str) -> None:
    assert not asks_own_date(question)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("This Agreement is made as of this 1st day of May, 2019, by and between the parties named in it below.", True),
        ("Lund, 15 April 2009", True),
        ("Rent bears interest from 4 June 2020.", False),
        ("Rechnungsdatum: 3.5.2023, bitte bei jeder Zahlung und jeder Frage zu dieser Rechnung stets angeben", True),
        ("Datum der Rechnung, bitte bei jeder Zahlung und jeder Frage zu dieser Rechnung angeben: 3.5.2023", True),
        (
            "The tenant pays on the first working day of the month, by a standing order of the bank, from 1 May 2019",
            False,
        ),
        ("The agreement is dated on its first page.", False),
    ],
)
def test_a_sentence_that_dates_its_document(text: str, says: bool) -> None:
    assert says_own_date(text) is says


def test_the_sentence_that_dates_the_document_comes_first() -> None:
    text = place(
        "This lease is made as of this 1st day of May, 2019.\n\nRent that is late bears interest from 4 June 2020."
    )
    ranked = best_sentences(statement("What date does the lease bear?"), [text])
    assert ranked[0].sentence.text == "This lease is made as of this 1st day of May, 2019."


def test_the_date_of_a_document_is_looked_for_at_its_beginning(tmp_path: Path, encoder: Encoder) -> None:
    texts = {"flat/Lease_Mill_Road.txt": LEASE, "flat/Lease_Harbour_Street.txt": tuple(reversed(LEASE))}
    build(tmp_path / "library", tmp_path, texts)
    with Library.open(tmp_path / "library") as library:
        found = Retriever(library, encoder).rank("What date does the lease for Mill Road bear?", 5)
        assert found.named is not None
        assert [hit.passage.ordinal for hit in found.hits if "1st day of May" in hit.passage.text][:1] == [0]
        assert "1st day of May" in found.hits[0].passage.text
        [first, second] = library.passages(library.opening(found.named.document_id, 2)).values()
        assert (first.ordinal, second.ordinal) == (0, 1)
        assert library.opening("nothing", 2) == []
