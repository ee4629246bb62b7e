from __future__ import annotations

import pytest

from assistant.verify.defining import asked_term, introduces


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("Who is the landlord?", "landlord"),
        ("And who were our tax advisers in 2021?", "tax advisers"),
        ("What is an Anlage?", "anlage"),
        ("Wer ist der Vermieter der Wohnung?", "vermieter"),
        ("What is blight", "blight"),
        ("Who pays the rent?", ""),
        ("When is the rent due?", ""),
        ("What is the longest time that a boiler may stand still?", ""),
    ],
)
def test_the_term_that_is_asked_for(question: str, term: str) -> None:
    assert asked_term(question) == term


@pytest.mark.parametrize(
    ("text", "introduced"),
    [
        ("between Hollis Lettings, Marrowby (the Landlord), and Clara Wendelin", True),
        ('Hollis Lettings (hereinafter referred to as the "Landlord")', True),
        ("Hollis Lettings, in the following “Landlord”, lets the flat", True),
        ("For the Landlord: Beatrix Crane.", True),
        ("The landlord is Hollis Lettings.", True),
        ("Hollis Lettings was the\nlandlord until 2019.", True),
        ("The landlord is obliged to repair the boiler.", False),
        ("The Tenant may sublet with the consent of the Landlord.", False),
        ("The Landlord's office is in Mill Square (second floor).", False),
        ("The landlords are listed below.", False),
    ],
)
def test_sentences_that_introduce_a_term(text: str, introduced: bool) -> None:
    assert introduces(text, "landlord") is introduced


def test_no_term_is_introduced_nowhere() -> None:
    assert not introduces("(the Landlord)", "")
