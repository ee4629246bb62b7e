"""One question and what became of it: quotes first, the unchecked draft dimmed, then the checked answer.

Claims take the place of their part of the draft as their verdicts arrive. Quotes that are the answer are shown once: as
rows that open their pages.
"""

from __future__ import annotations

import re

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from assistant import records
from assistant.tui.markdown import rendered
from assistant.tui.plain import duration, one_line, plain
from assistant.tui.widgets.sources import SourceRow
from ingest.errors import AssistantError
from ingest.records import FoundBy

DRAW_SECONDS = 0.06
"""How long pieces of a draft are joined before they are drawn; quicker is not seen, and costs time."""
SEARCHES = "Searching your documents …"
WAITS = "No document is read yet: the answer comes as soon as the first one is …"
CLOSEST = 3
"""Places named when the documents do not answer."""
_MARK = re.compile(r"\[(\d{1,2})\]")
_WORD = re.compile(r"\w+")


class TurnView(Vertical):
    """A question with its answer.

    Args:
        number: Counts the turns of the conversation, from 1.
        question: As it was asked.
        kept: The answer, where it is from earlier.
        waits: Whether no document is read yet: the answer waits for the first.
    """

    def __init__(self, number: int, question: str, kept: records.Answer | None = None, *, waits: bool = False) -> None:
        super().__init__(classes="turn" if kept else "turn -running")
        self.number = number
        self.question = question
        self.answer: records.Answer | None = kept
        self._kept = kept is not None
        self._as = question
        self._draft = ""
        self._drawing = False
        self._claims: list[records.Claim] = []
        self._state = Static(WAITS if waits else SEARCHES, markup=False, classes="state")
        self._answer = Static("", markup=False, classes="answer")
        self._unchecked = Static("", markup=False, classes="draft")
        self._searched = Static("", markup=False, classes="searched")
        self._searched.display = False
        self._sources = Vertical(classes="sources")
        self._sources.display = False

    def compose(self) -> ComposeResult:
        """The parts, in the order in which they are read."""
        yield Static(plain(self.question), markup=False, classes="question")
        yield self._searched
        yield self._answer
        yield self._sources
        yield self._unchecked
        yield self._state

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return self.has_class("-running")

    @property
    def sources(self) -> list[SourceRow]:
        """The rows of its sources, in order."""
        return list(self._sources.query(SourceRow))

    def apply(self, event: records.AnswerEvent) -> None:
        """Show an event of the answer."""
        match event:
            case records.Searching(searched):
                self._state.update(SEARCHES)
                self._as = searched
                self._show_searched(searched)
            case records.Found(hits):
                self._state.update(f"Found {len(hits)} places, choosing the words that answer …")
            case records.Quotes(answer):
                self._show(answer)
                self._state.update("Verbatim from your documents; the model reads them now …")
            case records.Reading(done, total):
                self._state.update(f"The model reads the passages{f', {done / total:.0%}' if total else ' …'}")
            case records.Draft(piece):
                self._draft += piece
                if not self._drawing:
                    self._drawing = True
                    self.set_timer(DRAW_SECONDS, self._show_draft)
            case records.Text(claim):
                self._claims.append(claim)
                self._draft = _without(self._draft, claim.text)
                self._show_draft()
            case records.Finished(answer):
                self._draft, self._claims = "", []
                self._show(answer)
                self._show_draft()
                self._state.update(_summary(answer))

    def end(self, error: AssistantError | None, cancelled: bool) -> None:
        """No more events come."""
        self.remove_class("-running")
        self._draft, self._claims = "", []
        self._show_draft()
        if error is not None:
            self.add_class("-failed")
            self._state.update(_error(error))
        elif cancelled:
            kept = " The quotes above stand; what the model had written is dropped." if self.answer is not None else ""
            self._state.update(f"Stopped.{kept}")

    def on_mount(self) -> None:
        """Show an answer from earlier, or what came before there was a place for it."""
        if self.answer is not None:
            self._show(self.answer)
        if self.answer is not None and self._kept:
            self._state.update(_summary(self.answer))

    def _show_searched(self, searched: str, filters: tuple[str, ...] = ()) -> None:
        """The question as it is searched, where that is not as it was asked, and its filters, each with a way out."""
        other = searched if " ".join(searched.split()) != " ".join(self.question.split()) else ""
        parts: list[Content | str] = [f"searched as: {one_line(other)}"] if other else []
        for at, one in enumerate(filters):
            link = Style.from_meta({"@click": f"screen.drop_filter({self.number}, {at})"})
            parts.append(" " if parts else "")
            parts.append(Content(f" {one_line(one)} × ").stylize("reverse").stylize(link))
        self._searched.update(Content.assemble(*parts))
        self._searched.display = bool(parts)

    def _show(self, answer: records.Answer) -> None:
        """An answer whole, with its sources; quotes stand there once, as rows."""
        self.answer = answer
        if not self._sources.is_attached:
            return  # shown as soon as it is
        self._show_searched(answer.searched or self._as, answer.filters)
        only_quotes = answer.written_by == "quotes" and bool(answer.citations)
        self._answer.display = not only_quotes
        if not only_quotes:
            self._answer.update(_answer(answer))
        self._sources.remove_children()
        quotes = answer.citations or answer.nearest
        if quotes:
            rows = [
                SourceRow(self.number, one.number, one, _found_by(answer, one), whole=only_quotes) for one in quotes
            ]
        else:
            rows = [SourceRow(self.number, rank, hit) for rank, hit in enumerate(answer.hits[:CLOSEST], 1)]
        self._sources.display = bool(rows)
        self._sources.set_class(only_quotes, "-answer")
        if rows:
            self._sources.mount(*rows)

    def _show_draft(self) -> None:
        """What the model has written, each claim with its verdict, the rest marked unchecked."""
        self._drawing = False
        parts: list[Content | str | tuple[str, str]] = []
        for claim in self._claims:
            good = claim.verdict == "supported"
            parts.append(("✓ " if good else "✗ ", "$text-success" if good else "$text-error"))
            parts.append((one_line(claim.text), "" if good else "$foreground 60% strike"))
            parts.append((f"  {one_line(claim.reason, 80)}\n" if claim.reason else "\n", "$foreground 60%"))
        if self._draft.strip():
            parts.append(rendered(self._draft.strip()).stylize_before("$foreground 60% italic"))
        if parts:
            parts.insert(0, ("Draft of the model, not checked yet\n", "$text-warning"))
        self._unchecked.update(Content.assemble(*parts))
        self._unchecked.set_class(bool(parts), "-shown")
        if parts and self.running:
            self._state.update("The model writes; every statement is checked …")


def _answer(answer: records.Answer) -> Content:
    """The text with its marks as links, and claims that no page supports struck through."""
    text = plain(answer.text)
    if answer.outcome == "not_found":
        closest = "\nThe nearest words:" if answer.nearest else "\nThe closest places:" if answer.hits else ""
        return Content.assemble(
            (text.strip() or "This is not in your documents.", "bold"), (closest, "$foreground 60%")
        )
    content = Content(text)
    for claim in answer.claims:
        at = text.find(plain(claim.text))
        if claim.verdict == "unsupported" and at >= 0:
            content = content.stylize("$foreground 60% strike", at, at + len(claim.text))
    known = {citation.number for citation in answer.citations}
    for mark in _MARK.finditer(text):
        number = int(mark.group(1))
        if number in known:
            link = Style.from_meta({"@click": f"screen.cite({number})"})
            content = content.stylize("bold $text-accent", *mark.span()).stylize(link, *mark.span())
    return content


def _found_by(answer: records.Answer, citation: records.Citation) -> FoundBy | None:
    """Which search found the passage that a quote was taken from; None where that is not known."""
    span = citation.span
    for hit in answer.hits:
        if hit.passage.document_id == citation.document_id and any(
            one.page == span.page and one.start < span.end and span.start < one.end for one in hit.passage.spans
        ):
            return hit.found_by
    return None


def _summary(answer: records.Answer) -> Content:
    """The line under an answer: where it comes from, how sure it is, what to know."""
    if answer.outcome == "not_found":
        first = ("", "")
    elif answer.written_by == "quotes":
        first = ("Verbatim from your documents.", "$text-success")
    elif answer.outcome == "partly":
        first = ("Partly supported by your documents.", "$text-warning")
    else:
        first = ("Every statement is supported by the quotes below it.", "$text-success")
    sure = "" if answer.outcome == "not_found" else f" Confidence {answer.confidence:.0%}."
    spent = [duration(answer.seconds.total)] if answer.seconds.total else []
    model = [one_line(answer.model)] if answer.model else []
    took = f" {', '.join(spent + model)}." if spent or model else ""
    notes = [(f"\n! {one_line(note)}", "$foreground 60%") for note in answer.notes]
    return Content.assemble(first, ((sure + took).strip() if not first[0] else sure + took, "$foreground 60%"), *notes)


def _error(error: AssistantError) -> Content:
    return Content.assemble((one_line(error.message), "$text-error"), "\n", (one_line(error.hint), "$foreground 60%"))


def _without(draft: str, claim: str) -> str:
    """The draft behind a claim that has its verdict; unchanged where the claim is not found in it."""
    pattern = r"\W+".join(re.escape(word) for word in _WORD.findall(claim))
    found = re.search(pattern + r"\W*", draft) if pattern else None
    return draft[found.end() :] if found else draft
