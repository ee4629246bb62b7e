"""What a PDF says about itself: title, author, dates, labels and outline, as pdfium reads them.

Knows nothing of text and layout.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from ingest.extract.clean import one_line
from ingest.extract.reader import Facts

MAX_OUTLINE = 20_000
"""Entries of an outline that are looked at."""
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)?(\d\d)?)?")
_PRODUCER_PREFIX = re.compile(
    r"^(?:Microsoft (?:Word|PowerPoint|Excel)|PowerPoint Presentation|Print)\s*-\s*", re.IGNORECASE
)
_FILE_SUFFIXES = frozenset(
    ".doc .docx .dot .ppt .pptx .xls .xlsx .pdf .ps .eps .tex .dvi .indd .qxd .qxp .pmd .wpd .rtf .txt .odt .pub .htm .html .cdr .ai".split()
)
_NO_TITLES = frozenset(
    {"untitled", "untitled document", "document", "title", "slide 1", "no job name", "word document", "none"}
)


def facts_of(document: Any, pages: int) -> Facts:
    """Title, author, date and subject of an open pdfium document."""
    told = {key: one_line(value) for key, value in document.get_metadata_dict(skip_empty=True).items()}
    title, author = title_of(told.get("Title", "")), told.get("Author", "")
    date = iso_date(told.get("CreationDate", "")) or iso_date(told.get("ModDate", ""))
    metadata: dict[str, Any] = {
        "author": author,
        "date": date,
        "subject": told.get("Subject", ""),
        "keywords": told.get("Keywords", ""),
    }
    metadata["attachments"] = attachment_names(document)
    return Facts(title, author, date, "", pages, {key: value for key, value in metadata.items() if value})


def title_of(told: str) -> str:
    """A declared title, empty where it is only a file name or a placeholder."""
    title = _PRODUCER_PREFIX.sub("", told).strip(" \"'")
    if title.casefold() in _NO_TITLES or PurePosixPath(title).suffix.casefold() in _FILE_SUFFIXES:
        return ""
    return title if any(letter.isalpha() for letter in title) else ""


def iso_date(told: str) -> str:
    """A PDF date ("D:20240131120000+01'00'") in ISO 8601, to the day; empty when it is none."""
    match = _DATE.match(told.strip())
    if not match or not 1900 <= int(match[1]) <= 2200:
        return ""
    parts = [match[1]]
    for value, limit in ((match[2], 12), (match[3], 31)):
        if value is None or not 1 <= int(value) <= limit:
            break
        parts.append(value)
    return "-".join(parts)


def label_of(document: Any, index: int) -> str:
    """What a person calls the page at an index from 0: its declared label, or its number."""
    import pypdfium2

    try:
        label = document.get_page_label(index)
        declared = label if label.isalnum() and label.isascii() else one_line(label)
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        declared = ""
    return f"p. {declared or index + 1}"


def attachment_names(document: Any) -> list[str]:
    """Names of the files embedded in the document."""
    import pypdfium2

    try:
        return [one_line(document.get_attachment(index).get_name()) for index in range(document.count_attachments())]
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        return []


def outline_of(document: Any) -> dict[int, list[tuple[str, int]]]:
    """Titles and levels (from 1) of the outline by page index."""
    import pypdfium2

    found: dict[int, list[tuple[str, int]]] = {}
    try:
        for number, item in enumerate(document.get_toc(max_depth=6)):
            if number >= MAX_OUTLINE:
                break
            target = item.get_dest()
            index = target.get_index() if target is not None else None
            if index is not None and (title := one_line(item.get_title())):
                found.setdefault(index, []).append((title, item.level + 1))
    except (pypdfium2.PdfiumError, UnicodeDecodeError, RecursionError):
        return found
    return found
