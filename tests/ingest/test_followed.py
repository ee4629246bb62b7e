"""Folders that a real owner follows: what changes is found, what goes offline stays, and only what is new costs anything."""

from __future__ import annotations

import mailbox
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from random import Random

import pytest

from ingest.client import Client
from ingest.library import Library
from ingest.records import Done, Failed, Indexed, IndexEvent, Removed
from tests.ingest.owner_help import connected, content, sentence, write_files

pytestmark = pytest.mark.timeout(600)
PATIENCE_SECONDS = 240
"""Indexing runs at the lowest class of the machine: a busy one gives it little."""


@pytest.fixture(autouse=True)
def _compiled(models_folder: Path) -> None:
    assert models_folder


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


@contextmanager
def followed(library: Path, folder: Path) -> Iterator[tuple[Client, list[IndexEvent]]]:
    """A client for whose sake a folder is followed, and what it hears after the first run."""
    with connected(library) as client:
        assert isinstance(done_of(client.index([folder], follow=True)), Done)
        yield client, Heard(client).events


class Heard:
    """Collects what a client hears, in a thread that ends with the client."""

    def __init__(self, client: Client) -> None:
        self.events: list[IndexEvent] = []
        threading.Thread(target=self._listen, args=(client,), daemon=True).start()

    def _listen(self, client: Client) -> None:
        for event in client.events():
            self.events.append(event)


def done_of(events: Iterator[IndexEvent]) -> Done:
    *_, done = events
    assert isinstance(done, Done)
    return done


def rows(library: Path) -> int:
    """Vectors that were ever made."""
    with Library.open(library) as opened:
        return opened.row_count()


def paths(library: Path) -> set[str]:
    with Library.open(library) as opened:
        return {row.path.name for row in opened.files() if row.state == "indexed"}


def test_what_changes_in_a_followed_folder_is_found(tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder, 4)
    with followed(library, folder) as (client, heard):
        wait_for(lambda: client.status()["watching"] == [str(folder)])
        (folder / "report-000.md").rename(folder / "renamed.md")
        (folder / "report-001.md").write_text("# Changed\n\nThe ferry sails at noon.\n")
        (folder / "report-002.md").unlink()
        (folder / "sub").mkdir()
        (folder / "sub" / "new.md").write_text("# New\n\nThe press stands still.\n")
        (folder / "ignored.tmp").write_text("nothing")
        wait_for(lambda: paths(library) == {"renamed.md", "report-001.md", "report-003.md", "new.md"})
        wait_for(lambda: len([event for event in heard if isinstance(event, Indexed | Removed)]) >= 4)
    assert {event.path.name for event in heard if isinstance(event, Indexed)} == {"report-001.md", "new.md"}
    assert {event.path.name for event in heard if isinstance(event, Removed)} == {"report-000.md", "report-002.md"}
    with Library.open(library) as opened:
        assert set(opened.volumes()) == {str(folder)}, "a folder in it is no drive of its own"
    with connected(tmp_path / "fresh") as client:
        list(client.index([folder]))
    now, fresh = content(library), content(tmp_path / "fresh")
    assert {name: now[name] for name in now if name != "vectors"} == {
        name: fresh[name] for name in fresh if name != "vectors"
    }


def test_a_folder_that_goes_offline_keeps_its_documents(tmp_path: Path) -> None:
    folder, library, away = tmp_path / "drive", tmp_path / "library", tmp_path / "away"
    write_files(folder, 3)
    with followed(library, folder) as (client, heard):
        wait_for(lambda: client.status()["watching"] == [str(folder)])
        folder.rename(away)
        folder.mkdir()
        with Library.open(library) as opened:
            wait_for(lambda: opened.offline() == [folder])
            wait_for(lambda: any(isinstance(event, Failed) for event in heard))
            assert opened.counts().documents == 3
            folder.rmdir()
            done = done_of(client.index([]))
            assert (done.removed, done.failed) == (0, 1)
            assert opened.offline() == [folder]
            away.rename(folder)
            (folder / "report-000.md").unlink()
            wait_for(lambda: opened.offline() == [] and opened.counts().documents == 2)
            wait_for(lambda: any(isinstance(event, Removed) for event in heard))
    assert [event.path.name for event in heard if isinstance(event, Indexed)] == []
    assert [event.path.name for event in heard if isinstance(event, Removed)] == ["report-000.md"]


def test_only_what_is_new_is_read_and_embedded(tmp_path: Path) -> None:
    folder, library = tmp_path / "files", tmp_path / "library"
    write_files(folder / "old", 12)
    chance = Random(5)
    parts = [f"## Part {n}\n\n" + "\n\n".join(paragraphs(chance, 6)) for n in range(20)]
    (folder / "long.md").write_text("# A long report\n\n" + "\n\n".join(parts))
    box = mailbox.mbox(folder / "all.mbox")
    for n in range(60):
        add_mail(box, n, chance)
    with connected(library) as client:
        assert done_of(client.index([folder])).indexed == 12 + 1 + 61
        rename_move_and_copy(client, folder, library)
        edit_one_paragraph(client, folder, library, parts)
        one_more_mail(client, box, library, chance)
    box.close()


def rename_move_and_copy(client: Client, folder: Path, library: Path) -> None:
    before = rows(library)
    (folder / "old").rename(folder / "new")
    shutil.copytree(folder / "new", folder / "copy")
    done = done_of(client.index([]))
    assert (done.indexed, done.removed, done.unchanged, done.passages) == (0, 12, 26, 0)
    elsewhere = folder.parent / "elsewhere"
    (folder / "new").rename(elsewhere)
    done = done_of(client.index([elsewhere, folder]))
    assert (done.indexed, done.removed, done.unchanged) == (0, 12, 26)
    assert rows(library) == before


def edit_one_paragraph(client: Client, folder: Path, library: Path, parts: list[str]) -> None:
    before = rows(library)
    edited = parts[10].replace("\n\n", "\n\nThis sentence is new here.\n\n", 1)
    (folder / "long.md").write_text("# A long report\n\n" + "\n\n".join([*parts[:10], edited, *parts[11:]]))
    assert done_of(client.index([])).indexed == 1
    with Library.open(library) as opened:
        assert opened.search_words('"This sentence is new here"', 3)
    assert 1 <= rows(library) - before <= len(edited) // 200, "no passage of another part was embedded again"


def one_more_mail(client: Client, box: mailbox.mbox, library: Path, chance: Random) -> None:
    before = rows(library)
    add_mail(box, 60, chance)
    read = [event.inside for event in client.index([]) if isinstance(event, Indexed)]
    assert sorted(read, key=str) == [None, "message-0061.eml"], "the mailbox itself has no text of its own"
    assert rows(library) - before == 1


def paragraphs(chance: Random, count: int) -> list[str]:
    return [" ".join(sentence(chance) for _ in range(chance.randint(2, 12))) for _ in range(count)]


def add_mail(box: mailbox.mbox, number: int, chance: Random) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@example.org", "bob@example.org", f"Report {number}"
    mail["Date"] = f"Mon, 0{1 + number % 9} Jan 2024 10:00:00 +0000"
    mail.set_content(" ".join(sentence(chance) for _ in range(5)))
    message = mailbox.mboxMessage(mail)
    message.set_from(f"ann@example.org Mon Jan  1 10:00:{number % 60:02} 2024")
    box.add(message)
    box.flush()
