"""Which reader reads which media type, and what to do about the types that none reads.

A reader is imported when the first file of its family occurs, so that a worker holds no library it does not need.
"""

from __future__ import annotations

import importlib
from typing import cast

from ingest.errors import DocumentError
from ingest.extract import libreoffice, sniff
from ingest.extract.reader import Container, Reader

_PACKAGE = __package__

_FAMILIES: dict[str, str] = {
    sniff.PDF: "pdf",
    **dict.fromkeys(
        ("image/png", "image/jpeg", "image/tiff", "image/gif", "image/bmp", "image/webp", "image/heif"), "image"
    ),
    sniff.DOCX: "docx",
    **dict.fromkeys((sniff.XLSX, sniff.XLSB, sniff.XLS), "sheets"),
    sniff.ODS: "ods",
    sniff.CSV: "table",
    sniff.TSV: "table",
    sniff.PPTX: "slides",
    sniff.ODT: "odf",
    sniff.ODP: "odf",
    sniff.ODG: "odf",
    sniff.DOC: "word",
    sniff.PPT: "powerpoint",
    sniff.IWORK: "iwork",
    sniff.NOTEBOOK: "notebook",
    sniff.WORDML: "office_xml",
    sniff.SPREADSHEETML: "office_xml",
    sniff.EPUB: "epub",
    sniff.RTF: "rtf",
    sniff.MSG: "msg",
    sniff.MBOX: "mbox",
    **dict.fromkeys((sniff.ZIP, sniff.TAR, sniff.GZIP, sniff.BZIP2, sniff.XZ), "archive"),
    sniff.SEVEN_ZIP: "seven_zip",
    sniff.HTML: "web",
    sniff.XML: "xml",
    **dict.fromkeys(("text/x-opml", "text/x-fictionbook"), "xml"),
    "image/svg+xml": "xml",
    sniff.CALENDAR: "ics",
    sniff.CONTACT: "vcf",
    sniff.MARKDOWN: "plain",
    "text/asciidoc": "asciidoc",
    "text/x-org": "org",
    "text/x-rst": "rst",
    "application/x-latex": "latex",
    sniff.EML: "mail",
    **dict.fromkeys(
        (
            "text/x-textile",
            "text/x-mediawiki",
            "text/x-typst",
            "text/x-djot",
            "text/x-muse",
            "text/x-txt2tags",
            "text/troff",
            "application/x-bibtex",
        ),
        "pandoc",
    ),
    sniff.PLAIN: "plain",
    **dict.fromkeys(
        (
            sniff.JSON,
            "application/jsonl",
            "application/yaml",
            "application/toml",
        ),
        "plain",
    ),
}

_SOUND = "Only what is written can be read; save a transcript beside it."
_UNSUPPORTED_HINTS: dict[str, str] = {
    "application/vnd.rar": "Unpack it, or pack it again as ZIP.",
    "image/vnd.dwg": "Export the drawing as PDF.",
    "application/postscript": "Convert it to PDF: ps2pdf FILE (Debian: apt install ghostscript).",
    sniff.DJVU: "Convert it to PDF: ddjvu -format=pdf FILE FILE.pdf (Debian: apt install djvulibre-bin).",
    sniff.MOBI: "Convert it to EPUB: ebook-convert FILE FILE.epub (Debian: apt install calibre).",
    sniff.CHM: "Convert it to EPUB: ebook-convert FILE FILE.epub (Debian: apt install calibre).",
    sniff.PST: "Unpack it into mailboxes: readpst FILE (Debian: apt install pst-utils).",
    sniff.ACCESS: "Export its tables as CSV: mdb-export FILE TABLE (Debian: apt install mdbtools).",
    "application/vnd.sqlite3": "Export its tables as CSV.",
    "application/vnd.apache.parquet": "Export the table as CSV.",
    **dict.fromkeys(libreoffice.TYPES, libreoffice.HINT),
    **dict.fromkeys(("audio/mpeg", "audio/ogg", "audio/flac", "video/mp4"), _SOUND),
}
"""What helps with the types that people keep; others are to be converted to PDF, DOCX, HTML or plain text."""


def reader_of(media_type: str, name: str) -> Reader:
    """The reader of a media type.

    Args:
        media_type: As `sniff` found it.
        name: The document's name, for the error.

    Raises:
        DocumentError: `unsupported`, with what helps; `encrypted` for a wrapped Office document.
    """
    family = _FAMILIES.get(media_type)
    if family is None and media_type.startswith("text/"):
        family = "code" if media_type in sniff.CODE else "plain"
    if family is None and media_type in libreoffice.TYPES and libreoffice.library() is not None:
        family = "libreoffice"
    if media_type == sniff.ENCRYPTED_OFFICE:
        raise DocumentError("encrypted", f"{name} is protected by a password")
    if family is None:
        raise DocumentError(
            "unsupported", f"{name}: {media_type} cannot be read here", _UNSUPPORTED_HINTS.get(media_type, "")
        )
    return cast(Reader, importlib.import_module(f"{_PACKAGE}.{family}"))


def container_of(reader: Reader) -> Container | None:
    """The reader as a container, None when its documents hold no others."""
    return cast(Container, reader) if hasattr(reader, "members") else None
