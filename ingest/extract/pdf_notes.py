"""What a person wrote onto a PDF page: values of form fields, and notes.

A field's value becomes a line at its place, so that it stands beside its label; notes follow at the end of the page.
Knows nothing of paragraphs.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ingest.extract.blocks import Block
from ingest.extract.clean import one_line, tidy
from ingest.extract.pdf_lines import Line, turned

MAX_ANNOTATIONS = 3_000
"""Annotations of a page that are looked at."""
MAX_VALUE = 20_000
"""Bytes of a value or note in UTF-16; longer ones are left out."""
MAX_FIELD_SIZE = 12.0
"""Size of letters that is assumed in a field at most, in points."""
BASE_SHARE = 0.25
"""Where the base line lies in a field of one line, as a share of its height."""


def init_fields(document: Any) -> None:
    """Prepare a document for `field_lines`; before any of its pages is loaded."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        if document.get_formtype() == raw.FORMTYPE_ACRO_FORM:
            document.init_forms()
    except pypdfium2.PdfiumError:  # without its form the document is read all the same
        return


def with_notes(document: Any, page: Any, lines: list[Line]) -> tuple[list[Line], list[Block]]:
    """The lines with the values of the page's fields among them, and its notes as blocks.

    Args:
        document: The pypdfium2 document, prepared by `init_fields`.
        page: Its page.
        lines: As `pdf_lines.lines_of` gives them.
    """
    from pypdfium2 import raw

    count = min(raw.FPDFPage_GetAnnotCount(page), MAX_ANNOTATIONS)
    if count <= 0:
        return lines, []
    noted = {
        raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE,
        raw.FPDF_ANNOT_SQUIGGLY, raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_CARET,
    }  # fmt: skip
    notes: dict[str, None] = {}
    fields: list[Line] = []
    for index in range(count):
        with _annotation(page, index) as item:
            kind = raw.FPDFAnnot_GetSubtype(item) if item else None
            if kind in noted:
                notes[tidy(_string(lambda *room: raw.FPDFAnnot_GetStringValue(item, b"Contents", *room)))] = None
            elif kind == raw.FPDF_ANNOT_WIDGET and document.formenv:
                fields += _field(document.formenv, page, item)
    return _placed(lines, fields) if fields else lines, [Block(note) for note in notes if note.strip()]


@contextmanager
def _annotation(page: Any, index: int) -> Iterator[Any]:
    from pypdfium2 import raw

    item = raw.FPDFPage_GetAnnot(page, index)
    try:
        yield item
    finally:
        if item:
            raw.FPDFPage_CloseAnnot(item)


def _string(ask: Callable[[Any, int], int]) -> str:
    """A string that pdfium gives as UTF-16 with an end mark, empty where there is none or it is too long."""
    size = ask(None, 0)
    if not 2 < size <= MAX_VALUE:
        return ""
    room = (ctypes.c_ushort * (size // 2 + 1))()
    ask(room, size)
    return bytes(room).decode("utf-16-le", "ignore").split("\0", 1)[0]


def _field(form: Any, page: Any, item: Any) -> Iterator[Line]:
    """The value of a text field or a choice as lines in its box."""
    from pypdfium2 import raw

    kind = raw.FPDFAnnot_GetFormFieldType(form, item)
    if kind not in (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
        return
    if raw.FPDFAnnot_GetFormFieldFlags(form, item) & raw.FPDF_FORMFLAG_TEXT_PASSWORD:
        return
    value = _string(lambda *room: raw.FPDFAnnot_GetFormFieldValue(form, item, *room))
    rows = [row for row in map(one_line, value.replace("\r", "\n").split("\n")) if row]
    box = raw.FS_RECTF()
    if not rows or not raw.FPDFAnnot_GetRect(item, ctypes.byref(box)):
        return
    left, bottom, right, top = turned(page, box.left, box.bottom, box.right, box.top)
    height = (top - bottom) / len(rows)
    size = max(1.0, min(height, MAX_FIELD_SIZE))
    for number, row in enumerate(rows):
        low = top - (number + 1) * height
        yield Line(row, left, low, right, low + height, low + BASE_SHARE * height, size)


def _placed(lines: list[Line], fields: list[Line]) -> list[Line]:
    """The lines with each field after the line to its left, or after those above it where there is none."""
    found = list(lines)
    for field in fields:
        beside = [
            at
            for at, line in enumerate(found)
            if line.upright and line.bottom < field.top and line.top > field.bottom and line.right <= field.left + 2
        ]
        above = [at for at, line in enumerate(found) if line.upright and line.bottom >= field.top - 2]
        if beside:
            at = max(beside, key=lambda index: found[index].right)
            field.base = found[at].base
        else:
            at = min(above, key=lambda index: found[index].bottom) if above else len(found) - 1
        found.insert(at + 1, field)
    for order, line in enumerate(found):
        line.order = order
    return found
