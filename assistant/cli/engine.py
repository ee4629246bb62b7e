"""What a question needs, opened once for a command: library, embedding model, owner if one is there, language model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from assistant.opening import open_encoder
from ingest.client import Client
from ingest.library import Library

if TYPE_CHECKING:
    from assistant.answer import Answerer
    from assistant.cli.common import Context
    from assistant.retrieve import Retriever


@contextmanager
def retriever(here: Context) -> Iterator[Retriever]:
    """A retriever over the library of this command.

    Raises:
        SetupError: There is no library.
        LibraryError: It cannot be read.
    """
    from assistant.retrieve import Retriever

    with ExitStack() as stack:
        library = stack.enter_context(Library.open(here.library))
        client = _client(here, stack)
        yield Retriever(library, open_encoder(library, client), client)


@contextmanager
def answerer(here: Context, with_model: bool = True) -> Iterator[Answerer]:
    """An answerer over the library of this command; see `retriever` for errors.

    Args:
        here: The command's context.
        with_model: Whether the configured language model is opened; without it answers are quotes.

    Raises:
        SetupError: The language model is missing.
    """
    from assistant.answer import Answerer
    from assistant.llm import open_model
    from assistant.prompt import INSTRUCTIONS

    with ExitStack() as stack:
        library = stack.enter_context(Library.open(here.library))
        model = open_model(here.config, INSTRUCTIONS) if with_model else None
        if model is not None:
            stack.callback(model.close)
        client = _client(here, stack)
        if client is not None:
            client.answering()
            stack.callback(client.answered)
        yield Answerer(library, open_encoder(library, client), model, here.config, client)


def _client(here: Context, stack: ExitStack) -> Client | None:
    """A connection to the owner where one is running; reading needs none."""
    client = Client.connect(here.library, here.config, start=False)
    if client is not None:
        stack.callback(client.close)
    return client
