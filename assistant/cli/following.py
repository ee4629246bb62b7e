"""`assistant watch`, `pause`, `resume` and `remove`: what goes on in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.common import Context, JsonOption, LibraryOption, context

if TYPE_CHECKING:
    from assistant.cli.service import Service
    from ingest.client import Client


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(watch)
    app.command()(pause)
    app.command()(resume)
    app.command()(remove)


def watch(
    install: Annotated[bool, typer.Option("--install", help="Do it in the background from now on.")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Do it in the background no more.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Stay, and keep the library up to date with its folders, until Ctrl-C."""
    from assistant.cli.indexing import report
    from ingest.errors import UsageError

    here = context(library, as_json)
    if install and uninstall:
        raise UsageError("--install and --uninstall contradict one another", "Give one of them.")
    if install:
        return _install(here)
    if uninstall:
        return _uninstall(here)
    with _owner(here) as client:
        report(here, client.index([], follow=True))
        if not as_json:
            here.output.remark("looking for changes; Ctrl-C ends it")
        return report(here, client.events())


def _install(here: Context) -> int:
    """Have the person's session start `watch`, and say what was done and how to undo it."""
    from assistant.cli import service
    from ingest.library import Library

    Library.open(here.library).close()
    outcome = service.install(_service(here))
    if here.output.as_json:
        here.output.row({"event": "installed", "path": str(outcome.path), "started": outcome.done})
        return 0
    here.output.line(f"written: {outcome.path}")
    if outcome.done:
        here.output.line("Your folders are looked after now, and whenever you log in.")
    else:
        here.output.line("It could not be started from here. Start it with:")
        for command in outcome.commands:
            here.output.line(f"  {command}")
    here.output.line("Undo it with: assistant watch --uninstall")
    return 0


def _uninstall(here: Context) -> int:
    """Undo `_install`; what was never installed is no error."""
    from assistant.cli import service

    outcome = service.uninstall(_service(here))
    line = f"removed: {outcome.path}" if outcome.done else f"It was not installed: there is no {outcome.path}"
    _say(here, {"event": "uninstalled", "path": str(outcome.path)}, line)
    return 0


def _service(here: Context) -> Service:
    from assistant.cli.service import service
    from ingest.config import data_folder

    return service(here.library, here.library == data_folder() / "library")


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
