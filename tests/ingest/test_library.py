"""The library on real files: what is published and placed is found, and nothing else."""

from __future__ import annotations

import hashlib
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import DocumentError, LibraryError
from ingest.library import Library
from ingest.records import Box, Document, Heading, Page, Problem, SourceFile, Span
from tests.ingest.library_maker import (
    DIMENSIONS,
    PAGES,
    READER,
    Cut,
    add,
    document_of,
    open_new,
    place,
    publish,
    template,
    texts,
    vector_of,
)

FLAT = "The rent of the flats was 1,200 euros in March 2021."
CAR = "Our cars were repaired by a garage in Bonn."
BOAT = "A boat was sold to the harbour master."


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return open_new(tmp_path / "library")


def nearest(library: Library, text: str, limit: int = 5, **only: object) -> list[str]:
    return texts(library, library.nearest(vector_of(template("", (), text)), limit, **only))  # type: ignore[arg-type]


def test_what_is_published_and_placed_is_found(library: Library) -> None:
    first = publish(library, [FLAT])
    assert library.search_words("flat", 5) == []
    assert nearest(library, FLAT) == []
    place(library, "/a/one.txt", first)
    assert texts(library, library.search_words("flat", 5)) == [FLAT]
    assert nearest(library, FLAT) == [FLAT]
    assert library.counts().documents == 1
    assert library.check(template=template) == []


def test_a_reader_beside_the_writer_sees_it(library: Library) -> None:
    with Library.open(library.folder) as reader:
        add(library, "/a/one.txt", FLAT)
        assert nearest(reader, FLAT) == [FLAT]
        add(library, "/a/two.txt", CAR)
        assert nearest(reader, CAR)[0] == CAR
        assert reader.counts().documents == 2
        assert reader.check() == []
        with pytest.raises(LibraryError):
            reader.add_root(Path("/a"))


def test_hits_show_the_place_that_was_asked_for(library: Library) -> None:
    mail = publish(library, ["Hello, see the file.", "Second page."])
    bill = publish(library, [BOAT], title="Bill")
    place(library, "/b/mail.eml", mail, bill)
    place(library, "/c/bill.txt", bill)
    found = [(key, score, "words") for key, score in library.search_words("boat", 5)]
    (hit,) = library.hits(found)  # type: ignore[arg-type]
    assert (hit.location.path, hit.location.inside, hit.page) == (Path("/b/mail.eml"), "member-2.txt", 3)
    (hit,) = library.hits(found, Path("/c"))  # type: ignore[arg-type]
    assert (hit.location.path, hit.location.inside, hit.page) == (Path("/c/bill.txt"), None, 1)
    assert (hit.title, hit.label, hit.score) == ("Bill", "p. 1", found[0][1])
    assert [place.path.name for place in library.locations(bill.id)] == ["mail.eml", "bill.txt"]
    assert [place.document_id for place in library.contents(Path("/b/mail.eml"))] == [mail.id, bill.id]


def test_a_quick_search_finds_the_same_where_there_is_little(library: Library) -> None:
    add(library, "/a/one.txt", FLAT)
    add(library, "/a/two.txt", BOAT)
    for question in ("flat", "boat flat", '"flat"', "nothing of it", ""):
        assert library.search_words(question, 5, quick=True) == library.search_words(question, 5)


def test_within_is_a_folder_a_file_or_a_container(library: Library) -> None:
    add(library, "/a/b/one.txt", FLAT)
    add(library, "/a/bc/two.txt", "A flat in Rome.")
    place(library, "/z/mail.eml", publish(library, ["Hello."]), publish(library, ["The flat of my aunt."]))
    for within, expected in (
        ("/a", {FLAT, "A flat in Rome."}),
        ("/a/b", {FLAT}),
        ("/a/b/one.txt", {FLAT}),
        ("/z/mail.eml", {"The flat of my aunt."}),
        ("/", {FLAT, "A flat in Rome.", "The flat of my aunt."}),
        ("/q", set()),
    ):
        assert set(texts(library, library.search_words("flat", 9, Path(within)))) == expected
        assert expected <= set(nearest(library, FLAT, 9, within=Path(within)))
    assert nearest(library, FLAT, 9, within=Path("/a/b")) == [FLAT]


@pytest.mark.parametrize("by", ["words", "meaning"])
def test_filters_agree_with_filtering_everything(library: Library, by: str) -> None:
    rng = random.Random(3)
    for number in range(60):
        lines = [f"word{rng.randrange(5)} word{rng.randrange(5)} number {number} {line}" for line in range(4)]
        add(library, f"/d{number % 12}/{number}.txt", "\n".join(lines))
    ids = {library.contents(Path(f"/d{number}/{number}.txt"))[0].document_id for number in range(12)}

    def search(limit: int, within: Path | None, documents: set[str] | None) -> list[tuple[int, float]]:
        if by == "words":
            return library.search_words("word1", limit, within, documents)
        return library.nearest(vector_of("anything"), limit, within, documents)

    everything = search(1000, None, None)
    known = library.passages([key for key, _ in everything])
    for within, documents in ((Path("/d3"), None), (None, ids), (Path("/"), None), (Path("/d3"), ids)):
        expected = [
            (key, score)
            for key, score in everything
            if (documents is None or known[key].document_id in documents)
            and any((within or Path("/")) in at.path.parents for at in library.locations(known[key].document_id))
        ]
        assert expected
        found = search(7, within, documents)
        assert [key for key, _ in found] == [key for key, _ in expected[:7]]
        assert [score for _, score in found] == pytest.approx([score for _, score in expected[:7]])


def test_a_word_that_most_passages_have_still_ranks(library: Library) -> None:
    add(
        library,
        "/a/one.txt",
        "The flat has rent, and the rent of a flat is rent.\nThe flat is large and also very old indeed.\nA boat.",
    )
    found = library.search_words("rent of the flat", 5)
    assert texts(library, found)[0].startswith("The flat has rent")
    assert len(found) == 2
    assert found[0][1] > found[1][1] > 0.1


def test_quoted_phrases_stand_on_the_page(library: Library) -> None:
    add(library, "/a/one.txt", FLAT, "March was cold, 2021 was long.")
    assert len(library.search_words("March 2021", 5)) == 2
    assert texts(library, library.search_words('rent in "march 2021"', 5)) == [FLAT]
    assert library.search_words('rent in "april 2021"', 5) == []
    assert library.search_words('"flat was"', 5) == []


def test_languages_are_stemmed_each_by_its_own(library: Library) -> None:
    add(library, "/a/de.txt", "Die Wohnungen wurden vermietet.", language="de")
    add(library, "/a/en.txt", FLAT)
    assert len(library.search_words("Welche Wohnung?", 5)) == 1
    assert texts(library, library.search_words("flat", 5)) == [FLAT]
    assert library.meta().languages == {"de": 1, "en": 1}


def test_scripts_without_spaces_are_found(library: Library) -> None:
    add(library, "/a/ja.txt", "東京都の家賃は高い。", "京都の寺。", language="ja")
    assert texts(library, library.search_words("東京", 5)) == ["東京都の家賃は高い。"]


def test_names_find_documents(library: Library) -> None:
    library.add_root(Path("/home/ann/docs"))
    first = add(library, "/home/ann/docs/Tax2021/RentBook_final.txt", FLAT, title="")
    second = add(library, "/home/ann/docs/other.txt", CAR, title="The rent of cars")
    assert {document for document, _ in library.search_names("rent book", 5)} == {first.id, second.id}
    assert [document for document, _ in library.search_names("tax 2021", 5)] == [first.id]
    assert library.search_names("ann home", 5) == []
    library.remove_file(Path("/home/ann/docs/other.txt"))
    assert [document for document, _ in library.search_names("rent", 5)] == [first.id]


def test_pages_come_back_whole(library: Library) -> None:
    page = Page(
        1,
        "p. iv",
        "Größe\n\nText",
        "mixed",
        0.5,
        (Heading(0, 5, 1),),
        ((7, 11),),
        (Box(7, 11, 0.25, 0.5, 0.75, 1.0, 0.5),),
    )
    document = Document(
        "d" * 64, "image/png", "", 1, "Ann", "2021-03", "de", {"to": ["b"]}, (Problem(2, "damaged", "torn"),)
    )
    library.store_page(document.id, page, "ocr 1")
    library.store_page(document.id, Page(1, "p. 1", "old"), "ocr 0")
    assert library.stored_pages(document.id, "ocr 1") == {1}
    library.publish(document, [], [], {}, READER, "ocr 1")
    assert library.page(document.id, 1, boxes=True) == page
    assert library.page(document.id, 1).boxes == ()
    assert library.document(document.id) == document
    assert library.stored_pages(document.id, "ocr 0") == set()
    assert [kept.number for kept in library.pages(document.id)] == [1]
    place(library, "/a/scan.png", document)
    (problem,) = library.problems()
    assert (problem.path, problem.page, problem.code) == (Path("/a/scan.png"), 2, "damaged")
    for code, ask in (
        ("no_page", lambda: library.page(document.id, 2)),
        ("no_document", lambda: library.document("x")),
    ):
        with pytest.raises(LibraryError) as error:
            ask()
        assert error.value.code == code


def test_neighbours_and_idf(library: Library) -> None:
    add(library, "/a/one.txt", f"{FLAT}\n{CAR}", BOAT)
    (key,) = [key for key, _ in library.search_words("garage", 1)]
    before, after = library.neighbours(library.passages([key])[key])
    assert before is not None and before.text == FLAT
    assert after is not None and after.text == BOAT
    assert library.neighbours(before)[0] is None
    idf = library.idf(["flat", "wa", "nowhere", "1,200"])
    assert idf["nowhere"] > idf["flat"]


def test_a_rename_keeps_what_was_read(library: Library) -> None:
    document = add(library, "/a/one.txt", FLAT)
    library.remove_file(Path("/a/one.txt"))
    assert library.search_words("flat", 5) == []
    assert nearest(library, FLAT) == []
    assert library.search_names("one", 5) == []
    assert library.known_documents([document.id, "x"], READER) == {document.id}
    assert library.known_documents([document.id], "another reader") == set()
    place(library, "/b/two.txt", document)
    assert texts(library, library.search_words("flat", 5)) == [FLAT]
    library.purge_unlocated()
    assert library.known_documents([document.id], READER) == {document.id}


def test_purging_and_erasing_leave_no_trace(library: Library) -> None:
    add(library, "/a/one.txt", "Xylographers dream quietly.")
    kept = add(library, "/a/two.txt", CAR)
    library.remove_file(Path("/a/one.txt"))
    assert library.purge_unlocated() == 1
    assert library.live_rows() == 1
    assert library.row_count() == 2
    library.set_watermark(2)
    assert library.erase_forgotten(lambda: None).vectors == 1
    assert library.watermark() == 0
    assert library.check(template=template) == []
    library.close()
    stored = b"".join(path.read_bytes() for path in library.folder.iterdir())
    assert b"xylograph" not in stored
    assert vector_of(template("", (), "Xylographers dream quietly.")).tobytes() not in stored
    assert vector_of(template("", (), CAR)).tobytes() in stored
    with Library.open(library.folder, write=True) as again:
        add(again, "/a/three.txt", BOAT)
        assert again.row_count() == 3
        assert again.known_documents([kept.id], READER) == {kept.id}


def test_an_unfinished_reading_stays_until_told(library: Library) -> None:
    library.store_page("e" * 64, Page(1, "p. 1", FLAT), PAGES)
    assert library.purge_unlocated() == 0
    assert library.stored_pages("e" * 64, PAGES) == {1}
    assert [page.text for page in library.load_pages("e" * 64)] == [FLAT]
    assert library.search_words("flat", 5) == []
    assert library.purge_unlocated(unfinished=True) == 1
    assert library.stored_pages("e" * 64, PAGES) == set()


def test_equal_texts_share_a_vector(library: Library) -> None:
    add(library, "/a/one.txt", FLAT)
    add(library, "/a/two.txt", FLAT, CAR)
    assert library.row_count() == 2
    assert nearest(library, FLAT)[:2] == [FLAT, FLAT]
    assert len(library.passages_of_rows([(0, 0.9), (1, 0.5)], 9)) == 3
    library.remove_file(Path("/a/one.txt"))
    assert library.living([0, 1, 7]) == {0, 1}
    assert [row for row, _ in library.nearest_rows(vector_of(template("", (), CAR)), 1, start=1)] == [1]


def test_many_dead_rows_do_not_hide_the_living(library: Library) -> None:
    near = vector_of(template("", (), FLAT))
    for number in range(300):
        text = f"dead {number}"
        key = hashlib.sha256(text.encode()).digest()
        document = document_of([text])
        library.store_page(document.id, Page(1, "p. 1", text), PAGES)
        library.publish(document, [Cut(0, (), text, (Span(1, 0, len(text)),))], [key], {key: near}, READER)
    add(library, "/a/one.txt", CAR)
    assert texts(library, library.nearest(near, 5)) == [CAR]
    assert [row for row, _ in library.nearest_rows(near, 5)] == [300]


def test_a_file_swaps_its_documents(library: Library) -> None:
    one, two, three = (publish(library, [text]) for text in (FLAT, CAR, BOAT))
    place(library, "/a/box.zip", one, two)
    place(library, "/a/box.zip", two, three)
    assert library.search_words("flat", 5) == []
    assert [location.inside for location in library.contents(Path("/a/box.zip"))] == ["member-1.txt", "member-2.txt"]
    assert library.check() == []
    with pytest.raises(ValueError, match="never published"):
        place(library, "/a/box.zip", one, document_of(["unknown"]))
    assert [location.document_id for location in library.contents(Path("/a/box.zip"))] == [two.id, three.id]


def test_files_failures_and_pending(library: Library) -> None:
    source = SourceFile(Path("/a") / os.fsdecode(b"b\xff.pdf"), 5, 7)
    library.mark_pending([source])
    assert library.counts().pending == 1
    library.fail_file(source, DocumentError("encrypted", "locked"), "r")
    row = library.file(source.path)
    assert row is not None
    assert (row.path, row.size, row.mtime_ns, row.state, row.code, row.reader) == (
        source.path,
        5,
        7,
        "failed",
        "encrypted",
        "r",
    )
    library.fail_file(SourceFile(Path("/a/c.bin"), 1, 1), DocumentError("unsupported", "no"))
    library.set_locations(
        SourceFile(Path("/a/d.zip"), 1, 1), [], [Problem(None, "damaged", "torn", "x"), Problem(None, "empty", "", "y")]
    )
    counts = library.counts()
    assert (counts.pending, counts.failed) == (0, 2)
    assert [(problem.path.name, problem.inside, problem.code) for problem in library.problems()][-2:] == [
        ("d.zip", "x", "damaged"),
        ("d.zip", "y", "empty"),
    ]
    assert [row.state for row in library.files()] == ["failed", "skipped", "indexed"]
    assert library.remove_below(Path("/a")) == 3
    assert list(library.files()) == []
    assert library.problems() == []


def test_a_failing_file_loses_its_documents(library: Library) -> None:
    add(library, "/a/one.txt", FLAT)
    library.mark_pending([SourceFile(Path("/a/one.txt"), 2, 2)])
    assert len(library.search_words("flat", 5)) == 1
    library.fail_file(SourceFile(Path("/a/one.txt"), 2, 2), DocumentError("damaged", "torn"))
    assert library.search_words("flat", 5) == []


def test_publishing_again_replaces(library: Library) -> None:
    document = add(library, "/a/one.txt", FLAT)
    before = library.search_words("flat", 5)
    publish(library, [FLAT], reader="reader 2")
    after = library.search_words("flat", 5)
    assert [key for key, _ in before] != [key for key, _ in after]
    assert library.row_count() == 1
    assert library.known_documents([document.id], "reader 2") == {document.id}
    assert library.passages([before[0][0]]) == {}
    assert library.check(template=template) == []


def test_a_vector_must_come_with_a_new_text(library: Library) -> None:
    document = document_of([FLAT])
    library.store_page(document.id, Page(1, "p. 1", FLAT), PAGES)
    with pytest.raises(ValueError, match="without a vector"):
        library.publish(document, [Cut(0, (), FLAT, ())], [b"k"], {}, READER)
    assert library.known_documents([document.id], READER) == set()


def test_one_model_a_library(library: Library) -> None:
    assert library.set_generation("model", "fingerprint", "variant", DIMENSIONS).key == 1
    for other in (("model", "other", "variant", 16), ("model", "fingerprint", "other", 16)):
        with pytest.raises(LibraryError) as error:
            library.set_generation(*other)
        assert error.value.code == "other_model"


def test_work_to_be_finished_waits(library: Library) -> None:
    key = library.add_todo("forget", {"path": "/a"})
    assert library.add_todo("forget", {"path": "/a"}) == key
    library.add_todo("pause")
    assert [todo.kind for todo in library.todo()] == ["forget", "pause"]
    library.drop_todo(key)
    assert library.todo("forget") == []
    library.note_chroma("boot", True)
    generation = library.generation()
    assert generation is not None
    assert (generation.boot_id, generation.chroma_open) == ("boot", True)


def test_roots(library: Library) -> None:
    for _ in range(2):
        library.add_root(Path("/a"))
    assert library.roots() == [Path("/a")]
    library.drop_root(Path("/a"))
    assert library.meta().roots == ()


def test_what_could_not_be_read_is_tried_again_when_that_is_asked_for(library: Library) -> None:
    whole = add(library, "/a/whole.txt", FLAT)
    broken = replace(document_of([CAR]), problems=(Problem(1, "no_ocr", "Tesseract is not installed"),))
    library.publish(broken, [], [], {}, READER, PAGES)
    sources = [place(library, "/a/broken.pdf", broken), SourceFile(Path("/a/whole.txt"), 1, 1)]
    both = {whole.id, broken.id}
    assert library.known_documents(both, READER) == both, "a file is left alone until it changes"
    library.read_again(sources)
    assert library.known_documents(both, READER) == {whole.id}
    assert library.counts().pending == 2
