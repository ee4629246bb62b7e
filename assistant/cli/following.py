"""`assistant watch`, `pause`, `resume` and `remove`: what goes on in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.common import Context, JsonOption, LibraryOption, context

if TYPE_CHECKING:
    from ingest.client import Client


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(watch)
    app.command()(pause)
    app.command()(resume)
    app.command()(remove)


def watch(library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Stay, and keep the library up to date with its folders, until Ctrl-C."""
    from assistant.cli.indexing import report

    here = context(library, as_json)
    with _owner(here) as client:
        report(here, client.index([], follow=True))
        if not as_json:
            here.output.remark("looking for changes; Ctrl-C ends it")
        return report(here, client.events())


def pause(library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Stop indexing until `assistant resume`, also after a restart."""
    here = context(library, as_json)
    with _owner(here) as client:
        client.pause()
    _say(here, {"event": "paused"}, "Indexing is paused; `assistant resume` lets it go on.")
    return 0


def resume(library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Let indexing go on."""
    here = context(library, as_json)
    with _owner(here) as client:
        client.resume()
    _say(here, {"event": "resumed"}, "Indexing goes on whenever there is something to do.")
    return 0


def remove(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder or file of the library.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Drop a folder and what was read from it; your files stay."""
    from ingest.errors import UsageError
    from ingest.library import Library

    here = context(library, as_json)
    path = folder.absolute()
    with Library.open(here.library) as opened:
        roots = opened.roots()
    if path not in roots:
        known = ", ".join(map(str, roots)) or "none"
        raise UsageError(f"{path} is not a folder of this library", f"Its folders: {known}.")
    with _owner(here) as client:
        client.drop_folder(path)
    _say(here, {"event": "removed", "path": str(path)}, f"{path} is dropped; nothing of it is found any more.")
    return 0


def _owner(here: Context) -> Client:
    """A connection to the owner of a library that is there already."""
    from ingest.client import Client
    from ingest.library import Library

    Library.open(here.library).close()
    return Client.start(here.library, here.config)


def _say(here: Context, row: dict[str, str], line: str) -> None:
    if here.output.as_json:
        here.output.row(row)
    else:
        here.output.line(line)
