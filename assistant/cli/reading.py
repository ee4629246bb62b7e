"""`assistant extract`: read files as ingestion would, without touching a library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.common import JsonOption, LibraryOption, context
from assistant.cli.rows import extract_row


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(extract)


def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files to read.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Read files exactly as ingestion would, OCR included, and show their text."""
    from ingest.work.sandbox import read_files

    here = context(library, as_json)
    settings = here.config.section("reading")
    failed = 0
    for file in read_files([path.absolute() for path in files], settings, settings["parallel"]):
        failed += file.status == "failed"
        if as_json:
            here.output.row(extract_row(file))
            continue
        here.output.line(f"{file.path} · {file.media_type} · {file.title}".rstrip(" ·"), style="bold")
        if file.error:
            here.output.line(f"{file.status}: {file.error.message} {file.error.hint}")
        for page in file.pages:
            read = f", scan read at {page.confidence:.0%}" if page.confidence is not None else ""
            here.output.line(f"— {page.inside + ' › ' if page.inside else ''}{page.label}{read}", style="dim")
            here.output.line(page.text)
        for problem in file.problems:
            here.output.line(f"problem: {problem.message}")
    return 1 if failed else 0
