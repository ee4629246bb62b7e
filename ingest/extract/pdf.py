"""PDF: text through pdfium, with its lines put in order; pages without usable text as pictures.

pdfium reads the text ten times faster than pypdf; pypdf is asked where pdfium cannot open a file. A page is given out
as a picture when its text layer is missing, garbled, or covers far less of the page than its images do. Knows nothing
of OCR.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import pdf_repair
from ingest.extract.blocks import Block, join
from ingest.extract.clean import tidy
from ingest.extract.pdf_attached import members
from ingest.extract.pdf_facts import facts_of, label_of, outline_of
from ingest.extract.pdf_layout import blocks_of, with_outline
from ingest.extract.pdf_lines import Line, lines_of
from ingest.extract.pdf_margins import Margins
from ingest.extract.pdf_notes import init_fields, with_notes
from ingest.extract.pdf_scan import garbled, has_images, picture, text_pictures, wants_ocr
from ingest.extract.reader import PageImage, Source, Yielded
from ingest.records import Page, Problem

__all__ = ["READABLE_ALONE", "members", "read"]

READABLE_ALONE = True
"""A PDF is read as deep as it lies; only the files embedded in it are left out where containers end."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then a page or a picture for each page.

    Raises:
        DocumentError: `encrypted` when only a password opens it; `damaged` when neither pdfium nor pypdf can.
    """
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(source.path)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise DocumentError("encrypted", f"{source.name} is protected by a password") from error
        yield from pdf_repair.read(source)
        return
    with closing(document):
        count = len(document)
        if not count:
            yield from pdf_repair.read(source)
            return
        yield facts_of(document, count)
        init_fields(document)
        outline = outline_of(document)
        margins = Margins()
        pictured = source.options.ocr and has_images(source.path)
        for index in range(min(count, source.options.max_pages)):
            yield _page(document, index, outline.get(index, []), margins, pictured, source)
        if count > source.options.max_pages:
            yield Problem(None, "too_large", f"only the first {source.options.max_pages} of {count} pages were read")


def _page(
    document: Any, index: int, titles: list[tuple[str, int]], margins: Margins, pictured: bool, source: Source
) -> Yielded:
    """One page as text or picture; a problem when it cannot be loaded."""
    import pypdfium2

    number = index + 1
    with ExitStack() as stack:
        try:
            page = stack.enter_context(closing(document[index]))
            textpage = stack.enter_context(closing(page.get_textpage()))
            lines, notes = with_notes(document, page, lines_of(page, textpage))
            header, body, footer = margins.parted(lines, page.get_height())
            blocks = blocks_of(body)
            if titles:
                blocks = with_outline(blocks, titles)
            blocks = [*_plain(header), *blocks, *_plain(footer)]
            return _finished(page, lines, blocks, number, label_of(document, index), source, notes, pictured)
        except pypdfium2.PdfiumError:
            return Problem(number, "damaged", f"page {number} cannot be read")


def _plain(lines: list[Line]) -> list[Block]:
    """A running header or footer, which is no heading."""
    return [Block(block.text) for block in blocks_of(lines)] if lines else []


def _finished(
    page: Any,
    lines: list[Line],
    blocks: list[Block],
    number: int,
    label: str,
    source: Source,
    notes: list[Block],
    pictured: bool,
) -> Yielded:
    """The page as its text and notes, or as a picture with the part of its text that is kept."""
    text, headings = join([Block(tidy(block.text), block.level, block.tight) for block in blocks])
    if garbled(text):
        lines, text, headings = [], "", ()
        scan = True
    else:
        scan = wants_ocr(page, lines, text)
    pictures = text_pictures(page, lines) if pictured and not scan and text else []
    if notes:
        text = join([Block(text), *notes] if text else notes)[0]
    if not scan and not pictures:
        return Page(number, label, text, headings=headings)
    if not source.options.ocr:
        return Problem(number, "no_ocr", f"page {number} has to be read by OCR, which is turned off")
    image, dpi = picture(page, source.folder, source.options.ocr_dpi, lines if text else (), pictures)
    return PageImage(number, label, image, dpi, text, headings)
