"""PDFs that pdfium cannot open, by way of pypdf: it says which are encrypted, and reads some broken ones.

Slower and poorer in layout than pdfium, so only for what would otherwise be lost. Knows nothing of pdfium.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ingest.errors import DocumentError
from ingest.extract.clean import LIGATURES, tidy
from ingest.extract.guard import damaged
from ingest.extract.reader import MAX_WHOLE_BYTES, Facts, Source, Yielded
from ingest.records import Page, Problem


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then the text of each page that pypdf can read.

    Raises:
        DocumentError: `encrypted` when only a password opens it, `damaged` when pypdf cannot read it either.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its complaints are about what is known to be broken
    with _told_apart(source), damaged(source.name):
        reader = pypdf.PdfReader(source.path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("encrypted", f"{source.name} is protected by a password")
        count = min(len(reader.pages), source.options.max_pages)
        if not count:
            raise DocumentError("damaged", f"{source.name} has no pages")
        yield Facts(page_count=count)
        for index in range(count):
            try:
                yield _page(reader.pages[index], index + 1)
            except (PyPdfError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
                yield Problem(index + 1, "damaged", f"page {index + 1} cannot be read")


@contextmanager
def _told_apart(source: Source) -> Iterator[None]:
    """A damaged file that names an encryption dictionary is reported as encrypted: no repair would open it."""
    try:
        yield
    except DocumentError as error:
        data = source.path.read_bytes() if source.size < MAX_WHOLE_BYTES else b""
        if error.code == "damaged" and b"/Encrypt" in data and b"/Standard" in data:
            raise DocumentError("encrypted", f"{source.name} is protected by a password, and damaged") from error
        raise


def _page(page: Any, number: int) -> Yielded:
    text = tidy(page.extract_text().translate(LIGATURES))
    return (
        Page(number, f"p. {number}", text)
        if text.strip()
        else Problem(number, "damaged", f"page {number} cannot be read")
    )
