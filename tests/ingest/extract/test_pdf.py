from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.extract.pdf_facts import iso_date, title_of
from ingest.extract.pdf_layout import blocks_of
from ingest.extract.pdf_lines import Line, leftwards
from ingest.extract.pdf_scan import garbled
from ingest.extract.reader import Member

from .files import error_of, members, pdf, picture_of, png, read, write

LETTER = [
    "# Annual report",
    "The first paragraph of the page",
    "goes on in a second line.",
    "",
    "The second paragraph.",
]


def test_paragraphs_headings_and_labels(tmp_path: Path) -> None:
    found = read(pdf(tmp_path / "a.pdf", [LETTER, ["Only a line."]], title="The report"))
    assert found.pages[0].text == (
        "Annual report\n\nThe first paragraph of the page\ngoes on in a second line.\n\nThe second paragraph."
    )
    assert found.headings[0][0] == "Annual report"
    assert [page.label for page in found.pages] == ["p. 1", "p. 2"]
    assert (found.facts.title, found.facts.page_count) == ("The report", 2)


def test_declared_page_labels_are_used(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter
    from pypdf.constants import PageLabelStyle

    writer = PdfWriter(clone_from=PdfReader(pdf(tmp_path / "a.pdf", [["one"], ["two"], ["three"]])))
    writer.set_page_label(0, 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(2, 2, style=PageLabelStyle.DECIMAL, start=1)
    writer.write(tmp_path / "b.pdf")
    assert [page.label for page in read(tmp_path / "b.pdf").pages] == ["p. i", "p. ii", "p. 1"]


def test_the_outline_names_headings(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    for number, line in enumerate(["1. Term", "It runs for two years", "and then ends."]):
        canvas.drawString(72, 700 - 14 * number, line)
    canvas.bookmarkPage("one")
    canvas.addOutlineEntry("1. Term", "one", level=0)
    canvas.save()
    found = read(tmp_path / "a.pdf")
    assert found.text == "1. Term\n\nIt runs for two years\nand then ends."
    assert found.headings == [("1. Term", 1)]


def test_values_of_fields_stand_beside_their_labels(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.drawString(72, 700, "Given name")
    canvas.drawString(72, 650, "The end")
    canvas.acroForm.textfield(value="Ada", name="n", x=200, y=695, width=200, height=20)
    canvas.save()
    assert [line.split() for line in read(tmp_path / "a.pdf").text.split("\n") if line] == [
        ["Given", "name", "Ada"],
        ["The", "end"],
    ]


def test_notes_stand_at_the_end_and_embedded_files_are_members(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter
    from pypdf.annotations import Text

    writer = PdfWriter(clone_from=PdfReader(pdf(tmp_path / "a.pdf", [["one"]])))
    writer.add_annotation(0, Text(rect=(50, 500, 70, 520), text="Please check"))
    writer.add_attachment("costs.txt", b"Paper 3.50")
    writer.write(tmp_path / "b.pdf")
    assert read(tmp_path / "b.pdf").text == "one\n\nPlease check"
    (member,) = members(tmp_path / "b.pdf")
    assert isinstance(member, Member) and (member.name, member.data) == ("costs.txt", b"Paper 3.50")
    assert members(write(tmp_path / "c.pdf", b"%PDF-1.4 broken")) == []


def test_a_row_whose_cells_have_several_lines_is_one_line(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    for row, cells in enumerate([(["1"], ["Supply of", "paper"], ["902.00"]), (["2"], ["Ink"], ["3.50", "net"])]):
        for column, lines in enumerate(cells):
            for number, line in enumerate(lines):
                canvas.drawString(72 + 150 * column, 700 - 60 * row - 14 * number, line)
    canvas.save()
    rows = [line.split() for line in read(tmp_path / "a.pdf").text.split("\n") if line]
    assert rows == [["1", "Supply", "of", "paper", "902.00"], ["2", "Ink", "3.50", "net"]]


def test_a_label_of_two_lines_stays_with_the_cells_beside_its_middle() -> None:
    def line(text: str, left: float, base: float) -> Line:
        return Line(text, left, base - 2, left + 60, base + 6, base, 9)

    first, second = line("Fluorine and", 50, 100), line("compounds", 50, 90)
    (block,) = blocks_of([first, second, Line("5 000", 200, 93, 230, 101, 90, 9)])
    assert block.text.split() == ["Fluorine", "and", "compounds", "5", "000"] and "\n" not in block.text
    (block,) = blocks_of([first, second, line("5 000", 200, 90)])
    assert block.text.startswith("Fluorine and\ncompounds")


def test_near_stretches_that_run_to_the_left_are_one_cell() -> None:
    def piece(text: str, left: float) -> Line:
        return Line(text, left, 98, left + 40, 110, 100, 10)

    found = leftwards([piece("בתי מגורים:", 250), piece("סך הכל", 202), piece("13.0", 100), piece("8.0", 150)], 16)
    assert [(line.text, line.left, line.right) for line in found] == [
        ("13.0", 100, 140), ("8.0", 150, 190), ("בתי מגורים: סך הכל", 202, 290),
    ]  # fmt: skip


def test_broken_words_are_joined_and_compounds_keep_their_hyphen() -> None:
    def line(text: str, hyphen: bool, base: float) -> Line:
        return Line(text, 50, base - 2, 300, base + 8, base, 10, hyphen)

    rows = [line("the two par", True, 100), line("ties of an Anglo", True, 88), line("American firm", False, 76)]
    (block,) = blocks_of(rows)
    assert block.text == "the two\nparties of an\nAnglo-American firm"


def test_a_row_of_cells_is_one_line(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    for row, cells in enumerate([("Item", "Price"), ("Paper", "12.50"), ("Ink", "3.99")]):
        for column, cell in enumerate(cells):
            canvas.drawString(72 + 200 * column, 700 - 16 * row, cell)
    canvas.save()
    lines = read(tmp_path / "a.pdf").text.split("\n")
    assert [line.split() for line in lines] == [["Item", "Price"], ["Paper", "12.50"], ["Ink", "3.99"]]


def test_a_password_is_asked_for_only_where_it_is_needed(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    plain = pdf(tmp_path / "a.pdf", [["secret terms"]])
    for name, user in (("owner.pdf", ""), ("user.pdf", "hush")):
        writer = PdfWriter(clone_from=PdfReader(plain))
        writer.encrypt(user, "owner-password", algorithm="AES-256")
        writer.write(tmp_path / name)
    assert read(tmp_path / "owner.pdf").text == "secret terms"
    assert error_of(lambda: read(tmp_path / "user.pdf")) == "encrypted"


def scanned(path: Path, caption: str = "") -> Path:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    picture = write(path.with_suffix(".png"), png(picture_of(["A scanned page", "of two lines"])))
    canvas = Canvas(str(path))
    canvas.drawImage(ImageReader(str(picture)), 0, 40, 595, 760)
    if caption:
        canvas.drawString(60, 20, caption)
    canvas.save()
    return path


def test_a_scan_is_given_out_as_a_picture(tmp_path: Path) -> None:
    from PIL import Image

    found = read(scanned(tmp_path / "a.pdf"))
    (image,) = found.images
    assert (image.number, image.label, image.text, image.dpi) == (1, "p. 1", "", 300)
    with Image.open(image.image) as picture:
        assert picture.mode == "L"
        assert picture.width == pytest.approx(595 / 72 * 300, abs=3)
    assert not found.pages


def test_a_caption_does_not_hide_a_scan(tmp_path: Path) -> None:
    (image,) = read(scanned(tmp_path / "a.pdf", "Fax 12")).images
    assert image.text == "Fax 12"


def test_running_lines_stand_apart_and_are_no_headings(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    for number in (1, 2, 3):
        canvas.setFont("Helvetica", 11)
        canvas.drawString(60, 30, f"Page {number} of 3")
        for row, line in enumerate([f"Part {number} of the lease", "goes on in a second line."]):
            canvas.drawString(60, 785 - 14 * row, line)
        canvas.setFont("Helvetica", 16)
        canvas.drawString(60, 802, "Lease 4711")
        canvas.showPage()
    canvas.save()
    first, *others = read(tmp_path / "a.pdf").pages
    assert first.headings, "nothing is known of the first page's neighbours"
    for page in others:
        number = page.number
        assert page.text == (
            f"Lease 4711\n\nPart {number} of the lease\ngoes on in a second line.\n\nPage {number} of 3"
        )
        assert page.headings == ()


def test_what_stands_above_comes_first_whatever_was_drawn_first(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.drawString(
        60, 80, "1 A footnote over both of the columns and therefore of the whole page, which was drawn first."
    )
    for column, name in ((60, "left"), (320, "right")):
        for row in range(8):
            canvas.drawString(column, 700 - 14 * row, f"Row {row} of the {name} hand column.")
    canvas.drawString(60, 760, "A title over the whole width of the page, which was drawn last.")
    canvas.save()
    text = read(tmp_path / "a.pdf").text
    places = [text.index(part) for part in ("A title", "Row 0 of the left", "Row 7 of the left", "Row 0 of the right")]
    assert [*places, text.index("1 A footnote")] == sorted([*places, text.index("1 A footnote")])


def page_with_picture(path: Path, picture: Any) -> Path:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path))
    for row in range(25):
        canvas.drawString(
            60, 780 - 14 * row, f"Line {row} says that the terms of the contract are shown in the picture below."
        )
    canvas.drawImage(ImageReader(picture), 60, 60, 420, 300)
    canvas.save()
    return path


def test_a_picture_of_text_on_a_page_of_text_is_given_out(tmp_path: Path) -> None:
    from PIL import Image

    found = read(
        page_with_picture(tmp_path / "a.pdf", picture_of(["The deposit is returned", "within four weeks."] * 5))
    )
    (image,) = found.images
    assert image.text.startswith("Line 0 says") and not found.pages
    with Image.open(image.image) as drawn:
        assert drawn.crop((0, 0, drawn.width, drawn.height // 2)).getextrema() == (255, 255)
    assert [page.number for page in read(tmp_path / "a.pdf", ocr=False).pages] == [1]


def test_a_photograph_on_a_page_of_text_is_not(tmp_path: Path) -> None:
    from PIL import Image

    photograph = Image.radial_gradient("L").resize((800, 600))
    assert read(page_with_picture(tmp_path / "a.pdf", photograph)).images == []


def test_without_ocr_a_scan_is_a_problem(tmp_path: Path) -> None:
    found = read(scanned(tmp_path / "a.pdf"), ocr=False)
    assert [(problem.page, problem.code) for problem in found.problems] == [(1, "no_ocr")]


def test_an_empty_page_needs_no_ocr(tmp_path: Path) -> None:
    found = read(pdf(tmp_path / "a.pdf", [["text"], []]))
    assert [page.text for page in found.pages] == ["text", ""]


def test_only_so_many_pages_are_read(tmp_path: Path) -> None:
    found = read(pdf(tmp_path / "a.pdf", [["one"], ["two"], ["three"]]), max_pages=2)
    assert len(found.pages) == 2
    assert found.problems[0].code == "too_large"


def test_a_cut_file_is_damaged_or_repaired(tmp_path: Path) -> None:
    whole = pdf(tmp_path / "a.pdf", [["one line of text"]]).read_bytes()
    assert error_of(lambda: read(write(tmp_path / "b.pdf", b"%PDF-1.4\nnothing"))) == "damaged"
    assert "one line of text" in read(write(tmp_path / "c.pdf", whole[: whole.rindex(b"xref")])).text


def test_garbled_text_is_told_from_tables_and_other_scripts() -> None:
    assert garbled("\ue001\ue002\ue003 \ue004\ue005")
    assert garbled(" ".join(["xqzt", "wrtk", "plmn", "zxcv"] * 10))
    assert not garbled("12.50 3.99 17 44 1,000.00 " * 20)
    assert not garbled("Договор аренды между сторонами " * 10)
    assert not garbled("The quick brown fox jumps over the lazy dog " * 5)


def test_facts_that_are_no_facts_are_dropped() -> None:
    assert title_of("Microsoft Word - Lease contract") == "Lease contract"
    assert title_of("report_final.docx") == title_of("untitled") == ""
    assert iso_date("D:20240131120000+01'00'") == "2024-01-31"
    assert iso_date("D:2024") == "2024"
    assert iso_date("yesterday") == ""
