"""`assistant tune`: which variant of the embedding model is best on this machine, and whether the library has it."""

from __future__ import annotations

from typing import Any

import typer

from assistant.cli.common import JsonOption, LibraryOption, context

WAIT = "The embedding model is made ready and timed in all variants; this takes a minute or two."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(tune)


def tune(library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Time the variants of the embedding model on this machine and choose the best for new libraries."""
    from ingest.embed import compiled

    here = context(library, as_json)
    model, current = _of_library(here.library) or (str(here.config.section("embedding")["model"]), None)
    if not as_json:
        here.output.remark(WAIT)
    found = compiled.measure_again(model)
    rows = [_row(variant, found, current) for variant in found["measured"]]
    better = current is not None and current != found["variant"]
    if as_json:
        for row in rows:
            here.output.row(row)
        here.output.row(
            {"event": "done", "model": model, "chosen": found["variant"], "in_library": current, "better": better}
        )
        return 0
    here.output.line(f"{'':<18}{'ms a text':>10}{'faster':>9}{'mean cosine':>13}{'least':>8}", "bold")
    here.output.line(f"{'reference':<18}{found['reference_seconds'] * 1000:>10.1f}{'1.0 x':>9}{'1':>13}{'1':>8}")
    for row in rows:
        notes = ["chosen"] if row["chosen"] else []
        notes += ["in this library"] if row["in_library"] else []
        notes += [] if row["passes"] else ["too far from the reference"]
        figures = f"{row['milliseconds']:>10.1f}{row['times_reference']:>7.1f} x{row['mean_cosine']:>13.4f}{row['least_cosine']:>8.3f}"
        here.output.line(f"{row['variant']:<18}{figures}  {', '.join(notes)}", "" if row["passes"] else "dim")
    if better:
        here.output.line(
            f"This library uses {current}, {found['variant']} is better here. Make its vectors anew: assistant generations new"
        )
    else:
        here.output.line("This library uses it." if current else "New libraries use the chosen one.")
    return 0


def _of_library(folder: Any) -> tuple[str, str] | None:
    """Model and variant of the library; None where there is none, or it has no vectors yet."""
    from ingest.errors import SetupError
    from ingest.library import Library

    try:
        with Library.open(folder) as opened:
            meta = opened.meta()
    except SetupError:
        return None
    return (meta.model, meta.variant) if meta.variant else None


def _row(variant: str, found: dict[str, Any], current: str | None) -> dict[str, Any]:
    figures = found["measured"][variant]
    return {
        "variant": variant,
        "milliseconds": figures["seconds_a_text"] * 1000,
        "times_reference": found["reference_seconds"] / figures["seconds_a_text"],
        "mean_cosine": figures["mean_cosine"],
        "least_cosine": figures["least_cosine"],
        "passes": variant in found["seconds_a_text"],
        "chosen": variant == found["variant"],
        "in_library": variant == current,
    }
