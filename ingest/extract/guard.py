"""Where whatever a parser raises becomes the error of its document.

A hostile or broken file can make a parser raise anything at all: index errors, recursion, assertion. None of it says
more to a person than that the file is damaged. Knows nothing of formats.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.errors import DocumentError


@contextmanager
def damaged(name: str) -> Iterator[None]:
    """Turn every exception of a parser inside the block into a `DocumentError`.

    Args:
        name: What the message calls the document.

    Raises:
        DocumentError: Itself unchanged; `out_of_memory` for MemoryError; `encrypted` where an archive says so;
            otherwise `damaged`.
    """
    try:
        yield
    except DocumentError:
        raise
    except MemoryError as error:
        raise DocumentError("out_of_memory", f"{name} needs more memory than a reader may have") from error
    except zipfile.BadZipFile as error:
        raise DocumentError("damaged", f"{name} is a damaged archive") from error
    except Exception as error:  # the one place where foreign parsers' failures end, see above
        text = str(error).casefold()
        if isinstance(error, RuntimeError) and ("password required" in text or "encrypted" in text):
            raise DocumentError("encrypted", f"{name} is protected by a password") from error
        raise DocumentError("damaged", f"{name} is damaged: its reader stopped ({type(error).__name__})") from error
