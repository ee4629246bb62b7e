"""The commands keep the contract of docs/command-line.md, run as a shell runs them."""

from __future__ import annotations

import json
import os
import unicodedata
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.command import Result, assistant

LEASE = """# Lease of the flat in Lindenweg 4

## Rent

The monthly rent is 850 euros, due on the third working day of each month.

## Notice

The tenant may end the lease with three months' notice in writing.
"""
NOTES = "The boiler was serviced on 12 March 2024 by Hartmann Heating. The pressure was set to 1.6 bar.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("papers")
    (made / "lease.md").write_text(LEASE, encoding="utf-8")
    (made / "notes.txt").write_text(NOTES, encoding="utf-8")
    (made / "empty.txt").write_bytes(b"")
    (made / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of use")
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Insurance papers", "Anna Berg <anna@example.org>", "me@example.org"
    mail.set_content("The premium for the household insurance is 212 euros a year.")
    mail.add_attachment("The policy number is HV-20931.", filename="policy.txt")
    (made / "insurance.eml").write_bytes(mail.as_bytes())
    with open(os.fsencode(made) + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123 - a name that is no UTF-8
        file.write(b"The cafe opens at nine.")
    return made


@pytest.fixture(scope="module")
def indexed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    library = tmp_path_factory.mktemp("data") / "library"
    return library, assistant("index", folder, "--json", library=library)


@pytest.fixture(scope="module")
def library(indexed: tuple[Path, Result]) -> Path:
    return indexed[0]


def test_index_reports_each_file_and_ends_with_done(indexed: tuple[Path, Result], folder: Path) -> None:
    result = indexed[1]
    assert result.code == 1
    done = result.rows[-1]
    assert set(done) == {"event", "indexed", "unchanged", "removed", "failed", "skipped", "passages", "seconds"}
    assert (done["event"], done["indexed"], done["failed"], done["skipped"]) == ("done", 5, 1, 1)
    [failed] = [row for row in result.rows if row["event"] == "failed"]
    assert failed["path"] == str(folder / "broken.pdf")
    assert set(failed["error"]) == {"code", "message", "hint"}
    assert failed["error"]["code"] == "damaged"


def test_a_second_run_reads_nothing(library: Path, folder: Path) -> None:
    done = assistant("index", folder, "--json", library=library).rows[-1]
    assert (done["indexed"], done["passages"]) == (0, 0)
    assert done["unchanged"] >= 4


def test_a_missing_folder_names_itself_and_the_run_goes_on(library: Path, folder: Path) -> None:
    result = assistant("index", folder / "nowhere", folder / "notes.txt", "--json", library=library)
    assert result.code == 1
    [failed] = [row for row in result.rows if row["event"] == "failed"]
    assert failed["path"] == str(folder / "nowhere")
    assert failed["error"]["code"] == "unreadable"
    assert result.rows[-1]["event"] == "done"


def test_search_gives_ranked_hits(library: Path, folder: Path) -> None:
    result = assistant("search", "--json", "How much is the monthly rent?", "--limit", "3", library=library)
    [row] = result.rows
    assert result.code == 0
    assert set(row) == {"id", "question", "searched", "hits", "notes", "seconds"}
    assert [hit["rank"] for hit in row["hits"]] == list(range(1, len(row["hits"]) + 1))
    assert len(row["hits"]) <= 3
    best = row["hits"][0]
    fields = {"rank", "path", "inside", "page", "label", "heading", "text", "score", "found_by"}
    assert set(best) == fields
    assert (best["path"], best["page"], best["inside"]) == (str(folder / "lease.md"), 1, None)
    assert "850 euros" in best["text"]
    assert best["found_by"] in {"words", "meaning", "both"}


def test_a_member_of_a_mail_is_found_inside_it(library: Path, folder: Path) -> None:
    [row] = assistant("search", "policy number HV-20931", "--json", library=library).rows
    best = row["hits"][0]
    assert (best["path"], best["inside"], best["page"]) == (str(folder / "insurance.eml"), "policy.txt", 2)


def test_a_name_that_is_no_utf8_survives(library: Path) -> None:
    [row] = assistant("search", "When does the cafe open?", "--json", library=library).rows
    assert row["hits"][0]["path"].endswith("caf\udce9.txt")


def check_answer(row: dict[str, Any]) -> None:
    fields = {"id", "question", "outcome", "answer", "written_by", "confidence", "claims", "citations", "hits", "model"}
    assert set(row) == fields | {"searched", "seconds", "notes", "nearest"}
    assert row["outcome"] in {"answered", "partly", "not_found"}
    assert set(row["seconds"]) == {"retrieve", "first_token", "total"}
    assert 0 <= row["confidence"] <= 1
    assert len(row["hits"]) <= 10
    assert len(row["citations"]) <= (3 if row["written_by"] == "quotes" else 6)
    assert len(row["nearest"]) <= (3 if row["outcome"] == "not_found" else 0)
    assert all(f"[{citation['number']}]" in row["answer"] for citation in row["citations"])
    for citation in (*row["citations"], *row["nearest"]):
        assert set(citation) == {"number", "path", "inside", "page", "label", "quote", "confidence"}
        assert 0 < len(citation["quote"]) <= 400
        assert unicodedata.is_normalized("NFC", citation["quote"])
    if row["outcome"] == "not_found":
        assert row["claims"] == row["citations"] == []
    if row["outcome"] == "answered":
        assert all(claim["verdict"] == "supported" for claim in row["claims"])


def test_ask_answers_with_verbatim_quotes(library: Path, folder: Path) -> None:
    result = assistant("ask", "How much is the monthly rent?", "--json", library=library, ASSISTANT_MODEL="none")
    [row] = result.rows
    check_answer(row)
    assert (result.code, row["outcome"], row["written_by"], row["model"]) == (0, "answered", "quotes", None)
    assert row["citations"][0]["path"] == str(folder / "lease.md")
    assert row["citations"][0]["quote"] in LEASE
    assert "850" in row["answer"]


def test_what_is_not_in_the_documents_is_said_so(library: Path) -> None:
    question = "Who won the chess championship of Reykjavik?"
    [row] = assistant("ask", question, "--json", library=library, ASSISTANT_MODEL="none").rows
    check_answer(row)
    assert row["outcome"] == "not_found"


def test_without_a_clear_answer_the_nearest_words_are_shown(library: Path, tmp_path: Path) -> None:
    question = "How much is the monthly rent?"
    settings = tmp_path / "careful.toml"
    settings.write_text("[answer]\nthreshold = 1.0\n", encoding="utf-8")
    careful = {"ASSISTANT_MODEL": "none", "ASSISTANT_CONFIG": str(settings)}
    [row] = assistant("ask", question, "--json", library=library, **careful).rows
    check_answer(row)
    assert row["outcome"] == "not_found"
    assert row["nearest"][0]["quote"] in LEASE
    shown = assistant("ask", question, library=library, **careful).out
    assert "nearest words" in shown
    assert " ".join(row["nearest"][0]["quote"].split()) in " ".join(shown.split())


def test_a_batch_answers_in_order_and_survives_bad_lines(library: Path, folder: Path) -> None:
    lines = [
        {"id": "a", "question": "How much is the monthly rent?"},
        {"id": "b"},
        {"id": "c", "question": "What was the boiler pressure set to?", "path": str(folder / "notes.txt")},
    ]
    batch = "\n".join(map(json.dumps, lines)) + "\n{broken\n"
    result = assistant("ask", "--batch", "-", "--json", library=library, stdin=batch, ASSISTANT_MODEL="none")
    assert [row["id"] for row in result.rows] == ["a", "b", "c", None]
    assert set(result.rows[1]) == {"id", "error"}
    check_answer(result.rows[0])
    check_answer(result.rows[2])
    assert {hit["path"] for hit in result.rows[2]["hits"]} == {str(folder / "notes.txt")}
    assert result.code == 1


def test_verify_judges_each_statement(library: Path) -> None:
    text = "The monthly rent is 850 euros. The monthly rent is 910 euros."
    result = assistant("verify", "--text", text, "--json", library=library)
    [row] = result.rows
    assert set(row) == {"id", "claims", "citations", "confidence", "seconds"}
    assert [claim["verdict"] for claim in row["claims"]] == ["supported", "unsupported"]
    assert all(set(claim) == {"text", "verdict", "reason", "citations"} for claim in row["claims"])
    numbers = {citation["number"] for citation in row["citations"]}
    assert set(row["claims"][0]["citations"]) <= numbers
    assert result.code == 0


def test_extract_reads_as_ingestion_does(folder: Path) -> None:
    result = assistant("extract", "--json", folder / "insurance.eml", folder / "broken.pdf", folder / "empty.txt")
    mail, broken, empty = result.rows
    assert result.code == 1
    fields = {"path", "media_type", "title", "status", "error", "pages", "problems", "metadata", "seconds"}
    assert set(mail) == fields
    assert [page["number"] for page in mail["pages"]] == [1, 2]
    assert [page["inside"] for page in mail["pages"]] == [None, "policy.txt"]
    page_fields = {"number", "label", "inside", "text", "source", "confidence"}
    assert all(set(page) == page_fields for page in mail["pages"])
    assert mail["metadata"]["subject"] == "Insurance papers"
    assert mail["metadata"]["attachments"] == ["policy.txt"]
    assert (broken["status"], broken["error"]["code"]) == ("failed", "damaged")
    assert (empty["status"], empty["error"]["code"]) == ("skipped", "empty")


def test_what_is_only_skipped_leaves_the_exit_code_at_0(folder: Path) -> None:
    assert assistant("extract", folder / "empty.txt", "--json").code == 0


def test_status_counts_what_can_be_found(library: Path) -> None:
    [row] = assistant("status", "--json", library=library).rows
    fields = {"library", "documents", "passages", "pending", "failed", "bytes", "embedding_model", "language_model"}
    assert set(row) == fields | {"state", "reason", "folders", "vectors"}
    assert set(row["vectors"]) == {"rows", "in_chroma", "answered_by_chroma", "answered_exactly"}
    assert row["documents"] == 5
    assert row["failed"] == 1
    assert row["state"] == "idle"
    assert row["vectors"]["in_chroma"] == row["vectors"]["rows"] > 0
    assert row["vectors"]["answered_by_chroma"] is None


def test_check_finds_a_fresh_library_sound(library: Path) -> None:
    result = assistant("check", "--json", library=library)
    assert (result.code, result.rows) == (0, [{"event": "done", "findings": 0}])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["search", "anything"], 3),
        (["ask", "anything"], 3),
        (["status"], 3),
        (["ask"], 2),
        (["search", "x", "--limit", "none"], 2),
        (["nonsense"], 2),
    ],
)
def test_errors_are_said_with_their_exit_code(arguments: list[str], code: int, tmp_path: Path) -> None:
    as_json = assistant(*arguments, "--json", library=tmp_path / "none") if arguments != ["nonsense"] else None
    for_people = assistant(*arguments, library=tmp_path / "none")
    assert for_people.code == code
    assert for_people.err.startswith("error: ")
    if as_json:
        assert as_json.code == code
        assert set(as_json.rows[-1]["error"]) == {"code", "message", "hint"}


def test_without_a_library_the_remedy_is_to_index(tmp_path: Path) -> None:
    result = assistant("search", "anything", library=tmp_path / "none")
    assert "assistant index FOLDER" in result.err


def test_a_missing_model_is_named_with_its_remedy(library: Path) -> None:
    result = assistant("ask", "How much is the rent?", "--json", "--model", "/nowhere/model.gguf", library=library)
    assert result.code == 3
    assert "/nowhere/model.gguf" in result.rows[-1]["error"]["message"]
    assert result.rows[-1]["error"]["hint"]


def test_a_broken_configuration_names_file_key_and_the_nearest_one(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[reading]\nocr_dpl = 200\n", encoding="utf-8")
    result = assistant("status", library=tmp_path / "none", ASSISTANT_CONFIG=str(config))
    assert result.code == 2
    assert str(config) in result.err
    assert "reading.ocr_dpl" in result.err
    assert "Did you mean reading.ocr_dpi?" in result.err


def test_a_question_goes_on_with_a_conversation_where_it_is_told_to(library: Path) -> None:
    none = ("--model", "none")
    rent = "What is the monthly rent of the flat?"
    assert "this question begins one" in assistant("ask", rent, "--continue", *none, library=library).err
    again = assistant("ask", rent, "--continue", *none, library=library)
    assert (again.code, "begins" in again.err) == (0, False)
    assert assistant("ask", rent, "--conversation", "Flat", *none, library=library).code == 0
    after = assistant("ask", "And the notice?", "--continue", "--json", *none, library=library).rows[0]
    assert after["searched"]["question"] == "What is the notice of the flat?"
    alone = assistant("ask", "And the notice?", "--json", *none, library=library).rows[0]
    assert alone["searched"]["question"] == "And the notice?"
    both = assistant("ask", "Why?", "--continue", "--conversation", "Flat", library=library)
    assert (both.code, "do not go together" in both.err) == (2, True)
