"""What is asked of a contract, in the words in which contracts say it."""

import pytest

from assistant.retrieve import Retriever
from assistant.retrieve.phrasing import as_contracts_say
from ingest.embed import Encoder
from ingest.library import Library


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How can a party terminate the contract without cause?", "for convenience"),
        ("What is the renewal term?", "extend"),
        ("May the tenant assign the lease?", "transfer"),
        ("What cap on liability is there?", "shall not exceed"),
    ],
)
def test_the_words_of_contracts_stand_beside_the_question(question: str, said: str) -> None:
    worded = as_contracts_say(question)
    assert worded.startswith(question)
    assert said in worded


@pytest.mark.parametrize("question", ["What is the rent?", "Who drew the assignation?", "When was it renovated?"])
def test_other_questions_stay_as_they_are(question: str) -> None:
    assert as_contracts_say(question) == question


def test_they_are_looked_for_in_a_named_document_alone(small_library: Library, encoder: Encoder) -> None:
    retriever = Retriever(small_library, encoder)
    named = retriever.rank("Can the tenant renew the lease for Mill Road?", 5)
    assert named.named is not None
    assert "extend" in named.sought.stems
    assert "extend" not in named.probe.stems
    everywhere = retriever.rank("Can I renew a lease?", 5)
    assert everywhere.sought is everywhere.probe
