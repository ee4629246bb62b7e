"""Answers, pages and events made by hand, and a desk that gives them: for tests of what the screens show."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
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
from assistant.tui.desk import Opened, PageSeen
from ingest.errors import AssistantError
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


class HandDesk:
    """A desk without a library.

    Args:
        answer: Events for a question; `hold` stops behind them until it is set or the answer is cancelled.
        exists: Whether there is a library.
    """

    def __init__(
        self,
        answer: Callable[[str], Sequence[AnswerEvent]] = lambda question: (Searching(question), Finished(WRITTEN)),
        exists: bool = True,
        problems: tuple[AssistantError, ...] = (),
        status: dict[str, Any] | None = None,
    ) -> None:
        self._answer = answer
        self._exists = exists
        self._problems = problems
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

    def open(self) -> Opened:
        machine = "This machine: 4 cores, 16.0 GB of memory. Scans can be read.\nNothing leaves it."
        return Opened(FOLDER / "library", self._exists, "smollm2-135m-instruct", machine, self._problems)

    def ask(self, question: str, cancelled: threading.Event) -> Iterator[AnswerEvent]:
        for event in self._answer(question):
            if cancelled.is_set():
                return
            yield event
        while self.hold is not None and not self.hold.wait(0.01) and not cancelled.is_set():
            pass
        if self.error is not None:
            raise self.error

    def page(self, source: Citation | Hit, number: int | None = None) -> PageSeen:
        name = (source.path if isinstance(source, Citation) else source.location.path).name
        spans = (source.span,) if isinstance(source, Citation) else source.passage.spans
        text = PAGES.get(name, EVIL) if number in (None, 1) else f"Page {number} of {name}."
        quotes = tuple((span.start, span.end) for span in spans) if number in (None, 1) else ()
        answers: tuple[tuple[int, int], ...] = ()
        confidence = source.confidence
        if isinstance(source, Citation) and quotes:
            answers = tuple((quotes[0][0] + a, quotes[0][0] + b) for a, b in source.highlights)
        return PageSeen(source, number or 1, 3, f"p. {number or 1}", "A lease", text, quotes, answers, confidence)

    def index(self, paths: Sequence[Path]) -> Iterator[IndexEvent]:
        self.indexed += paths
        yield Started(0)
        yield Done(0, 15, 0, 0, 0, 0, 0.1)

    def new_conversation(self) -> None:
        self.conversations = getattr(self, "conversations", 1) + 1

    def status(self) -> dict[str, Any]:
        return self._status

    def pause(self, paused: bool) -> None:
        self._status |= {"state": "paused" if paused else "idle", "reason": "by you" if paused else ""}

    def close(self) -> None:
        self.closed = True
