"""How many follow-up questions of `dialogues.toml` are answered, over `sample_docs/`, in quotes.

`python -m tests.quality.followups LIBRARY` prints each with the question that was made of it. LIBRARY holds sample_docs/.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import Answerer
from assistant.opening import open_encoder
from assistant.records import Finished
from assistant.retrieve import Earlier
from ingest import config
from ingest.library import Library

DIALOGUES = Path(__file__).with_name("dialogues.toml")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a dialogue with what became of it."""

    dialogue: str
    """Id of the dialogue."""
    first: bool
    """Whether it began the dialogue."""
    asked: str
    """As a person wrote it."""
    searched: str
    """As it was searched."""
    right: bool
    """Whether a quote shown has the words that answer."""


def turns(library: Path) -> Iterator[Turn]:
    """Every question of every dialogue, asked in its conversation.

    Args:
        library: Holds sample_docs/.
    """
    with Library.open(library) as opened:
        answerer = Answerer(opened, open_encoder(opened, None), None, config.load())
        for dialogue in tomllib.loads(DIALOGUES.read_text(encoding="utf-8"))["dialogue"]:
            earlier: list[Earlier] = []
            for asked, shown in zip(dialogue["asked"], dialogue["shown"], strict=True):
                [answer] = [
                    one.answer for one in answerer.ask(asked, conversation=earlier) if isinstance(one, Finished)
                ]
                searched = answer.searched or asked
                right = any(_plain(shown) in _plain(one.quote) for one in answer.citations)
                yield Turn(dialogue["id"], not earlier, asked, searched, right)
                earlier.append(Earlier(searched, answer.text))


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def main(library: Path) -> None:
    """Print every question and the count."""
    found = list(turns(library))
    for one in found:
        sys.stdout.write(f"{'ok ' if one.right else '-- '} {one.dialogue}: {one.asked} -> {one.searched}\n")
    follow_ups = [one for one in found if not one.first]
    sys.stdout.write(f"{sum(one.right for one in follow_ups)} of {len(follow_ups)} follow-ups answered\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
