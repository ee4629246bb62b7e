import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieve import Earlier, whole_question

HOUSE = "How much is the insurance for the house in 2023?"
LEASE = "What is the rent of the lease for Mill Road?"
BOILER = "Which error does the boiler show?"
COCHE = "¿Cuánto cuesta el seguro del coche en 2023?"
KEYS = "How many keys to the cellar did the tenant receive?"
FLOOD = "Does the household insurance cover damage by flood?"
METER = "When will the water meter in the flat be replaced?"
WARRANTY = "How long is the dishwasher's warranty?"
DOG = "Which vaccinations does the dog need?"
LOAN = "What is the interest rate of the loan from Sparkasse?"
BALANCE = "What was the closing balance on 31 March 2024?"
VOITURE = "Combien coûte l'assurance de la voiture en 2023 ?"


@pytest.mark.parametrize(
    ("before", "question", "whole"),
    [
        (HOUSE, "and the year before?", "How much is the insurance for the house in 2022?"),
        (HOUSE, "And the following year?", "How much is the insurance for the house in 2024?"),
        (HOUSE, "And in 2021?", "How much is the insurance for the house in 2021?"),
        (HOUSE, "in 2020?", "How much is the insurance for the house in 2020?"),
        (HOUSE, "what about the car?", "How much is the insurance for the car in 2023?"),
        (HOUSE, "what about the car in 2020?", "How much is the insurance for the car in 2020?"),
        (LEASE, "How about Harbour Street?", "What is the rent of the lease for Harbour Street?"),
        (LEASE, "and the deposit?", "What is the deposit of the lease for Mill Road?"),
        (LEASE, "When does it expire?", "When does the lease for Mill Road expire?"),
        (LEASE, "Who signed it?", "Who signed the lease for Mill Road?"),
        (BOILER, "How do I refill it?", "How do I refill the boiler?"),
        (BOILER, "and the dishwasher?", "Which error does the dishwasher show?"),
        ("Wie hoch war die Stromrechnung 2023?", "und im Jahr davor?", "Wie hoch war die Stromrechnung 2022?"),
        ("Wie hoch war die Stromrechnung 2023?", "Und 2021?", "Wie hoch war die Stromrechnung 2021?"),
        (COCHE, "¿y el año anterior?", "¿Cuánto cuesta el seguro del coche en 2022?"),
        (COCHE, "¿y la casa?", "¿Cuánto cuesta el seguro de la casa en 2023?"),
        (VOITURE, "et pour la maison ?", "Combien coûte l'assurance de la maison en 2023?"),
        (KEYS, "and to the letter box?", "How many keys to the letter box did the tenant receive?"),
        (FLOOD, "And by storm?", "Does the household insurance cover damage by storm?"),
        ("Does the agreement allow subletting?", "And pets?", "Does the agreement allow pets?"),
        (METER, "How long does it take?", "How long does the water meter in the flat take?"),
        (WARRANTY, "Who sold it?", "Who sold the dishwasher?"),
        (DOG, "How much do they cost?", "How much do the vaccinations cost?"),
        (DOG, "And the cat?", "Which vaccinations does the cat need?"),
        (LOAN, "And from Volksbank?", "What is the interest rate of the loan from Volksbank?"),
        (LOAN, "When does it end?", "When does the loan from Sparkasse end?"),
        (BALANCE, "And the opening balance?", "What was the opening balance on 31 March 2024?"),
        ("What is the serial number of the boiler?", "And how old is it?", "How old is the boiler?"),
        ("When does my passport expire?", "And Tom's?", "When does Tom's passport expire?"),
        ("When was the heating last serviced?", "By whom?", "By whom was the heating last serviced?"),
        ("Can the contract be terminated early?", "How?", "How can the contract be terminated early?"),
        ("Wie hoch ist die Miete der Garage?", "Und die Kaution?", "Wie hoch ist die Kaution der Garage?"),
        (
            "Wann läuft der Vertrag für die Garage aus?",
            "Und für den Keller?",
            "Wann läuft der Vertrag für den Keller aus?",
        ),
        ("¿Cuándo vence el contrato del piso?", "¿y el del garaje?", "¿Cuándo vence el contrato del garaje?"),
        (VOITURE, "et l'année précédente ?", "Combien coûte l'assurance de la voiture en 2022?"),
    ],
)
def test_a_follow_up_is_made_whole(before: str, question: str, whole: str) -> None:
    assert whole_question(question, [Earlier("What is the weather?", ""), Earlier(before, "")]) == whole


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Where does he live?", "Where does Peter Vogel live?"),
        ("What is his phone number?", "What is Peter Vogel's phone number?"),
    ],
)
def test_a_person_is_taken_from_the_answer(question: str, whole: str) -> None:
    before = Earlier("Who is the landlord of the flat?", "“The landlord Peter Vogel lets the flat.” [1]")
    assert whole_question(question, [before]) == whole


@pytest.mark.parametrize(
    "question",
    [
        "What is the notice period?",
        "When did Anna move in?",
        "If the boiler fails, who repairs it?",
        "And who pays for the roof?",
        "And who pays for the repairs of the roof when the storm has damaged it?",
        "",
        "?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert whole_question(question, [Earlier(LEASE, "850 euros [1]")]) is None
    assert whole_question("When does it expire?", []) is None


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_conversation_can_be_followed(question: str, before: str, answer: str) -> None:
    whole_question(question, [Earlier(before, answer)])
