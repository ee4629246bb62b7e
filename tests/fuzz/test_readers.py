"""Whatever was done to a file, its reader ends with pages or a clean error, and writes nowhere but into its own folder.

Files are read in the real sandbox, so that a file that takes all memory or kills its reader shows as such: the first is an
honest outcome, the second and a reader that hangs are failures.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import config
from ingest.errors import DOCUMENT_ERROR_CODES, DocumentError
from ingest.extract.blocks import MAX_PAGE_CHARACTERS
from ingest.work import members as m
from ingest.work.sandbox import Sandbox
from ingest.work.warden import Warden

from .damage import damaged
from .seeds import seeds

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Examples for each format; 0: a few that are always the same."""
FEW = 4
PICTURE = re.compile(r"\.(png|jpg|tif|gif)$")
"""Files of which nothing is left without OCR."""
CLEAN = DOCUMENT_ERROR_CODES - {"crashed", "timeout"}
OPTIONS = {**config.load().section("reading"), "ocr": False}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Warden.start(idle=False) as warden, Sandbox(warden, OPTIONS, 1) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds nothing but the damaged file."""
    return tmp_path_factory.mktemp("damaged")


def events_of(path: Path, sandbox: Sandbox) -> list[m.ReadEvent]:
    """Everything that is read of a file; an error of the whole file as that of a member."""
    found: list[m.ReadEvent] = []
    try:
        found.extend(sandbox.read(path, lambda members: {member.id for member in members}))
    except DocumentError as error:
        found.append(m.MemberFailed(None, error))
    return found


@pytest.mark.parametrize("name", sorted(seeds()))
def test_an_undamaged_file_is_read(name: str, sandbox: Sandbox, folder: Path) -> None:
    path = folder / name
    path.write_bytes(seeds()[name])
    found = events_of(path, sandbox)
    path.unlink()
    failed = {event.error.code for event in found if isinstance(event, m.MemberFailed)}
    assert failed == {"no_ocr"} if PICTURE.search(name) else not failed
    assert failed or any(isinstance(event, m.PageRead) and event.page.text for event in found)


@pytest.mark.parametrize("name", sorted(seeds()))
def test_a_damaged_file_ends_in_pages_or_a_clean_error(name: str, sandbox: Sandbox, folder: Path) -> None:
    @settings(
        max_examples=EXAMPLES or FEW,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32), times=st.integers(1, 6))
    def holds(seed: int, times: int) -> None:
        data = damaged(seeds()[name], seed, times)
        path = folder / name
        path.write_bytes(data)
        found = events_of(path, sandbox)
        assert path.read_bytes() == data, "the file itself is never written to"
        assert [entry.name for entry in folder.iterdir()] == [name], "nothing is written beside it"
        path.unlink()
        for event in found:
            _check(event)

    holds()


def _check(event: m.ReadEvent) -> None:
    match event:
        case m.MemberFailed(error=error):
            assert error.code in CLEAN, error
            assert error.message.strip()
            assert "Traceback" not in error.message
        case m.ProblemFound(problem=problem):
            assert problem.code in CLEAN, problem
        case m.PageRead(page=page):
            assert page.number >= 1
            assert len(page.text) <= MAX_PAGE_CHARACTERS
            assert unicodedata.is_normalized("NFC", page.text)
            page.text.encode("utf-8")
            assert all(0 <= heading.start <= heading.end <= len(page.text) for heading in page.headings)
