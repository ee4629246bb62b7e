"""From a file to the pages of the documents in it: the map.

    sniff.py      bytes → media type; the name decides among text formats
    families.py   media type → reader
    reader.py     the seam: what a reader is given and yields
    members.py    a file → the documents in it, recursively, within limits
    worker.py     the killable process that reads one file
    drawing.py    the killable process that draws one page as pixels, with the places of a quote
    guard.py      whatever a parser raises becomes the document's error
    clean.py, blocks.py, grid.py, encoding.py   what readers share: normal forms, pages of bounded size, tables with
                  merged cells, encodings
    pdf.py        PDF, with pdf_lines (pdfium's lines), pdf_calls (its quick calls), pdf_margins (running headers),
                  pdf_layout (reading order, rows, headings), pdf_scan (what needs OCR), pdf_notes (form fields, notes),
                  pdf_attached (embedded files), pdf_facts (title, labels, outline), pdf_repair (pypdf, for what pdfium
                  cannot open)
    image.py      pictures, each frame or page for OCR;  pictures.py   pictures inside documents that say nothing else
    plain.py      text, Markdown (markdown_html.py: HTML inside it) and data: verbatim;  table.py   CSV and TSV: by rows
    markup.py     what marked-up text has in common, for asciidoc.py, rst.py, org.py and latex.py
    pandoc.py     rarer markups, where pandoc is installed
    code.py       source code by function and class;  notebook.py   Jupyter;  xml.py   XML of any kind
    content_lines.py   the lines of ics.py (calendars) and vcf.py (contacts)
    web.py        HTML;  epub.py   books;  mail.py, mbox.py, msg.py   mails and mailboxes
    docx.py, docx_styles.py, formulas.py, slides.py   Office;  odf.py   OpenDocument texts and slides
    sheets.py     spreadsheets, with sheet_extras, xls_extras (what is in no cell), number_formats (values as they are
                  shown), xlsx_formats, xlsb_formats, xls_formats (which cell has which), sheet_pages (rows to pages);  ods.py   ODS
    iwork.py      Apple, with iwa.py (packed objects) and iwork_parts.py (texts and tables in them)
    zipped.py     the parts of such packages, counted as they are unpacked; XML without entities
    ole.py, word.py, word_styles.py, powerpoint.py   Office before 2007;  office_xml.py   Office 2003 XML;  rtf.py, rtf_tokens.py   RTF
    libreoffice.py, libreoffice_child.py   what LibreOffice must read, where it is installed
    archive.py    ZIP, TAR and packed files;  seven_zip.py, seven_zip_header.py   7z: containers and nothing else

Import order: worker → members → families → the readers → pdf_* | blocks → clean | guard → reader. A reader yields facts,
pages, pictures of pages that need OCR, and problems; it knows neither processes nor OCR nor the library. Promises:
text is NFC, a page fits into a frame, nothing is written outside the private folder, no network, no XML entities, and
whatever a file does to its parser ends as a `DocumentError` or a `Problem`.
"""

READER_VERSION = 4
"""Raised whenever the same file would give other text, so that documents are read again."""
