"""The files embedded in a PDF, as its members.

pdfium says whether there are any, pypdf unpacks them: it ends at a size, while pdfium would end the process. Knows
nothing of pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from ingest.errors import DocumentError
from ingest.extract import sniff
from ingest.extract.clean import one_line
from ingest.extract.guard import damaged
from ingest.extract.reader import MAX_WHOLE_BYTES, Member, Source
from ingest.records import Problem

MAX_ATTACHMENTS = 1_000
"""Embedded files of one PDF."""


def members(source: Source) -> Iterator[Member | Problem]:
    """The embedded files; none where the PDF cannot be opened, which its reader reports."""
    if not _count(source) or source.size > MAX_WHOLE_BYTES:
        return
    import pypdf

    try:
        with damaged(source.name), closing(pypdf.PdfReader(source.path)) as reader:
            for number, item in enumerate(reader.attachment_list):
                if number >= MAX_ATTACHMENTS:
                    return
                name = one_line(item.name or item.alternative_name or "") or f"attachment-{number + 1}"
                if data := bytes(item.content):
                    yield _member(name, data, item.subtype or "")
    except DocumentError as error:
        yield Problem(None, error.code, f"a file embedded in {source.name} cannot be read: {error.message}")


def _member(name: str, data: bytes, subtype: str) -> Member | Problem:
    """The file; of a picture only that it is there, since it would count as a page more than the PDF has."""
    if sniff.media_type(name, data[: sniff.HEAD_BYTES]).startswith("image/"):
        return Problem(None, "unsupported", f"the picture {name}, embedded in a PDF, is not read", name)
    return Member(name, data, subtype)


def _count(source: Source) -> int:
    import pypdfium2

    try:
        with closing(pypdfium2.PdfDocument(source.path)) as document:
            return int(document.count_attachments())
    except pypdfium2.PdfiumError:
        return 0
