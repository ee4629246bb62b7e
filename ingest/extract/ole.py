"""OLE files: the container of the old Office formats, opened with its errors as the document's.

Knows nothing of what the streams mean.
"""

from __future__ import annotations

from typing import Any, Self

from ingest.errors import DocumentError
from ingest.extract.clean import one_line
from ingest.extract.reader import Facts, Source

MAX_STREAM = 128 << 20
"""Largest stream that is read."""


class Ole:
    """An open OLE file; a context manager.

    Raises:
        DocumentError: `damaged` when it cannot be opened.
    """

    def __init__(self, source: Source) -> None:
        import olefile

        self.source = source
        try:
            self.file: Any = olefile.OleFileIO(str(source.path))
        except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:
            raise DocumentError("damaged", f"{source.name} is a damaged Office document") from error
        self.names = {"/".join(path).lower(): path for path in self.file.listdir()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def stream(self, name: str) -> bytes:
        """A stream by its name, empty where there is none or it cannot be read."""
        path = self.names.get(name.lower())
        if path is None:
            return b""
        try:
            return bytes(self.file.openstream(path).read(MAX_STREAM))
        except (OSError, ValueError, IndexError, TypeError):
            return b""

    def facts(self, pages: int = 0) -> Facts:
        """Title, author and date of the summary that Office keeps."""
        try:
            told = self.file.get_metadata()
        except (OSError, ValueError, IndexError, TypeError, AttributeError, OverflowError, UnicodeError):
            return Facts(page_count=pages)
        title, author, subject = (_text(value, told.codepage) for value in (told.title, told.author, told.subject))
        made = told.create_time or told.last_saved_time
        date = made.date().isoformat() if made is not None and made.year > 1980 else ""
        metadata = {"author": author, "date": date, "subject": subject}
        return Facts(title, author, date, "", pages, {key: value for key, value in metadata.items() if value})


def _text(value: Any, codepage: Any) -> str:
    if not isinstance(value, bytes):
        return ""
    codec = "utf-8" if codepage in (65001, -535) else f"cp{codepage}" if codepage else "cp1252"
    try:
        return one_line(value.decode(codec, "replace"))
    except LookupError:
        return one_line(value.decode("cp1252", "replace"))
