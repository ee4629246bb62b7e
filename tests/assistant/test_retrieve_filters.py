import datetime
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieve import Filters, Retriever, filtered, understood
from assistant.retrieve.filters import operators
from assistant.retrieve.understanding import Understanding
from ingest.embed import Encoder
from ingest.errors import UsageError
from ingest.library import Library

FILES = Path("/archive")
TODAY = datetime.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("question", "rest", "filters"),
    [
        ("What did we pay in the 2023 tax folder?", "What did we pay?", 'folder:"2023 tax"'),
        ("In the folder called “Bank”, what is the balance?", "what is the balance?", "folder:Bank"),
        ("Was steht im Ordner Steuern 2023?", "Was steht?", 'folder:"Steuern 2023"'),
        ("Was steht im Steuer-Ordner über Spenden?", "Was steht über Spenden?", "folder:Steuer"),
        ("¿Qué dice el contrato en la carpeta Impuestos?", "¿Qué dice el contrato?", "folder:Impuestos"),
        ("Que dit le contrat dans le dossier Impôts ?", "Que dit le contrat?", "folder:Impôts"),
        ("What is the price from Anna's mails?", "What is the price?", "type:mail from:Anna"),
        ("What does the mail from Anna Schmidt say?", "What does the mail say?", 'type:mail from:"Anna Schmidt"'),
        ("Was steht in den Mails von Anna über Öl?", "Was steht über Öl?", "type:mail from:Anna"),
        ("¿Qué precio hay en los correos de Ana?", "¿Qué precio hay?", "type:mail from:Ana"),
        ("Quel prix dans les courriels de Luc ?", "Quel prix?", "type:mail from:Luc"),
        ("Which letters since March name a deposit?", "Which letters name a deposit?", "after:2026-03-01"),
        ("letters since December", "letters", "after:2025-12-01"),
        ("bills before 3 May 2024", "bills", "before:2024-05-03"),
        ("invoices after 2022", "invoices", "after:2023-01-01"),
        ("invoices until March 2024", "invoices", "before:2024-04-01"),
        ("invoices from 2023 over 100 euros", "invoices over 100 euros", "after:2023-01-01 before:2024-01-01"),
        ("Welche Rechnungen seit März 2023 sind offen?", "Welche Rechnungen sind offen?", "after:2023-03-01"),
        ("¿Qué facturas desde 2022 hay?", "¿Qué facturas hay?", "after:2022-01-01"),
        ("Quelles factures depuis mars 2024 ?", "Quelles factures?", "after:2024-03-01"),
        ("letters from last year", "letters", "after:2025-01-01 before:2026-01-01"),
        ("rent, only PDFs", "rent", "type:pdf"),
        ("nur PDFs: wie hoch ist die Miete?", "wie hoch ist die Miete?", "type:pdf"),
        ("the rent type:docx after:2023-05 from:anna", "the rent", "type:docx from:anna after:2023-05-01"),
    ],
)
def test_filters_are_read_as_a_person_says_them(question: str, rest: str, filters: str) -> None:
    read = understood(question, TODAY)
    assert read.question == rest
    assert " ".join(read.filters.operators) == filters


@pytest.mark.parametrize(
    "question",
    [
        "Who has lived here since 2019?",
        "What is in the kitchen?",
        "How long is the notice period from March on?",
        "Which files did Microsoft buy from Nokia in 2014?",
        "Are only images of the lung stored?",
        "Seit wann ist die Heizung defekt?",
        "Does Anna's mail carrier come on Mondays?",
        "What happened before the 2023 tax reform?",
    ],
)
def test_a_question_about_contents_has_no_filter(question: str) -> None:
    read = understood(question, TODAY)
    assert (read.question, bool(read.filters)) == (question, False)


def test_a_question_that_is_nothing_but_a_filter_keeps_its_words() -> None:
    read = understood("in the tax folder", TODAY)
    assert (read.question, bool(read.said)) == ("in the tax folder", False)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    try:
        read = understood(text, TODAY)
    except UsageError:
        return
    assert not read.filters or read.question.strip() or read.written


def test_operators_can_be_read_back() -> None:
    written = 'folder:"Tax 2023" type:pdf type:mail from:"Anna Schmidt" after:2023-01-01 before:2024-01-01'
    filters, rest = operators(f"rent {written} deposit")
    assert rest == "rent deposit"
    assert " ".join(filters.operators) == written
    assert operators(" ".join(filters.operators))[0] == filters


@pytest.mark.parametrize("value", ["soon", "2023-13", "2023-02-30", "31.12.2023"])
def test_a_date_that_is_none_is_an_error_with_its_remedy(value: str) -> None:
    with pytest.raises(UsageError, match=value) as raised:
        understood(f"rent after:{value}", TODAY)
    assert "2023-03" in raised.value.hint


@dataclass(frozen=True)
class Paper:
    path: PurePath = field(default_factory=lambda: PurePath("/home/anna/Papers/Taxes/2023/Bescheid.pdf"))
    inside: str | None = None
    media_type: str = "application/pdf"
    author: str = "Anna Schmidt <anna@example.org>"
    date: str = "2023-04"
    changed: datetime.date = datetime.date(2025, 1, 1)


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ("folder:tax", True),
        ('folder:"2023 tax"', True),
        ('folder:"2022 tax"', False),
        ("folder:bescheid", False),
        ("folder:/home/anna/Papers", True),
        ("folder:/home/anna/Pap", False),
        ("type:pdf", True),
        ("type:mail", False),
        ("type:mail type:pdf", True),
        ("from:anna", True),
        ("from:annas", True),
        ("from:anna@example.org", True),
        ('from:"Anna Meyer"', False),
        ("after:2023-04-15", True),
        ("after:2023-05", False),
        ("before:2023-04", False),
        ("before:2023-05", True),
        ("folder:tax type:mail", False),
    ],
)
def test_a_document_passes_by_place_kind_sender_and_its_own_date(filters: str, passes: bool) -> None:
    assert operators(filters)[0].passes(Paper()) is passes


def test_without_a_date_of_its_own_that_of_the_file_counts() -> None:
    assert not operators("before:2024")[0].passes(Paper(date=""))
    assert operators("after:2024")[0].passes(Paper(date="", changed=datetime.date(2024, 1, 1)))


@pytest.mark.parametrize(
    ("name", "filters", "passes"),
    [
        ("Stromrechnung 2023.pdf", "after:2023 before:2024", True),
        ("Stromrechnung 2023.pdf", "after:2024", False),
        ("Minutes 2024-01-17.docx", "after:2024-01-18", False),
        ("scan_20240117_0001.jpg", "after:2024-01-17 before:2024-01-18", True),
        ("Order 12023 77.pdf", "after:2024", True),
        ("Bericht 2023-13.pdf", "before:2024", True),
    ],
)
def test_a_date_in_the_name_counts_like_its_own(name: str, filters: str, passes: bool) -> None:
    paper = Paper(PurePath("/a") / name, date="", changed=datetime.date(2026, 1, 1))
    assert operators(filters)[0].passes(paper) is passes


def test_a_member_is_found_by_its_container_and_its_own_ending() -> None:
    letter = Paper(PurePath("/a/Old mails.mbox"), "message-1.eml/bill.xlsx", "application/octet-stream")
    assert operators("folder:mails type:sheet")[0].passes(letter)


@pytest.fixture(scope="module")
def retriever(small_library: Library, encoder: Encoder) -> Retriever:
    return Retriever(small_library, encoder)


def test_only_what_passes_is_searched_and_it_is_said(retriever: Retriever) -> None:
    ranking = retriever.rank("What is the deposit in the flat folder?", 10)
    assert ranking.hits
    assert {hit.location.path.parent.name for hit in ranking.hits} == {"flat"}
    assert ranking.read is not None
    assert ranking.read.filters.operators == ("folder:flat",)
    assert ranking.read.question == "What is the deposit?"
    assert {hit.location.path.parent.name for hit in retriever.search("deposit folder:recipes", 10)} == {"recipes"}


def test_a_filter_in_words_that_nothing_passes_is_not_used_and_one_written_finds_nothing(retriever: Retriever) -> None:
    said = retriever.rank("What is the deposit in the holiday folder?", 10)
    assert said.hits
    assert said.read is not None
    assert not said.read.filters
    assert "holiday" in said.read.notes[0]
    written = retriever.rank("deposit folder:holiday", 10)
    assert written.hits == []
    assert written.read is not None
    assert "holiday" in written.read.notes[0]


def test_a_question_may_be_taken_as_it_is_written(retriever: Retriever) -> None:
    question = "What is the depoist in the flat folder?"
    read = retriever.understood(question, literal=True)
    assert (read.question, read.documents, read.notes) == (question, None, ())
    assert len({hit.location.path.parent for hit in retriever.rank(question, 10, read=read).hits}) > 1


def test_filters_changed_by_a_person_are_used_as_they_are(retriever: Retriever, small_library: Library) -> None:
    read = filtered(Understanding("deposit", Filters(folders=("flat",)), None, ()), small_library, None)
    hits = retriever.rank("deposit", 10, read=read).hits
    assert {hit.location.path.parent.name for hit in hits} == {"flat"}
