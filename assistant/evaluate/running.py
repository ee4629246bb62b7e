"""Every question asked, one answer after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answer import Answerer
from assistant.evaluate.measure import Measured, measure
from assistant.evaluate.questions import OwnQuestion
from assistant.records import Finished


def measured(questions: Sequence[OwnQuestion], answerer: Answerer) -> Iterator[Measured]:
    """Ask the questions in their order and hold each answer against what is expected."""
    for question in questions:
        for event in answerer.ask(question.text, question.within):
            if isinstance(event, Finished):
                yield measure(question, event.answer)
