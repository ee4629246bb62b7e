"""`assistant serve --web`: the terminal program in a browser of this machine."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from assistant.cli.common import LibraryOption, ModelOption, context


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    web: Annotated[bool, typer.Option("--web", help="The terminal program in a browser.")] = False,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="An address of this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: a free one.")] = 0,
    library: LibraryOption = None,
    model: ModelOption = None,
) -> int:
    """Show the terminal program in a browser of this machine, until Ctrl-C; nobody else can reach it."""
    from ingest.errors import SetupError, UsageError

    here = context(library, False, model)
    if not web:
        raise UsageError("say what to serve", "The terminal program in a browser: assistant serve --web")
    try:
        from assistant.cli.web import Page, bound, loopback
    except ImportError as error:
        raise SetupError(
            "the page needs textual-serve", "Install it: pip install 'private-document-assistant[web]'"
        ) from error
    arguments = ["--library", str(here.library)]
    arguments += ["--model", model] if model else []
    page = Page(arguments, bound(loopback(host), port), secrets.token_urlsafe(24))
    here.output.line(f"Open {page.address}")
    here.output.line("The address lets in whoever has it on this machine. Ctrl-C ends it.", "dim")
    page.run()
    return 0
