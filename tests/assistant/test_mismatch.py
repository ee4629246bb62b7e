"""What a question says that a sentence does not, and what that does to the confidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answer.confidence import Signs, confidence
from assistant.answer.mismatch import (
    codes_found,
    is_among,
    missing_names,
    missing_numbers,
    names_of,
    rarest_missing,
    says_opposite,
    stems_around,
)
from tests.assistant.material import statement

NEAR = Signs(
    late=0.75,
    cosine=0.65,
    name_missing=0,
    numbers_missing=0,
    rarest_missing=0.5,
    opposite=0,
    placed=False,
    foreign=False,
)


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("When did Anna Berg sign?", "Anna Berg signed in May.", 0.0),
        ("When did Anna Berg sign?", "Anna Voss signed in May.", 1.0),
        ("What did the AAA report?", "The American Automobile Association reported it.", 0.0),
        ("What is the Latin name?", "It is Latinised as Normannus.", 0.0),
        ("What is Sigimund's column?", "King Sigismund's Column", 0.0),
        ("Wer kennt den Vertrag?", "Niemand kennt ihn.", 0.0),
        ("WHO SIGNED THE LEASE?", "Anna did.", 0.0),
    ],
)
def test_a_name_is_missing_only_where_nothing_like_it_stands(question: str, text: str, missing: float) -> None:
    language = "de" if question.startswith("Wer") else "en"
    assert missing_names(question, language, stems_around(text, "", language), text) == missing


def test_names_are_capitals_behind_the_first_word() -> None:
    assert names_of("Where does Anna live?", "en") == ["anna"]
    assert names_of("Where does anna live?", "en") == []


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("Who won in the 10th century?", "They came in the tenth century.", 0.0),
        ("Who won in the 11th century?", "They came in the tenth century.", 1.0),
        ("What happened on 3 May 2022?", "On 3 May 2022 it rained.", 0.0),
        ("What is Newton's fifth law?", "Newton's Third Law", 1.0),
        ("Who came?", "Anna came at 3.", 0.0),
    ],
)
def test_numbers_and_ordinals_must_stand_there(question: str, text: str, missing: float) -> None:
    assert missing_numbers(question, text) == missing


@pytest.mark.parametrize(
    ("question", "text", "opposite"),
    [
        ("How much is new oil?", "The price of old oil was limited.", 1.0),
        ("How much is new oil?", "The price of new and old oil differs.", 0.0),
        ("What is possible?", "It is impossible to say.", 1.0),
        ("What is the abnormal force?", "The normal force acts.", 1.0),
        ("Which plant is the largest?", "The smallest plant is here.", 1.0),
        ("What does the ticket cover?", "You will discover the ticket.", 0.0),
        ("Which plant is large?", "The plant is green.", 0.0),
    ],
)
def test_opposites_are_told(question: str, text: str, opposite: float) -> None:
    assert says_opposite(question, text, "en") == opposite


@pytest.mark.parametrize(
    ("word", "other", "alike"),
    [
        ("astronaught", "astronaut", True),
        ("priciple", "principle", True),
        ("princpile", "principile", True),
        ("netonian", "newtonian", True),
        ("f7", "f9", False),
        ("cat", "car", False),
        ("rent", "rents", True),
        ("poland", "polish", False),
    ],
)
def test_words_are_alike_by_their_beginning_or_one_letter(word: str, other: str, alike: bool) -> None:
    assert is_among(word, {other}) is alike


def test_codes_are_letters_with_digits() -> None:
    assert codes_found("What does F7 mean?", "F7   Water pressure too low") == 1.0
    assert codes_found("What does F7 mean?", "F9   Sensor broken") == 0.0
    assert codes_found("Who ruled in the 10th century?", "In the 10th century") == 0.0


def test_the_rarest_word_counts_against_the_others() -> None:
    asked = statement("The boiler pressure")
    assert rarest_missing(asked, {"boiler", "pressur"}) == 0.0
    assert rarest_missing(asked, set()) == 1.0
    assert rarest_missing(statement("How much pressure?"), {"pressur"}) == 0.0
    assert rarest_missing(statement("Wie lange dauert die Miete?", "de"), {"dauert", "miet"}) == 0.0
    assert rarest_missing(statement("How much pressure?"), set()) == 1.0
    assert rarest_missing(statement("How much?"), set()) == 0.0


def test_each_sign_moves_the_confidence_its_way() -> None:
    sure = confidence(NEAR)
    assert 0 < sure < 1
    worse = (
        replace(NEAR, name_missing=1.0),
        replace(NEAR, numbers_missing=1.0),
        replace(NEAR, rarest_missing=1.0),
        replace(NEAR, opposite=1.0),
    )
    better = (
        replace(NEAR, late=0.9),
        replace(NEAR, cosine=0.8),
        replace(NEAR, placed=True),
        replace(NEAR, foreign=True),
        replace(NEAR, code_found=1.0),
        replace(NEAR, formed=True),
    )
    assert all(confidence(one) < sure for one in worse)
    assert all(confidence(one) > sure for one in better)
    assert confidence(replace(NEAR, late=-1e9)) == pytest.approx(0.0)
