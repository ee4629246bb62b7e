"""`assistant eval`: a person's own questions with expected answers, measured, compared, and proposed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.common import Context, JsonOption, LibraryOption, ModelOption, context
from assistant.cli.output import printable
from ingest.errors import UsageError

if TYPE_CHECKING:
    from assistant.evaluate import Figures, Measured, OwnQuestion, Proposal
    from ingest.config import Value

AS_CONFIGURED = "as configured"
"""Name of the run without other settings."""
_ROWS = {
    "hit_at_1": "right place is the first hit",
    "hit_at_5": "right place among five hits",
    "answer_found": "expected answer shown",
    "right_citation": "a citation is right",
    "citation_precision": "citations that are right",
    "refused_answerable": "refused, though answerable",
    "refused_unanswerable": "refused, of the unanswerable",
    "seconds_median": "seconds an answer, median",
    "seconds_slow": "seconds, 95 of 100",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval")(evaluate)


def evaluate(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Questions as JSON lines.", show_default=False)
    ] = None,
    make: Annotated[
        int | None,
        typer.Option("--make", metavar="N", min=1, help="Propose N questions from the documents.", show_default=False),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            "--compare",
            metavar="SETTINGS",
            help="Ask again with other settings, such as model=none or answer.threshold=0.5,answer.passages=3.",
            show_default=False,
        ),
    ] = None,
    library: LibraryOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> int:
    """Measure the answers to your own questions, or have questions proposed from your documents."""
    here = context(library, as_json, model)
    if make is not None:
        if compare:
            raise UsageError("--make and --compare do not go together", "Propose questions first, then measure them.")
        return _propose(here, make, file)
    if file is None:
        raise UsageError("give a file of questions", "`assistant eval --make 20 questions.jsonl` proposes some.")
    from assistant.evaluate import read

    questions = read(file)
    variants = [(AS_CONFIGURED, here), *((spec, with_settings(here, spec)) for spec in compare or ())]
    results = {name: _measure(variant, name, questions) for name, variant in variants}
    if not as_json:
        _show(here, results)
    return 0


def _measure(here: Context, name: str, questions: list[OwnQuestion]) -> Figures:
    """Ask all questions with one set of settings; a row each, then the figures."""
    from assistant.cli.engine import answerer
    from assistant.evaluate import figures, measured

    results: list[Measured] = []
    with answerer(here) as engine:
        for one in measured(questions, engine):
            results.append(one)
            if here.output.as_json:
                here.output.row({"event": "question", "variant": name, **asdict(one)})
            elif one.found is False or (one.answerable == (one.outcome == "not_found")):
                what = "refused" if one.outcome == "not_found" else "not shown" if one.answerable else "answered"
                here.output.remark(f"{name}: question {one.id}: {what}")
    found = figures(results)
    if here.output.as_json:
        here.output.row({"event": "result", "variant": name, **asdict(found)})
    return found


def with_settings(here: Context, spec: str) -> Context:
    """The context with other settings, written as `section.key=value`, several with commas; `model=` is `model.name=`."""
    config = here.config
    for part in spec.split(","):
        name, equals, value = part.strip().partition("=")
        section, _, key = ("model.name" if name == "model" else name).partition(".")
        known = config.values.get(section, {})
        if not equals or key not in known:
            raise UsageError(
                f"--compare {part.strip()}: no such setting",
                "Write model=NAME or section.key=value; see `assistant config`.",
            )
        config = config.override(section, key, _typed(value.strip(), known[key], part), "--compare")
    return replace(here, config=config)


def _typed(value: str, like: Value, part: str) -> Value:
    """A setting's value from its text, of the type that the setting has."""
    try:
        if isinstance(like, bool):
            return {"true": True, "false": False}[value.casefold()]
        if isinstance(like, int | float):
            return type(like)(value)
    except (KeyError, ValueError) as error:
        raise UsageError(f"--compare {part.strip()}: not a value of this setting", f"It is now {like!r}.") from error
    return value


def _show(here: Context, results: dict[str, Figures]) -> None:
    """The figures side by side."""
    from rich.table import Table

    first = next(iter(results.values()))
    table = Table(box=None, pad_edge=False)
    table.add_column(
        f"{first.questions} questions, {first.questions - first.answerable} without answer", style="dim", no_wrap=True
    )
    for name in results:
        table.add_column(printable(re.sub(r"([=,])", r"\1\n", name)), justify="right")
    for field, spoken in _ROWS.items():
        values = [getattr(one, field) for one in results.values()]
        if any(value is not None for value in values):
            table.add_row(spoken, *("–" if value is None else f"{value:.3f}" for value in values))
    here.output.console.print(table)


def _propose(here: Context, most: int, file: Path | None) -> int:
    """Questions from the documents: shown as JSON, or offered one by one and written to the file."""
    from assistant.evaluate import appended, proposals
    from ingest.library import Library

    with Library.open(here.library) as opened:
        found = list(proposals(opened, most))
    if here.output.as_json:
        for one in found:
            here.output.row(one.as_json(accepted=False))
        return 0
    if file is None:
        raise UsageError("name a file for the questions", "For example `assistant eval --make 20 questions.jsonl`.")
    if not sys.stdin.isatty():
        appended(file, (one.as_json(accepted=False) for one in found))
        here.output.line(f"{len(found)} proposed in {file}; set `accepted` to true where one is good.")
        return 0
    kept = 0
    for one in accepted(found, lambda: input("[y]es, [n]o, [e]dit, [q]uit: "), here.output.line):
        appended(file, [one.as_json(accepted=True)])
        kept += 1
    here.output.line(f"{kept} questions written to {file}; `assistant eval {file}` measures them.")
    return 0


def accepted(found: list[Proposal], say: Callable[[], str], show: Callable[[str], None]) -> Iterator[Proposal]:
    """The proposals that a person accepts, as they edited them.

    Args:
        found: What is proposed.
        say: Returns the person's next line; an EOFError ends it.
        show: Shows the person a line.
    """
    for number, one in enumerate(found, 1):
        show(
            f"\n{number} of {len(found)}  {one.question}\n      {one.answer}\n      {one.path.name}: {' '.join(one.quote.split())}"
        )
        try:
            choice = say().strip().casefold()[:1]
            if choice == "q":
                return
            if choice == "e":
                show("The question, then the answer; an empty line keeps what is there.")
                question, answer = say().strip(), say().strip()
                yield replace(one, question=question or one.question, answer=answer or one.answer)
            elif choice == "y":
                yield one
        except EOFError:
            return
