"""`assistant chat --plain`: the whole conversation as lines, through a pipe and with a terminal that is typed into."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.cli.chatting import Chat
from assistant.cli.output import Output
from assistant.records import Answer, Citation, Finished
from ingest.embed import Encoder
from ingest.library import Library
from ingest.records import Span
from tests.assistant.archive import TEXTS, build
from tests.assistant.tui.hand import FOLDER, HandDesk
from tests.command import assistant

RENT = "What is the monthly rent of the flat at 12 Mill Road?"


@pytest.fixture
def library(tmp_path: Path, encoder: Encoder) -> Path:  # noqa: ARG001 - compiled first
    files = tmp_path / "archive"
    for name, pages in TEXTS.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text("\n\n".join(pages))
    build(tmp_path / "library", files, TEXTS)
    with Library.open(tmp_path / "library", write=True) as opened:
        opened.add_todo("pause")  # so that nothing is read meanwhile
    return tmp_path / "library"


def test_a_conversation_in_lines(library: Path, tmp_path: Path) -> None:
    lines = [
        RENT,
        "/open 1",
        "/name 1 Of rents",
        "/talks rents",
        f"/save {tmp_path / 'rent.md'}",
        "/new",
        "Who won the football world cup in 1954?",
        "/open 9",
        "/nonsense",
        "/forget 1",
        "/status",
        "/quit",
        "never read",
    ]
    done = assistant(
        "chat", "--plain", library=library, stdin="\n".join(lines), ASSISTANT_MODEL="none", NO_COLOR="1", TERM="dumb"
    )
    assert done.code == 0
    said = done.out
    assert "\x1b" not in said, "nothing moves and nothing is coloured"
    assert (
        said.index("Library: 5 documents")
        < said.index("Quotes from your documents:")
        < said.index("End of the answer.")
    )
    assert "[1] The monthly rent is 850 euros" in said
    assert ">> The monthly rent is 850 euros" in said
    assert "1. Of rents, " in said
    assert "Not in your documents" in said
    assert "Error: there is no source '9'" in said
    assert "What to do: Type /help." in said
    assert "Reading is paused: paused by you" in said
    assert "never read" not in said
    assert "850 euros" in (tmp_path / "rent.md").read_text()


def test_other_scripts_are_said_as_they_are_and_nothing_turns_round(capsys: pytest.CaptureFixture[str]) -> None:
    name, quote = "租约 🏠 עברית [bold].pdf", "租金为八百七十欧元 \u202eפל\x1b[2J [red]870[/] 🇩🇪"
    odd = Citation(1, FOLDER / name, None, 1, "第 1 页", quote, "odd", Span(1, 0, len(quote)))
    answer = Answer("多少钱？", f"{quote} [1]", "answered", "quotes", 0.9, (), (odd,))
    lines = iter(["多少钱？ 🏠", "/open 1", "/copy"])

    def read() -> str:
        try:
            return next(lines)
        except StopIteration as error:
            raise EOFError from error

    assert Chat(HandDesk(lambda _question: (Finished(answer),)), Output(as_json=False)).run(read) == 0
    said = capsys.readouterr().out
    assert "[1] 租金为八百七十欧元 \N{REPLACEMENT CHARACTER}פל\N{REPLACEMENT CHARACTER}[2J [red]870[/] 🇩🇪" in said
    assert f"From {name} · 第 1 页" in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_without_a_library_it_says_what_to_do(tmp_path: Path) -> None:
    done = assistant("chat", "--plain", library=tmp_path / "none", stdin="hello\n", ASSISTANT_MODEL="none")
    assert done.code == 3
    assert "assistant index FOLDER" in done.err


def test_help_names_every_command(library: Path) -> None:
    done = assistant("chat", "--plain", library=library, stdin="/help\n", ASSISTANT_MODEL="none")
    assert all(word in done.out for word in ("/open N", "/again", "/talks", "/pause", "Ctrl-D"))
