"""Times of the model: kept as numbers, in a file that stays small."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.llm import Event, Generated, Message, Piece, Progress, timed
from assistant.llm.timed import FILE, MOST_BYTES, TimedModel

SAID = [Message("user", "What is the secret rent?")]


class Scripted:
    """A model that says what it was given."""

    name, context = "scripted", 64

    def __init__(self, *events: Event) -> None:
        self.events = events
        self.closed = False

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int,
        grammar: str | None = None,
        cancelled: threading.Event | None = None,
    ) -> Iterator[Event]:
        assert (messages, max_tokens, seed, grammar, cancelled) == (SAID, 8, 1, None, None)
        yield from self.events

    def close(self) -> None:
        self.closed = True


WRITTEN = (Progress(1, 9), Piece("870"), Piece(" euros"), Generated("870 euros", "stop", 9, 5, 2, 3.0))


def test_events_pass_and_their_numbers_are_kept(tmp_path: Path) -> None:
    inner = Scripted(*WRITTEN)
    model = TimedModel(inner, tmp_path)
    assert tuple(model.generate(SAID, max_tokens=8, seed=1)) == WRITTEN
    assert (model.name, model.context, model.count(["a b"])) == ("scripted", 64, [2])
    [row] = timed.read(tmp_path)
    assert (row["prompt_tokens"], row["cached_tokens"], row["generated_tokens"], row["seconds"]) == (9, 5, 2, 3.0)
    assert 0 <= row["first_token"] < 60
    assert "rent" not in (tmp_path / FILE).read_text()
    assert "870" not in (tmp_path / FILE).read_text()
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    model.close()
    assert inner.closed


def test_a_text_of_which_nothing_came_is_not_counted(tmp_path: Path) -> None:
    assert list(
        TimedModel(Scripted(Generated("", "cancelled", 0, 0, 0, 0.1)), tmp_path).generate(SAID, max_tokens=8, seed=1)
    )
    assert timed.read(tmp_path) == []


def test_without_a_library_nothing_is_kept(tmp_path: Path) -> None:
    assert list(TimedModel(Scripted(*WRITTEN), tmp_path / "none").generate(SAID, max_tokens=8, seed=1))
    assert not (tmp_path / "none").exists()


def test_the_file_stays_small_and_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"at": 1}\nnonsense\n' + " " * MOST_BYTES + "\n")
    model = TimedModel(Scripted(*WRITTEN), tmp_path)
    for _ in range(3):
        assert list(model.generate(SAID, max_tokens=8, seed=1))
    assert (tmp_path / FILE).stat().st_size < MOST_BYTES
    assert 2 <= len(timed.read(tmp_path)) <= 3
