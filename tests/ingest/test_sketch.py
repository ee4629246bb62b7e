"""Sketches: how well they estimate what texts have in common."""

from __future__ import annotations

import random

import pytest

from ingest.sketch import HASHES, resemblance, resembling, sketch


def text(seed: int, words: int) -> list[str]:
    chance = random.Random(seed)
    return [f"w{chance.randrange(5000)}" for _ in range(words)]


def passages(words: list[str], size: int = 150) -> list[str]:
    return [" ".join(words[at : at + size]) for at in range(0, len(words), size)]


def test_the_same_words_cut_and_written_otherwise_are_the_same() -> None:
    words = text(1, 3000)
    one, other = sketch(passages(words)), sketch(passages([word.upper() for word in words], 130))
    assert len(one) == 4 * HASHES
    assert resemblance(one, one) == 1.0
    assert resemblance(one, other) > 0.9
    assert resemblance(one, sketch(passages(text(2, 3000)))) < 0.05


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
def test_the_estimate_is_near_what_is_shared(share: float) -> None:
    words = text(1, 4000)
    kept = int(len(words) * share)
    other = words[:kept] + text(2, len(words) - kept)
    truth = resembling(" ".join(words), " ".join(other))
    assert resemblance(sketch([" ".join(words)]), sketch([" ".join(other)])) == pytest.approx(truth, abs=0.14)


def test_short_texts_resemble_nothing() -> None:
    thanks = sketch(["Thank you very much, see you on Monday."])
    assert resemblance(thanks, thanks) == 0.0
    assert resemblance(b"", b"") == 0.0
    assert sketch([]) == b""
    assert resembling("", "") == 1.0
    assert resembling("one two three", "") == 0.0


def test_a_sketch_does_not_depend_on_the_process() -> None:
    assert sketch(["the quick brown fox jumps"]).hex() == sketch(["The quick brown fox jumps"]).hex()
    assert len(sketch(["the quick brown fox jumps"])) == 12
