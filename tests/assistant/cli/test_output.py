"""What reaches the terminal."""

import json

import pytest

from assistant.cli.output import Output, printable
from ingest.errors import SetupError


@pytest.mark.parametrize("hostile", ["\x1b[31mred", "\x1b]0;title\x07", "\x9b2J", "\u202etxt.exe", "\r", "\udcff"])
def test_nothing_in_a_document_can_steer_the_terminal(hostile: str) -> None:
    shown = printable(f"before{hostile}after")
    assert shown.startswith("before\ufffd")
    assert not any(character in shown for character in "\x1b\x07\x9b\u202e\r\udcff")


def test_line_feeds_tabs_and_other_scripts_stay() -> None:
    assert printable("a\tb\nä 日本 👍") == "a\tb\nä 日本 👍"


def test_rows_are_one_line_and_keep_undecodable_names(capsys: pytest.CaptureFixture[str]) -> None:
    Output(True).row({"path": "/a/\udcff.txt", "text": "two\nlines"})
    written = capsys.readouterr().out
    assert written.count("\n") == 1
    assert json.loads(written)["path"] == "/a/\udcff.txt"


def test_an_error_says_what_happened_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    Output(False).error(SetupError("no library", "assistant index FOLDER"))
    captured = capsys.readouterr()
    assert captured.err == "error: no library\nhint: assistant index FOLDER\n"
    assert captured.out == ""
    Output(True).error(SetupError("no library", "assistant index FOLDER"))
    row = json.loads(capsys.readouterr().out)
    assert row == {"error": {"code": "setup", "message": "no library", "hint": "assistant index FOLDER"}}
