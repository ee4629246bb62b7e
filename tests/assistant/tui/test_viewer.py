"""A source in its place: the page's text and picture, the quote on both, and what can be done with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from reportlab.pdfgen import canvas
from textual.app import App, ComposeResult

from assistant.records import Citation, Finished
from assistant.tui import outside
from assistant.tui.app import AssistantApp
from assistant.tui.desk import PageSeen, PictureSeen
from assistant.tui.halves import QUOTE_MARGIN, cells, marked, rows_of_quote
from assistant.tui.local import LocalDesk
from assistant.tui.pages import page_seen
from assistant.tui.widgets.picture import PagePicture
from assistant.tui.widgets.sharp import SharpPicture, prepare, widget
from ingest import config
from ingest.embed import Encoder
from ingest.errors import DocumentError, LibraryError, SetupError
from ingest.library import Library
from ingest.records import Document, Location, Page, SourceFile, Span
from ingest.work.drawing import Drawer
from tests.assistant.archive import TEXTS, build
from tests.assistant.tui.hand import QUOTED, HandDesk
from tests.assistant.tui.seen import LARGE, SMALL, ask, conversation, shown, until

LEASE = "flat/Lease_Mill_Road_2022.txt"
OPTIONS = config.load().section("reading")
SENTENCE = "The deposit is 2,850 euros."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:  # noqa: ARG001 - compiled first
    folder = tmp_path_factory.mktemp("viewed")
    build(folder / "library", folder / "archive", TEXTS)
    return folder / "library"


def quoting(library: Path, quote: str, start: int, page: int = 1) -> Citation:
    path = library.parent / "archive" / LEASE
    with Library.open(library) as opened:
        [place] = opened.contents(path)
    return Citation(1, path, None, page, f"p. {page}", quote, place.document_id, Span(page, start, start + len(quote)))


def test_a_quote_is_found_again_where_its_words_have_moved(library: Path) -> None:
    quote = "The monthly rent is 850 euros"
    with Library.open(library) as opened:
        seen = page_seen(opened, quoting(library, quote, 3), None)
        [(start, end)] = seen.quotes
        assert seen.text[start:end] == quote
        gone = page_seen(opened, quoting(library, "The monthly rent is 999 euros", 3), None)
        assert gone.lost
        assert not gone.quotes
        with pytest.raises(LibraryError):
            page_seen(opened, Location("no such document", Path("/x"), None, 1), None)


def test_the_pages_around_are_seen_too(library: Path) -> None:
    source = quoting(library, "Pets are not allowed.", 0, page=2)
    with Library.open(library) as opened:
        second = page_seen(opened, source, None)
        assert second.before is not None
        assert second.before.text.endswith("The deposit is 1,700 euros.")
        assert second.after is None
        first = page_seen(opened, source, 1)
        assert first.after is not None
        assert first.after.text.startswith("House rules")


def contract(path: Path, turn: int = 0) -> str:
    """A PDF with a sentence in the upper left of its second page; returns its identity."""
    drawn = canvas.Canvas(str(path), pagesize=(400, 600))
    drawn.drawString(40, 550, "First page")
    drawn.showPage()
    drawn.setPageRotation(turn)
    drawn.drawString(40, 500 if turn == 0 else 300, f"Before. {SENTENCE} After.")
    drawn.save()
    return hashlib.sha256(b"application/pdf\0" + path.read_bytes()).hexdigest()


def test_a_page_is_drawn_with_the_place_of_the_quote(tmp_path: Path) -> None:
    path = tmp_path / "contract.pdf"
    document = contract(path)
    with Drawer(OPTIONS) as drawer:
        drawn = drawer.draw(path, document, 2, 200, [SENTENCE])
        assert (drawn.width, drawn.height, len(drawn.pixels)) == (200, 300, 200 * 300 * 3)
        [(left, top, right, bottom)] = drawn.boxes
        assert 0.18 < left < right < 0.7, "the sentence, not the words around it"
        assert 0.13 < top < bottom < 0.19
        assert not drawer.draw(path, document, 2, 100, ["Not on this page at all."]).boxes
        with pytest.raises(DocumentError, match="changed since it was read"):
            drawer.draw(path, "0" * 64, 2, 200)
        with pytest.raises(DocumentError, match="no such file"):
            drawer.draw(tmp_path / "gone.pdf", document, 1, 200)
        (tmp_path / "note.txt").write_text("plain words")
        note = hashlib.sha256(b"text/plain\0plain words").hexdigest()
        with pytest.raises(DocumentError, match="no picture"):
            drawer.draw(tmp_path / "note.txt", note, 1, 200)
        turned = drawer.draw(path, contract(path, 90), 2, 300, [SENTENCE])
        [(left, top, right, bottom)] = turned.boxes
        assert right - left < bottom - top, "on a page on its side the line runs downwards"


def test_a_broken_file_ends_the_drawing_only(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.4\n" + b"\0" * 400)
    document = hashlib.sha256(b"application/pdf\0" + path.read_bytes()).hexdigest()
    with Drawer(OPTIONS) as drawer:
        with pytest.raises(DocumentError):
            drawer.draw(path, document, 1, 100)
        good = tmp_path / "good.pdf"
        assert drawer.draw(good, contract(good), 1, 100).width == 100


def test_the_desk_draws_a_scan_with_the_boxes_of_its_words(tmp_path: Path) -> None:
    from ingest.records import Box

    path = tmp_path / "scan.pdf"
    document_id = contract(path)
    text = "Rent 870 euros"
    boxes = (Box(0, 4, 0.1, 0.1, 0.2, 0.12, 0.9), Box(5, 8, 0.3, 0.1, 0.4, 0.12, 0.9))
    page = Page(1, "p. 1", text, "ocr", 0.9, boxes=boxes)
    with Library.open(tmp_path / "library", write=True) as library:
        library.store_page(document_id, page, "options")
        library.publish(Document(document_id, "application/pdf", "", 1), [], [], {}, "reader", "options")
        source = SourceFile(path, path.stat().st_size, path.stat().st_mtime_ns)
        library.set_locations(source, [Location(document_id, path, None, 1)], [])
    settings = config.load().override("library", "folder", str(tmp_path / "library"), "test")
    desk = LocalDesk(settings)
    try:
        citation = Citation(1, path, None, 1, "p. 1", "870", document_id, Span(1, 5, 8))
        picture = desk.picture(desk.page(citation), 120)
    finally:
        desk.close()
    [box] = picture.boxes
    assert box == pytest.approx((0.3, 0.1, 0.4, 0.12)), "the words of the quote, not those around it"
    assert picture.width == 120


def picture(width: int = 40, height: int = 60) -> PictureSeen:
    return PictureSeen(width, height, bytes([255]) * (width * height * 3), ((0.25, 0.5, 0.75, 0.55),))


def test_half_blocks_mark_the_quote() -> None:
    pixels = marked(picture())
    assert rows_of_quote(picture()) == {15, 16}
    assert pixels[30, 9].tolist() == [255, 255, 255]
    assert pixels[30, 10].tolist() == [255, 214, 64]
    assert pixels[33, 12].tolist() == [255, 255, 255], "lines so small are not underlined"
    large = marked(picture(80, 120))
    assert large[66, 24].tolist() == [200, 40, 40], "larger ones are: seen without colours too"
    row = cells(pixels, 15)
    assert "".join(segment.text for segment in row) == "▀" * 40
    assert len(row) == 3, "equal neighbours are one segment"
    assert "".join(segment.text for segment in cells(marked(picture(7, 5)), 2)) == "▀" * 7, "an odd last row"


class PicturedDesk(HandDesk):
    """Draws white pages; letters have no pictures."""

    def __init__(self) -> None:
        super().__init__(lambda _question: (Finished(QUOTED),))
        self.widths: list[int] = []

    def picture(self, seen: PageSeen, width: int) -> PictureSeen:
        self.widths.append(width)
        if "letter" in str(seen.source):
            raise DocumentError("unsupported", "letter.pdf has no picture of its pages")
        return picture(width, width * 3 // 2)


async def test_one_key_shows_the_picture_of_the_page() -> None:
    desk = PicturedDesk()
    async with AssistantApp(desk).run_test(size=SMALL, notifications=True) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("tab")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await pilot.press("p")
        await until(pilot, lambda: QUOTE_MARGIN + "▀▀" in shown(pilot))
        assert pilot.app.screen.query_one(PagePicture).has_focus
        await pilot.press("plus")
        await until(pilot, lambda: len(desk.widths) == 2)
        assert desk.widths[1] > 1.8 * desk.widths[0]
        await pilot.press("2")
        await until(pilot, lambda: "has no picture" in shown(pilot) and "Dear tenant" in shown(pilot))
        await pilot.press("right")
        await until(pilot, lambda: "Page 2 of letter.pdf." in shown(pilot) and "the end of page 1." in shown(pilot))


async def test_a_quote_is_copied_with_its_source_and_the_document_opened_at_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tmp_path / "opened"
    for name in ("xdg-open", "xdg-mime"):
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\necho "$0 $*" >> "{opened}"\n')
        script.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    path = tmp_path / "lease.pdf"
    path.write_text("here")
    answer = Citation(1, path, None, 2, "p. 2", "The monthly rent is 870 euros", "lease.pdf", Span(1, 27, 56))
    kept = type(QUOTED)(QUOTED.question, "x [1]", "answered", "quotes", 0.9, (), (answer,))
    async with AssistantApp(HandDesk(lambda _q: (Finished(kept),))).run_test(size=LARGE, notifications=True) as pilot:
        await ask(pilot, "rent?")
        await until(pilot, lambda: not conversation(pilot).running)
        await pilot.press("tab")
        await until(pilot, lambda: "§ 4 Rent" in shown(pilot))
        await pilot.press("y")
        assert pilot.app.clipboard == "“The monthly rent is 870 euros” (lease.pdf · p. 2)"
        await pilot.press("o")
        await until(pilot, lambda: opened.exists() and f"xdg-open {path}" in opened.read_text())
        await pilot.press("f")
        await until(pilot, lambda: opened.read_text().rstrip().endswith(f"xdg-open {tmp_path}"))


def test_viewers_that_take_a_page_are_told_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, says in (("xdg-open", ""), ("xdg-mime", "org.gnome.Evince.desktop"), ("evince", "")):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\necho {says}\n")
        script.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    lease, note = Path("/x/lease.pdf"), Path("/x/note.txt")
    assert outside.command_for(lease, 7) == ["evince", "--page-index=7", "/x/lease.pdf"]
    assert outside.command_for(note, 7) == ["xdg-open", "/x/note.txt"]
    (tmp_path / "xdg-mime").write_text("#!/bin/sh\necho other.desktop\n")
    assert outside.command_for(lease, 7) == ["xdg-open", "/x/lease.pdf"]
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SetupError, match="no program here opens"):
        outside.command_for(note, None)
    with pytest.raises(SetupError, match="not there any more"):
        outside.open_outside(note, None)


async def test_terminals_that_show_pictures_get_real_pixels() -> None:
    """The widget of the extra, given the protocol of Kitty by hand: which one a terminal speaks is asked elsewhere."""
    kitty = pytest.importorskip("textual_image.widget").TGPImage

    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield SharpPicture(kitty, id="page-picture")

    async with Shown().run_test(size=SMALL) as pilot:
        shows = pilot.app.query_one(SharpPicture)
        assert shows.room >= 8 * 70
        shows.show_picture(picture(400, 600))
        await pilot.pause(0.2)
        height = next(iter(shows.children)).size.height
        assert height > 5, "as tall as the picture, in cells"
        shows.show_picture(None)


def test_half_blocks_are_shown_where_nothing_else_is_known() -> None:
    prepare()
    assert widget() is None
