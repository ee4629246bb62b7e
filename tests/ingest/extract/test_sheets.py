from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from .files import error_of, read, write
from .ole_writer import xls
from .test_docx import with_parts
from .test_office import odf
from .xlsb_writer import xlsb

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006"


def xlsx(
    path: Path, sheets: Mapping[str, Sequence[Sequence[str | float]]], extra: dict[str, str] | None = None
) -> Path:
    """A workbook with inline strings and numbers."""
    names = list(sheets)
    listed = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(names, 1))
    links = "".join(
        f'<Relationship Id="r{at}" Type="{LINKS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(names) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{TYPES}/relationships"><Relationship Id="r1" Type="{LINKS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{TYPES}/relationships">{links}</Relationships>',
        **(extra or {}),
    }
    for at, rows in enumerate(sheets.values(), 1):
        made = "".join(f'<row r="{number}">{"".join(map(cell, row))}</row>' for number, row in enumerate(rows, 1))
        parts[f"xl/worksheets/sheet{at}.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{made}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return path


def cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def test_rows_are_lines_and_pages_say_which_rows(tmp_path: Path) -> None:
    rows: list[list[str | float]] = [["Item", "Price"]]
    rows += [[f"Paper {number}", number + 0.5] for number in range(2, 92)]
    found = read(xlsx(tmp_path / "a.xlsx", {"Stock": rows, "Notes": [["only a word"]]}))
    assert [page.label for page in found.pages] == [
        "Stock rows 1–40",
        "Stock rows 41–80",
        "Stock rows 81–91",
        "Notes row 1",
    ]
    assert found.pages[0].text.startswith("Stock\n\nItem | Price\nPaper 2 | 2.5\n")
    assert found.pages[1].text.startswith("Item | Price\nPaper 41 | 41.5\n"), "the header stands again on the next page"
    assert found.headings == [("Stock", 1), *[("Item | Price", 2)] * 3, ("Notes", 1)], (
        "so that it is part of every passage"
    )


def test_numbers_look_as_people_write_them(tmp_path: Path) -> None:
    found = read(xlsx(tmp_path / "a.xlsx", {"S": [["n", 3.0, 0.1, 1234567.25, -2.0]]}))
    assert found.text.endswith("n | 3 | 0.1 | 1234567.25 | -2")


def test_text_boxes_and_headers_are_read_too(tmp_path: Path) -> None:
    drawing = '<d:wsDr xmlns:d="d" xmlns:a="a"><d:sp><d:txBody><a:p><a:r><a:t>In a box</a:t></a:r></a:p></d:txBody></d:sp></d:wsDr>'
    found = read(xlsx(tmp_path / "a.xlsx", {"S": [["x"]]}, {"xl/drawings/drawing1.xml": drawing}))
    assert [page.label for page in found.pages] == ["S row 1", "notes"]
    assert found.pages[1].text == "In a box"


def test_empty_and_broken_workbooks(tmp_path: Path) -> None:
    assert error_of(lambda: read(xlsx(tmp_path / "a.xlsx", {"S": []}))) == "empty"
    whole = xlsx(tmp_path / "b.xlsx", {"S": [["x"]]}).read_bytes()
    assert error_of(lambda: read(write(tmp_path / "c.xlsx", whole[: len(whole) // 2]))) == "damaged"


def test_separated_text_stays_as_it_is_in_the_file(tmp_path: Path) -> None:
    lines = ["name;amount", *[f"Müller {number};{number},50" for number in range(250)]]
    found = read(write(tmp_path / "a.csv", "\n".join(lines).encode("cp1252")))
    assert [page.label for page in found.pages] == ["rows 1–100", "rows 101–200", "rows 201–251"]
    assert found.pages[0].text == "\n".join(lines[:100])
    assert found.pages[1].text.split("\n")[:2] == ["name;amount", "Müller 99;99,50"]
    assert found.headings == [("name;amount", 1)] * 3
    assert read(write(tmp_path / "c.csv", "1;2\n3;4\n")).headings == [], "data are no header"
    assert error_of(lambda: read(write(tmp_path / "b.csv", "\n \n"))) == "empty"


STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="0.0%"/></numFmts>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="4"/></cellXfs></styleSheet>'
)


def test_numbers_are_shown_in_the_format_of_their_cell(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"S": [["Rate", "Sum"], [0.125, 1234.5]]}, {"xl/styles.xml": STYLES})
    changed = {
        "xl/worksheets/sheet1.xml": lambda text: text.replace("<c><v>0.125", '<c s="1"><v>0.125').replace(
            "<c><v>1234", '<c s="2"><v>1234'
        )
    }
    found = read(with_parts(path, tmp_path / "b.xlsx", changed))
    assert found.text.endswith("Rate | Sum\n12.5% | 1,234.50")


def test_merged_cells_stand_in_every_row_and_column(tmp_path: Path) -> None:
    rows: list[list[str | float]] = [["Title", ""], ["Year", "North", ""], ["", "A", "B"], [2020.0, 1.0, 2.0]]
    path = xlsx(tmp_path / "a.xlsx", {"S": rows})
    merged = '</sheetData><mergeCells count="3"><mergeCell ref="A1:C1"/><mergeCell ref="A2:A3"/><mergeCell ref="B2:C2"/></mergeCells>'
    found = read(
        with_parts(
            path, tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": lambda text: text.replace("</sheetData>", merged)}
        )
    )
    assert found.text == "S\n\nTitle\nYear | North | North\nYear | A | B\n2020 | 1 | 2"


def test_comments_say_who_wrote_them_and_where(tmp_path: Path) -> None:
    comments = (
        f'<comments xmlns="{MAIN}"><authors><author>Jane</author></authors><commentList><comment ref="B2" authorId="0"><text><r><t>Check this</t></r>'
        "</text></comment></commentList></comments>"
    )
    found = read(xlsx(tmp_path / "a.xlsx", {"S": [["x"]]}, {"xl/comments1.xml": comments}))
    assert found.pages[-1].text == "[Comment on B2] Jane: Check this"


def test_old_workbooks_show_their_formats_too(tmp_path: Path) -> None:
    cells = [(0, 0, 1.5, 0), (0, 1, 0.25, 1), (1, 0, 1234.0, 2)]
    found = read(write(tmp_path / "a.xls", xls(cells, ["General", "0%", "#,##0.00"])))
    assert found.text == "Sheet1\n\n1.5 | 25%\n1,234.00"


def test_ods_cells_are_what_the_program_showed(tmp_path: Path) -> None:
    table = (
        '<office:spreadsheet><table:table table:name="Costs"><table:table-row><table:table-cell><text:p>Item</text:p></table:table-cell>'
        "<table:table-cell><text:p>Price</text:p></table:table-cell></table:table-row>"
        '<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        '<table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>all</text:p></table:table-cell><table:covered-table-cell/>'
        '<table:table-cell office:value="2.5"><office:annotation><dc:creator>Jane</dc:creator><text:p>why?</text:p></office:annotation>'
        "<text:p>2,50 €</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>"
    )
    found = read(odf(tmp_path / "a.ods", table, "spreadsheet"))
    assert [page.label for page in found.pages] == ["Costs rows 1–5", "notes"]
    assert found.pages[0].text == "Costs\n\nItem | Price\nall | all | 2,50 €"
    assert found.pages[1].text == "[Comment on row 5] Jane: why?"


def test_cells_that_lie_too_far_apart_are_not_read(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"S": [["x"]], "T": [["y"]]})
    far = {
        "xl/worksheets/sheet1.xml": lambda text: text.replace(
            "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        )
    }
    found = read(with_parts(path, tmp_path / "b.xlsx", far))
    assert [problem.code for problem in found.problems] == ["too_large"]
    assert found.text == "T\n\ny", "the other sheet is"
    old = xls([(0, 0, 1.0, 0), (65535, 60000, 2.0, 0)], ["General"])
    assert error_of(lambda: read(write(tmp_path / "a.xls", old))) == "too_large"


def test_binary_workbooks_show_their_formats_too(tmp_path: Path) -> None:
    formats = ["General", "0%", "#,##0.00 €", "dd.mm.yyyy"]
    rows = {0: [(1.5, 0), (0.25, 1)], 2: [(1234.5, 2), (45415, 3)]}
    path = write(tmp_path / "a.xlsb", xlsb(rows, formats))
    assert read(path).text == "Sheet1\n\n1.5 | 25%\n1,234.50 € | 2024-05-03"
    spread = {0: [(1.0, 0)], 1_000_000: [(2.0, 0)] * 9}
    assert error_of(lambda: read(write(tmp_path / "b.xlsb", xlsb(spread, formats)))) == "too_large"
