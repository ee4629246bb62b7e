"""`make evaluate`: how well the program answers, measured through its command line.

Without `--data`: `sample_docs/` with its `expected.toml`. With it: every set below that folder (see `sets.py`). Each table
says on what it was measured. Standard library only, so that it measures any build of the program (`--assistant`).
Quotes are held against the text that `assistant extract` gives for their page.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import math
import os
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.quality import refusals, run
from tests.quality.judge import Row, Verdict, area_under_curve, judge, squeezed
from tests.quality.sets import Question, QuestionSet, sample_set, sets_below

SAMPLE_DOCS = Path(__file__).parents[2] / "sample_docs"
SEARCH_LIMIT = 30
"""Passages asked of `search`, so that ten different documents are among them."""
PROGRESS_EVERY = 25
"""Questions between two lines of progress."""

Metric = tuple[str, float | None, int]
"""Name, value, and over how many items."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    command = shlex.split(options.assistant) if options.assistant else run.OWN_COMMAND
    sets = sets_below(options.data) if options.data else [sample_set(SAMPLE_DOCS)]
    wanted = [one for one in sets if any(fnmatch.fnmatch(one.name, pattern) for pattern in options.only)]
    if not wanted:
        sys.exit(f"error: no set with corpus/ and questions.jsonl below {options.data}")
    report: dict[str, Any] = {}
    for one in wanted:
        with tempfile.TemporaryDirectory() as folder:
            title, metrics, failures = measure(one.limited(options.limit), Path(folder), command, options.restrict)
        report[one.name] = {
            "on": title,
            "metrics": {name: {"value": value, "n": count} for name, value, count in metrics},
            "failures": failures,
        }
        sys.stdout.write(table(title, metrics) + "\n")
        sys.stdout.flush()
    if options.json:
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")


def measure(
    one: QuestionSet, folder: Path, command: Sequence[str], restrict: bool = False
) -> tuple[str, list[Metric], list[str]]:
    """Index the set's documents into a new library and ask its questions.

    Returns:
        What it was measured on, the metrics, and the ids of questions that went wrong.
    """
    library = folder / "library"
    started = time.monotonic()
    totals = run.index(one.indexed, library, command)
    seconds = time.monotonic() - started
    verb = "search" if one.ranks_only else "ask"
    rows: list[Row] = []
    extra = ["--limit", str(SEARCH_LIMIT)] if one.ranks_only else []
    for row in run.batch(verb, one.questions, library, command, options=extra, restrict=restrict):
        rows.append(row)
        if len(rows) % PROGRESS_EVERY == 0:
            sys.stderr.write(f"{one.name}: {len(rows)} of {len(one.questions)}\n")
    if len(rows) != len(one.questions):
        sys.exit(f"error: {one.name}: {len(rows)} answers for {len(one.questions)} questions")
    model = next((row["model"] for row in rows if row.get("model")), os.environ.get("ASSISTANT_MODEL") or "none")
    title = (
        f"{one.name}: {len(one.questions)} questions, {sum(not q.answerable for q in one.questions)} of them without an answer; "
        f"{totals['indexed']} documents in {totals['passages']} passages, indexed in {seconds:.0f} s"
        + ("" if one.ranks_only else f"; language model {model}")
        + ("; each question restricted to its document" if restrict else "")
    )
    if one.ranks_only:
        return title, ranking(one.questions, rows), []
    verdicts = [judge(question, row) for question, row in zip(one.questions, rows, strict=True)]
    metrics = [*answering(one.questions, verdicts), quotes(rows, command), _seconds(rows)]
    metrics += refusing(one, verdicts, library, command)
    return title, metrics, [q.id for q, verdict in zip(one.questions, verdicts, strict=True) if not right(q, verdict)]


def refusing(one: QuestionSet, verdicts: Sequence[Verdict], library: Path, command: Sequence[str]) -> list[Metric]:
    """The curve of refusals; where there are several folders, also of questions asked of a folder without their document."""
    kinds = {"answerable": True, "unanswerable": False}
    metrics: list[Metric] = []
    for name, answerable in kinds.items():
        sure = [
            verdict.confidence for q, verdict in zip(one.questions, verdicts, strict=True) if q.answerable == answerable
        ]
        metrics += refusals.curve(name, sure)
    moved = refusals.elsewhere(one)
    if moved:
        rows = run.batch("ask", moved, library, command, restrict=True)
        metrics += refusals.curve("asked elsewhere", [float(row.get("confidence") or 0) for row in rows])
    return metrics


def right(question: Question, verdict: Verdict) -> bool:
    """Answered with a right answer, or rightly refused."""
    return bool(verdict.answer_found) if question.answerable else not verdict.answered


def answering(questions: Sequence[Question], verdicts: Sequence[Verdict]) -> list[Metric]:
    """Metrics of `ask`."""
    pairs = list(zip(questions, verdicts, strict=True))
    present = [verdict for question, verdict in pairs if question.answerable]
    absent = [verdict for question, verdict in pairs if not question.answerable]
    placed = [verdict for question, verdict in pairs if question.evidence]
    cited = [verdict.right_citation for verdict in present if verdict.right_citation is not None]
    curve = area_under_curve([verdict.confidence for verdict in present], [verdict.confidence for verdict in absent])
    return [
        _mean("right file is the first hit", [verdict.file_at == 1 for verdict in placed]),
        _mean("right file among five hits", [_within(verdict.file_at, 5) for verdict in placed]),
        _mean("right page is the first hit", [verdict.place_at == 1 for verdict in placed]),
        _mean("right page among five hits", [_within(verdict.place_at, 5) for verdict in placed]),
        _mean("answer found in answer or quotes", [bool(verdict.answer_found) for verdict in present]),
        _mean("right citation, of those answered", cited),
        _mean("refused, though answerable", [not verdict.answered for verdict in present]),
        _mean("refused, of the unanswerable", [not verdict.answered for verdict in absent]),
        ("area under the curve of confidence", curve, len(pairs)),
        ("unsupported claims in answers", float(sum(verdict.unsupported for verdict in verdicts)), len(verdicts)),
        _mean("right in all", [right(question, verdict) for question, verdict in pairs]),
    ]


def ranking(questions: Sequence[Question], rows: Sequence[Row]) -> list[Metric]:
    """Metrics of `search` over whole documents; several passages of one count once, at the best rank."""
    gains, first = [], []
    for question, row in zip(questions, rows, strict=True):
        if not question.relevant:
            continue
        hits = sorted(row.get("hits") or [], key=lambda hit: int(hit["rank"]))
        documents = list(dict.fromkeys(Path(hit["path"]) for hit in hits))[:10]
        gain = sum(1 / math.log2(rank + 2) for rank, path in enumerate(documents) if path in question.relevant)
        ideal = sum(1 / math.log2(rank + 2) for rank in range(min(10, len(question.relevant))))
        gains.append(gain / ideal)
        first.append(bool(documents) and documents[0] in question.relevant)
    return [
        ("nDCG@10 over documents", statistics.fmean(gains) if gains else None, len(gains)),
        _mean("right file is the first hit", first),
        _seconds(rows),
    ]


def quotes(rows: Sequence[Row], command: Sequence[str]) -> Metric:
    """Share of the cited quotes that stand verbatim on the page they name, white space aside."""
    citations = [citation for row in rows for citation in row.get("citations") or []]
    texts = run.page_texts(sorted({Path(citation["path"]) for citation in citations}), command)
    pages = {place: squeezed(text) for place, text in texts.items()}
    found = [squeezed(item["quote"]) in pages.get((item["path"], item["page"]), "") for item in citations]
    return _mean("quotes verbatim on their page", found)


def table(title: str, metrics: Sequence[Metric]) -> str:
    """The metrics under what they were measured on."""
    rows = [
        f"  {name:<38}{'–' if value is None else format(value, '.3f'):>8}  n = {count}"
        for name, value, count in metrics
    ]
    return "\n".join([title, *rows, ""])


def _seconds(rows: Sequence[Row]) -> Metric:
    seconds = [row["seconds"]["total"] for row in rows if "seconds" in row]
    return "seconds a question, median", statistics.median(seconds) if seconds else None, len(seconds)


def _mean(name: str, flags: Sequence[bool]) -> Metric:
    return name, statistics.fmean(flags) if flags else None, len(flags)


def _within(rank: int | None, limit: int) -> bool:
    return rank is not None and rank <= limit


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make evaluate", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--data", type=Path, help="folder of sets; without it: sample_docs/")
    parser.add_argument("--only", nargs="+", default=["*"], help="names of sets, with * and ?")
    parser.add_argument("--limit", type=int, help="at most so many questions a set, evenly spread")
    parser.add_argument("--restrict", action="store_true", help="ask each question of the document it was written for")
    parser.add_argument("--assistant", help="another command than that of this environment")
    parser.add_argument("--json", type=Path, help="write all numbers and the ids of wrong answers here")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
