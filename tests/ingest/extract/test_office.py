"""PPTX, ODT, ODP, EPUB, RTF, Office 2003 XML: made here, read back."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from .files import error_of, pdf, picture_of, read, write


def package(path: Path, parts: dict[str, str | bytes], first: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as made:
        if first:
            made.writestr("mimetype", first)
        for name, text in parts.items():
            made.writestr(name, text)
    return path


def test_slides_with_titles_tables_and_notes(tmp_path: Path) -> None:
    from pptx import Presentation
    from pptx.util import Inches

    show = Presentation()
    show.core_properties.title = "Plan"
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Our plan", "First point\nSecond point"
    table = slide.shapes.add_table(1, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Cost", "900"
    slide.notes_slide.notes_text_frame.text = "Speak slowly"
    show.slides.add_slide(show.slide_layouts[6])
    show.save(str(tmp_path / "a.pptx"))
    found = read(tmp_path / "a.pptx")
    assert found.pages[0].text == "Our plan\n\nFirst point\nSecond point\n\nCost | 900\n\nNotes: Speak slowly"
    assert found.headings == [("Our plan", 1)]
    assert [page.label for page in found.pages] == ["slide 1", "slide 2"]
    assert found.facts.title == "Plan"


def test_a_slide_that_is_a_picture_is_given_out_for_ocr(tmp_path: Path) -> None:
    from pptx import Presentation
    from pptx.util import Inches

    picture_of(["Words on a picture"]).save(tmp_path / "a.png")
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    slide.shapes.add_picture(str(tmp_path / "a.png"), Inches(1), Inches(1))
    show.save(str(tmp_path / "a.pptx"))
    (image,) = read(tmp_path / "a.pptx").images
    assert (image.number, image.label, image.text) == (1, "slide 1", "")


ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
ODT_BODY = (
    '<text:h text:outline-level="2">Term</text:h><text:p>Two<text:s text:c="2"/>years<text:tab/>long.'
    "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>See annex.</text:p></text:note-body></text:note></text:p>"
    "<text:list><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>"
    "<table:table><table:table-row><table:table-cell><text:p>May</text:p></table:table-cell>"
    "<table:table-cell><text:p>900</text:p></table:table-cell></table:table-row></table:table>"
)


def odf(path: Path, body: str, kind: str = "text") -> Path:
    content = f"<office:document-content {ODF}><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    meta = f"<office:document-meta {ODF}><office:meta><dc:title>Lease</dc:title></office:meta></office:document-meta>"
    mime = f"application/vnd.oasis.opendocument.{kind}"
    return package(path, {"content.xml": content, "meta.xml": meta}, mime)


def test_odt_with_headings_notes_lists_and_tables(tmp_path: Path) -> None:
    found = read(odf(tmp_path / "a.odt", ODT_BODY))
    assert found.text == "Term\n\nTwo  years\tlong.[1]\n\n[1] See annex.\n• one\n• two\n\nMay | 900"
    assert found.headings == [("Term", 2)]
    assert found.facts.title == "Lease"


def test_odp_has_a_page_for_each_slide(tmp_path: Path) -> None:
    box = '<draw:frame presentation:class="{}"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>'
    slides = "".join(
        f"<draw:page>{box.format('title', title)}{box.format('outline', 'Text')}</draw:page>"
        for title in ("One", "Two")
    )
    found = read(odf(tmp_path / "a.odp", slides, "presentation"))
    assert [(page.label, page.text) for page in found.pages] == [("slide 1", "One\n\nText"), ("slide 2", "Two\n\nText")]
    assert found.headings == [("One", 1), ("Two", 1)]


def test_an_encrypted_odt_says_so(tmp_path: Path) -> None:
    path = package(
        tmp_path / "a.odt",
        {"content.xml": b"\x93\x12", "META-INF/manifest.xml": "<m><f><encryption-data/></f></m>"},
        "application/vnd.oasis.opendocument.text",
    )
    assert error_of(lambda: read(path)) == "encrypted"


def test_epub_has_a_page_for_each_chapter(tmp_path: Path) -> None:
    path = package(
        tmp_path / "a.epub",
        {
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
            "OPS/book.opf": (
                '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Walks</dc:title><dc:creator>Ann</dc:creator>'
                '<dc:language>en</dc:language></metadata><manifest><item id="b" href="two.xhtml" media-type="application/xhtml+xml"/>'
                '<item id="a" href="one%20.xhtml" media-type="application/xhtml+xml"/></manifest>'
                '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
            ),
            "OPS/one .xhtml": "<html><body><h1>Dawn</h1><p>It was early.</p></body></html>",
            "OPS/two.xhtml": "<html><body><p>It was late.</p></body></html>",
        },
        "application/epub+zip",
    )
    found = read(path)
    assert [(page.label, page.text) for page in found.pages] == [
        ("Dawn", "Dawn\n\nIt was early."),
        ("chapter 2", "It was late."),
    ]
    assert (found.facts.title, found.facts.author, found.facts.language) == ("Walks", "Ann", "en")


def test_notebooks_give_sources_and_results(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Study\n", "Of *ducks*."]},
        {
            "cell_type": "code",
            "source": "print(6 * 7)",
            "outputs": [{"text": ["42\n"]}, {"data": {"text/plain": "'x'"}}],
        },
    ]
    found = read(write(tmp_path / "a.ipynb", json.dumps({"cells": cells, "metadata": {}})))
    assert found.text == "# Study\n\nOf *ducks*.\n\nprint(6 * 7)\n\n42\n\n'x'"
    assert found.headings == [("# Study", 1)]
    assert found.facts.title == "Study"
    assert error_of(lambda: read(write(tmp_path / "b.ipynb", "[" * 100_000))) == "damaged"


def test_pages_files_are_read_from_their_text_or_their_preview(tmp_path: Path) -> None:
    index = "<sl:document xmlns:sl='sl' xmlns:sf='sf'><sf:p>First<sf:br/>line.</sf:p><sf:p>Second.</sf:p></sl:document>"
    assert read(package(tmp_path / "a.pages", {"index.xml": index})).text == "First\nline.\n\nSecond."
    preview = pdf(tmp_path / "p.pdf", [["In the preview."]]).read_bytes()
    newer = package(tmp_path / "b.pages", {"Index/Document.iwa": b"\x00", "QuickLook/Preview.pdf": preview})
    assert [(page.label, page.text) for page in read(newer).pages] == [("p. 1", "In the preview.")]
    bare = package(tmp_path / "c.pages", {"Index/Document.iwa": b"\x00"})
    assert error_of(lambda: read(bare)) == "unsupported"


RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}{\info{\title Lease}{\author Ann}}
{\header Confidential\par}\pard\outlinelevel0 Term\par\pard Two years, Gr\'f6\'dfe \u8364?5{\footnote See annex.}.\par
{\f1 \'c4\'e0}\par {\v hidden}{\*\generator Made by X;}\trowd May\cell 900\cell\row\trowd June\cell 950\cell\row\pard after\par}"""


def test_rtf_with_headings_tables_notes_and_encodings(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.rtf", RTF))
    assert found.text == (
        "Confidential\n\nTerm\n\nTwo years, Größe €5.\n\nSee annex.\n\nДа\n\nMay | 900\nJune | 950\n\nafter"
    )
    assert found.headings == [("Term", 1)]
    assert (found.facts.title, found.facts.author) == ("Lease", "Ann")


def test_endless_groups_do_no_harm(tmp_path: Path) -> None:
    assert error_of(lambda: read(write(tmp_path / "a.rtf", b"{\\rtf1 " + b"{" * 100_000))) == "too_large"


def test_office_2003_xml(tmp_path: Path) -> None:
    word = '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="w"><w:p><w:r><w:t>A frog</w:t></w:r></w:p></w:wordDocument>'
    assert read(write(tmp_path / "a.doc", word)).text == "A frog"
    sheet = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S" xmlns:ss="s"><Table>'
        "<Row><Cell><Data>a</Data></Cell><Cell><Data>1.10</Data></Cell></Row></Table></Worksheet></Workbook>"
    )
    assert read(write(tmp_path / "a.xml", sheet)).text == "S\n\na | 1.10"
