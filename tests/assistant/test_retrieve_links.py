from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.retrieve import HEAD, Retriever
from assistant.retrieve.links import joined, mentions, whole_names
from ingest.embed import Encoder
from ingest.library import Library
from tests.assistant.archive import build

FILES = Path("/notes")
TEXTS: dict[str, tuple[str, ...]] = {
    "Starfaring.txt": (
        "Starfaring\n\nStarfaring is a game about trade between the stars. It was designed by Ken Andrews and "
        "appeared in 1976 in a box of forty cards.",
    ),
    "Ken Andrews.txt": (
        "Ken Andrews\n\nKen Andrews, a librarian, was born in the small town of Ogden in 1947. He collects old clocks.",
    ),
    **{
        f"{name}.txt": (
            f"{name}\n\n{name} is a game for two players. It was designed in {1970 + number} and sold well.",
        )
        for number, name in enumerate(["Ravenloft", "Moonward", "Stonebridge", "Harvesters", "Lanterns", "Galleons"])
    },
}


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Retriever]:
    folder = tmp_path_factory.mktemp("linked") / "library"
    build(folder, FILES, TEXTS)
    with Library.open(folder) as library:
        yield Retriever(library, encoder)


def test_a_document_that_the_first_hit_names_is_among_the_hits_that_are_read(linked: Retriever) -> None:
    ranking = linked.rank("Where was the designer of the game Starfaring born?", 10)
    assert ranking.hits[0].location.path.name == "Starfaring.txt"
    assert "Ken Andrews.txt" in [hit.location.path.name for hit in ranking.hits[:HEAD]]
    assert [
        linked_to.location.path.stem for linked_to in ranking.hits if linked_to.passage.document_id in ranking.together
    ] == [
        "Starfaring",
        "Ken Andrews",
    ]
    scores = [hit.score for hit in ranking.hits]
    assert scores == sorted(scores, reverse=True)
    assert len({hit.passage.id for hit in ranking.hits}) == len(ranking.hits)


def test_a_question_that_one_document_answers_leads_nowhere(linked: Retriever) -> None:
    assert linked.rank("How many players does Moonward need?", 10).together == ()


def test_a_statement_leads_nowhere(linked: Retriever) -> None:
    assert linked.rank("Starfaring was designed by Ken Andrews.", 10, lead=False).together == ()


def test_a_document_is_called_by_its_file_and_its_title() -> None:
    names = whole_names(Path("/a/Winner_(band).md"), None, "Winner")
    assert names == {("winner",)}
    assert whole_names(Path("/a/box.zip"), "in/Ken Andrews.txt", "") == {("ken", "andrews")}
    assert whole_names(Path("/a/x.md"), None, "") == frozenset(), "too short to be meant"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It names Mill Road Lease twice.", {"lease"}),
        ("The lease of the mill on the road.", set()),
        ("A long History begins.", {"history"}),
        ("History begins with a capital.", set()),
        ("In the history of the town.", set()),
        ("The Esma Sultan Mansion stands there.", {"mansion"}),
        ("Four clerks: Anna Schmidt and others.", set()),
    ],
)
def test_a_whole_name_must_stand_there_and_the_longest_counts(text: str, found: set[str]) -> None:
    names = {
        "lease": frozenset({("mill", "road", "lease")}),
        "history": frozenset({("history",)}),
        "mansion": frozenset({("esma", "sultan", "mansion")}),
        "person": frozenset({("esma", "sultan")}),
        **{f"clerk{number}": frozenset({("anna", "schmidt")}) for number in range(5)},
    }
    assert {one.document_id for one in mentions(text, names, "en")} == found


def test_what_is_added_stands_at_the_end_of_the_head() -> None:
    assert joined("abcdefg", "x", 5) == list("abcdxefg")
    assert joined("abcdefg", "fx", 5) == list("abcfxdeg")
    assert joined("ab", "x", 5) == list("abx")
