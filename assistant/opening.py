"""The embedding model of a library, opened to ask questions. Knows nothing of what is asked."""

from __future__ import annotations

from ingest.client import Client
from ingest.embed import Encoder
from ingest.errors import SetupError
from ingest.library import Library


def open_encoder(library: Library, client: Client | None) -> Encoder:
    """Open the model that a library's vectors were made with.

    Library and client keep to the vectors of that model from then on, also when others take their place: `outdated` of
    the library says when it is time to open it again.

    Args:
        library: Open for reading.
        client: The owner's client, where there is one.

    Raises:
        SetupError: The model is missing, or nothing has been read into the library yet.
    """
    generation = library.pin()
    meta = library.meta()
    if not meta.model:
        raise SetupError(f"nothing has been read into {library.folder} yet", "Run `assistant index FOLDER`.", "empty")
    if client is not None:
        client.asked_generation = generation.key if generation is not None else 0
    return Encoder.for_questions(meta.model, meta.variant)
