"""What the screens ask for, and what they get: the seam between widgets and everything that may take time.

`LocalDesk` in `local.py` is the real one; tests of the screens have one with data made by hand.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.records import AnswerEvent, Citation
from ingest.errors import AssistantError
from ingest.records import Hit, IndexEvent, Location

if TYPE_CHECKING:
    from assistant.tui.choices import ModelHere, Setting
    from assistant.tui.shelf import Shelf
    from assistant.tui.talks import Talks

Source = Citation | Hit | Location
"""What can be opened: a quote, a passage, or a document at its first page."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found when the program started."""

    library: Path
    """Where the library is, or will be."""
    exists: bool
    """Whether there is a library."""
    model: str | None
    """Name of the language model; None where answers are quotes only."""
    machine: str = ""
    """What this machine has, in words for a person."""
    problems: tuple[AssistantError, ...] = ()
    """What is missing, with its remedy; the program works without it."""
    unreadable: AssistantError | None = None
    """Why the library that is there cannot be opened; None where it can, or there is none."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The nearest part of the page before or after."""

    label: str
    """What a person calls that page."""
    text: str
    """Its last or first words."""


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page to be read, with what is marked on it."""

    source: Source
    """What was opened."""
    number: int
    """Page of the document, from 1."""
    pages: int
    """Pages of the document."""
    label: str
    """What a person calls the page."""
    title: str
    """Title found in the document; empty where there is none."""
    text: str
    """The page's text, as it was read."""
    quotes: tuple[tuple[int, int], ...]
    """Stretches of the text that are the quote; empty on the pages around it."""
    answers: tuple[tuple[int, int], ...]
    """Stretches inside the quote that answer the question."""
    confidence: float | None
    """How well a scan was read; None for born-digital text."""
    before: Neighbour | None = None
    """End of the page before; None on the first page."""
    after: Neighbour | None = None
    """Beginning of the page after; None on the last page."""
    lost: bool = False
    """Whether the quote was kept from earlier and its words no longer stand on the page."""


@dataclass(frozen=True, slots=True)
class PictureSeen:
    """A page as a picture, with the places of the quote on it."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""
    pixels: bytes
    """Red, green, blue, a byte each, rows from the top."""
    boxes: tuple[tuple[float, float, float, float], ...]
    """Left, top, right, bottom of each line of the quote, as fractions of the picture; empty where it is not known."""


class Desk(Protocol):
    """What the screens ask for. Every call may block, and may come from any thread."""

    talks: Talks
    """The conversations."""

    def open(self) -> Opened:
        """Look what is here; the language model begins to load."""

    def ask(self, question: str, cancelled: threading.Event) -> Iterator[AnswerEvent]:
        """Answer a question from the documents."""

    def page(self, source: Source, number: int | None = None) -> PageSeen:
        """The page that a source stands on, or another page of its document."""

    def picture(self, seen: PageSeen, width: int) -> PictureSeen:
        """The picture of a page that is being read, `width` pixels across."""

    def index(self, paths: Sequence[Path]) -> Iterator[IndexEvent]:
        """Add folders, or bring all up to date where none are given, and follow them from then on."""

    def shelf(self) -> Shelf:
        """Folders, files and problems; empty where there is no library."""

    def place_of(self, path: Path) -> Location | None:
        """The first document in a file; None where nothing of it can be found."""

    def find(self, words: str, quick: bool = False) -> list[Hit]:
        """Passages that hold the words, best first; no model is asked. `quick`: the rarer words alone, while one types."""

    def reread(self, paths: Sequence[Path]) -> None:
        """Have files read again by the next run, whether they changed or not."""

    def drop(self, folder: Path) -> None:
        """Take a folder out of the library, with what was read from it."""

    def forget(self, path: Path) -> str:
        """Erase what was read at and below a path, with the conversations that cite it; says what was done."""

    def models(self) -> list[ModelHere]:
        """The language models on this machine."""

    def settings(self) -> list[Setting]:
        """Every setting in force."""

    def change(self, section: str, key: str, typed: str | None) -> str | None:
        """Write a setting into the person's file, None for its default; gives the name of the model that answers."""

    def stats(self) -> dict[str, Any]:
        """What the owner and its workers use of this machine (as `usage`), and `costs`: what reading has cost so far."""

    def status(self) -> dict[str, Any]:
        """State of indexing and counts of the library; empty where there is none."""

    def pause(self, paused: bool) -> None:
        """Stop indexing, or let it go on."""

    def close(self) -> None:
        """End what was started."""
