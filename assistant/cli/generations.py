"""`assistant generations`: the vectors in use, and making them anew with another embedding model."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.common import Context, JsonOption, LibraryOption, context

if TYPE_CHECKING:
    from ingest.client import Client
    from ingest.library import Generation

POLL_SECONDS = 0.5
"""How often the owner is asked how far it has got."""
SECONDS_A_TEXT = 0.03
"""Where this machine has not timed the model yet."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(generations)


def generations(
    action: Annotated[
        str | None,
        typer.Argument(
            metavar="[new|back|drop]",
            help="Make all vectors anew with the configured model; bring the replaced ones back; drop those not in use.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show the generations of vectors, or make, bring back or drop one."""
    from ingest.client import Client
    from ingest.errors import UsageError
    from ingest.library import Library

    here = context(library, as_json)
    with Library.open(here.library) as opened:
        known = opened.generations()
        texts = opened.texts_to_make()
    match action:
        case None:
            _show(here, known)
        case "new":
            model = str(here.config.section("embedding")["model"])
            estimate = _estimate(here, model, texts, known)
            if not (yes or as_json or not sys.stdin.isatty() or typer.confirm(f"{estimate} Begin?")):
                return 0
            if not as_json:
                here.output.remark(estimate)
            with Client.start(here.library, here.config) as client:
                client.generation("new", model)
                return _follow(here, client)
        case "back":
            with Client.start(here.library, here.config) as client:
                client.generation("back")
                return _follow(here, client)
        case "drop":
            with Client.start(here.library, here.config) as client:
                dropped = client.generation("drop")["dropped"]
            _say(here, {"event": "dropped", "generations": dropped}, f"{dropped} generations dropped.")
        case _:
            raise UsageError(f"unknown action {action}", "Use new, back or drop, or none to see what there is.")
    return 0


def _show(here: Context, known: list[Generation]) -> None:
    for one in known:
        row = {"generation": one.key, "state": one.state, "model": one.model, "variant": one.variant, "rows": one.rows}
        state = {"current": "in use", "building": "being made", "old": "replaced"}[one.state]
        _say(here, row, f"{one.key}: {state}, {one.model} ({one.variant}), {one.rows} vectors")


def _estimate(here: Context, model: str, texts: int, known: list[Generation]) -> str:
    """What making all vectors anew takes, in words."""
    import os

    from ingest.embed import compiled
    from ingest.model_files import find, read_json

    found = find(model, "embedding")
    choice = read_json(compiled.folder(found) / compiled.CHOICE)
    if any(one.model in (found.name, str(found.path)) and one.variant == choice.get("variant") for one in known):
        return f"The vectors of {found.name} are there already: they are copied, without those that nothing needs any more."
    timed = choice.get("seconds_a_text", {}).get(choice.get("variant"))
    processes = int(here.config.section("embedding")["processes"]) or os.cpu_count() or 1
    seconds = texts * float(timed or SECONDS_A_TEXT) / processes
    first = "" if timed else ", and a minute to make the model ready"
    span = f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
    return (
        f"{texts} texts are embedded with {found.name}: about {span} on this machine while it does nothing else{first}. "
        "Questions go on with the present vectors until then."
    )


def _follow(here: Context, client: Client) -> int:
    """Stay until the vectors are in use; leaving earlier stops nothing for good."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from ingest.errors import LibraryError

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=here.output.progress_console, transient=True, disable=_silent(here)) as bar:
        task = bar.add_task("making vectors", total=None)
        while (progress := (status := client.status()).get("generation")) is not None:
            if progress["problem"] is not None:
                raise LibraryError(
                    progress["problem"]["message"], progress["problem"]["hint"], progress["problem"]["code"]
                )
            what = status["reason"] or "making vectors"
            bar.update(task, total=progress["texts"], completed=progress["made"], description=what)
            time.sleep(POLL_SECONDS)
    from ingest.library import Library

    with Library.open(here.library) as opened:
        now = opened.generation()
    if now is not None:
        row = {"event": "in_use", "generation": now.key, "model": now.model, "variant": now.variant, "rows": now.rows}
        line = f"In use: {now.model} ({now.variant}), {now.rows} vectors. `assistant generations back` undoes it."
        _say(here, row, line)
    return 0


def _silent(here: Context) -> bool:
    return here.output.as_json or not here.output.progress_console.is_terminal


def _say(here: Context, row: dict[str, Any], line: str) -> None:
    if here.output.as_json:
        here.output.row(row)
    else:
        here.output.line(line)
