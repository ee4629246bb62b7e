"""What was made of a question, told with its answer: the question as it was searched, its filters, words put right."""

from __future__ import annotations

from dataclasses import replace

from assistant.records import Answer, AnswerEvent, Finished, Quotes
from assistant.retrieve import Understanding


def told(event: AnswerEvent, asked: str, read: Understanding) -> AnswerEvent:
    """The event with its answer, if it has one, to the question as it was asked.

    Args:
        event: Of an answer to the question as it was searched.
        asked: As a person wrote it.
        read: How that was understood.
    """
    match event:
        case Quotes(answer):
            return Quotes(_told(answer, asked, read))
        case Finished(answer):
            return Finished(_told(answer, asked, read))
        case _:
            return event


def _told(answer: Answer, asked: str, read: Understanding) -> Answer:
    return replace(
        answer,
        question=asked,
        searched=read.question if read.question != asked else "",
        filters=read.filters.operators,
        notes=tuple(dict.fromkeys((*read.notes, *answer.notes))),
    )
