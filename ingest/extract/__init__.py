"""From a file to the pages of the documents in it: the map.

    sniff.py      bytes → media type; the name decides among text formats
    families.py   media type → reader
    reader.py     the seam: what a reader is given and yields
    members.py    a file → the documents in it, recursively, within limits
    worker.py     the killable process that reads one file
    guard.py      whatever a parser raises becomes the document's error
    clean.py, blocks.py, encoding.py   what readers share: normal forms, pages of bounded size, encodings
    pdf.py        with pdf_lines (pdfium's lines), pdf_layout (reading order), pdf_scan (what needs OCR), pdf_facts
    image.py, docx.py, web.py, mail.py, plain.py …   one module a family

Import order: worker → members → families → the readers → pdf_* | blocks → clean | guard → reader. A reader yields facts,
pages, pictures of pages that need OCR, and problems; it knows neither processes nor OCR nor the library. Promises:
text is NFC, a page fits into a frame, nothing is written outside the private folder, no network, no XML entities, and
whatever a file does to its parser ends as a `DocumentError` or a `Problem`.
"""

READER_VERSION = 1
"""Raised whenever the same file would give other text, so that documents are read again."""
