from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.late import TokenStore, probe, weighted_maxsim
from assistant.retrieve import Retriever
from assistant.retrieve.fuse import complete, fuse, pool, z_scores
from assistant.retrieve.naming import Called, called, leading, without
from ingest.embed import Encoder
from ingest.library import Library
from tests.assistant.material import even

FILES = Path("/archive")


@pytest.fixture(scope="module")
def retriever(small_library: Library, encoder: Encoder) -> Retriever:
    return Retriever(small_library, encoder)


@pytest.mark.parametrize(
    ("question", "file", "page"),
    [
        ("Which error does the boiler show when the pressure is low?", "manuals/boiler.txt", 1),
        ("When was the burner replaced?", "manuals/boiler.txt", 2),
        ("How long must the lentils simmer?", "recipes/soup.txt", 1),
        ("Can I keep a dog in the flat at Mill Road?", "flat/Lease_Mill_Road_2022.txt", 2),
    ],
)
def test_the_page_that_answers_is_the_first_hit(retriever: Retriever, question: str, file: str, page: int) -> None:
    hit = retriever.search(question, 5)[0]
    assert (hit.location.path, hit.page) == (FILES / file, page)


@pytest.mark.parametrize("name", ["Mill Road", "Harbour Street"])
def test_a_question_that_names_its_document_is_answered_from_it(retriever: Retriever, name: str) -> None:
    ranking = retriever.rank(f"What is the notice period in the lease for {name}?", 5)
    assert ranking.named is not None
    assert name.replace(" ", "_") in ranking.hits[0].location.path.name
    assert "period" in ranking.probe.stems
    assert not {"mill", "road", "harbour", "street"} & set(ranking.probe.stems)
    assert len({hit.location.path for hit in ranking.hits}) > 1, "the other documents follow"


def test_a_question_about_a_topic_names_no_document(retriever: Retriever) -> None:
    assert retriever.rank("What is the pressure of the boiler?", 5).named is None


def test_a_statement_is_not_led_anywhere(retriever: Retriever) -> None:
    statement = "The notice period in the lease for Mill Road is three months."
    assert retriever.rank(statement, 5, lead=False).named is None
    assert retriever.rank(statement, 5).named is not None


def test_hits_stay_within_the_folder_asked_for(retriever: Retriever) -> None:
    hits = retriever.search("What is the monthly rent?", 10, FILES / "manuals")
    assert hits
    assert all(hit.location.path.is_relative_to(FILES / "manuals") for hit in hits)
    [only] = {hit.location.path for hit in retriever.search("rent", 10, FILES / "recipes" / "soup.txt")}
    assert only == FILES / "recipes" / "soup.txt"


def test_scores_fall_and_the_same_question_finds_the_same(retriever: Retriever) -> None:
    first = retriever.search("What is the deposit?", 10)
    scores = [hit.score for hit in first]
    assert scores == sorted(scores, reverse=True)
    assert retriever.search("What is the deposit?", 10) == first


def test_words_that_nobody_wrote_still_find_by_meaning(retriever: Retriever) -> None:
    hit = retriever.search("animals permitted?", 3)[0]
    assert hit.found_by in ("meaning", "both")
    assert "Pets" in hit.passage.text


def test_the_owner_is_asked_for_nearest_vectors_and_may_be_silent(small_library: Library, encoder: Encoder) -> None:
    class Owner:
        def __init__(self, speaks: bool) -> None:
            self.speaks, self.asked = speaks, 0

        def nearest(self, vector: np.ndarray, limit: int) -> list[tuple[int, float]] | None:
            self.asked += 1
            return small_library.nearest_rows(vector, limit) if self.speaks else None

    alone = Retriever(small_library, encoder).search("What is the deposit?", 10)
    for speaks in (True, False):
        owner = Owner(speaks)
        assert Retriever(small_library, encoder, owner).search("What is the deposit?", 10) == alone
        assert owner.asked == 1


@pytest.mark.parametrize(("part", "found_by"), [("words", {"meaning"}), ("meaning", {"words"})])
def test_a_part_can_be_left_out_to_measure_it(
    small_library: Library, encoder: Encoder, part: str, found_by: set[str]
) -> None:
    hits = Retriever(small_library, encoder, without=[part]).search("What is the deposit?", 10)
    assert {hit.found_by for hit in hits} == found_by


def test_without_names_no_document_leads(small_library: Library, encoder: Encoder) -> None:
    ranking = Retriever(small_library, encoder, without=["named", "led", "spelling"]).rank(
        "The depoist for Mill Road?", 5
    )
    assert (ranking.named, ranking.together) == (None, ())
    assert ranking.probe.text == "The depoist for Mill Road?"


def test_token_vectors_are_kept_within_their_bound(encoder: Encoder) -> None:
    texts = [f"Passage number {number} speaks of boilers and leases." for number in range(6)]
    one = TokenStore(encoder).get([("0", texts[0], texts[0])])[0]
    store = TokenStore(encoder, limit=one.vectors.nbytes * 3)
    for number, text in enumerate(texts):
        store.get([(str(number), text, text)])
    assert 0 < len(store._kept) <= 3
    again = store.get([("0", texts[0], texts[0])])[0]
    assert np.array_equal(again.vectors, one.vectors)


def test_late_interaction_sees_where_the_words_stand(encoder: Encoder) -> None:
    question = probe("Which error does it show?", "en", encoder, lambda stems, _: even(stems), {})
    prefix, own = "Boiler\n", "The rent is 850 euros. Below 0.8 bar it shows the error F22."
    [tokens] = TokenStore(encoder).get([("a", prefix + own, own)])
    cut = own.index("Below")
    first, second = tokens.inside(0, cut), tokens.inside(cut, len(own))
    met = tokens.met(question)
    assert weighted_maxsim(met[:, second], question.weights) > weighted_maxsim(met[:, first], question.weights)
    assert abs(float(question.weights.sum()) - 1) < 1e-5
    assert next(own[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True) if a >= 0) == "The"


def test_the_pool_holds_the_best_of_both_searches() -> None:
    assert pool([1, 2, 3], [3, 4, 5], 6)[0] == 3
    assert set(pool([1, 2, 3], [3, 4, 5], 3)) == {3, 1, 2}
    assert set(pool([1, 2], [4, 5], 2)) == {1, 4}
    assert pool([], [], 5) == []


def test_a_candidate_that_words_did_not_find_is_worth_less_than_the_worst_that_they_did() -> None:
    assert complete({1: 8.0, 2: 4.0}, [1, 2, 3]) == [8.0, 4.0, 3.6]


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40))
def test_z_scores_keep_the_order(values: list[float]) -> None:
    scores = z_scores(values)
    for a, b in zip(range(len(values)), range(1, len(values)), strict=False):
        assert (scores[a] - scores[b]) * (values[a] - values[b]) >= 0
    assert abs(sum(scores)) < 1e-6 * len(values)


def test_a_judge_without_weight_does_not_count() -> None:
    assert fuse([(1.0, [1.0, 2.0, 3.0]), (0.0, [9.0, 1.0, 5.0])]) == z_scores([1.0, 2.0, 3.0])


def test_names_are_read_from_file_folder_and_a_title_that_is_said() -> None:
    path = Path("/home/x/Tax2023/HydronTechnologies_Sponsorship.pdf")
    asked = frozenset({"hydron", "sponsorship"})
    name = called(path, None, "A very long title about other things", asked, "")
    assert {"hydron", "technologies", "sponsorship", "tax", "2023"} <= name.stems
    assert "title" not in name.stems
    assert "sponsorship" in name.own
    assert not {"tax", "2023"} & name.own
    assert "boiler" in called(Path("/a/x1.pdf"), None, "Boiler manual", frozenset({"boiler", "manual"}), "").stems


def _names(**names: str) -> dict[str, Called]:
    return {key: Called(frozenset(name.split()), frozenset(name.split())) for key, name in names.items()}


def test_a_clear_name_leads_and_a_shared_one_does_not() -> None:
    names = _names(a="lease mill road", b="lease harbour street", c="invoice mill road")
    assert leading(names, frozenset({"rent", "lease"}), 50) == ()
    [named] = leading({key: names[key] for key in "ab"}, frozenset({"rent", "mill", "road"}), 50)
    assert named.document_id == "a"
    assert leading(names, frozenset({"mill", "road"}), 50) == (), "two documents have that name"
    assert leading({}, frozenset({"mill"}), 50) == ()


def test_documents_that_are_named_side_by_side_lead_together() -> None:
    names = _names(a="lease mill road", b="lease harbour street", c="boiler manual thermavel")
    both = leading(names, frozenset({"rent", "lease", "mill", "road", "harbour", "street"}), 50)
    assert {named.document_id for named in both} == {"a", "b"}
    assert leading(names, frozenset({"lease", "mill", "road", "thermavel"}), 50)[0].document_id == "a"
    half = _names(a="lease mill road", b="history of the harbour street of lund")
    assert len(leading(half, frozenset({"lease", "mill", "road", "harbour", "street"}), 50)) < 2, "half a name is none"


def test_a_question_about_two_documents_gets_both_first(retriever: Retriever) -> None:
    question = "Is the notice period longer in the lease for Mill Road or in the lease for Harbour Street?"
    ranking = retriever.rank(question, 5)
    files = {hit.location.path.name for hit in ranking.hits[:2]}
    assert files == {"Lease_Mill_Road_2022.txt", "Lease_Harbour_Street_2019.txt"}
    assert set(ranking.together) == {hit.passage.document_id for hit in ranking.hits[:2]}


def test_the_name_is_taken_out_of_the_question() -> None:
    question = "Which law governs the Sponsorship Agreement (HYDRON, 1997)?"
    assert without(question, frozenset({"sponsorship", "hydron", "1997"}), "") == "Which law governs the ?"
