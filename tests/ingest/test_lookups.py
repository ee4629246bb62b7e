import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.library import Library
from ingest.records import Location, SourceFile
from tests.ingest.library_maker import open_new, publish

NOON = int(datetime.datetime(2024, 5, 6, 12).astimezone().timestamp()) * 1_000_000_000


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_new(tmp_path / "library") as library:
        library.add_root(Path("/home/ann/docs"))
        for path, text, title in (
            ("/home/ann/docs/Ken Andrews.txt", "A librarian from Ogden.", "A life"),
            ("/home/ann/docs/mail/box.mbox", "The rent is due monthly.", "Re: the Mill Road rent"),
            ("/home/ann/docs/Ken/other.txt", "Nothing of note was written.", ""),
        ):
            document = publish(library, [text], title)
            inside = "message-1.eml" if path.endswith(".mbox") else None
            library.set_locations(
                SourceFile(Path(path), 1, NOON), [Location(document.id, Path(path), inside, 1)], reader="r"
            )
        yield library


def names(library: Library, *runs: list[str]) -> list[str]:
    places = library.called(library.search_name_pairs(list(runs), 10))
    return sorted(place.path.name for place, _ in places.values())


def test_documents_are_found_by_two_neighbouring_words_of_their_name_or_title(library: Library) -> None:
    assert names(library, ["president", "ken", "andrews"]) == ["Ken Andrews.txt"]
    assert names(library, ["mill", "road"], ["ken", "andrews"]) == ["Ken Andrews.txt", "box.mbox"]
    assert names(library, ["andrews"]) == ["Ken Andrews.txt"]
    assert names(library, ["ken", "road"]) == []
    assert names(library, ["ken"]) == ["Ken Andrews.txt"], "folders are no names"
    assert names(library) == names(library, []) == []
    assert names(library, ['"', "AND"]) == [], "no syntax of the index"


def test_titles_come_with_the_first_place(library: Library) -> None:
    [document] = library.search_name_pairs([["ken", "andrews"]], 10)
    assert library.called([document, "0" * 64]) == {
        document: (Location(document, Path("/home/ann/docs/Ken Andrews.txt"), None, 1), "A life")
    }


def test_every_place_is_on_the_shelf_with_what_is_known_of_its_document(library: Library) -> None:
    shelved = {one.path.name: one for one in library.shelved()}
    assert set(shelved) == {"Ken Andrews.txt", "box.mbox", "other.txt"}
    mail = shelved["box.mbox"]
    assert (mail.inside, mail.media_type, mail.date, mail.author) == ("message-1.eml", "text/plain", "", "")
    assert mail.changed == datetime.date(2024, 5, 6)
    library.remove_file(Path("/home/ann/docs/Ken Andrews.txt"))
    assert {one.path.name for one in library.shelved()} == {"box.mbox", "other.txt"}


def test_words_that_no_passage_has_are_known(library: Library) -> None:
    assert library.unseen_words("Is the rents libarian from Ogden?") == {"libarian": "libarian"}
    assert library.unseen_words("") == {}


def test_terms_are_found_by_their_start_and_length(library: Library) -> None:
    assert library.terms_from("l", 5, 12) == [("librarian", 1)]
    assert library.terms_from("rent", 4, 4) == [("rent", 1)]
    assert library.terms_from("l", 1, 3) == []
