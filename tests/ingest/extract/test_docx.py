from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import docx

from .files import Worker, error_of, picture_of, read, write


def sample(path: Path) -> Path:
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = "Lease", "Ann"
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.add_heading("Lease contract", 0)
    document.add_heading("Term", 1)
    document.add_paragraph("It runs for two years.")
    table = document.add_table(2, 2)
    for row, cells in enumerate([("Month", "Rent"), ("May", "900")]):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    document.add_heading("End", 2)
    for text in ("by notice", "by death"):
        document.add_paragraph(text, style="List Number")
    document.save(str(path))
    return path


def with_parts(source: Path, target: Path, change: dict[str, Any]) -> Path:
    """A copy of a package with parts changed (a function of the old text) or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item).decode("utf-8", "surrogateescape")
            made = change.pop(item.filename, lambda text: text)(data)
            new.writestr(item.filename, made.encode("utf-8", "surrogateescape"))
        for name, make in change.items():
            new.writestr(name, make(""))
    return target


def test_headings_tables_lists_and_headers_stand_in_their_order(tmp_path: Path) -> None:
    found = read(sample(tmp_path / "a.docx"))
    assert found.text == (
        "Confidential\n\nLease contract\n\nTerm\n\nIt runs for two years.\n\nMonth | Rent\nMay | 900\n\nEnd\n1. by notice\n2. by death"
    )
    assert found.headings == [("Lease contract", 1), ("Term", 1), ("End", 2)]
    assert (found.facts.title, found.facts.author) == ("Lease", "Ann")


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_footnotes_and_comments_follow_their_paragraph(tmp_path: Path) -> None:
    marks = '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:commentReference w:id="0"/></w:r></w:p>'
    path = with_parts(
        sample(tmp_path / "a.docx"),
        tmp_path / "b.docx",
        {
            "word/document.xml": lambda text: text.replace(
                "two years.</w:t></w:r></w:p>", f"two years.</w:t></w:r>{marks}"
            ),
            "word/footnotes.xml": lambda _: (
                f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
                '<w:footnote w:id="2"><w:p><w:r><w:t>See annex.</w:t></w:r></w:p></w:footnote></w:footnotes>'
            ),
            "word/comments.xml": lambda _: (
                f'<w:comments {W}><w:comment w:id="0" w:author="Bob"><w:p><w:r><w:t>Really?</w:t></w:r></w:p></w:comment></w:comments>'
            ),
        },
    )
    assert "It runs for two years.[2]\n\n[2] See annex.\n\n[Comment] Bob: Really?\n\nMonth" in read(path).text


def test_deleted_and_hidden_text_is_left_out_and_boxes_are_read_once(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>"
    extra = (
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r>"
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    path = with_parts(
        sample(tmp_path / "a.docx"),
        tmp_path / "b.docx",
        {
            "word/document.xml": lambda text: text.replace(
                "two years.</w:t></w:r></w:p>", f"two years.</w:t></w:r>{extra}"
            )
        },
    )
    text = read(path).text
    assert "gone" not in text
    assert "unseen" not in text
    assert "It runs for two years.\n\nIn a box.\n\nMonth" in text


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", "root:x:0:0")
    path = with_parts(
        sample(tmp_path / "a.docx"),
        tmp_path / "b.docx",
        {
            "word/document.xml": lambda text: (
                f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{secret}">]>'
                + text[text.index("<w:document") :].replace("two years", "two &e; years")
            )
        },
    )
    assert "root:" not in read(path).text


def test_a_body_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = with_parts(
        sample(tmp_path / "a.docx"), tmp_path / "b.docx", {"word/document.xml": lambda text: text[: text.index("900")]}
    )
    found = read(path)
    assert "It runs for two years." in found.text
    assert [problem.code for problem in found.problems] == ["damaged"]


def test_charts_are_read_as_rows(tmp_path: Path) -> None:
    def values(name: str, *texts: str) -> str:
        points = "".join(f"<c:pt><c:v>{text}</c:v></c:pt>" for text in texts)
        return f"<c:{name}><c:strRef><c:strCache>{points}</c:strCache></c:strRef></c:{name}>"

    drawing = '<w:r><w:drawing><c:chart xmlns:c="c" xmlns:r="r" r:id="rId90"/></w:drawing></w:r></w:p>'
    series = f"<c:ser>{values('tx', 'Rent')}{values('cat', 'May', 'June')}{values('val', '900', '950')}</c:ser>"
    link = '<Relationship Id="rId90" Type="chart" Target="charts/chart1.xml"/></Relationships>'
    path = with_parts(
        sample(tmp_path / "a.docx"),
        tmp_path / "b.docx",
        {
            "word/document.xml": lambda text: text.replace(
                "two years.</w:t></w:r></w:p>", f"two years.</w:t></w:r>{drawing}"
            ),
            "word/_rels/document.xml.rels": lambda text: text.replace("</Relationships>", link),
            "word/charts/chart1.xml": lambda _: (
                f'<c:chartSpace xmlns:c="c"><c:plotArea>{series}</c:plotArea></c:chartSpace>'
            ),
        },
    )
    assert "two years.\n\nMay\tJune\nRent\t900\t950\n\nMonth" in read(path).text


def test_a_letter_that_is_a_pasted_scan_is_given_out_for_ocr(tmp_path: Path) -> None:
    picture_of(["A scanned letter"]).save(tmp_path / "scan.png")
    document = docx.Document()
    document.add_paragraph("Scan:")
    document.add_picture(str(tmp_path / "scan.png"))
    document.save(str(tmp_path / "a.docx"))
    (image,) = read(tmp_path / "a.docx").images
    assert (image.number, image.label, image.text) == (1, "picture 1", "Scan:")


def test_a_bomb_is_read_as_far_as_its_room_goes(tmp_path: Path) -> None:
    line = "<w:p><w:r><w:t>The same line again and again, as if there were no end to it, nor any sense in it.</w:t></w:r></w:p>"
    path = with_parts(
        sample(tmp_path / "a.docx"),
        tmp_path / "b.docx",
        {"word/document.xml": lambda text: text.replace("<w:sectPr", line * 250_000 + "<w:sectPr", 1)},
    )
    with Worker(tmp_path) as worker:
        answers = worker.read(worker.open(path)[0]["id"])
    assert [answer["code"] for answer in answers if answer["is"] == "problem"] == ["too_large"]
    assert sum(answer["is"] == "page" for answer in answers) > 10


def test_a_package_that_is_none_is_damaged(tmp_path: Path) -> None:
    whole = sample(tmp_path / "a.docx").read_bytes()
    assert error_of(lambda: read(write(tmp_path / "b.docx", whole[:2000]))) == "damaged"
