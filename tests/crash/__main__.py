"""`python -m tests.crash`: kill the parts of the program at random moments; prints what was found."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.crash import documents, trial


def main() -> int:
    """Run a trial as the command line says; 1 when something was not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description="Kill parts of the program.")
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "documents"
        documents.make(folder, options.documents)
        trial.build(folder, Path(name) / "reference")
        outcome = trial.run(
            folder, Path(name) / "reference", Path(name) / "disturbed", options.kills, options.seed, _say
        )
    _say(f"{options.documents} documents, {outcome.counts()}")
    for problem in outcome.problems:
        _say(f"WRONG: {problem}")
    _say("nothing lost, nothing invented" if not outcome.problems else f"{len(outcome.problems)} problems")
    return 1 if outcome.problems else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
