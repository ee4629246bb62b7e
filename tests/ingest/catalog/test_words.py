"""What the word index holds and how a question is asked of it."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.catalog import names, words


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE words USING fts5 (text, headings, tokenize = 'unicode61 remove_diacritics 2')"
    )
    return connection


@settings(deadline=None)  # the first question loads the stemmers
@given(question=st.text(max_size=60), language=st.sampled_from(["en", "de", "ja", ""]))
def test_no_question_is_a_syntax_error(index: sqlite3.Connection, question: str, language: str) -> None:
    asked = words.query(question, sorted({"en", words.index_language(language)}))
    if asked:
        index.execute("SELECT rowid FROM words WHERE words MATCH ?", (asked,)).fetchall()


@pytest.mark.parametrize(
    "question", ["AND OR NOT", 'a "b', "NEAR(x, y)", "x* ^y -z", "col:x", "'''", "{}", "C++ (2021)"]
)
def test_syntax_in_a_question_is_only_words(index: sqlite3.Connection, question: str) -> None:
    asked = words.query(question, ["en"])
    assert not asked or index.execute("SELECT rowid FROM words WHERE words MATCH ?", (asked,)).fetchall() == []


def test_stop_words_are_dropped_unless_nothing_is_left() -> None:
    assert words.question_words("What is the rent of the flat?", ["en"]) == ["rent", "flat"]
    assert words.question_words("to be or not to be", ["en"]) == ["to", "be", "or", "not"]
    assert words.question_words("Wie hoch ist die Miete der Wohnung?", ["de", "en"]) == ["hoch", "miete", "wohnung"]


def test_a_term_is_asked_in_each_language_of_the_library() -> None:
    assert words.terms("wohnungen", ["de", "en"]) == ["wohnung", "wohnungen"]


def test_scripts_without_spaces_are_asked_by_pairs() -> None:
    assert words.query("東京都", ["en"]) == '("東 京" OR "京 都")'
    assert words.query("京", ["en"]) == '("京")'


def test_phrases() -> None:
    assert words.phrases('where is “March 2021” and "the flat" and «loyer»?') == ["March 2021", "the flat", "loyer"]
    assert words.phrases('5" pipe') == []
    assert words.folded("March\n  2021 STRASSE") == "march 2021 strasse"


def test_what_is_indexed_ends_as_what_is_asked() -> None:
    text, headings = words.indexed("The flats were rented", ("Invoices",), "Rent book", "en")
    assert text.split()[1] == words.terms("flat", ["en"])[0]
    assert set(headings.split()) == {"invoic", "rent", "book"}


def test_names_are_indexed_whole_and_in_pieces() -> None:
    found = names.name_words("InvoiceRegister_2023-final.pdf", "en")
    assert {"invoice", "register", "2023", "final", "pdf", "invoiceregister"} <= set(found)
    assert len(found) == len(set(found))


def test_a_quick_search_leaves_out_what_very_many_passages_have() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text, headings)")
    connection.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row)")
    many = words.QUICK_ROWS
    texts = (" ".join(["often"] + ["some"] * (at % 3 == 0) + ["seldom"] * (at < 4)) for at in range(2 * many))
    connection.executemany("INSERT INTO words (text, headings) VALUES (?, '')", ((text,) for text in texts))

    assert words.rarest(connection, ["often", "seldom", "some"]) == ["seldom", "some"]
    assert words.rarest(connection, ["some", "nowhere"]) == ["some"]
    assert words.rarest(connection, ["often"]) == ["often"]
    assert words.rarest(connection, ["nowhere"]) == []

    newest = {key for key, _ in connection.execute(words.QUICK_BEST, (words.any_of(["often"]), many, 3 * many))}
    assert newest == set(range(many + 1, 2 * many + 1))
    (first, _), *_ = connection.execute(words.QUICK_BEST, (words.any_of(["seldom", "some"]), many, 1))
    assert first in (1, 2, 3, 4)
