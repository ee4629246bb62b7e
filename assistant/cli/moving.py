"""`assistant export`, `import` and `relocate`: a library in one file, on another machine, with folders in other places."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.common import Context, JsonOption, LibraryOption, context

if TYPE_CHECKING:
    from collections.abc import Callable


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("export")(export_library)
    app.command("import")(import_library)
    app.command()(relocate)


def export_library(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write the library with its conversations into one file, also while it is in use."""
    from assistant.history import FILE
    from ingest.library.transfer import export

    here = context(library, as_json)
    with _progress(here, "copying") as progress:
        size = export(here.library, file.absolute(), [FILE], progress)
    if as_json:
        here.output.row({"event": "exported", "path": str(file.absolute()), "bytes": size})
    else:
        here.output.line(
            f"{file.absolute()}: {size / 1e6:.1f} MB. It holds the text of your documents; keep it as safe."
        )
    return 0


def import_library(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `assistant export` wrote.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Make a library from a file that `assistant export` wrote."""
    from ingest.library import Library
    from ingest.library.transfer import unpack

    here = context(library, as_json)
    with _progress(here, "unpacking") as progress:
        documents = unpack(file.absolute(), here.library, progress)
    with Library.open(here.library) as opened:
        missing = [root for root in opened.roots() if not root.exists()]
    if as_json:
        row = {"event": "imported", "library": str(here.library), "documents": documents}
        here.output.row(row | {"missing": [str(root) for root in missing]})
        return 0
    here.output.line(f"{here.library}: {documents} documents.")
    for root in missing:
        here.output.line(f"{root} is not on this machine. If it lies elsewhere: assistant relocate '{root}' NEW")
    return 0


def relocate(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Where a folder or file was.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Where it is now.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say that a folder lies elsewhere now: nothing of it is read or embedded again."""
    from ingest.client import Client
    from ingest.errors import UsageError
    from ingest.library import Library

    here = context(library, as_json)
    old, new = old.absolute(), new.absolute()
    Library.open(here.library).close()
    if not new.exists():
        raise UsageError(f"there is nothing at {new}", "Put the files there first, or check the path.")
    with Client.start(here.library, here.config) as client:
        files = client.relocate(old, new)
    if as_json:
        here.output.row({"event": "relocated", "old": str(old), "new": str(new), "files": files})
    else:
        here.output.line(f"{files} files of the library lie in {new} now.")
    return 0


@contextmanager
def _progress(here: Context, what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = here.output.progress_console
    silent = here.output.as_json or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=silent) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
