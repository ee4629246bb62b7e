"""Sentences, words, stems and languages."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import text


def split(prose: str) -> list[str]:
    return [prose[start:end] for start, end in text.sentences(prose)]


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("It rains. It pours!", ["It rains.", "It pours!"]),
        ("Dr. Smith paid $3.50 on 12. März 2024. He left.", ["Dr. Smith paid $3.50 on 12. März 2024.", "He left."]),
        ("The U.S. army came. J. Doe saw it.", ["The U.S. army came.", "J. Doe saw it."]),
        ("See Fig. 3 and p. 12 for more.", ["See Fig. 3 and p. 12 for more."]),
        ("A title\n\nA paragraph.", ["A title", "A paragraph."]),
        ("A line that\nwraps here. Next.", ["A line that\nwraps here.", "Next."]),
        ("- one\n- two", ["- one", "- two"]),
        ("Name\tAge\nAnna\t9", ["Name\tAge", "Anna\t9"]),
        ('He said "Go." Then he went.', ['He said "Go."', "Then he went."]),
        ("1. First thing. 2. Second thing.", ["1. First thing.", "2. Second thing."]),
        (
            "TOTAL EUR 66.17\nPaid by card 66.17\nTax 19 % included",
            ["TOTAL EUR 66.17", "Paid by card 66.17", "Tax 19 % included"],
        ),
        ("F1 No flame Open the\ngas tap\nF2 Too hot", ["F1 No flame Open the\ngas tap\nF2 Too hot"]),
        ("今日は雨です。明日は晴れ。", ["今日は雨です。", "明日は晴れ。"]),
        ("Rent: 850\nDeposit: 1700", ["Rent: 850", "Deposit: 1700"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(prose: str, expected: list[str]) -> None:
    assert split(prose) == expected


@given(st.text(max_size=400))
def test_sentences_cover_all_that_is_not_white_space_in_order(prose: str) -> None:
    spans = text.sentences(prose)
    covered = "".join("".join(prose[start:end].split()) for start, end in spans)
    assert covered == "".join(prose.split())
    assert all(a_end <= b_start for (_, a_end), (b_start, _) in itertools.pairwise(spans))
    assert all(prose[start:end].strip() == prose[start:end] for start, end in spans)


@given(st.text(max_size=200))
def test_word_spans_point_at_their_words(prose: str) -> None:
    for word, start, end in text.word_spans(prose):
        assert prose[start:end].casefold().replace("’", "'") == word


def test_words_keep_inner_marks_and_part_ideographs() -> None:
    assert text.words("Newton's 3.5 U.S. x_y 日本") == ["newton's", "3.5", "u.s", "x", "y", "日", "本"]


def test_stems_join_forms_of_a_word() -> None:
    assert text.stem("leases", "en") == text.stem("lease", "en")
    assert text.stem("häuser", "de") == text.stem("haus", "de")
    assert text.stem("whatever", "xx") == "whatever"


def test_content_stems_leave_stop_words_out() -> None:
    assert text.content_stems("What is the rent of the flat?", "en") == ["rent", "flat"]


@pytest.mark.parametrize(
    ("prose", "language"),
    [
        ("The lease ends when the tenant gives notice in writing.", "en"),
        ("Welcher Ausbruch hing mit Truppen im Dreißigjährigen Krieg zusammen?", "de"),
        ("¿Qué tipo de modelo no logró hacer Einstein en su vida?", "es"),
        ("Это письмо написано по-русски.", "ru"),
        ("これは日本語の手紙です。", "ja"),
        ("4711 0815", ""),
    ],
)
def test_language_is_told(prose: str, language: str) -> None:
    assert text.detect_language(prose) == language


@given(st.text(max_size=100))
def test_nfc_is_normal_and_encodable(prose: str) -> None:
    assert unicodedata.is_normalized("NFC", text.nfc(prose))
    text.nfc(prose + "\udcff").encode("utf-8")
