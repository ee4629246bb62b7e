"""`assistant status`, `check` and `repair`: what the library holds, and whether it is sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.common import Context, JsonOption, LibraryOption, context

if TYPE_CHECKING:
    from ingest.library import FileProblem, Library
    from ingest.passed_over import PassedOver

SHOWN_PROBLEMS = 5
"""Problems that `status` shows without `--problems`."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(status)
    app.command()(check)
    app.command()(repair)


def status(
    problems: Annotated[bool, typer.Option("--problems", help="Every file that cannot be searched, and why.")] = False,
    ignored: Annotated[
        bool, typer.Option("--ignored", help="Every file and folder that is passed over, and why.")
    ] = False,
    stats: Annotated[bool, typer.Option("--stats", help="What indexing and answering have cost so far.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show what the library holds, and what is being done."""
    from assistant.cli.stats import show_stats, stats_row
    from ingest.library import Library

    here = context(library, as_json)
    with Library.open(here.library) as opened:
        row = _status_row(here, opened)
        found = opened.problems()
        passed = _passed_over(here, opened) if ignored else []
    if as_json:
        row |= {"problems": [_problem_row(problem) for problem in found]} if problems else {}
        row |= {"ignored": [{"path": str(item.path), "why": item.why} for item in passed]} if ignored else {}
        here.output.row(row | ({"stats": stats_row(here.library)} if stats else {}))
        return 0
    _show_status(here, row)
    if stats:
        show_stats(here.output, stats_row(here.library))
    if ignored:
        here.output.line(f"passed over      {len(passed)}")
    for item in passed:
        here.output.line(f"  {item.path}: {item.why}")
    shown = found if problems else found[:SHOWN_PROBLEMS]
    for problem in shown:
        place = f"{problem.path}{f' › {problem.inside}' if problem.inside else ''}"
        page = f", page {problem.page}" if problem.page else ""
        here.output.line(f"  {place}{page}: {problem.message}  ({problem.hint})")
    if len(found) > len(shown):
        here.output.line(f"  and {len(found) - len(shown)} more: assistant status --problems")
    return 0


def _status_row(here: Context, opened: Library) -> dict[str, Any]:
    counts, meta = opened.counts(), opened.meta()
    owner = _owner_status(here) or ({"state": "paused", "reason": "paused by you"} if opened.todo("pause") else {})
    watching = {Path(path) for path in owner.get("watching", ())}
    gone = opened.offline()
    return {
        "library": str(here.library),
        "documents": counts.documents,
        "passages": counts.passages,
        "pending": owner.get("pending", counts.pending),
        "failed": counts.failed,
        "bytes": counts.bytes,
        "embedding_model": meta.model,
        "language_model": here.config.section("model")["name"],
        "state": owner.get("state", "idle"),
        "reason": owner.get("reason", ""),
        "folders": [
            {
                "path": str(root),
                "documents": _documents(opened, root),
                "watching": any(path in (root, *root.parents) for path in watching),
                "offline": any(path == root or path in root.parents for path in gone),
            }
            for root in opened.roots()
        ],
        "vectors": owner.get("vectors")
        or {
            "rows": opened.row_count(),
            "in_chroma": opened.watermark(),
            "answered_by_chroma": None,
            "answered_exactly": None,
        },
    }


def _passed_over(here: Context, opened: Library) -> list[PassedOver]:
    """What in the folders is not looked at; the folders are walked for it."""
    from ingest.passed_over import passed_over

    return passed_over(here.config, here.library, opened.roots(), opened.excluded())


def _documents(opened: Library, folder: Path) -> int:
    """Documents found in a folder, members of containers among them."""
    return sum(row.documents for row in opened.files(folder))


def _owner_status(here: Context) -> dict[str, Any]:
    """What a running owner says; empty where there is none."""
    from ingest.client import Client

    client = Client.connect(here.library, here.config, start=False)
    if client is None:
        return {}
    with client:
        return client.status()


def _show_status(here: Context, row: dict[str, Any]) -> None:
    size = f"{row['bytes'] / 1e6:.1f} MB"
    state = (
        row["reason"]
        if row["reason"].startswith(row["state"])
        else " · ".join(filter(None, (row["state"], row["reason"])))
    )
    vectors = row["vectors"]
    for name, value in (
        ("library", f"{row['library']} ({size})"),
        ("documents", f"{row['documents']}, in {row['passages']} passages"),
        ("not yet read", row["pending"]),
        ("failed", row["failed"]),
        ("state", state),
        ("embedding model", _model(here, row["embedding_model"])),
        ("language model", row["language_model"]),
        ("vectors", f"{vectors['rows']}, {vectors['in_chroma']} of them in Chroma"),
    ):
        here.output.line(f"{name:<17}{value}")
    for folder in row["folders"]:
        note = ", offline: it is not there, its documents stay" if folder["offline"] else ""
        here.output.line(f"  {folder['path']}: {folder['documents']} documents{note}")


def _model(here: Context, used: str) -> str:
    """The model of the library's vectors, and how to change to the one that the configuration names."""
    wanted = str(here.config.section("embedding")["model"])
    if not used or wanted.casefold() == used.casefold() or Path(wanted).expanduser().absolute() == Path(used):
        return used
    return f"{used}; your settings name {wanted}: assistant generations new"


def _problem_row(problem: FileProblem) -> dict[str, Any]:
    error = {"code": problem.code, "message": problem.message, "hint": problem.hint}
    return {"path": str(problem.path), "inside": problem.inside, "page": problem.page, "error": error}


def check(library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Compare everything that the library holds with itself; changes nothing."""
    from ingest.library import Library

    here = context(library, as_json)
    with Library.open(here.library) as opened:
        findings = opened.check()
    for finding in findings:
        if as_json:
            here.output.row({"event": "finding", "what": finding.what, "detail": finding.detail})
        else:
            here.output.line(f"{finding.what}: {finding.detail}")
    if as_json:
        here.output.row({"event": "done", "findings": len(findings)})
    else:
        here.output.line("The library is sound." if not findings else "Mend it with: assistant repair")
    return 0 if not findings else 4


def repair(library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Mend what `check` finds: the word index, damaged vectors, and Chroma, which is filled anew."""
    from ingest.client import Client
    from ingest.library import Library

    here = context(library, as_json)
    Library.open(here.library).close()
    done = 0
    with Client.start(here.library, here.config) as client:
        for what, detail in client.repair():
            done += 1
            if as_json:
                here.output.row({"event": "repaired", "what": what, "detail": detail})
            else:
                here.output.line(f"{what}: {detail}")
    if as_json:
        here.output.row({"event": "done", "repaired": done})
    elif not done:
        here.output.line("There was nothing to mend.")
    return 0
