"""What LibreOffice reads where it is installed, and what is said where it is not."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import config
from ingest.errors import DocumentError
from ingest.extract import libreoffice
from ingest.extract.reader import Facts, Yielded
from ingest.records import Page
from ingest.work.sandbox import read_files

from .files import read, source_of, write

installed = pytest.mark.skipif(libreoffice.library() is None, reason="LibreOffice is not installed")
MINUTES = "The treasurer reported a surplus of 417 dollars."
OPTIONS = config.load().section("reading")


def wordperfect(folder: Path) -> Path:
    """A WordPerfect 5.1 file: its header, and lines."""
    head = b"\xffWPC" + struct.pack("<IBBBBHH", 16, 1, 10, 0, 1, 0, 0)
    return write(folder / "minutes.wpd", head + f"Minutes\n\n{MINUTES}\n".encode())


@installed
def test_a_reader_has_libreoffice_convert_what_it_cannot_read_itself(tmp_path: Path) -> None:
    (made,) = read_files([wordperfect(tmp_path)], OPTIONS, 1)
    assert made.error is None
    assert MINUTES in made.pages[0].text


@installed
def test_a_file_that_libreoffice_cannot_read_either_keeps_its_own_error(tmp_path: Path) -> None:
    source = source_of(write(tmp_path / "broken.wpd", b"\xffWPC" + b"\x01" * 3000))

    def own() -> Iterator[Yielded]:
        yield Facts()
        raise DocumentError("damaged", "the own reader's words")

    with pytest.raises(DocumentError, match="the own reader's words"):
        list(libreoffice.or_else(own(), source))


@installed
def test_a_damaged_file_is_read_by_libreoffice_and_leaves_nothing_behind(tmp_path: Path) -> None:
    source = source_of(wordperfect(tmp_path))

    def own() -> Iterator[Yielded]:
        yield Facts()
        raise DocumentError("damaged", "not for this reader")

    pages = [item for item in libreoffice.or_else(own(), source) if isinstance(item, Page)]
    assert MINUTES in pages[0].text
    assert not list(source.folder.iterdir())


def test_pages_that_were_read_are_kept(tmp_path: Path) -> None:
    source = source_of(wordperfect(tmp_path))

    def own() -> Iterator[Yielded]:
        yield Page(1, "text", "first")
        raise DocumentError("damaged", "breaks off")

    found = libreoffice.or_else(own(), source)
    assert next(found) == Page(1, "text", "first")
    with pytest.raises(DocumentError, match="breaks off"):
        next(found)


@pytest.mark.skipif(libreoffice.library() is not None, reason="LibreOffice is installed")
def test_without_libreoffice_the_hint_names_it(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as raised:
        read(wordperfect(tmp_path))
    assert raised.value.code == "unsupported"
    assert "LibreOffice" in raised.value.hint
