"""`assistant forget`: erase what the library holds of a file or folder, and prove that it is gone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.common import Context, JsonOption, LibraryOption, context

if TYPE_CHECKING:
    from collections.abc import Sequence

OUT_OF_REACH = (
    "the file itself, which is never touched",
    "files made with `assistant export`, and answers or pictures that you saved elsewhere",
    "copies that the disk, its snapshots or your backups keep of the library's files",
    "what programs that are still open show on their screens",
)
"""What forgetting cannot reach."""
SHOWN = 10
"""Paths named of one kind."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(forget)


def forget(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file or folder.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Erase what was read from a file or folder, with the conversations that cite it; it is never read again."""
    from assistant.history import FILE, History
    from ingest.client import Client
    from ingest.errors import UsageError
    from ingest.library import ERASING, Library

    here = context(library, as_json)
    path = path.absolute()
    with Library.open(here.library) as opened:
        files, unfinished = len(list(opened.files(path))), bool(opened.todo(ERASING))
    if not files and not unfinished:
        raise UsageError(f"the library knows nothing at {path}", "`assistant status` lists its folders.")
    if not (yes or as_json or not sys.stdin.isatty() or _agreed(path, files)):
        return 0
    with Client.start(here.library, here.config) as client:
        begun = client.forget(path)
        conversations = 0
        if (here.library / FILE).exists():
            with History(here.library) as history:
                conversations = history.forgotten
        client.conversations_forgotten()
        erased = client.erase()
    row = {
        "event": "forgotten",
        "path": str(path),
        "files": begun["files"],
        "documents": erased["documents"],
        "conversations": conversations,
        "vectors": erased["vectors"],
        "elsewhere": begun["elsewhere"],
        "same_lines": erased["shared"],
        "searched": {"pages": erased["pages_read"], "words": erased["words_read"], "bytes": erased["bytes_read"]},
        "left": erased["left"],
        "out_of_reach": list(OUT_OF_REACH),
    }
    if as_json:
        here.output.row(row)
    else:
        _show(here, row)
    return 4 if row["left"] else 0


def _agreed(path: Path, files: int) -> bool:
    """Ask the person; nothing of this can be undone but by reading the files again."""
    return typer.confirm(f"Forget {path} ({files} files), and all conversations that cite it?")


def _show(here: Context, row: dict[str, Any]) -> None:
    say = here.output.line
    say(
        f"{row['path']} is forgotten: {row['files']} files, {row['documents']} documents, {row['vectors']} vectors, "
        f"{row['conversations']} conversations. It is not read again, until you name it to `assistant index`."
    )
    searched = row["searched"]
    say(
        f"Searched for what was there: {searched['pages']} pages, {searched['words']} words of the index, "
        f"{searched['bytes'] / 1e6:.1f} MB of the library's files. {'Nothing is left.' if not row['left'] else 'Still there:'}"
    )
    _list(here, row["left"])
    if row["left"]:
        say("Run the same command again; `assistant check` says whether the library is sound.")
    if row["elsewhere"]:
        say("The same documents also lie here, and stay:")
        _list(here, row["elsewhere"])
    if row["same_lines"]:
        say("Lines of it also stand in these, which stay:")
        _list(here, row["same_lines"])
    say("Out of reach:", "dim")
    _list(here, row["out_of_reach"], "dim")


def _list(here: Context, items: Sequence[str], style: str | None = None) -> None:
    for item in items[:SHOWN]:
        here.output.line(f"  {item}", style)
    if len(items) > SHOWN:
        here.output.line(f"  and {len(items) - SHOWN} more", style)
