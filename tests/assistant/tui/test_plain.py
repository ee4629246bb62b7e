from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from assistant.tui.plain import REPLACEMENT, duration, file_name, home_short, one_line, plain, size


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_that_a_terminal_acts_on_is_left_and_offsets_stay(text: str) -> None:
    shown = plain(text)
    assert len(shown) == len(text)
    assert not any(ord(one) < 32 and one != "\n" for one in shown)
    assert not any(0x7F <= ord(one) < 0xA0 or 0xD800 <= ord(one) < 0xE000 for one in shown)


def test_escapes_and_direction_overrides_are_visible() -> None:
    assert plain("a\x1b[2Jb") == f"a{REPLACEMENT}[2Jb"
    assert plain("\u202etxt.exe") == f"{REPLACEMENT}txt.exe"
    assert plain("Größe 漢字 🙂 [bold]") == "Größe 漢字 🙂 [bold]"


def test_one_line_is_one_line_and_short() -> None:
    assert one_line("a\n b\t\tc") == "a b c"
    assert one_line("abcdef ghi", 5) == "abcd…"


def test_names_of_files_keep_their_way_and_lose_their_tricks() -> None:
    assert file_name(Path("/x/mail.eml"), "invoice.pdf") == "mail.eml › invoice.pdf"
    assert "\x1b" not in file_name(Path("/x/\x1b[2J.txt"), None)
    assert file_name(Path("/x/\udcff.txt"), None) == f"{REPLACEMENT}.txt"


def test_home_is_short(monkeypatch) -> None:  # type: ignore[no-untyped-def]  # pytest's own
    monkeypatch.setenv("HOME", "/home/ada")
    assert home_short(Path("/home/ada/Documents")) == "~/Documents"
    assert home_short(Path("/home/adam")) == "/home/adam"


def test_times_and_sizes_for_people() -> None:
    assert [duration(value) for value in (0.2, 59, 61, 3700)] == ["1 s", "59 s", "1 min", "1 h 2 min"]
    assert [size(value) for value in (0, 999, 25_300_000_000)] == ["0 B", "999 B", "25.3 GB"]
