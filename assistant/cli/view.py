"""Answers, hits and verdicts for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from assistant.cli.output import Output, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.records import Answer, Citation, Claim, VerifiedText
    from ingest.records import Hit

CLOSEST_PLACES = 3
"""Places named when the documents do not answer a question."""


def show_answer(output: Output, answer: Answer) -> None:
    """An answer with its sources as footnotes, and what the reader should know."""
    output.console.print(Text(printable(answer.text)))
    struck = [claim for claim in answer.claims if claim.verdict == "unsupported"]
    for claim in struck:
        output.console.print(Text(f"not supported: {printable(claim.text)}", style="strike dim"))
    if answer.citations:
        output.console.print()
    for citation in answer.citations:
        show_citation(output, citation)
    if answer.outcome == "not_found" and answer.hits:
        output.console.print(Text("\nClosest places:", style="dim"))
        for hit in answer.hits[:CLOSEST_PLACES]:
            output.console.print(
                Text(f"  {_place(hit.location.path.name, hit.location.inside, hit.label)}", style="dim")
            )
    if answer.outcome != "not_found" and answer.written_by == "quotes":
        output.console.print(Text("\nVerbatim from your documents.", style="dim"))
    for note in answer.notes:
        output.console.print(Text(f"note: {printable(note)}", style="dim"))


def show_citation(output: Output, citation: Citation) -> None:
    """A footnote: number, place, and the words on the page."""
    read = f" · scan read at {citation.confidence:.0%}" if citation.confidence is not None else ""
    line = Text(f" [{citation.number}] ", style="bold")
    line.append(_place(citation.path.name, citation.inside, citation.label) + read, style="cyan")
    output.console.print(line)
    output.console.print(Text(f"     “{_one_line(citation.quote)}”"))


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
    return printable(" ".join(text.split()))
