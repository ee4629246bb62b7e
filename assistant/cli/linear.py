"""What can be done in a conversation of plain lines besides asking."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.records import Citation
from assistant.tui.export import as_text
from assistant.tui.plain import found_by, one_line, place, plain, scan
from ingest.errors import UsageError

if TYPE_CHECKING:
    from assistant.records import Answer
    from assistant.tui.desk import Desk
    from assistant.turns import Conversation
    from ingest.records import Hit

AROUND = 1_200
"""Characters of a page said on either side of the quote."""
CLOSEST = 3
"""Places named when the documents do not answer."""


class Commands:
    """The commands, and what they refer to: the latest answer and the latest list.

    Args:
        desk: Library, models and owner.
        say: Says a line, which is taken literally.
    """

    def __init__(self, desk: Desk, say: Callable[[str], None]) -> None:
        self._desk = desk
        self._say = say
        self._answer: Answer | None = None
        self._title = ""
        self._talks: list[Conversation] = []

    def answered(self, answer: Answer) -> None:
        """Remember an answer, so that its sources can be opened."""
        self._answer = answer
        self._title = self._title or answer.question

    def say_sources(self, answer: Answer) -> None:
        """The quotes with their places, or the closest places; each can be opened by its number."""
        quotes = answer.citations or answer.nearest
        for citation in quotes:
            self._say(f"[{citation.number}] {one_line(citation.quote)}")
            self._say(f"    From {place(citation)}{scan(citation.confidence)}")
        if not quotes:
            for number, hit in enumerate(answer.hits[:CLOSEST], 1):
                self._say(f"[{number}] {place(hit)}{found_by(hit.found_by)}")

    def do(self, line: str, ask: Callable[[str], None]) -> None:
        """Do what a line that begins with `/` says.

        Args:
            line: The command with its arguments.
            ask: Asks a question.

        Raises:
            UsageError: There is no such command, or nothing that it could act on.
        """
        name, _, rest = line[1:].partition(" ")
        rest = rest.strip()
        match name:
            case "help":
                from assistant.cli.chatting import HELP

                for text in HELP:
                    self._say(text)
            case "open":
                self._open(self._source(rest))
            case "view":
                self._view(self._source(rest))
            case "again":
                ask(self._latest().question)
            case "status":
                self.status()
            case "problems":
                self._problems()
            case "pause" | "resume":
                self._desk.pause(name == "pause")
                self._say("Reading is paused; /resume lets it go on." if name == "pause" else "Reading goes on.")
            case "copy":
                self._say(as_text(self._latest()))
            case _:
                self._do_with_talks(name, rest)

    def _do_with_talks(self, name: str, rest: str) -> None:
        """The commands about whole conversations."""
        match name:
            case "new":
                self._desk.talks.begin_anew()
                self._answer, self._title = None, ""
                self._say("A new conversation.")
            case "talks":
                self._list(rest)
            case "go":
                self._go_on(self._talk(rest))
            case "name":
                number, _, title = rest.partition(" ")
                if not title.strip():
                    raise UsageError("no name was given", "Type /name N and the name.")
                self._desk.talks.rename(self._talk(number).id, title)
                self._say("Named.")
            case "forget":
                self._desk.talks.forget(self._talk(rest).id)
                self._say("Forgotten.")
            case "save":
                self._save(rest)
            case _:
                raise UsageError(f"there is no command /{name}", "Type /help.")

    def status(self) -> None:
        """What the library holds, and what is being read."""
        status = self._desk.status()
        text = f"Library: {status.get('documents', 0)} documents"
        if status.get("pending"):
            text += f", {status['pending']} files not read yet"
        if status.get("failed"):
            text += f", {status['failed']} not readable (/problems)"
        state = {"indexing": "Reading", "paused": "Reading is paused"}.get(str(status.get("state")), "")
        because = f": {status['reason']}" if state and status.get("reason") else ""
        self._say(f"{text}. {state}{because}".rstrip())

    def _latest(self) -> Answer:
        if self._answer is None:
            raise UsageError("nothing was asked yet", "Type a question.")
        return self._answer

    def _source(self, number: str) -> Citation | Hit:
        answer = self._latest()
        sources: dict[str, Citation | Hit] = {str(one.number): one for one in answer.citations or answer.nearest}
        if not sources:
            sources = {str(at): hit for at, hit in enumerate(answer.hits[:CLOSEST], 1)}
        if number not in sources:
            raise UsageError(f"there is no source {number!r}", f"There are: {', '.join(sources) or 'none'}.")
        return sources[number]

    def _talk(self, number: str) -> Conversation:
        if not self._talks:
            self._talks = self._desk.talks.all()
        if not number.isdigit() or not 1 <= int(number) <= len(self._talks):
            raise UsageError(f"there is no conversation {number!r}", "Type /talks for a list.")
        return self._talks[int(number) - 1]

    def _open(self, source: Citation | Hit) -> None:
        seen = self._desk.page(source)
        text, start, end = seen.text, 0, 0
        if seen.quotes:
            start, end = seen.quotes[0][0], seen.quotes[-1][1]
            text = f"{text[max(0, start - AROUND) : start]}>> {text[start:end]} <<{text[end : end + AROUND]}"
        self._say(f"{place(source)}, of {seen.pages} pages{scan(seen.confidence)}")
        if seen.lost:
            self._say("The document was changed: these words no longer stand on this page.")
        for line in plain(text).split("\n"):
            self._say(line)
        self._say("End of the page.")

    def _view(self, source: Citation | Hit) -> None:
        from assistant.tui.outside import open_outside

        path = source.path if isinstance(source, Citation) else source.location.path
        open_outside(path, source.page)
        self._say(f"Opened {one_line(str(path))}")

    def _list(self, words: str) -> None:
        self._talks = self._desk.talks.all(words)
        for number, talk in enumerate(self._talks, 1):
            began = time.strftime("%Y-%m-%d", time.localtime(talk.started))
            self._say(f"{number}. {one_line(talk.title)}, {began}, {talk.turns} questions")
        if not self._talks:
            self._say("No conversation.")

    def _go_on(self, talk: Conversation) -> None:
        answers = self._desk.talks.go_on_with(talk.id)
        self._title = talk.title
        for answer in answers[-1:]:
            self._answer = answer
            self._say(f"The latest question: {one_line(answer.question)}")
            self.say_sources(answer)
        self._say(f"Going on with: {one_line(talk.title)}")

    def _save(self, name: str) -> None:
        if not name or self._answer is None:
            raise UsageError("there is nothing to save, or no file named", "Type /save FILE once something was asked.")
        path = Path(name).expanduser().absolute()
        self._desk.talks.export(self._title, path)
        self._say(f"Saved as {path}")

    def _problems(self) -> None:
        problems = self._desk.shelf().problems
        for problem in problems:
            inside = f" › {one_line(problem.inside)}" if problem.inside else ""
            page = f", page {problem.page}" if problem.page else ""
            self._say(
                f"{one_line(str(problem.path))}{inside}{page}: {one_line(problem.message)}. {one_line(problem.hint)}"
            )
        if not problems:
            self._say("Every file could be read.")
