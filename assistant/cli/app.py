"""The commands together, and the terminal program when there is none."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from assistant.cli import (
    asking,
    chatting,
    evaluating,
    following,
    forgetting,
    generations,
    indexing,
    keeping,
    machine,
    moving,
    reading,
    serving,
    tuning,
)
from assistant.cli.common import LibraryOption, ModelOption, context

app = typer.Typer(
    help="Answers questions from your own files, on this machine, with the page and the words each statement rests on.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def terminal(
    command: typer.Context,
    library: LibraryOption = None,
    model: ModelOption = None,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,  # noqa: ARG001 - taken out by main
) -> int | None:
    """Answers questions from your own files. Without a command: the terminal program."""
    if version:
        from importlib.metadata import version as installed

        from ingest.config import DISTRIBUTION

        context(library, False).output.line(installed(DISTRIBUTION))
        raise typer.Exit
    if command.invoked_subcommand is not None:
        for variable, value in (("ASSISTANT_LIBRARY", library), ("ASSISTANT_MODEL", model)):
            if value is not None:
                os.environ[variable] = str(value)
        return None
    from assistant.tui.app import run

    raise typer.Exit(run(context(library, False, model).config))


for add in (
    indexing,
    asking,
    chatting,
    evaluating,
    reading,
    keeping,
    following,
    forgetting,
    generations,
    moving,
    machine,
    tuning,
    serving,
):
    add.register(app)
