"""`assistant chat`: a conversation; with `--plain` as lines alone, for screen readers, dumb terminals and pipes.

Nothing is drawn over and nothing moves: every line stays as it was said. Only what was checked is printed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.common import LibraryOption, ModelOption, context

if TYPE_CHECKING:
    from assistant.cli.output import Output
    from assistant.records import Answer
    from assistant.tui.desk import Desk

PROMPT = "Question: "
HELP = (
    "Type a question and press enter. Ctrl-C stops an answer, Ctrl-D leaves.",
    "/open N      read the page of source N, with the quote between >> and <<",
    "/view N      open the document of source N in your own viewer",
    "/copy        the answer with its sources, to be copied",
    "/again       ask the latest question once more",
    "/new         begin a new conversation",
    "/talks WORDS conversations, all or those with these words",
    "/go N        go on with conversation N of the latest list",
    "/name N NAME give conversation N another name",
    "/forget N    delete conversation N",
    "/save FILE   save the conversation as Markdown",
    "/status      what the library holds, and what is being read",
    "/problems    files that could not be read, and the remedies",
    "/pause       stop reading new files; /resume lets it go on",
    "/quit        leave",
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(chat)


def chat(
    plain: Annotated[bool, typer.Option("--plain", help="Plain lines: nothing moves, nothing is coloured.")] = False,
    library: LibraryOption = None,
    model: ModelOption = None,
) -> int:
    """Open the terminal program; with --plain the same conversation as plain lines."""
    here = context(library, False, model)
    if not plain:
        from assistant.tui.app import run

        return run(here.config)
    from assistant.tui.local import LocalDesk

    desk = LocalDesk(here.config)
    try:
        return Chat(desk, here.output).run(_lines(sys.stdin.isatty()))
    finally:
        desk.close()


def _lines(asks: bool) -> Callable[[], str]:
    """Reads a line; with a prompt where a person types."""
    return (lambda: input(PROMPT)) if asks else input


class Chat:
    """A conversation in lines.

    Args:
        desk: Library, models and owner.
        output: Where it is said.
    """

    def __init__(self, desk: Desk, output: Output) -> None:
        from assistant.cli.linear import Commands

        self._desk = desk
        self._output = output
        self._commands = Commands(desk, output.line)

    def run(self, read: Callable[[], str]) -> int:
        """Answer until there are no more lines.

        Args:
            read: Gives the next line; raises `EOFError` behind the last.

        Returns:
            The exit code.
        """
        from ingest.errors import AssistantError, SetupError

        opened = self._desk.open()
        for problem in opened.problems:
            self._output.line(f"Problem: {problem.message}. {problem.hint}")
        if opened.unreadable is not None:
            raise opened.unreadable
        if not opened.exists:
            raise SetupError("there is no library yet", "Make one: assistant index FOLDER")
        threading.Thread(target=self._follow, name="following", daemon=True).start()
        self._commands.status()
        self._output.line("Type a question, or /help.")
        while True:
            try:
                line = read().strip()
                if line in ("/quit", "/q"):
                    return 0
                if line.startswith("/"):
                    self._commands.do(line, self._ask)
                elif line:
                    self._ask(line)
            except EOFError:
                return 0
            except KeyboardInterrupt:
                self._output.line("Stopped. Ctrl-D leaves.")
            except AssistantError as error:
                self._output.line(f"Error: {error.message}")
                self._output.line(f"What to do: {error.hint}")

    def _ask(self, question: str) -> None:
        """Say what becomes of a question."""
        from assistant import records

        cancelled = threading.Event()
        told = False
        try:
            for event in self._desk.ask(question, cancelled):
                match event:
                    case records.Searching(searched):
                        as_is = " ".join(searched.split()) == " ".join(question.split())
                        self._output.line("Searching." if as_is else f"Searching for: {searched}")
                    case records.Quotes(answer) if answer.model:
                        self._output.line("Quotes from your documents:")
                        self._commands.say_sources(answer)
                        self._output.line("The model reads them and writes; every statement is checked.")
                        told = True
                    case records.Finished(answer):
                        self._say_answer(answer, told)
                    case _:
                        pass
        except KeyboardInterrupt:
            cancelled.set()
            raise

    def _say_answer(self, answer: Answer, told: bool) -> None:
        self._commands.answered(answer)
        if answer.outcome == "not_found":
            self._output.line(answer.text)
            if answer.nearest:
                self._output.line("The nearest words, which may be no answer:")
                self._commands.say_sources(answer)
        elif answer.written_by == "model":
            self._output.line("Answer, every statement checked:" if answer.outcome == "answered" else "Answer in part:")
            self._output.line(answer.text)
            for claim in answer.claims:
                if claim.verdict == "unsupported":
                    self._output.line(f"Not supported by your documents: {claim.text}")
            self._commands.say_sources(answer)
        elif told:
            self._output.line("The quotes above are the answer.")
        else:
            self._output.line("Quotes from your documents:")
            self._commands.say_sources(answer)
        for note in answer.notes:
            self._output.line(f"Note: {note}")
        self._output.line("End of the answer.")

    def _follow(self) -> None:
        """Keep the library up to date meanwhile; nothing of it is said until it is asked for."""
        from ingest.errors import AssistantError

        try:
            for _ in self._desk.index(()):
                pass
        except AssistantError as error:
            self._output.line(f"Problem: {error.message}. {error.hint}")
