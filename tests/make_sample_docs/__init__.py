"""Makes the binary part of `sample_docs/` from the texts in `sources/`: PDFs, DOCX files, a mail, scans and a photograph.

`python -m tests.make_sample_docs` writes them; the same versions of reportlab, python-docx and Pillow write the same
bytes. The plain files of `sample_docs/` (Markdown, HTML, text, simple mails) are written by hand and not made here.
"""
