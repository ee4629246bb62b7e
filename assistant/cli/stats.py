"""What `assistant status --stats` shows: what indexing and answering have cost on this machine.

Reads the small files that owner and models keep in the library; nothing of it leaves the machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.cli.output import Output

LATEST = 60
"""Texts of the model whose series is shown."""
SHOWN_PACES, SHOWN_DAYS = 8, 7
BARS = "▁▂▃▄▅▆▇█"


def stats_row(library: Path) -> dict[str, Any]:
    """The figures as the contract has them."""
    from assistant.llm import timed
    from ingest import costs

    kept = costs.read(library)
    running = kept["running_seconds"]
    texts = timed.read(library)[-LATEST:]
    return {
        "indexing": {name: kept[name] for name in ("documents", "pages", "passages", "failed", "running_seconds")}
        | {
            "passages_per_second": kept["passages"] / running if running else None,
            "processor_seconds": kept["seconds"],
            "joules": kept["joules"],
            "energy_source": kept["energy_source"],
        },
        "answering": {
            "texts": len(texts),
            "first_token": _quantiles([row["first_token"] for row in texts]),
            "tokens_per_second": _quantiles([speed for row in texts if (speed := _speed(row)) is not None]),
            "prompt_tokens": sum(row["prompt_tokens"] for row in texts),
            "cached_tokens": sum(row["cached_tokens"] for row in texts),
            "generated_tokens": sum(row["generated_tokens"] for row in texts),
            "latest": texts,
        },
        "paces": kept["paces"],
        "days": [{"day": day, **kept["days"][day]} for day in sorted(kept["days"])],
    }


def show_stats(output: Output, row: dict[str, Any]) -> None:
    """The same for people."""
    indexing, answering = row["indexing"], row["answering"]
    output.line()
    output.line("indexing so far", "bold")
    speed = indexing["passages_per_second"]
    counts = f"{indexing['documents']} documents, {indexing['pages']} pages, {indexing['passages']} passages"
    output.line(f"  read           {counts}; {indexing['failed']} failed")
    rate = f", {speed:.1f} passages a second" if speed else ""
    output.line(f"  took           {_time(indexing['running_seconds'])}{rate}")
    for stage, seconds in sorted(indexing["processor_seconds"].items(), key=lambda item: -item[1]):
        output.line(f"    {stage:<13}{_time(seconds)} of processor time")
    joules = indexing["joules"]
    energy = (
        "unknown: this machine does not tell" if joules is None else f"{joules / 3600:.2f} Wh for the whole machine"
    )
    output.line(f"  energy         {energy}")
    output.line(f"answering, the last {answering['texts']} texts of the model", "bold")
    if answering["texts"]:
        for name, what, unit in (("first_token", "first token", "s"), ("tokens_per_second", "tokens", "a second")):
            figures = answering[name]
            if figures:
                output.line(f"  {what:<14} {figures['p50']:.2f} {unit} (p95 {figures['p95']:.2f})")
        output.line(f"  first tokens   {bars([text['first_token'] for text in answering['latest']])}")
        kept = answering["cached_tokens"] / max(1, answering["prompt_tokens"])
        output.line(f"  kept           {kept:.0%} of the prompts' tokens were evaluated already")
    output.line("pace of indexing", "bold")
    for pace in row["paces"][-SHOWN_PACES:]:
        output.line(
            f"  {pace['at'][:16].replace('T', ' ')}  {pace['level']:<12}{_time(pace['seconds']):>10}  {pace['reason']}"
        )
    if row["days"]:
        days = row["days"][-SHOWN_DAYS:]
        output.line(f"pages a day, since {days[0]['day']}: {bars([day.get('pages', 0) for day in days])}")


def bars(values: list[float]) -> str:
    """Values as a row of bars, the largest the highest."""
    most = max(values, default=0.0) or 1.0
    return "".join(BARS[min(len(BARS) - 1, int(value / most * (len(BARS) - 1) + 0.5))] for value in values)


def _quantiles(values: list[float]) -> dict[str, float] | None:
    ordered = sorted(values)
    if not ordered:
        return None
    return {f"p{share}": ordered[min(len(ordered) - 1, share * len(ordered) // 100)] for share in (50, 95)}


def _speed(row: dict[str, Any]) -> float | None:
    """Tokens written a second, once the prompt had been read; None for a single token."""
    seconds = row["seconds"] - row["first_token"]
    return (row["generated_tokens"] - 1) / seconds if row["generated_tokens"] > 1 and seconds > 0 else None


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
