import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieve import Retriever
from assistant.retrieve.spelling import Correction, corrected, distance, doubtful, nearest
from ingest.embed import Encoder
from ingest.library import Library


@pytest.fixture(scope="module")
def retriever(small_library: Library, encoder: Encoder) -> Retriever:
    return Retriever(small_library, encoder)


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("Who is the landlrod?", "Who is the landlord?"),
        ("Bicylces: where are they kept?", "Bicycles: where are they kept?"),
        ("Was the burner inspekted?", "Was the burner inspected?"),
    ],
)
def test_a_slip_is_put_right_by_the_words_of_the_documents(retriever: Retriever, question: str, searched: str) -> None:
    read = retriever.understood(question)
    assert read.question == searched
    assert len(read.notes) == 1


@pytest.mark.parametrize(
    "question",
    [
        "What is the monthly rent?",
        "Is there a helicopter on the roof?",
        "Which error is F23?",
        "Where does it say “montlhy rent”?",
        "Who is Zzyzx Quibble?",
    ],
)
def test_what_may_be_meant_is_left_alone(retriever: Retriever, question: str) -> None:
    read = retriever.understood(question)
    assert (read.question, read.notes) == (question, ())


def test_a_misspelled_question_finds_what_it_means(retriever: Retriever) -> None:
    assert retriever.search("lentlis overnihgt", 1)[0].location.path.name == "soup.txt"


def test_names_and_other_languages_allow_less() -> None:
    def found(question: str, word: str, stem: str, language: str) -> dict[str, tuple[str, int]]:
        return doubtful(question, {word: stem}, language, everyday=lambda _: False)

    assert found("Who is reffering?", "reffering", "refferin", "en") == {"reffering": ("refferin", 2)}
    assert found("Did Fredderin pay?", "fredderin", "fredderin", "en") == {"fredderin": ("fredderin", 1)}
    assert found("Did Normen pay?", "normen", "normen", "en") == {}
    assert found("wer hat sie verfasst", "verfasst", "verfasst", "de") == {}
    assert found("wie hoch ist die Stromrechnugn", "stromrechnugn", "stromrechnugn", "de")
    assert doubtful("Did she pay montlhy?", {"montlhy": "montlhy"}, "en", everyday=lambda _: True) == {}


def test_the_fewest_slips_then_the_most_frequent_counts() -> None:
    terms = [("deposits", 1), ("deposit", 3), ("deposet", 9), ("composite", 9), ("d3posit", 99)]
    assert nearest("depoist", terms, 1) == "deposit"
    assert nearest("depasit", [("deposit", 3), ("depusit", 9)], 1) == "depusit"
    assert nearest("deposit", [("kitchen", 3)], 2) is None


def test_a_capital_letter_stays() -> None:
    assert corrected("Depoist paid? depoist!", [Correction("depoist", "deposit")]) == "Deposit paid? deposit!"


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_distance_is_symmetric_and_stops_at_its_limit(one: str, other: str) -> None:
    far = distance(one, other, 9)
    assert far == distance(other, one, 9)
    assert (far == 0) == (one == other)
    assert abs(len(one) - len(other)) <= far <= max(len(one), len(other))
    assert (distance(one, other, 1) <= 1) == (far <= 1)
