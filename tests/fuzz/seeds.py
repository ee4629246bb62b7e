"""A small real file for every format that has a reader."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.ingest.extract import files, ole_writer, seven_zip_writer, xlsb_writer
from tests.ingest.extract.test_docx import sample as docx_sample
from tests.ingest.extract.test_iwork import field, iwa
from tests.ingest.extract.test_office import ODT_BODY, odf
from tests.ingest.extract.test_records import ICS, VCF
from tests.ingest.extract.test_sheets import xlsx

HTML = "<html lang=en><title>T</title><h1>Head</h1><ul><li>a<li>b</ul><table><tr><td rowspan=2>x<td>y<tr><td>z</table><p>Text</html>"
XML = '<?xml version="1.0"?><orders><order id="7"><customer>ACME</customer><p>Say <b>hello</b></p></order></orders>'
RTF = r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\pard Hello \b bold\b0\par\trowd\cellx100\cellx200 a\cell b\cell\row Gr\'fc\u223?e\par}"
MARKDOWN = "# T\n\ntext *x*\n\n```\ncode\n```\n<div>\n<table><tr><td>a</td></tr></table></div>\n"
LATEX = "\\title{T}\\begin{document}\\section{A}Text \\textbf{x $y^2$} \\begin{tabular}{l}a & b \\\\ \\end{tabular}\\footnote{n}\\'e\\end{document}"
RST = "T\n=\n\nx ``c`` `l <u>`_::\n\n  lit\n\n.. note:: n\n\n+--+--+\n|a |b |\n+--+--+\n\n== ==\na  b\n== ==\n1  2\n== ==\n"
ASCIIDOC = "= T\n:a: b\n\n== S\n*x* `y` {a}\n\n|===\n|a |b\n|c\n|d\n|===\n\n. one\n* two\n----\nv\n----\n"
ORG = "#+TITLE: T\n* H :t:\n:D:\nx\n:END:\n/i/ [[u][l]]\n| a | b |\n|---+---|\n#+BEGIN_SRC c\nx\n#+END_SRC\n- i\n"
CODE = "import os\n\n\nclass A(B):\n    # c\n    def m(self, x):\n        return f(x)\n\n\nfunction g(a) {\n}\nint h(int a)\n{\n}\n"
WORD_XML = '<?xml version="1.0"?><w:wordDocument xmlns:w="w"><w:body><w:p><w:r><w:t>Hi</w:t></w:r></w:p></w:body></w:wordDocument>'
SHEET_XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet Name="S"><Table><Row>'
    '<Cell><Data Type="Number">1</Data></Cell></Row></Table></Worksheet></Workbook>'
)
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "source": ["# T\n", "x"]},
            {"cell_type": "code", "source": "1", "outputs": [{"text": "2"}]},
        ]
    }
)


def _made(make: Callable[[Path], object], name: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        make(path)
        return path.read_bytes()


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP of some parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return held.getvalue()


def _tar() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name in ("a.txt", "b/c.html"):
            item = tarfile.TarInfo(name)
            item.size = len(HTML)
            archive.addfile(item, io.BytesIO(HTML.encode()))
    return held.getvalue()


def _mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ann <ann@example.org>", "bob@example.org", "Grüße"
    message["Date"] = "Fri, 3 May 2024 10:00:00 +0200"
    message.set_content("Hello\n\nBye\n")
    message.add_alternative(HTML, subtype="html")
    message.add_attachment(b"name;sum\na;1\n", maintype="text", subtype="csv", filename="a.csv")
    return message.as_bytes()


def _slides(path: Path) -> None:
    from pptx import Presentation

    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Title", "Text"
    slide.notes_slide.notes_text_frame.text = "Note"
    show.save(str(path))


def _picture(kind: str) -> bytes:
    held = io.BytesIO()
    files.picture_of(["Hi"]).resize((60, 40)).save(held, kind)
    return held.getvalue()


EPUB: dict[str, str | bytes] = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": '<container><rootfiles><rootfile full-path="o.opf"/></rootfiles></container>',
    "o.opf": '<package><metadata><title>T</title></metadata><manifest><item id="a" href="a.html" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="a"/></spine></package>',
    "a.html": HTML,
}  # fmt: skip


@cache
def seeds() -> dict[str, bytes]:
    """Content of a small file by its name; the suffix says the format."""
    mail = _mail()
    return {
        "a.pdf": _made(
            lambda path: files.pdf(path, [["# Head", "Line one", "Line two"], ["Second"]], title="T"), "a.pdf"
        ),
        "a.docx": _made(docx_sample, "a.docx"),
        "a.pptx": _made(_slides, "a.pptx"),
        "a.xlsx": _made(lambda path: xlsx(path, {"S": [["Item", "Price"], ["Pen", 2.5]]}), "a.xlsx"),
        "a.xlsb": xlsb_writer.xlsb({0: [(1.5, 0), (0.25, 1)]}, ["General", "0%"]),
        "a.odt": _made(lambda path: odf(path, ODT_BODY), "a.odt"),
        "a.ods": _made(
            lambda path: odf(
                path,
                '<table:table table:name="S"><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>x</text:p>'
                "</table:table-cell></table:table-row></table:table>",
                "spreadsheet",
            ),
            "a.ods",
        ),
        "a.odp": _made(
            lambda path: odf(
                path, "<draw:page><draw:frame><text:p>x</text:p></draw:frame></draw:page>", "presentation"
            ),
            "a.odp",
        ),
        "a.doc": ole_writer.doc("Hello\rMay\x07900\x07\x07Bye\x13 PAGE \x141\x15\r"),
        "a.xls": ole_writer.xls([(0, 0, 1.5, 0), (1, 1, 0.25, 1)], ["General", "0%"]),
        "a.ppt": ole_writer.ppt(["One", "Two"]),
        "a.msg": ole_writer.ole(
            {"__properties_version1.0": bytes(64), "__substg1.0_0037001F": "Hi".encode("utf-16-le")}
        ),
        "a.pages": zipped({"Index/Document.iwa": iwa((1, 2001, field(3, "Text")), (2, 6001, field(8, "T")))}),
        "a.epub": zipped(EPUB),
        "a.zip": zipped({"a.txt": "text", "b.html": HTML, "c.zip": zipped({"d.csv": "a,b\n1,2\n"})}),
        "a.7z": seven_zip_writer.archive({"a.txt": b"text", "b.html": HTML.encode()}),
        "a.tar": _tar(),
        "a.tar.gz": gzip.compress(_tar(), mtime=0),
        "a.txt.bz2": bz2.compress(b"text"),
        "a.txt.xz": lzma.compress(b"text"),
        "a.eml": mail,
        "a.mbox": b"From ann@example.org Fri May  3 10:00:00 2024\n"
        + mail
        + b"\n\nFrom bob@example.org Fri May  3 11:00:00 2024\n"
        + mail,
        "a.html": HTML.encode(),
        "a.rtf": RTF.encode(),
        "a.xml": XML.encode(),
        "b.xml": WORD_XML.encode(),
        "c.xml": SHEET_XML.encode(),
        "a.ipynb": NOTEBOOK.encode(),
        "a.ics": ICS.encode(),
        "a.vcf": VCF.encode(),
        "a.csv": b"name;sum\nM\xfcller;1\n",
        "a.md": MARKDOWN.encode(),
        "a.adoc": ASCIIDOC.encode(),
        "a.rst": RST.encode(),
        "a.org": ORG.encode(),
        "a.tex": LATEX.encode(),
        "a.py": CODE.encode(),
        "a.txt": "Größe\nText\n".encode("utf-16"),
        "a.json": b'{"a": [1, "x"]}',
        "a.png": _picture("PNG"),
        "a.jpg": _picture("JPEG"),
        "a.tif": _picture("TIFF"),
        "a.gif": _picture("GIF"),
    }
