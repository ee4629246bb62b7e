"""`python -m tests.benchmarks.follow_up`: time to the first token of a second question over the same passages.

Against the first question over them, which finds nothing of its prompt evaluated but, at most, the instructions that all
prompts share. Both are asked of the configured language model in its own process, already loaded.
"""

from __future__ import annotations

import time

from assistant.llm import LanguageModel, Message, Piece, open_model
from assistant.prompt import Offered, conversation
from ingest import config
from tests.benchmarks import material
from tests.benchmarks.measuring import conditions, figure, line, median, yardstick

AIM = 0.10
TURNS = 8
PASSAGES = 5
QUESTIONS = (
    "What does the first passage say about money?",
    "Who is responsible for repairs?",
    "Which dates are named?",
)


def main() -> None:
    """Measure and print."""
    model = open_model(config.load())
    if model is None:
        line("no language model is configured; there is nothing to measure")
        return
    try:
        conditions(f"a follow-up on the same passages, model {model.name}")
        texts = material.passages(PASSAGES * (TURNS + 1))
        cold, following, back = [], [], []
        for turn in range(TURNS + 1):
            offered = _offered(texts[turn * PASSAGES :][:PASSAGES])
            first, second = first_token(model, QUESTIONS[0], offered), first_token(model, QUESTIONS[1], offered)
            if turn:  # the first turn warms the model
                cold.append(first)
                following.append(second)
                first_token(model, QUESTIONS[0], _offered(texts[(turn - 1) * PASSAGES :][:PASSAGES]))
                back.append(first_token(model, QUESTIONS[2], offered))
    finally:
        model.close()
    yardstick("first question over passages, first token", median(cold), "s", TURNS)
    yardstick("second question over them", median(following), "s", TURNS)
    pairs = [after / before for before, after in zip(cold, following, strict=True)]
    figure("follow-up against cold", median(pairs), "x", most=AIM, n=TURNS)
    pairs = [after / before for before, after in zip(cold, back, strict=True)]
    figure("follow-up after a question over other passages", median(pairs), "x", most=AIM, n=TURNS)


def first_token(model: LanguageModel, question: str, offered: list[Offered]) -> float:
    """Seconds until the model's first piece."""
    messages = [Message(role, text) for role, text in conversation(question, offered)]
    began = time.perf_counter()
    for event in model.generate(messages, max_tokens=8, seed=1):
        if isinstance(event, Piece):
            return time.perf_counter() - began
    return time.perf_counter() - began


def _offered(texts: list[str]) -> list[Offered]:
    return [Offered(number, f"report, p. {number}", text) for number, text in enumerate(texts, start=1)]


if __name__ == "__main__":
    main()
