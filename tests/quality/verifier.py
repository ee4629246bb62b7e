"""`python -m tests.quality.verifier`: how often `assistant verify` is right about statements made from documents.

By default from `sample_docs/`; `--documents DIR` takes other folders. Prints, for each kind of statement, the share shown
as supported: near 1 is wanted for true statements, near 0 for false ones.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.quality import run
from tests.quality.evaluate import SAMPLE_DOCS
from tests.quality.statements import Statement, make, sentences_in

MOST = 60
"""Statements of one kind."""
MOST_FILES = 150
"""Files read of a folder."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make statements, verify them, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path, nargs="+", help="folders to make statements from")
    parser.add_argument("--most", type=int, default=MOST, help="statements of one kind")
    parser.add_argument("--show", action="store_true", help="print the statements that were judged wrongly")
    options = parser.parse_args(arguments)
    folders = options.documents or sorted(path for path in SAMPLE_DOCS.iterdir() if path.is_dir())
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())[:MOST_FILES]
    pages: dict[str, list[str]] = {}
    for (path, _), text in sorted(run.page_texts(files).items()):
        pages.setdefault(path, []).append(text)
    statements = make(sentences_in(pages), options.most)
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        run.index(files, library)
        shown = verified(statements, library, Path(folder))
    sys.stdout.write(f"statements made from {len(pages)} documents\n" + table(statements, shown))
    if options.show:
        wrong = (one for one, was in zip(statements, shown, strict=True) if was != one.true)
        sys.stdout.writelines(f"{one.kind}: {one.text} ({Path(one.document).name})\n" for one in wrong)


def verified(statements: Sequence[Statement], library: Path, folder: Path) -> list[bool]:
    """Whether each statement is shown as supported."""
    batch = folder / "statements.jsonl"
    rows = [json.dumps({"id": str(number), "text": one.text}) for number, one in enumerate(statements)]
    batch.write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = run.lines(["verify", "--batch", str(batch), "--library", str(library)])
    said = {row["id"]: row for row in found}
    return [
        bool(said[str(number)]["claims"]) and all(one["verdict"] == "supported" for one in said[str(number)]["claims"])
        for number in range(len(statements))
    ]


def table(statements: Sequence[Statement], shown: Sequence[bool]) -> str:
    """Share shown as supported, a line a kind, then all true and all false ones."""
    kinds = [*dict.fromkeys(one.kind for one in statements), "all true", "all false"]
    groups: dict[str, list[bool]] = {kind: [] for kind in kinds}
    truth = {one.kind: one.true for one in statements}
    for one, was in zip(statements, shown, strict=True):
        groups[one.kind].append(was)
        groups["all true" if one.true else "all false"].append(was)
    lines = [
        f"{kind:20}{'true' if truth.get(kind, kind == 'all true') else 'false':7}"
        f"shown as supported {sum(said) / len(said):.3f}  n={len(said)}\n"
        for kind, said in groups.items()
        if said
    ]
    return "".join(lines)


if __name__ == "__main__":
    main()
