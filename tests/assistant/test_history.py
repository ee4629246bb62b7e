import multiprocessing
import sqlite3
import stat
from pathlib import Path

import pytest

from assistant.history import FILE, History, found_again
from assistant.records import Answer, Citation, Claim
from assistant.turns import StoredCitation
from ingest.errors import LibraryError
from ingest.records import Span


def _answer(question: str = "What is the rent?") -> Answer:
    citation = Citation(
        1, Path("/archive/caf\udce9.pdf"), None, 3, "p. 3", "The rent is 850 €.", "d" * 64, Span(2, 10, 28), None
    )
    claim = Claim("The rent is 850 €.", "supported", "the quote says so", (1,))
    return Answer(
        question, "The rent is 850 €. [1]", "answered", "quotes", 0.9, (claim,), (citation,), notes=("A note.",)
    )


def test_what_was_answered_is_read_back_as_it_was(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        conversation = history.start("Rent")
        history.add(conversation, _answer())
    with History(tmp_path) as history:
        [row] = history.conversations()
        [turn] = history.turns(row.id)
    assert (row.title, row.turns) == ("Rent", 1)
    assert (turn.question, turn.text, turn.outcome) == ("What is the rent?", "The rent is 850 €. [1]", "answered")
    assert turn.citations[0].path == "/archive/caf\udce9.pdf"
    assert (turn.citations[0].document_id, turn.citations[0].page) == ("d" * 64, 2)
    assert turn.claims[0]["citations"] == [1]
    assert turn.notes == ("A note.",)


def test_only_the_owner_of_the_files_may_read_them(tmp_path: Path) -> None:
    with History(tmp_path) as history:
        history.add(history.start("Rent"), _answer())
        for file in tmp_path.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def _write(folder: Path, name: str, turns: int) -> None:
    with History(folder) as history:
        conversation = history.start(name)
        for number in range(turns):
            history.add(conversation, _answer(f"{name} {number}"))


def test_several_processes_may_write_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(tmp_path, f"p{number}", 20)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with History(tmp_path) as history:
        for row in history.conversations():
            assert [turn.question for turn in history.turns(row.id)] == [
                f"{row.title} {number}" for number in range(20)
            ]


def test_a_forgotten_conversation_leaves_no_bytes(tmp_path: Path) -> None:
    planted = "The password is swordfish"
    with History(tmp_path) as history:
        kept, gone = history.start("kept"), history.start(planted)
        history.add(kept, _answer())
        history.add(gone, _answer(planted))
        history.forget(gone)
        assert [row.title for row in history.conversations()] == ["kept"]
    assert not any(b"swordfish" in file.read_bytes() for file in tmp_path.iterdir())


def test_a_newer_database_and_a_damaged_one_are_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LibraryError, match="newer"):
        History(tmp_path)
    (tmp_path / FILE).write_bytes(b"this is no database at all, whatever its name may say" * 20)
    with pytest.raises(LibraryError):
        History(tmp_path)


def test_a_quote_is_found_again_by_its_words_or_said_to_be_gone() -> None:
    stored = StoredCitation(1, "d", 2, "The rent is 850.", 40, "/a", "p. 2")
    moved = "Preamble, longer than before. The rent is 850. Then more. And again: The rent is 850."
    assert found_again(stored, lambda _, __: moved) == moved.index("The rent")
    assert found_again(stored, lambda _, __: "The rent is 910.") is None
    assert found_again(stored, lambda _, __: None) is None
