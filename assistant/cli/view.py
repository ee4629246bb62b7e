"""Answers, hits and verdicts for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

from assistant.cli.output import Output, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.records import Answer, Citation, Claim, VerifiedText
    from ingest.records import Hit


def show_answer(output: Output, answer: Answer) -> None:
    """An answer with its sources as footnotes, and what the reader should know; quotes stand with their sources."""
    show_searched(output, answer.question, answer.searched or answer.question, answer.filters)
    if answer.written_by == "model" or not answer.citations:
        output.console.print(Text(printable(answer.text)))
    else:
        output.console.print(Text("Verbatim from your documents:", style="dim"))
    for claim in answer.claims:
        if claim.verdict == "unsupported":
            output.console.print(Text(f"not supported: {printable(claim.text)}", style="strike dim"))
    if answer.nearest:
        output.console.print(Text("\nThe nearest words, which may be no answer:", style="dim"))
    for citation in answer.citations or answer.nearest:
        output.console.print()
        show_citation(output, citation)
        same = (
            hit for hit in answer.hits if (hit.location.path, hit.location.inside) == (citation.path, citation.inside)
        )
        if (hit := next((hit for hit in same if hit.other_versions), None)) is not None:
            output.console.print(Text(f"    {other_versions(hit)}", style="dim"))
    show_notes(output, answer.notes)


def show_searched(output: Output, asked: str, searched: str, filters: Sequence[str]) -> None:
    """What was made of a question, and how to undo it; nothing where it was searched as it is."""
    if not filters and searched == asked:
        return
    line = Text(f"searched: {printable(searched)}", style="dim")
    if filters:
        line.append(f"  only {printable(' '.join(filters))}", style="cyan")
    line.append("  (as it is written: --literal)")
    output.console.print(line)


def show_notes(output: Output, notes: Sequence[str]) -> None:
    """What the reader should know."""
    for note in notes:
        output.console.print(Text(f"\nnote: {printable(note)}", style="dim"))


def show_citation(output: Output, citation: Citation) -> None:
    """A quote with its number and its place; the words that answer stand out on a terminal."""
    from rich.padding import Padding

    quote = Text(f"[{citation.number}] ", style="bold")
    before = 0
    for start, end in citation.highlights:
        quote.append(_one_line(citation.quote[before:start]), style="not bold")
        quote.append(_one_line(citation.quote[start:end]), style="bold")
        before = end
    quote.append(_one_line(citation.quote[before:]), style="not bold")
    output.console.print(quote)
    read = f" · scan read at {citation.confidence:.0%}" if citation.confidence is not None else ""
    place = Text(_place(citation.path.name, citation.inside, citation.label) + read, style="cyan")
    output.console.print(Padding(place, (0, 0, 0, 4), expand=False))


def show_hits(output: Output, hits: Sequence[Hit]) -> None:
    """Ranked passages."""
    if not hits:
        output.console.print(Text("Nothing found."))
    for rank, hit in enumerate(hits, 1):
        line = Text(f"{rank:>2}. ", style="bold")
        line.append(_place(hit.location.path.name, hit.location.inside, hit.label), style="cyan")
        line.append(f"  {' › '.join(map(printable, hit.passage.headings))}", style="dim")
        output.console.print(line)
        output.console.print(Text(f"    {_one_line(hit.passage.text)[:300]}"))
        if hit.other_versions:
            output.console.print(Text(f"    {other_versions(hit)}", style="dim"))


def other_versions(hit: Hit) -> str:
    """How many versions stand behind a hit, and where."""
    places = [place.path.name + (f" › {place.inside}" if place.inside else "") for place in hit.other_versions]
    count = "1 other version" if len(places) == 1 else f"{len(places)} other versions"
    return f"{count}: {', '.join(map(printable, places))}"


def show_verified(output: Output, verified: VerifiedText) -> None:
    """A text with the verdict of each of its statements."""
    numbered = {citation.number: citation for citation in verified.citations}
    for claim in verified.claims:
        _show_claim(output, claim)
        for number in claim.citations:
            if number in numbered:
                show_citation(output, numbered[number])


def _show_claim(output: Output, claim: Claim) -> None:
    good = claim.verdict == "supported"
    line = Text("✓ " if good else "✗ ", style="green" if good else "red")
    line.append(printable(claim.text))
    if claim.reason:
        line.append(f"  ({printable(claim.reason)})", style="dim")
    output.console.print(line)


def _place(name: str, inside: str | None, label: str) -> str:
    return printable(" · ".join([f"{name} › {inside}" if inside else name, label]))


def _one_line(text: str) -> str:
    return printable(re.sub(r"\s+", " ", text))
