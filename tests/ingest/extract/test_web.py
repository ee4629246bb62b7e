from __future__ import annotations

from pathlib import Path

from .files import error_of, read, write

PAGE = """<!doctype html><html lang="de-AT"><head><title>Die &Uuml;bersicht</title><meta name="author" content="Ann">
<style>p {color: red}</style></head><body><nav>Home | Contact</nav>
<main><h1>Overview</h1><p>First   <b>bold</b> words.<br>Next line.</p><h2>Prices</h2>
<table><tr><th>Item</th><th>Price</th></tr><tr><td>Paper<p>white</p></td><td>12.50</td></tr></table>
<ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li></ol><pre>a
  b</pre><div style="display: none">hidden</div><p>Last words, and some more so that this is the main part.</p></main>
<script>var x = "<p>no text</p>";</script></body></html>"""


def test_main_content_with_headings_rows_and_lists(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.html", PAGE))
    assert found.text == (
        "Overview\n\nFirst bold words.\nNext line.\n\nPrices\n\nItem | Price\nPaper white | 12.50\n• one\n• two\n3. three\n\n"
        "a\n  b\n\nLast words, and some more so that this is the main part."
    )
    assert found.headings == [("Overview", 1), ("Prices", 2)]
    assert (found.facts.title, found.facts.author, found.facts.language) == ("Die Übersicht", "Ann", "de")


def test_a_table_that_holds_a_table_is_layout(tmp_path: Path) -> None:
    inner = "<table><tr><td>a</td><td>b</td></tr></table>"
    page = f"<table><tr><td><p>Left.</p></td><td>{inner}</td></tr></table>"
    assert read(write(tmp_path / "a.html", page)).text == "Left.\n\na | b"


def test_depth_does_not_matter(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.html", "<div>" * 3000 + "deep" + "</div>" * 3000))
    assert found.text == "deep"


def test_the_declared_encoding_is_used(tmp_path: Path) -> None:
    page = "<html><head><meta charset='iso-8859-2'><title>x</title></head><body>Řeka je široká</body></html>"
    assert read(write(tmp_path / "a.html", page.encode("iso-8859-2"))).text == "Řeka je široká"


def test_a_page_without_text_is_empty(tmp_path: Path) -> None:
    assert error_of(lambda: read(write(tmp_path / "a.html", "<html><body><script>x</script></body></html>"))) == "empty"


def test_merged_cells_stand_in_every_row_and_column(tmp_path: Path) -> None:
    table = (
        "<table><tr><td colspan=3>Title<tr><td rowspan=2>North<td colspan=2>Sum<tr><td>1<td>2</table>"
        "<table><tr><td colspan=1000 rowspan=1000>x</td><td>y</table>"
    )
    text = read(write(tmp_path / "a.html", f"<html><body>{table}</body></html>")).text
    assert text.split("\n\n")[0] == "Title\nNorth | Sum | Sum\nNorth | 1 | 2"
    assert text.count("x") == 20, "not without end"
