"""Files and their documents: read, moved, changed, failed and gone, without a trace of what is no more."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import DocumentError, LibraryError
from ingest.library import Library
from ingest.records import Page, Problem, SourceFile, Span
from tests.ingest.library_maker import (
    BOAT,
    CAR,
    DIMENSIONS,
    FLAT,
    PAGES,
    READER,
    Cut,
    add,
    document_of,
    nearest,
    place,
    publish,
    template,
    texts,
    vector_of,
)


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
