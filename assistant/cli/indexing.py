"""`assistant index`: bring files and folders into the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.common import Context, JsonOption, LibraryOption, context
from assistant.cli.output import printable
from assistant.cli.rows import event_row
from ingest import records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.progress import Progress, TaskID


SHARED = "note: other programs kept the machine busy, and indexing takes what they leave; --now takes a tenth."
UNDER_WAY = "note: --now has no effect: another program follows this library already, at the class it was started with."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(index)


def index(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH…]", help="Files and folders; none: all folders it follows.")
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try what could not be read once more, changed or not.")
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="Take a tenth of a busy processor instead of what nobody else wants.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Read files and folders into the library, or bring it up to date."""
    from ingest.client import Client

    here = context(library, as_json)
    places = [path.absolute() for path in paths or []]
    config = here.config.override("pace", "priority", "low", "--now") if now else here.config
    with Client.start(here.library, config) as client:
        if now and client.status().get("priority") != "low":
            here.output.remark(UNDER_WAY)
        if retry:
            client.reread(_troubled(here, places))
        code = report(here, client.index(places))
        if not now and not as_json and client.connected and "busy" in client.status()["pace"]["reason"]:
            here.output.remark(SHARED)
        return code


def _troubled(here: Context, places: Sequence[Path]) -> list[Path]:
    """Files at or below some places (none: anywhere) of which something could not be read."""
    from ingest.library import Library

    with Library.open(here.library) as opened:
        found = dict.fromkeys(problem.path for problem in opened.problems())
    return [path for path in found if not places or any(path.is_relative_to(place) for place in places)]


def report(here: Context, events: Iterator[records.IndexEvent]) -> int:
    """Show the events of a run as they come; the exit code, 1 where something failed."""
    return _as_json(here, events) if here.output.as_json else _for_people(here, events)


def _as_json(here: Context, events: Iterator[records.IndexEvent]) -> int:
    failed = 0
    for event in events:
        failed += isinstance(event, records.Failed)
        if not isinstance(event, records.Reading):
            here.output.row(event_row(event))
    return 1 if failed else 0


def _for_people(here: Context, events: Iterator[records.IndexEvent]) -> int:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    failed = 0
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=here.output.progress_console, transient=True) as progress:
        task = progress.add_task("looking at the folders", total=None)
        for event in events:
            failed += isinstance(event, records.Failed)
            _show(here, progress, task, event)
    return 1 if failed else 0


def _show(here: Context, progress: Progress, task: TaskID, event: records.IndexEvent) -> None:
    match event:
        case records.Started(files):
            progress.update(task, total=files, description="reading")
        case records.Reading(path, page, pages, done, files):
            of = f", page {page} of {pages}" if pages and pages > 1 else ""
            progress.update(task, total=files, completed=done, description=f"{printable(path.name)[:40]}{of}")
        case records.Failed(path, inside, _, message, hint):
            here.output.remark(f"failed: {path}{f' › {inside}' if inside else ''}: {message}  ({hint})")
        case records.Skipped(path, inside, _, message, _):
            here.output.remark(f"skipped: {path}{f' › {inside}' if inside else ''}: {message}")
        case records.Paused(reason):
            progress.update(task, description=f"paused: {reason}")
        case records.Done():
            here.output.line(_summary(event))
        case _:
            pass


def _summary(done: records.Done) -> str:
    parts = [f"{_count(done.indexed, 'document')} read", f"{done.unchanged} unchanged"]
    parts += [
        f"{number} {what}"
        for number, what in ((done.removed, "gone"), (done.failed, "failed"), (done.skipped, "skipped"))
        if number
    ]
    return f"{', '.join(parts)}; {_count(done.passages, 'new passage')}, {done.seconds:.1f} s."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
