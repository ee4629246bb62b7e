from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from ingest.extract.reader import Member

from .files import Worker, error_of, members, write


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
        for name, data in files.items():
            item = tarfile.TarInfo(name)
            item.size = len(data)
            archive.addfile(item, io.BytesIO(data))
    return held.getvalue()


def content(path: Path) -> dict[str, bytes]:
    found = {}
    for item in members(path):
        assert isinstance(item, Member)
        found[item.name] = item.data if isinstance(item.data, bytes) else item.data.read_bytes()
    return found


FILES = {"docs/a.txt": b"alpha", "../../b.txt": b"beta"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zipped(FILES)),
        ("a.tar", tarred(FILES)),
        ("a.tar.gz", gzip.compress(tarred(FILES))),
        ("a.tgz", gzip.compress(tarred(FILES))),
        ("a.tar.bz2", bz2.compress(tarred(FILES))),
        ("a.tar.xz", lzma.compress(tarred(FILES))),
    ],
)
def test_files_of_an_archive_are_members(tmp_path: Path, name: str, data: bytes) -> None:
    assert content(write(tmp_path / name, data)) == FILES
    assert not (tmp_path.parent / "b.txt").exists()


def test_a_single_packed_file_keeps_its_name(tmp_path: Path) -> None:
    assert content(write(tmp_path / "notes.txt.gz", gzip.compress(b"text"))) == {"notes.txt": b"text"}


def test_clutter_is_passed_over(tmp_path: Path) -> None:
    data = zipped({"__MACOSX/._a": b"x", ".DS_Store": b"x", "a.txt": b"text", "folder/": b""})
    assert content(write(tmp_path / "a.zip", data)) == {"a.txt": b"text"}


def test_ways_into_archives_never_lead_out(tmp_path: Path) -> None:
    with Worker(tmp_path) as worker:
        answers = worker.open(write(tmp_path / "a.zip", zipped(FILES)))
    assert [answer.get("inside") for answer in answers] == [None, "docs/a.txt", "b.txt", None]


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.gz"])
def test_a_bomb_ends_with_its_room(tmp_path: Path, name: str) -> None:
    zeros = bytes(60 << 20)
    data = zipped({"zeros.txt": zeros}) if name.endswith("zip") else gzip.compress(zeros)
    path = write(tmp_path / name, data)
    with Worker(tmp_path) as worker:
        answers = worker.open(path)
        assert [answer["is"] for answer in answers] == ["member", "error", "opened"]
        assert answers[1]["code"] == "too_large"
        assert sum(item.stat().st_size for item in worker.folder.iterdir()) == 0


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"secret"}, zipfile.ZIP_STORED))
    data[6] |= 1
    central = data.rindex(b"PK\x01\x02")
    data[central + 8] |= 1
    with Worker(tmp_path) as worker:
        answers = worker.open(write(tmp_path / "a.zip", bytes(data)))
    assert [(answer["is"], answer.get("inside"), answer.get("code")) for answer in answers[1:2]] == [
        ("error", "a.txt", "encrypted")
    ]


def test_broken_archives_have_clear_errors(tmp_path: Path) -> None:
    assert error_of(lambda: members(write(tmp_path / "a.zip", zipped(FILES)[:60]))) == "damaged"
    assert error_of(lambda: members(write(tmp_path / "a.gz", gzip.compress(b"text" * 999)[:-20]))) == "damaged"


def test_messages_of_a_mailbox_are_members(tmp_path: Path) -> None:
    box = (
        "From a@example.org Mon Feb  3 10:00:00 2025\nSubject: one\n\nFirst.\n>From the hills\n\n"
        "From b@example.org Mon Feb  3 11:00:00 2025\nSubject: two\n\nFrom here on.\n"
    )
    found = content(write(tmp_path / "a.mbox", box))
    assert found == {
        "message-0001.eml": b"Subject: one\n\nFirst.\nFrom the hills\n\n",
        "message-0002.eml": b"Subject: two\n\nFrom here on.\n",
    }
