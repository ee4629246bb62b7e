from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from .files import error_of, read, write

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
    assert found.headings == [("Stock", 1), ("Notes", 1)]


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
    assert error_of(lambda: read(write(tmp_path / "b.csv", "\n \n"))) == "empty"
