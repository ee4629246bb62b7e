"""`make benchmarks`: every figure that has an aim, one benchmark after another, each in a process of its own.

    python -m tests.benchmarks [NAME …]

Run it on a machine that does nothing else: each says how busy it found it. About half an hour on two processors. A
benchmark that fails is named at the end and does not keep the others from running.
"""

from __future__ import annotations

import subprocess
import sys
import time

from tests.benchmarks.measuring import line

ALL = {
    "embedding": "the compiled embedding model against sentence-transformers",
    "cold_ask": "a cold question, to its first hit",
    "follow_up": "the first token of a follow-up",
    "yielding": "how soon indexing yields",
    "foreground": "what indexing costs other programs, and a question",
    "governed": "indexing with the governor against none",
    "indexing": "indexing PDFs against the textbook pipeline",
    "memory": "peak memory with a PDF of 2,000 pages against one of 20",
    "warm_search": "searching 100,000 passages",
    "commands": "the commands on sample_docs/",
    "terminal": "how quickly the terminal program reacts",
}


def main() -> int:
    """Run them; 1 where one failed."""
    chosen = sys.argv[1:] or list(ALL)
    unknown = [name for name in chosen if name not in ALL]
    if unknown:
        line(f"no benchmark {', '.join(unknown)}; there are: {', '.join(ALL)}")
        return 2
    failed = []
    for name in chosen:
        began = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=False).returncode:
            failed.append(name)
        line(f"   [{name}: {ALL[name]}; {time.monotonic() - began:.0f} s]")
    if failed:
        line(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
