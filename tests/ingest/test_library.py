"""The library on real files: what is published and placed is found, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ingest.errors import LibraryError
from ingest.library import Library
from ingest.records import Box, Document, Heading, Page, Problem
from tests.ingest.library_maker import (
    BOAT,
    CAR,
    FLAT,
    READER,
    add,
    nearest,
    place,
    publish,
    template,
    texts,
    vector_of,
)


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


def test_in_a_small_library_usual_words_weigh_less(library: Library) -> None:
    add(library, "/a/one.txt", FLAT, BOAT)
    usual = {"still": 0.2, "ferri": 0.002}
    plain, weighed = library.idf(["still", "ferri"]), library.idf(["still", "ferri"], usual)
    assert plain["still"] == plain["ferri"]
    assert weighed["ferri"] > plain["ferri"]
    assert weighed["ferri"] > 2 * weighed["still"]


def test_a_usual_word_does_not_decide_what_is_found(library: Library) -> None:
    add(
        library,
        "/a/one.txt",
        "There is much to see in the garden.",
        "The ferry leaves at nine, the ferry is blue.",
        BOAT,
        CAR,
    )
    found = library.search_words("how much ferry", 2, usual={"much": 0.2, "ferri": 0.002})
    assert "ferry" in texts(library, found)[0]
