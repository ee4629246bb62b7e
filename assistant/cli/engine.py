"""What a question needs, opened once for a command: library, embedding model, owner if one is there, language model."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from assistant.opening import open_encoder
from ingest.client import Client
from ingest.library import Library

if TYPE_CHECKING:
    from assistant.answer import Answerer
    from assistant.cli.common import Context
    from assistant.retrieve import Retriever
    from ingest.embed import Encoder


@contextmanager
def retriever(here: Context) -> Iterator[Retriever]:
    """A retriever over the library of this command.

    Raises:
        SetupError: There is no library.
        LibraryError: It cannot be read.
    """
    with ExitStack() as stack:
        library = stack.enter_context(Library.open(here.library))
        client = _client(here, stack)
        encoder = _opening(library, client, stack)
        from assistant.retrieve import Retriever

        yield Retriever(library, encoder.result(), client)


@contextmanager
def answerer(here: Context, with_model: bool = True) -> Iterator[Answerer]:
    """An answerer over the library of this command; see `retriever` for errors.

    Args:
        here: The command's context.
        with_model: Whether the configured language model is opened; without it answers are quotes.

    Raises:
        SetupError: The language model is missing.
    """
    with ExitStack() as stack:
        library = stack.enter_context(Library.open(here.library))
        client = _client(here, stack)
        encoder = _opening(library, client, stack)
        from assistant.llm import open_model
        from assistant.prompt import INSTRUCTIONS

        model = open_model(here.config, INSTRUCTIONS) if with_model else None
        if model is not None:
            stack.callback(model.close)
        from assistant.answer import Answerer

        if client is not None:
            client.answering()
            stack.callback(client.answered)
        yield Answerer(library, encoder.result(), model, here.config, client)


def _opening(library: Library, client: Client | None, stack: ExitStack) -> Future[Encoder]:
    """The library's embedding model, on its way in a thread: its graph loads while the rest of the program is imported."""
    return stack.enter_context(ThreadPoolExecutor(1)).submit(open_encoder, library, client)


def _client(here: Context, stack: ExitStack) -> Client | None:
    """A connection to the owner where one is running; reading needs none."""
    client = Client.connect(here.library, here.config, start=False)
    if client is not None:
        stack.callback(client.close)
    return client
