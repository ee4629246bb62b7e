from __future__ import annotations

import shutil
from pathlib import Path

from .files import read, write


def test_asciidoc_loses_its_marks(tmp_path: Path) -> None:
    text = (
        "= Guide\n:product: Widget\n\n== First\nRun *all* of `setup` for {product}, see https://example.org[the site].\n"
        'image::a.png[A picture]\n\n[cols="2*"]\n|===\n|Item |Price\n|Pen\n|2\n|===\n\n. one\n. two\n* point\n----\n*stays*\n----\n'
    )
    found = read(write(tmp_path / "a.adoc", text))
    assert found.headings == [("Guide", 1), ("First", 2)]
    assert found.facts.title == "Guide"
    assert "Run all of setup for Widget, see the site (https://example.org).\nA picture" in found.text
    assert "Item | Price\nPen | 2" in found.text
    assert "1. one\n2. two\n• point" in found.text
    assert "*stays*" in found.text


def test_restructured_text_loses_its_marks(tmp_path: Path) -> None:
    text = (
        "=====\nGuide\n=====\n:Author: Jane\n\nThe ``code`` and :ref:`a part <x>` of `it <http://x.y>`_::\n\n    *literal*\n\nFirst\n-----\n"
        ".. note:: Mind **this**.\n\n.. image:: a.png\n   :alt: x\n\n.. a comment\n\n"
        "===== =====\nItem  Price\n===== =====\nPen   2\n===== =====\n\n+----+----+\n| A  | B  |\n+====+====+\n| c  | d  |\n| e  |    |\n+----+----+\n"
    )
    found = read(write(tmp_path / "a.rst", text))
    assert found.headings == [("Guide", 1), ("First", 2)]
    assert (found.facts.title, found.facts.author) == ("Guide", "Jane")
    assert "The code and a part of it (http://x.y):\n\n    *literal*" in found.text
    assert "Mind this." in found.text
    assert "a.png" not in found.text
    assert "a comment" not in found.text
    assert "Item | Price\nPen | 2" in found.text
    assert "A | B\nc e | d" in found.text


def test_org_loses_its_marks(tmp_path: Path) -> None:
    text = (
        "#+TITLE: Plan\n#+DATE: <2022-05-06 Fri>\n* TODO Buy *wood* :home:\n:PROPERTIES:\n:ID: 3\n:END:\nSome /text/ with [[http://x][a link]].\n"
        "** Costs\n| Item | Price |\n|------+-------|\n| Oak | 20 |\n- one\n- two\n#+BEGIN_SRC python\nx = *1*\n#+END_SRC\n"
    )
    found = read(write(tmp_path / "a.org", text))
    assert found.headings == [("TODO Buy wood", 1), ("Costs", 2)]
    assert found.facts.title == "Plan"
    assert "Some text with a link." in found.text
    assert "ID" not in found.text
    assert "Item | Price\nOak | 20" in found.text
    assert "x = *1*" in found.text


def test_latex_loses_its_commands(tmp_path: Path) -> None:
    text = (
        '\\documentclass{article}\\title{On \\emph{Birds}}\\author{Jane M\\"uller}\n\\begin{document}\\maketitle\n\\section{Intro\\label{s}}\n'
        "Birds ``fly'' --- mostly~so. It costs 5\\,\\% \\textbf{more $x^2$}. % secret\nCaf\\'e\\footnote{A note.} stra\\ss e.\n\n"
        "\\begin{enumerate}\\item one\\item two\\end{enumerate}\n\\begin{tabular}{ll}\\hline Item & Price \\\\ Pen & 2 \\\\\\end{tabular}\n"
        "\\begin{verbatim}\nraw \\x\n\\end{verbatim}\n\\subsection*{End}Bye.\n\\end{document}\nnever\n"
    )
    found = read(write(tmp_path / "a.tex", text))
    assert found.headings == [("On Birds", 1), ("Intro", 2), ("End", 3)]
    assert found.facts.author == "Jane Müller"
    assert "Birds “fly” — mostly so. It costs 5 % more x^2. Café [A note.] straße." in found.text
    assert "1. one\n2. two" in found.text
    assert "Item | Price\nPen | 2" in found.text
    assert "raw \\x" in found.text
    assert "secret" not in found.text
    assert "never" not in found.text


def test_html_inside_markdown_becomes_text_and_the_rest_stays(tmp_path: Path) -> None:
    text = "# T\nsome <b>bold</b> *words*\n<!-- no -->\n<table><tr><td>a</td><td>b</td></tr>\n<tr><td>c</td><td>d</td></tr></table>\n\n```\n<div>x</div>\n```\n"
    found = read(write(tmp_path / "a.md", text))
    assert found.text == "# T\nsome <b>bold</b> *words*\na | b\nc | d\n\n```\n<div>x</div>\n```"


def test_rarer_markups_are_read_by_pandoc_or_as_they_stand(tmp_path: Path) -> None:
    text = "h1. Title\n\nSome *bold* text.\n"
    found = read(write(tmp_path / "a.textile", text))
    if shutil.which("pandoc"):
        assert (found.text, found.facts.title) == ("Title\n\nSome bold text.", "Title")
    else:
        assert found.text == text.strip()
