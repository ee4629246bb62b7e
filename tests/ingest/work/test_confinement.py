"""A confined worker does its work and nothing else."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.work import landlock
from ingest.work.warden import Warden
from ingest.work.worker import Worker

pytestmark = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
ECHO = "work_entries:echo"


@pytest.fixture(scope="module")
def confined(warden: Warden) -> Iterator[Worker]:
    worker = warden.spawn(ECHO, confined="own")
    yield worker
    worker.end()


def tries(worker: Worker, *actions: list[str]) -> list[str]:
    answer, _ = worker.request({"do": "try", "actions": list(actions)})
    return list(answer["failed"])


def test_files_of_the_person_are_out_of_reach(confined: Worker, tmp_path: Path) -> None:
    (tmp_path / "private.txt").write_text("private")
    library = Path(os.environ["HOME"])
    denied = tries(
        confined,
        ["read", str(tmp_path / "private.txt")],
        ["list", str(tmp_path)],
        ["list", str(library)],
        ["write", str(tmp_path / "new.txt")],
        ["write", str(tmp_path / "private.txt")],
        ["read", "/etc/hostname"],
        ["read", f"/proc/{os.getpid()}/environ"],
        ["read", str(Path(__file__))],
    )
    assert denied == ["PermissionError"] * 8
    assert (tmp_path / "private.txt").read_text() == "private"


def test_its_own_folder_and_the_runtime_are_within_reach(confined: Worker) -> None:
    own = str(confined.folder / "own.txt")
    allowed = [["write", own], ["read", own], ["list", str(confined.folder)]]
    assert tries(confined, *allowed) == [""] * 3
    modules = ["numpy", "PIL.Image", "docx", "pypdf", "pypdfium2", "lxml.etree", "selectolax", "sqlite3", "tomllib"]
    assert tries(confined, *(["import", module] for module in modules)) == [""] * len(modules)
    assert tries(confined, ["import", "ingest.extract.worker"], ["import", "ingest.ocr"]) == ["", ""]


def test_programs_start(confined: Worker) -> None:
    assert tries(confined, ["run", "tesseract", "--list-langs"]) == [""]


def test_other_workers_folders(warden: Warden, confined: Worker) -> None:
    other = warden.spawn(ECHO)
    (other.folder / "page.png").write_text("picture")
    page = ["read", str(other.folder / "page.png")]
    assert tries(confined, page) == ["PermissionError"]
    ocr = warden.spawn(ECHO, confined="all")
    assert tries(ocr, page, ["write", page[1]]) == ["", "PermissionError"]
    other.end()
    ocr.end()


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this machine")
def test_no_network_and_no_leaving_the_group_even_from_native_code(confined: Worker) -> None:
    families = [["call", "socket", str(family), "1", "0"] for family in (1, 2, 10, 16)]
    assert tries(confined, *families) == ["EPERM"] * 4
    assert tries(confined, ["call", "setsid"], ["call", "setpgid", "0", "0"]) == ["EPERM"] * 2
    assert tries(confined, ["call", "getpid"]) == [""]


@pytest.mark.skipif(landlock.version() < 6, reason="this kernel's Landlock does not know signals")
def test_no_signal_to_a_process_outside(confined: Worker) -> None:
    assert tries(confined, ["signal", str(os.getpid())]) == ["PermissionError"]


def test_unconfined_worker_reaches_all_that(warden: Warden, tmp_path: Path) -> None:
    (tmp_path / "private.txt").write_text("private")
    worker = warden.spawn(ECHO)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        actions = [["read", str(tmp_path / "private.txt")], ["list", str(tmp_path)], ["tcp", port]]
        actions += [["signal", str(os.getpid())], ["call", "socket", "1", "1", "0"]]
        assert tries(worker, *actions) == [""] * 5
    worker.end()
