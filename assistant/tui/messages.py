"""What the desk's threads tell the screens. Posting is safe from any thread; handling happens in the screen's own."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from assistant.records import AnswerEvent, Citation
from assistant.tui.desk import Opened, PageSeen, PictureSeen
from ingest.errors import AssistantError
from ingest.records import Hit, IndexEvent


@dataclass
class DeskOpened(Message):
    """The library was opened, or is not there yet."""

    opened: Opened


@dataclass
class AnswerArrived(Message):
    """An event of an answer; pieces of a draft come joined."""

    turn: int
    event: AnswerEvent


@dataclass
class AnswerEnded(Message):
    """No more events come: finished, cancelled or failed."""

    turn: int
    error: AssistantError | None
    cancelled: bool


@dataclass
class PageArrived(Message):
    """A page that was asked for, or why there is none."""

    request: int
    seen: PageSeen | None
    why: str = ""


@dataclass
class PictureArrived(Message):
    """A picture of a page that was asked for, or why there is none."""

    request: int
    seen: PictureSeen | None
    why: str = ""


@dataclass
class IndexingSaid(Message):
    """Events of indexing, joined for a moment, oldest first."""

    events: tuple[IndexEvent, ...]


@dataclass
class StatusArrived(Message):
    """What the owner and the library say of themselves."""

    status: dict[str, object]


@dataclass
class WentWrong(Message):
    """Something that was asked for could not be done."""

    error: AssistantError


@dataclass
class SourceChosen(Message):
    """A person chose a citation or a hit to read."""

    turn: int
    source: Citation | Hit
