import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.late import no_tokens
from assistant.records import QUOTE_LIMIT
from assistant.verify import Place, sentences_of
from assistant.verify.evidence import is_heading
from ingest.records import Hit, Location, Passage, Span
from tests.assistant.material import place


def _of_two_spans(page_text: str, cut: int, gap: int) -> tuple[Place, str]:
    spans = (Span(3, 0, cut), Span(3, cut + gap, len(page_text)))
    text = "\n".join(page_text[span.start : span.end] for span in spans)
    base = place("x").hit
    passage = Passage("p", "d", 0, (), text, spans)
    return Place(Hit(passage, base.location, 3, "", "", 0.0, "both"), no_tokens()), page_text


def test_a_sentence_knows_its_place_on_the_page() -> None:
    page = "First sentence here. Second sentence here.\n\nThird one stands after a gap. Fourth ends it."
    cut = page.index("\n\n")
    spot, text = _of_two_spans(page, cut, 2)
    found = sentences_of(spot)
    assert [one.text for one in found] == [
        "First sentence here.",
        "Second sentence here.",
        "Third one stands after a gap.",
        "Fourth ends it.",
    ]
    assert all(text[one.span.start : one.span.end] == one.text and one.span.page == 3 for one in found)
    assert all(spot.hit.passage.text[one.start : one.end] == one.text for one in found)


def test_a_sentence_too_long_for_a_quote_is_cut_behind_clauses() -> None:
    clause = "the tenant shall keep the garden in good order and repair what was broken"
    text = "; ".join([clause] * 12) + "."
    pieces = sentences_of(place(text))
    assert len(pieces) > 1
    assert all(len(one.text) <= QUOTE_LIMIT for one in pieces)
    assert all(one.text.endswith((";", ".")) for one in pieces)
    assert "".join("".join(one.text.split()) for one in pieces) == "".join(text.split())


def test_fragments_without_a_word_are_not_quoted() -> None:
    assert [one.text for one in sentences_of(place("12.\n\n***\n\nThe boiler is new."))] == ["The boiler is new."]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=1500), st.integers(0, 50))
def test_every_quote_is_verbatim_and_short_enough(text: str, offset: int) -> None:
    page = "x" * offset + text
    for one in sentences_of(place(text, start=offset)):
        assert page[one.span.start : one.span.end] == one.text
        assert 0 < len(one.text) <= QUOTE_LIMIT
        assert one.text == one.text.strip()


def test_no_quote_passes_over_a_lost_character() -> None:
    assert _texts("The rent is due.\ufffd It was paid in May.") == ["The rent is due.", "It was paid in May."]
    assert _texts("The caf\ufffd pays the rent") == ["The caf", "pays the rent"]


def test_location_is_kept() -> None:
    [one] = sentences_of(place("The boiler is new.", page=7))
    assert isinstance(one.place.hit.location, Location)
    assert one.span.page == 7


def test_a_heading_is_quoted_only_where_there_is_nothing_else() -> None:
    assert [one.text for one in sentences_of(place("# Lease\n\nThe rent is 850 euros.", title="Lease"))] == [
        "The rent is 850 euros."
    ]
    assert [one.text for one in sentences_of(place("# Lease", title="Lease"))] == ["# Lease"]


def test_a_page_number_beside_the_title_is_no_quote() -> None:
    page = "The rent is 850 euros.\n\nLease – 2 / 4\n\nPage 3 of 9"
    assert [one.text for one in sentences_of(place(page, title="Lease"))] == ["The rent is 850 euros."]
    assert "Score – 3 / 4" in [one.text for one in sentences_of(place("It was good.\n\nScore – 3 / 4", title="Lease"))]


def _texts(text: str) -> list[str]:
    return [one.text for one in sentences_of(place(text))]


def test_a_heading_on_its_own_line_is_not_part_of_the_sentence_below() -> None:
    below = "The Tenant pays a deposit of 2,850 euros before the tenancy begins."
    assert _texts(f"4. Deposit\n{below}") == ["4. Deposit", below]
    assert _texts(f"Article IV Deposit\n{below}") == ["Article IV Deposit", below]


@pytest.mark.parametrize(
    "text",
    [
        "The deposit of the tenant is held by\nMarrowby Savings Bank until the tenancy ends.",
        "Rent and\nservice charges are due on the first working day of the month.",
        "Item   Amount\nSum insured for household contents   65,000 euros",
    ],
)
def test_a_line_that_runs_on_is_not_cut(text: str) -> None:
    assert _texts(text) == [text]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("11.   AUDIT RIGHTS.", True),
        ("| Bed | Crop | Sown or planted |", True),
        ("What is insured", True),
        ("# Allotment", True),
        ("TOTAL EUR 66.17", False),
    ],
)
def test_headings_are_told_from_answers(text: str, heading: bool) -> None:
    assert is_heading(text) is heading
