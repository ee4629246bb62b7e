"""`make ablation`: what each part of retrieval is there for, measured by leaving it out.

Without `--data`: `sample_docs/`; with it: every set below that folder (see `sets.py`). One table a set: the whole of
retrieval, and then each part left out in turn. Unlike `evaluate` it runs inside this program, because no command can
leave a part out; libraries are made by the command and kept where `--keep` says.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

from assistant.cli.rows import hit_rows
from assistant.late import TokenStore
from assistant.retrieve import Retriever
from ingest.embed import Encoder
from ingest.library import Library
from tests.quality import run
from tests.quality.evaluate import SAMPLE_DOCS, SEARCH_LIMIT, ranking
from tests.quality.judge import Row, at_evidence
from tests.quality.sets import Question, QuestionSet, sample_set, sets_below

PARTS: dict[str, tuple[str, ...]] = {
    "all of it": (),
    "without words (bm25)": ("words",),
    "without meaning (cosine)": ("meaning",),
    "without late interaction": ("late",),
    "without reading again": ("late", "sentence", "near"),
    "without best sentence": ("sentence",),
    "without nearness": ("near",),
    "without the named document": ("named",),
    "without documents led to": ("led",),
    "without folding versions": ("versions",),
    "without spelling": ("spelling",),
    "without usual words": ("usual",),
}
"""Row of the table to the parts that are left out in it."""
TOKEN_BYTES = 3_000_000_000
"""Token vectors kept between the rows of a table, so that each passage is read once."""

Search = Callable[[str], list[Row]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make ablation", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, help="folder of sets; without it: sample_docs/")
    parser.add_argument("--only", nargs="+", default=["*"], help="names of sets, with * and ?")
    parser.add_argument("--limit", type=int, help="at most so many questions a set, evenly spread")
    parser.add_argument("--keep", type=Path, help="folder of libraries, used again where they are there")
    options = parser.parse_args(arguments)
    sets = sets_below(options.data) if options.data else [sample_set(SAMPLE_DOCS)]
    wanted = [one for one in sets if any(fnmatch.fnmatch(one.name, pattern) for pattern in options.only)]
    if not wanted:
        sys.exit(f"error: no set with corpus/ and questions.jsonl below {options.data}")
    for one in wanted:
        with tempfile.TemporaryDirectory() as folder:
            library = (options.keep or Path(folder)) / one.name
            if not (library / "catalog.db").exists():
                run.index(one.indexed, library)
            sys.stdout.write(table(one.limited(options.limit), library) + "\n")
            sys.stdout.flush()


def table(one: QuestionSet, folder: Path) -> str:
    """One row a part left out, one column a figure."""
    with Library.open(folder) as library:
        meta = library.meta()
        encoder = Encoder.open(meta.model, meta.variant)
        tokens = TokenStore(encoder, TOKEN_BYTES)
        limit = SEARCH_LIMIT if one.ranks_only else 10
        rows: dict[str, dict[str, float]] = {}
        for name, parts in PARTS.items():
            retriever = Retriever(library, encoder, without=parts, tokens=tokens)
            rows[name] = figures(one, lambda question, here=retriever: hit_rows(here.search(question, limit)))  # type: ignore[misc]  # a default binds the retriever of this row
            sys.stderr.write(f"{one.name}: {name}\n")
        counts = library.counts()
    columns = list(rows["all of it"])
    lines = [f"{one.name}: {len(one.questions)} questions, {counts.documents} documents in {counts.passages} passages"]
    lines.append(f"  {'':<28}" + "".join(f"{column:>16}" for column in columns))
    for name, values in rows.items():
        lines.append(f"  {name:<28}" + "".join(f"{values[column]:>16.3f}" for column in columns))
    return "\n".join([*lines, ""])


def figures(one: QuestionSet, search: Search) -> dict[str, float]:
    """Of the questions that have evidence: how often it is the first hit, and among five; or nDCG@10 of documents."""
    if one.ranks_only:
        rows = [{"hits": search(question.text)} for question in one.questions]
        return {name: value for name, value, _ in ranking(one.questions, rows)[:2] if value is not None}
    first, among, every = [], [], []
    for question in one.questions:
        if question.evidence:
            hits = search(question.text)
            first.append(bool(_at(question, hits[:1])))
            among.append(bool(_at(question, hits[:5])))
            if len(question.relevant) > 1:
                every.append(_at(question, hits[:5]) == question.relevant)
    found = {"first hit": fmean(first), "among five": fmean(among)}
    return found | ({"all files": fmean(every)} if every else {})


def _at(question: Question, hits: Sequence[Row]) -> frozenset[Path]:
    """Files of the evidence that is among the hits."""
    return frozenset(Path(hit["path"]) for hit in hits if at_evidence(question, hit, hit["text"]))


if __name__ == "__main__":
    main()
