from __future__ import annotations

from assistant.retrieve.everyday import MOST, all_common, usual_shares

RANKS = {"how": 20, "much": 170, "still": 150, "ferry": 12_000, "cost": 1_500, "need": 350}


def test_frequent_words_stand_in_more_texts_than_rare_ones() -> None:
    found = usual_shares("How much did the ferry cost?", "en", RANKS.get)
    assert MOST >= found["much"] > found["cost"] > found["ferri"] > 0


def test_a_word_that_the_vocabulary_lacks_is_rare_and_so_is_a_number() -> None:
    found = usual_shares("dishwasher F7 1995 ferry", "en", {**RANKS, "1995": 1}.get)
    assert found["dishwash"] == found["f7"] == found["1995"] < found["ferri"]


def test_nothing_is_known_of_another_language() -> None:
    assert usual_shares("Wie viel kostet die Fähre?", "de", RANKS.get) == {}


def test_common_words_alone() -> None:
    assert all_common("How much still", RANKS.get)
    assert not all_common("How much still ferry", RANKS.get)
    assert not all_common("need 7", RANKS.get)
