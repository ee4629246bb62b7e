from __future__ import annotations

from pathlib import Path

import docx

from .files import read
from .test_docx import with_parts

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def formula(inner: str, tmp_path: Path) -> str:
    """What is read of a paragraph with a formula."""
    document = docx.Document()
    document.add_paragraph("So ")
    document.save(str(tmp_path / "a.docx"))
    made = f'<m:oMath xmlns:m="{MATH}">{inner}</m:oMath></w:p>'
    return read(
        with_parts(
            tmp_path / "a.docx",
            tmp_path / "b.docx",
            {"word/document.xml": lambda text: text.replace("</w:p>", made, 1)},
        )
    ).text


def test_formulas_are_lines(tmp_path: Path) -> None:
    power = f"<m:sSup><m:e>{run('x')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>"
    fraction = f"<m:f><m:num>{run('a')}</m:num><m:den>{run('bc')}</m:den></m:f>"
    root = f"<m:rad><m:deg/><m:e>{power}</m:e></m:rad>"
    total = f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{run("i=1")}</m:sub><m:sup>{run("n")}</m:sup><m:e>{run("i")}</m:e></m:nary>'
    assert formula(run("y=") + power, tmp_path) == "So y=x^2"
    assert formula(fraction, tmp_path) == "So \\frac{a}{bc}"
    assert formula(root, tmp_path) == "So \\sqrt{x^2}"
    assert formula(total, tmp_path) == "So \\sum_{i=1}^n i"
    assert formula(f"<m:d><m:e>{run('a')}</m:e></m:d>", tmp_path) == "So (a)"
