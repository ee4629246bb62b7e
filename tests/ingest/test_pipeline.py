"""One file through reading, cutting, embedding and publishing, with real workers."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest import ocr
from ingest.embed.template import embedded_text
from ingest.errors import WorkerError
from ingest.library import Library
from ingest.pipeline import Pipeline
from ingest.records import Failed, Indexed, Page, SourceFile, Unchanged
from ingest.tools import Tools
from tests.ingest.extract.files import picture_of
from tests.ingest.owner_help import settings

HAVE = ocr.installed() if shutil.which("tesseract") else frozenset()
GERMAN = [
    "Der Mieter zahlt die Miete im Voraus am",
    "ersten Tag des Monats. Alle Reparaturen",
    "bezahlt der Vermieter, wenn nicht der",
    "Mieter den Schaden selbst verursacht hat.",
]
LETTER = "# The lighthouse\n\nThe lighthouse was painted white in 1931, after the long winter.\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", write=True) as library:
        yield library


@pytest.fixture
def tools(library: Library, models_folder: Path) -> Iterator[Tools]:
    assert models_folder
    tools = Tools(library, settings())
    yield tools
    tools.close()


def source(path: Path) -> SourceFile:
    facts = path.stat()
    return SourceFile(path, facts.st_size, facts.st_mtime_ns)


def through(pipeline: Pipeline, path: Path) -> list[object]:
    return list(pipeline.publish(pipeline.prepare(source(path), lambda *_: None)))


def test_a_mail_with_an_attachment_and_a_copy_of_it(library: Library, tools: Tools, tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "White paint", "ada@example.org", "ben@example.org"
    mail["Date"] = "Mon, 02 Mar 2020 10:00:00 +0000"
    mail.set_content("Here is what I found about the lighthouse and its colour.\n")
    mail.add_attachment(LETTER, subtype="markdown", filename="letter.md")
    (tmp_path / "mail.eml").write_bytes(mail.as_bytes())
    pipeline = tools.pipeline()
    events = through(pipeline, tmp_path / "mail.eml")
    assert [(type(event), getattr(event, "inside", "")) for event in events] == [
        (Indexed, None),
        (Indexed, "letter.md"),
    ]
    places = library.contents(tmp_path / "mail.eml")
    assert [(place.inside, place.first_page) for place in places] == [(None, 1), ("letter.md", 2)]
    (tmp_path / "copy.eml").write_bytes(mail.as_bytes())
    assert through(pipeline, tmp_path / "copy.eml") == [Unchanged(tmp_path / "copy.eml")]
    assert [place.document_id for place in library.contents(tmp_path / "copy.eml")] == [p.document_id for p in places]
    assert library.counts().documents == 2


def test_the_same_broken_attachment_twice_fails_twice_and_the_mail_stays(
    library: Library, tools: Tools, tmp_path: Path
) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Twice", "ada@example.org", "ben@example.org"
    mail.set_content("Both attachments are the same.\n")
    for _ in range(2):
        mail.add_attachment(b"%PDF-1.7 and no more", maintype="application", subtype="pdf", filename="a.pdf")
    path = tmp_path / "mail.eml"
    path.write_bytes(mail.as_bytes())
    events = through(tools.pipeline(), path)
    assert [(type(event), getattr(event, "inside", "")) for event in events] == [
        (Indexed, None),
        (Failed, "a.pdf"),
        (Failed, "a.pdf#2"),
    ]
    assert [place.inside for place in library.contents(path)] == [None]


def test_vectors_are_those_of_the_embedded_text(library: Library, tools: Tools, tmp_path: Path) -> None:
    from ingest.embed import Encoder

    (tmp_path / "letter.md").write_text(LETTER)
    through(tools.pipeline(), tmp_path / "letter.md")
    ((key, _),) = library.search_words("lighthouse", 5)
    passage = library.passages([key])[key]
    title = library.document(passage.document_id).title
    encoder = Encoder.open(library.meta().model, library.meta().variant)
    fresh = encoder.encode(embedded_text(title, passage.headings, passage.text))
    assert library.vectors([key])[key] @ fresh == pytest.approx(1.0, abs=1e-5)


def test_pages_that_are_stored_are_not_read_again(library: Library, tools: Tools, tmp_path: Path) -> None:
    """A page kept by an earlier, broken attempt stands for itself, even where its words differ."""
    path = tmp_path / "letter.txt"
    path.write_text("The first and only page of the letter.\n")
    document_id = hashlib.sha256(b"text/plain\0" + path.read_bytes()).hexdigest()
    library.store_page(document_id, Page(1, "p. 1", "What an earlier attempt has read."), tools.options_key)
    (event,) = through(tools.pipeline(), path)
    assert isinstance(event, Indexed)
    assert library.page(document_id, 1).text == "What an earlier attempt has read."
    assert library.search_words("earlier attempt", 5)
    assert not library.search_words("letter", 5)


@pytest.mark.skipif(not {"eng", "deu"} <= HAVE, reason="needs Tesseract's English and German")
def test_a_scan_is_read_again_once_the_language_that_it_lacked_is_there(
    library: Library, tools: Tools, tmp_path: Path
) -> None:
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True)
    installed = Path((listed.stdout + listed.stderr).split('"')[1])
    data = tmp_path / "tessdata"
    data.mkdir()
    shutil.copy(installed / "eng.traineddata", data)
    path = tmp_path / "lease.png"
    picture_of(GERMAN).save(path)
    before = os.environ.get("TESSDATA_PREFIX")
    os.environ["TESSDATA_PREFIX"] = str(data)
    try:
        pipeline = tools.pipeline()
        for _ in range(2):  # still missing: still told
            library.read_again([source(path)])
            through(pipeline, path)
            assert ["index --retry" in problem.message for problem in library.problems()] == [True]
        shutil.copy(installed / "deu.traineddata", data)
        (place,) = library.contents(path)
        library.store_page(place.document_id, Page(1, "picture", "Misread.", "ocr"), tools.options_key)
        library.read_again([source(path)])
        (event,) = through(pipeline, path)
    finally:
        del os.environ["TESSDATA_PREFIX"]
        if before is not None:
            os.environ["TESSDATA_PREFIX"] = before
    assert isinstance(event, Indexed)
    assert not library.problems()
    assert "Alle Reparaturen" in library.page(place.document_id, 1).text


def test_a_file_that_cannot_be_read_is_recorded(library: Library, tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7 and no more")
    (event,) = through(tools.pipeline(), path)
    assert isinstance(event, Failed)
    row = library.file(path)
    assert row is not None
    assert (row.state, row.code) == ("failed", event.code)
    assert [problem.hint for problem in library.problems()] == [event.hint]


def test_ended_tools_say_so_and_publish_nothing(library: Library, tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "letter.md").write_text(LETTER)
    pipeline = tools.pipeline()
    tools.close()
    with pytest.raises((WorkerError, RuntimeError)):
        through(pipeline, tmp_path / "letter.md")
    assert library.counts().documents == 0
