from __future__ import annotations

from pathlib import Path

from ingest.extract.blocks import MAX_PAGE_CHARACTERS

from .files import error_of, read, write

MARKDOWN = """# Handbook

Ask *first*, act later.

## Leave
- 30 days
```
# no heading
```
Sick leave
----------
Bring a note.
"""


def test_markdown_stays_verbatim_and_its_headings_are_marked(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.md", MARKDOWN))
    assert found.text == MARKDOWN.strip("\n")
    assert found.headings == [("# Handbook", 1), ("## Leave", 2), ("Sick leave\n----------", 2)]
    assert found.facts.title == "Handbook"


def test_a_long_text_becomes_parts(tmp_path: Path) -> None:
    line = "A line of a long protocol, number 12345.\n"
    found = read(write(tmp_path / "a.txt", line * 20_000))
    assert len(found.pages) > 3
    assert [page.label for page in found.pages][:2] == ["part 1", "part 2"]
    assert all(len(page.text) <= MAX_PAGE_CHARACTERS and page.text.startswith("A line") for page in found.pages)
    assert sum(page.text.count("12345") for page in found.pages) == 20_000


def test_white_space_alone_is_empty(tmp_path: Path) -> None:
    assert error_of(lambda: read(write(tmp_path / "a.txt", " \n\n"))) == "empty"


def test_zero_bytes_in_a_text_are_dropped(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.txt", b"alpha\x00beta\nmore text that is long enough\n")).text.startswith(
        "alphabeta\n"
    )


def test_a_letter_whose_encoding_was_lost_stays_visible(tmp_path: Path) -> None:
    [page] = read(write(tmp_path / "old.txt", "a\u0092b\u0085c".encode())).pages
    assert page.text == "a\ufffdb\nc"
