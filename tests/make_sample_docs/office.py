"""Born-digital documents: PDF through reportlab, DOCX through python-docx, a mail with an attachment.

Every date and identifier that the libraries would take from the clock is fixed, so that the bytes depend on the text alone.
"""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import docx
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as PdfTable

from tests.make_sample_docs.markup import Block, Heading, Table

MOMENT = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
"""The only point in time that the documents carry."""

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=15, spaceAfter=7)
TITLE = ParagraphStyle("title", fontName="Times-Bold", fontSize=17, leading=21, spaceAfter=10)
SECTION = ParagraphStyle("section", fontName="Times-Bold", fontSize=12.5, leading=16, spaceBefore=8, spaceAfter=5)
CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=9.5, leading=12)
CELL_HEAD = ParagraphStyle("cell head", parent=CELL, fontName="Helvetica-Bold")


def pdf(document: list[list[Block]], title: str, author: str) -> bytes:
    """A PDF with a footer that names the page, and the given properties."""
    story: list[Flowable] = []
    for number, page in enumerate(document):
        story += [PageBreak()] if number else []
        for block in page:
            story += _flowables(block)

    def footer(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawCentredString(A4[0] / 2, 11 * mm, f"{title} – {template.page} / {len(document)}")

    written = BytesIO()
    template = SimpleDocTemplate(
        written,
        pagesize=A4,
        title=title,
        author=author,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=20 * mm,
        bottomMargin=22 * mm,
        invariant=1,
    )
    template.build(story, onFirstPage=footer, onLaterPages=footer)
    return written.getvalue()


def _flowables(block: Block) -> list[Flowable]:
    if isinstance(block, Heading):
        return [Paragraph(escape(block.text), TITLE if block.level == 1 else SECTION)]
    if isinstance(block, str):
        return [Paragraph(escape(block), BODY)]
    cells = [
        [Paragraph(escape(text), CELL_HEAD if row == 0 else CELL) for text in texts]
        for row, texts in enumerate(block.rows)
    ]
    lines = [("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return [PdfTable(cells, hAlign="LEFT", colWidths=_widths(block), style=lines), Spacer(1, 4 * mm)]


def _widths(table: Table) -> list[float]:
    """Column widths in points, in proportion to the longest cell, together 170 mm."""
    longest = [max(8, *(len(row[column]) for row in table.rows)) for column in range(len(table.rows[0]))]
    return [170 * mm * length / sum(longest) for length in longest]


def word(document: list[list[Block]], title: str, author: str) -> bytes:
    """A DOCX with real headings and tables."""
    made = docx.Document()
    properties = made.core_properties
    properties.title, properties.author, properties.last_modified_by = title, author, author
    properties.created = properties.modified = MOMENT
    for block in (block for page in document for block in page):
        if isinstance(block, Heading):
            made.add_heading(block.text, block.level)
        elif isinstance(block, str):
            made.add_paragraph(block)
        else:
            table = made.add_table(len(block.rows), len(block.rows[0]), style="Table Grid")
            for row, texts in enumerate(block.rows):
                for column, text in enumerate(texts):
                    table.cell(row, column).text = text
    written = BytesIO()
    made.save(written)
    return _without_clock(written.getvalue())


def _without_clock(archive: bytes) -> bytes:
    """The same archive with one fixed date on every entry."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return written.getvalue()


def mail(body: str, headers: dict[str, str], attachments: dict[str, bytes]) -> bytes:
    """A mail with PDF attachments."""
    message = EmailMessage()
    for name, value in headers.items():
        message[name] = value
    message.set_content(body, charset="utf-8", cte="quoted-printable")
    for name, content in attachments.items():
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    message.set_boundary("=====sample=====")
    return message.as_bytes()


def write(path: Path, content: bytes) -> None:
    """Write a document, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
