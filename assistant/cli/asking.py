"""`assistant ask`, `search` and `verify`: questions and statements against the library."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.batch import Request, requests
from assistant.cli.common import BatchOption, Context, JsonOption, LibraryOption, ModelOption, context
from assistant.cli.rows import answer_row, hit_rows, searched_row, verified_row
from ingest.errors import AssistantError, LibraryError, SetupError, UsageError

if TYPE_CHECKING:
    from assistant.answer import Answerer
    from assistant.records import Answer
    from assistant.tui.talks import Talks

QuestionArgument = Annotated[str | None, typer.Argument(metavar="[QUESTION]", show_default=False)]
PathOption = Annotated[
    Path | None, typer.Option("--path", metavar="PATH", help="Only what is in this folder or file.", show_default=False)
]
LiteralOption = Annotated[
    bool, typer.Option("--literal", help="Search the question as it is written: no filters, nothing put right.")
]
ContinueOption = Annotated[
    bool, typer.Option("--continue", help="Go on with the conversation in which you asked last, and keep the answer.")
]
ConversationOption = Annotated[
    str | None,
    typer.Option(
        "--conversation",
        metavar="NAME",
        help="Go on with the conversation of this name, or begin it, and keep the answer.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ask)
    app.command()(search)
    app.command()(verify)


def ask(
    question: QuestionArgument = None,
    path: PathOption = None,
    literal: LiteralOption = False,
    go_on: ContinueOption = False,
    conversation: ConversationOption = None,
    batch: BatchOption = None,
    library: LibraryOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> int:
    """Answer a question from the documents, with the words each statement rests on."""
    here = context(library, as_json, model)
    asked = _asked(question, path, batch, "question")
    from assistant.cli.engine import answerer

    with answerer(here) as engine, ExitStack() as stack:
        talks = _taken_up(here, go_on, conversation, batch)
        if talks is not None:
            stack.callback(talks.close)
        return _each(here, asked, lambda request: _answer(here, engine, request, literal, talks))


def _taken_up(here: Context, go_on: bool, name: str | None, batch: str | None) -> Talks | None:
    """The conversation that a question belongs to; None for a question of its own, of which nothing is kept."""
    if not go_on and name is None:
        return None
    if batch is not None or (go_on and name is not None):
        raise UsageError(
            "--continue, --conversation and --batch do not go together", "Use one of them; see `assistant ask --help`."
        )
    if name is not None and not name.strip():
        raise UsageError("the conversation's name is empty", "Give it a name, such as --conversation Lease.")
    from assistant.tui.talks import Talks

    talks = Talks(here.library)
    talks.take_up(name)
    if go_on and not here.output.as_json and not talks.said():
        here.output.remark("There is no conversation to continue yet: this question begins one.")
    return talks


def search(
    question: QuestionArgument = None,
    path: PathOption = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, max=1000, help="Hits shown.", show_default=False)
    ] = None,
    literal: LiteralOption = False,
    batch: BatchOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find the passages nearest to a question, by words and by meaning."""
    here = context(library, as_json)
    most = limit or int(here.config.section("search")["limit"])
    asked = _asked(question, path, batch, "question")
    from assistant.cli.engine import retriever

    with retriever(here) as engine:

        def find(request: Request) -> None:
            began = time.monotonic()
            read = engine.understood(request.text, request.within, literal)
            hits = engine.rank(request.text, most, request.within, read=read).hits
            if as_json:
                row = {
                    "id": request.id,
                    "question": request.text,
                    "searched": searched_row(read.question, read.filters.operators),
                }
                seconds = {"total": time.monotonic() - began}
                here.output.row(row | {"hits": hit_rows(hits), "seconds": seconds, "notes": list(read.notes)})
            else:
                from assistant.cli.view import show_hits, show_notes, show_searched

                show_searched(here.output, request.text, read.question, read.filters.operators)
                show_hits(here.output, hits)
                show_notes(here.output, read.notes)

        return _each(here, asked, find)


def verify(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A text file.", show_default=False)] = None,
    text: Annotated[str | None, typer.Option("--text", help="The text itself.", show_default=False)] = None,
    path: PathOption = None,
    batch: BatchOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Check the statements of a text, whoever wrote it, against the documents."""
    here = context(library, as_json)
    given = text if text is not None else _read(file) if file is not None else None
    asked = _asked(given, path, batch, "text")
    from assistant.cli.engine import answerer

    with answerer(here, with_model=False) as engine:

        def check(request: Request) -> None:
            verified = engine.verify_text(request.text, request.within)
            if as_json:
                here.output.row(verified_row(request.id, verified))
            else:
                from assistant.cli.view import show_verified

                show_verified(here.output, verified)

        return _each(here, asked, check)


def _asked(text: str | None, path: Path | None, batch: str | None, field: str) -> list[Request] | Iterator[Request]:
    """The one request of the command line, or those of the batch."""
    if (text is None) == (batch is None):
        what = "a question" if field == "question" else "a text"
        raise UsageError(f"give {what} or --batch FILE, one of the two", "See `assistant --help`.")
    if batch is not None:
        return requests(batch, field)
    if not text or not text.strip():
        raise UsageError(f"the {field} is empty", "Write it in quotation marks.")
    return [Request(None, text, path.absolute() if path else None)]


def _each(here: Context, asked: list[Request] | Iterator[Request], work: Callable[[Request], None]) -> int:
    """Do the work for every request; in a batch an error costs its own line only."""
    if isinstance(asked, list):
        for request in asked:
            work(request)
        return 0
    failed = False
    for request in asked:
        try:
            if request.error:
                raise request.error
            work(request)
        except (SetupError, LibraryError):
            raise
        except AssistantError as error:
            failed = True
            here.output.row({"id": request.id, "error": error.as_json()})
    return 1 if failed else 0


def _answer(here: Context, engine: Answerer, request: Request, literal: bool, talks: Talks | None) -> None:
    answer = _finished(here, engine, request, literal, talks)
    if talks is not None and not here.output.as_json:
        talks.keep(answer)
    if here.output.as_json:
        here.output.row(answer_row(request.id, answer))
    else:
        from assistant.cli.view import show_answer

        show_answer(here.output, answer)


def _finished(here: Context, engine: Answerer, request: Request, literal: bool, talks: Talks | None) -> Answer:
    """The finished answer; a person sees meanwhile what is being done."""
    from assistant import records
    from assistant.retrieve import Earlier

    earlier = [Earlier(one.searched or one.question, one.text) for one in talks.said()] if talks else []

    if here.output.as_json:
        events = engine.ask(request.text, request.within, conversation=earlier, literal=literal)
        [answer] = [event.answer for event in events if isinstance(event, records.Finished)]
        return answer
    from assistant.answer.citing import spoken_place

    finished: list[Any] = []
    with here.output.progress_console.status("searching") as status:
        for event in engine.ask(request.text, request.within, conversation=earlier, literal=literal, glance=True):
            match event:
                case records.Found(hits):
                    first = f", the first: {spoken_place(hits[0])}" if hits else ""
                    status.update(f"found {len(hits)} places{first}")
                case records.Reading(done, total):
                    status.update(f"the model reads the passages, {done} of {total} tokens")
                case records.Draft():
                    status.update("the model writes; every statement will be checked")
                case records.Finished(answer):
                    finished.append(answer)
                case _:
                    pass
    return finished[-1]  # type: ignore[no-any-return]  # `Finished` is the last event


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UsageError(f"{file}: {why}", "Name a text file in UTF-8.") from error
