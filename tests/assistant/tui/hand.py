"""Answers, pages and events made by hand, and a desk that gives them: for tests of what the screens show."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.records import (
    Answer,
    AnswerEvent,
    Citation,
    Claim,
    Draft,
    Finished,
    Found,
    Quotes,
    Reading,
    Searching,
    Seconds,
    Text,
)
from assistant.tui import choices
from assistant.tui.choices import ModelHere, Setting
from assistant.tui.desk import Neighbour, Opened, PageSeen, PictureSeen, Source
from assistant.tui.shelf import Shelf
from assistant.tui.talks import Talks
from ingest import config
from ingest.catalog.facts import FileState
from ingest.errors import AssistantError
from ingest.library import FileProblem, FileRow
from ingest.records import Done, Hit, IndexEvent, Location, Passage, Span, Started

FOLDER = Path("/archive")
LEASE = (
    "LEASE AGREEMENT\n\n§ 4 Rent\n\nThe monthly rent is 870 euros and is due on the third working day of each month. "
    "It is paid to the landlord's account.\n\n§ 5 Heating\n\nThe landlord has the boiler serviced once a year. "
    "Heating costs are settled by consumption.\n\n"
) + "\n\n".join(f"§ {number} Further terms of the lease, number {number}, in plain words." for number in range(6, 40))
LETTER = "Dear tenant,\n\nthe boiler will be serviced on 14 March 2023 between 8 and 12 o'clock.\n\nYours, M. Ortega"
PAGES = {"lease.pdf": LEASE, "letter.pdf": LETTER}
EVIL = "The \x1b[2J\x1b]0;owned\x07boiler [bold red]costs[/] [@click=app.quit]nothing[/] \u202eyadot\u202c."


def citation(
    number: int, name: str, quote: str, page: int = 1, confidence: float | None = None, key: str = ""
) -> Citation:
    start = PAGES.get(name, quote).find(quote)
    answer = quote.find(key) if key else -1
    highlights = ((answer, answer + len(key)),) if answer >= 0 else ()
    return Citation(
        number,
        FOLDER / name,
        None,
        page,
        f"p. {page}",
        quote,
        name,
        Span(1, start, start + len(quote)),
        confidence,
        highlights,
    )


def hit(name: str, text: str) -> Hit:
    passage = Passage(name, name, 0, (), text, (Span(1, 0, len(text)),))
    return Hit(passage, Location(name, FOLDER / name, None, 1), 1, "p. 1", "", 0.7, "both")


RENT = citation(
    1,
    "lease.pdf",
    "The monthly rent is 870 euros and is due on the third working day of each month.",
    2,
    key="870 euros",
)
BOILER = citation(2, "letter.pdf", "the boiler will be serviced on 14 March 2023", 1, 0.68, key="14 March 2023")
HITS = (hit("lease.pdf", LEASE[:120]), hit("letter.pdf", LETTER[:80]))
QUOTED = Answer(
    "What is the rent, and when does the boiler get its service?",
    f"{RENT.quote} [1]\n{BOILER.quote} [2]",
    "answered",
    "quotes",
    0.81,
    (Claim(RENT.quote, "supported", "verbatim", (1,)), Claim(BOILER.quote, "supported", "verbatim", (2,))),
    (RENT, BOILER),
    HITS,
    "smollm2-135m-instruct",
    Seconds(0.2, 0.3, 0.4),
)
WRITTEN = Answer(
    QUOTED.question,
    "The rent is 870 euros a month. [1] The boiler is serviced on 14 March 2023. [2]",
    "answered",
    "model",
    0.87,
    (
        Claim("The rent is 870 euros a month.", "supported", "870 euros", (1,)),
        Claim("The boiler is serviced on 14 March 2023.", "supported", "14 March 2023", (2,)),
    ),
    (RENT, BOILER),
    HITS,
    "smollm2-135m-instruct",
    Seconds(0.2, 0.3, 4.2),
    ("Page 1 of letter.pdf is a poor scan.",),
)
NOT_FOUND = Answer(
    "Who won the match?",
    "This is not in your documents.",
    "not_found",
    "quotes",
    0.08,
    (),
    (),
    HITS,
    "smollm2",
    Seconds(0.2, None, 0.3),
)
STEPS: tuple[AnswerEvent, ...] = (
    Searching(QUOTED.question),
    Found(HITS),
    Quotes(QUOTED),
    Reading(128, 512),
    Draft("The rent is 870 euros a month. The boiler costs nothing"),
    Text(WRITTEN.claims[0]),
    Text(Claim("The boiler costs nothing.", "unsupported", "no page says so", ())),
    Draft(" and is serviced on 14"),
)


COSTS = {
    "documents": 15,
    "pages": 64,
    "passages": 212,
    "failed": 1,
    "running_seconds": 53.0,
    "seconds": {"ocr": 41.0, "embed": 12.0, "read": 0.4},
    "joules": None,
    "energy_source": None,
    "paces": [
        {"at": "2024-03-01T10:02:00", "level": "slow", "reason": "someone is at the keyboard", "seconds": 40.0},
        {"at": "2024-03-01T10:03:00", "level": "full", "reason": "", "seconds": 13.0},
    ],
    "days": {},
}
MEANINGS = {
    ("reading", "ocr"): "Whether scans are read.",
    ("answer", "passages"): "Passages offered to the language model.",
    ("answer", "threshold"): "Confidence below which there is no answer: 0 answers always, 1 never.",
    ("terminal", "theme"): "Theme of the terminal program.",
}
VALUES: dict[tuple[str, str], config.Value] = {
    ("reading", "ocr"): True,
    ("answer", "passages"): 5,
    ("answer", "threshold"): 0.3,
    ("terminal", "theme"): "textual-dark",
}
"""Settings that are shown: the defaults of the day would change the pictures."""


def row(name: str, state: FileState = "indexed", code: str = "") -> FileRow:
    return FileRow(FOLDER / name, 1000, 1, state, 1 if state == "indexed" else 0, code)


SHELF = Shelf(
    (FOLDER, Path("/drive")),
    (Path("/drive"),),
    (
        row("lease.pdf"),
        row("letter.pdf"),
        row("mail/old.msg", "failed", "encrypted"),
        row("mail/new.eml", "pending"),
        row("mail/logo.bin", "skipped", "unsupported"),
        FileRow(Path("/drive/photo.jpg"), 1000, 1, "indexed", 1),
    ),
    (
        FileProblem(
            FOLDER / "mail/old.msg", None, None, "encrypted", "it is protected by a password", "Save it without one."
        ),
    ),
)


class HandDesk:
    """A desk without a library.

    Args:
        answer: Events for a question; `hold` stops behind them until it is set or the answer is cancelled.
        exists: Whether there is a library.
        problems: What was missing at the start.
        unreadable: Why the library that is there cannot be opened.
        status: What the owner says.
        folder: Where conversations are kept; none are where it is left out.
    """

    def __init__(
        self,
        answer: Callable[[str], Sequence[AnswerEvent]] = lambda question: (Searching(question), Finished(WRITTEN)),
        exists: bool = True,
        problems: tuple[AssistantError, ...] = (),
        status: dict[str, Any] | None = None,
        folder: Path = FOLDER / "library",
        unreadable: AssistantError | None = None,
    ) -> None:
        self.talks = Talks(folder)
        self._folder = folder
        self._answer = answer
        self.exists = exists
        self._problems = problems
        self._unreadable = unreadable
        self._status = status or {
            "documents": 15,
            "passages": 212,
            "failed": 0,
            "pending": 0,
            "state": "idle",
            "reason": "",
        }
        self.hold: threading.Event | None = None
        self.error: AssistantError | None = None
        self.indexed: list[Path] = []
        self.closed = False
        self.shown = SHELF
        self.reread_paths: list[Path] = []
        self.config = config.load()
        for (section, key), value in VALUES.items():
            self.config = self.config.override(section, key, value, "test")
        self.model = "smollm2-135m-instruct"

    def open(self) -> Opened:
        machine = "This machine: 4 cores, 16.0 GB of memory. Scans can be read.\nNothing leaves it."
        model = "smollm2-135m-instruct"
        return Opened(FOLDER / "library", self.exists, model, machine, self._problems, self._unreadable)

    def ask(self, question: str, cancelled: threading.Event) -> Iterator[AnswerEvent]:
        for event in self._answer(question):
            if cancelled.is_set():
                return
            if isinstance(event, Finished) and self._folder.is_dir():
                self.talks.keep(event.answer)
            yield event
        while self.hold is not None and not self.hold.wait(0.01) and not cancelled.is_set():
            pass
        if self.error is not None:
            raise self.error

    def page(self, source: Source, number: int | None = None) -> PageSeen:
        here = source.location if isinstance(source, Hit) else source
        name = here.path.name
        spans: tuple[Span, ...] = ()
        if isinstance(source, Citation):
            spans = (source.span,)
        elif isinstance(source, Hit):
            spans = source.passage.spans
        first = number in (None, 1)
        text = PAGES.get(name, EVIL) if first else f"Page {number} of {name}."
        quotes = tuple((span.start, span.end) for span in spans) if first else ()
        answers: tuple[tuple[int, int], ...] = ()
        confidence = None if isinstance(source, Location) else source.confidence
        if isinstance(source, Citation) and quotes:
            answers = tuple((quotes[0][0] + a, quotes[0][0] + b) for a, b in source.highlights)
        at = number or 1
        before = Neighbour(f"p. {at - 1}", f"… the end of page {at - 1}.") if at > 1 else None
        after = Neighbour(f"p. {at + 1}", f"The beginning of page {at + 1} …") if at < 3 else None
        return PageSeen(source, at, 3, f"p. {at}", "A lease", text, quotes, answers, confidence, before, after)

    def picture(self, seen: PageSeen, width: int) -> PictureSeen:
        height = width * seen.pages // 2
        return PictureSeen(width, height, bytes([255]) * (width * height * 3), ((0.25, 0.3, 0.75, 0.33),))

    def index(self, paths: Sequence[Path]) -> Iterator[IndexEvent]:
        self.indexed += paths
        yield Started(0)
        yield Done(0, 15, 0, 0, 0, 0, 0.1)

    def shelf(self) -> Shelf:
        return self.shown

    def place_of(self, path: Path) -> Location | None:
        return Location(path.name, path, None, 1) if path.name in PAGES else None

    def find(self, words: str, quick: bool = False) -> list[Hit]:  # noqa: ARG002 - as the desk
        return [one for one in HITS if words.casefold() in one.passage.text.casefold()]

    def reread(self, paths: Sequence[Path]) -> None:
        self.reread_paths += paths
        files = tuple(replace(row, state="indexed") if row.path in paths else row for row in self.shown.files)
        problems = tuple(problem for problem in self.shown.problems if problem.path not in paths)
        self.shown = replace(self.shown, files=files, problems=problems)

    def drop(self, folder: Path) -> None:
        self.shown = Shelf(tuple(root for root in self.shown.roots if root != folder))

    def forget(self, path: Path) -> str:
        files = tuple(row for row in self.shown.files if row.path != path)
        self.shown = replace(self.shown, files=files)
        return "1 files, 1 documents and 0 conversations. Nothing of it is left."

    def models(self) -> list[ModelHere]:
        names = ("smollm2-135m-instruct", "none")
        return [ModelHere(name, None, "a model", name == self.model) for name in names]

    def settings(self) -> list[Setting]:
        return [
            Setting(section, key, self.config.values[section][key], meaning, "")
            for (section, key), meaning in MEANINGS.items()
        ]

    def change(self, section: str, key: str, typed: str | None) -> str | None:
        self.config = choices.changed(self.config, section, key, typed)
        self.model = str(self.config.section("model")["name"])
        return self.model

    def stats(self) -> dict[str, Any]:
        return {"memory": 312_000_000, "cpu": 1.0, "processes": 4, "costs": COSTS}

    def status(self) -> dict[str, Any]:
        return self._status

    def pause(self, paused: bool) -> None:
        self._status |= {"state": "paused" if paused else "idle", "reason": "by you" if paused else ""}

    def close(self) -> None:
        self.closed = True
        self.talks.close()
