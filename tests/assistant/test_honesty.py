"""What is said beside an answer: changed files, documents that differ, words that no document has, each document quoted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant import records
from assistant.answer import Answerer
from assistant.answer.honesty import differing, on_pages, unknown
from assistant.answer.quoting import MOST_QUOTES, chosen
from assistant.records import Answer, Citation
from assistant.verify import Ranked, sentences_of
from ingest import config
from ingest.embed import Encoder
from ingest.library import Library
from ingest.records import Span
from tests.assistant.archive import build
from tests.assistant.material import place

LEASES: dict[str, tuple[str, ...]] = {
    "Lease_2022.txt": ("Lease of 2022\n\nThe monthly rent of the flat is 850 euros.",),
    "Lease_2024.txt": ("Lease of 2024\n\nThe monthly rent of the flat is 910 euros.",),
    "soup.txt": ("Soup\n\nSoak 200 grams of lentils overnight.",),
}


@pytest.fixture(scope="module")
def leases(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Library:  # noqa: ARG001 - compiled first
    folder = tmp_path_factory.mktemp("leases") / "library"
    build(folder, Path("/archive"), LEASES)
    return Library.open(folder)


def asked(library: Library, encoder: Encoder, question: str) -> Answer:
    [answer] = [
        event.answer
        for event in Answerer(library, encoder, None, config.load()).ask(question)
        if isinstance(event, records.Finished)
    ]
    return answer


def test_documents_that_differ_are_both_quoted_and_named(leases: Library, encoder: Encoder) -> None:
    answer = asked(leases, encoder, "How much is the monthly rent of the flat?")
    assert {one.path.name for one in answer.citations} == {"Lease_2022.txt", "Lease_2024.txt"}
    [note] = [note for note in answer.notes if "differ" in note]
    for words in ("Lease_2022.txt", "850 euros", "Lease_2024.txt", "910 euros"):
        assert words in note


def test_a_question_about_one_document_knows_no_difference(leases: Library, encoder: Encoder) -> None:
    answer = asked(leases, encoder, "How many grams of lentils are soaked overnight?")
    assert not any("differ" in note for note in answer.notes)


def ranked(*texts: str) -> list[Ranked]:
    return [
        Ranked(sentences_of(place(text, name=f"d{number}"))[0], 2.0 - number / 10, 0.9, 0.9, 0.9)
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("question", "one", "other", "differ"),
    [
        ("How much is the rent?", "The rent is 850 euros.", "The rent is 910 euros.", True),
        ("How much is the rent?", "The rent is 850 euros.", "The rent is EUR 850.00.", False),
        ("How much is the rent?", "The rent is 850 euros.", "The rent is 3 months late.", False),
        ("How much is the rent?", "The rent is 850 euros.", "A boiler service costs about 910 euros a year.", False),
        ("When does the lease begin?", "The lease begins on 1 March 2022.", "The lease begins on 1 May 2024.", True),
        ("When does the lease begin?", "The lease begins on 1 March 2022.", "The lease begins on 01.03.2022.", False),
        ("Who signed?", "Anna signed the lease.", "Berta signed the lease.", False),
    ],
)
def test_a_difference_is_one_statement_with_two_values(question: str, one: str, other: str, differ: bool) -> None:
    assert bool(differing(question, ranked(one, other))) is differ
    assert differing(question, ranked(one)) == ()


def test_each_document_that_is_needed_is_quoted() -> None:
    order = ranked("The first says a.", "The second says b.", "The third says c.", "The fourth says d.")
    apart = [Ranked(one.sentence, 2.0 - number, 0.9, 0.9, 0.9) for number, one in enumerate(order)]
    assert [one.text for one in chosen(apart)] == ["The first says a."]
    documents = [one.sentence.place.hit.passage.document_id for one in apart]
    assert [one.text for one in chosen(apart, (documents[0], documents[2]))] == [
        "The first says a.",
        "The third says c.",
    ]
    assert len(chosen(apart, documents)) == MOST_QUOTES
    assert chosen([]) == []


def test_unknown_words_are_named(leases: Library, encoder: Encoder) -> None:
    assert unknown("What is the rent of the flat in Mongolia?", leases) == "Nothing in the library mentions “Mongolia”."
    assert unknown("What is the rent of the flat?", leases) is None
    answer = asked(leases, encoder, "Which yurt did the shaman of Ulaanbaatar prefer?")
    assert answer.outcome == "not_found"
    assert "Ulaanbaatar" in answer.text
    assert "closest places" in answer.text


def test_a_poor_scan_and_a_changed_file_are_told(tmp_path: Path, encoder: Encoder) -> None:  # noqa: ARG001 - compiled first
    file = tmp_path / "note.txt"
    file.write_text("The rent is 850 euros.", encoding="utf-8")
    build(tmp_path / "library", tmp_path, {"note.txt": ("Note\n\nThe rent is 850 euros.",)})
    with Library.open(tmp_path / "library") as library:
        known = library.file(file)
        assert known is not None
        cited = Citation(1, file, None, 1, "p. 1", "The rent is 850 euros.", "d", Span(1, 0, 22), confidence=0.5)
        file.write_bytes(b"x" * known.size)
        os.utime(file, ns=(known.mtime_ns, known.mtime_ns))
        [poor] = on_pages([cited], library)
        assert "poor scan" in poor
        os.utime(file, ns=(known.mtime_ns + 10**9, known.mtime_ns + 10**9))
        _, changed = on_pages([cited], library)
        assert "note.txt has changed" in changed
        file.unlink()
        assert len(on_pages([cited], library)) == 1
