"""One file after the other through readers and OCR workers that behave, crash, hang and lie."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest import config
from ingest.errors import DocumentError, WorkerError
from ingest.work import members as m
from ingest.work.pool import WorkerPool
from ingest.work.sandbox import Sandbox
from ingest.work.warden import Warden

OPTIONS = {**config.load().section("reading"), "page_cpu_seconds": 1, "memory_mb": 300}


@pytest.fixture
def sandbox(warden: Warden) -> Iterator[Sandbox]:
    with Sandbox(warden, OPTIONS, 2, reader="work_entries:reader", ocr="work_entries:ocr") as found:
        yield found


def page(number: int, **more: Any) -> dict[str, Any]:
    return {"is": "page", "number": number, "label": f"p. {number}", "text": f"text {number}", **more}


def image(number: int, shows: str, **more: Any) -> dict[str, Any]:
    return {"is": "image", "number": number, "label": f"p. {number}", "shows": shows, "dpi": 300, **more}


def member(number: int, *messages: dict[str, Any], inside: str | None = None, **more: Any) -> dict[str, Any]:
    document = f"{number:064x}"
    known = {"id": document, "media_type": "text/plain", "size": 1, "name": "n", "inside": inside}
    return {**known, "messages": list(messages), **more}


def file(folder: Path, *members: dict[str, Any]) -> Path:
    path = folder / "file\udcff.json"
    path.write_text(json.dumps(members))
    return path


def everything(members: list[m.MemberInfo]) -> set[str]:
    return {each.id for each in members}


def read(sandbox: Sandbox, path: Path, **more: Any) -> list[Any]:
    """The events in short: pages as their text, problems and failures as their codes."""
    found: list[Any] = []
    for event in sandbox.read(path, everything, **more):
        match event:
            case m.PageRead(page=page):
                found.append(page.text)
            case m.ProblemFound(problem=problem):
                found.append(("problem", problem.page, problem.code))
            case m.MemberFailed(inside=inside, error=error):
                found.append(("failed", inside, error.code))
            case m.DocumentEnded(page_count=count):
                found.append(("end", count))
    return found


def test_pages_come_in_order_though_pictures_take_longer(sandbox: Sandbox, tmp_path: Path) -> None:
    script = [image(1, "slow one"), page(2), image(3, "three"), image(4, "slow four", text="caption"), page(5)]
    path = file(tmp_path, member(1, *script))
    assert read(sandbox, path) == ["slow one", "text 2", "three", "caption\n\nslow four", "text 5", ("end", 5)]


def test_nothing_stays_in_the_temporary_folder(warden: Warden, sandbox: Sandbox, tmp_path: Path) -> None:
    before = {path for path in warden.root.rglob("*") if path.is_file()}
    read(sandbox, file(tmp_path, member(1, image(1, "one"), image(2, "segfault"), page(3))))
    assert {path for path in warden.root.rglob("*") if path.is_file()} == before


def test_only_what_is_wanted_is_read(sandbox: Sandbox, tmp_path: Path) -> None:
    path = file(tmp_path, member(1, page(1)), member(2, page(1, text="second"), inside="a"), member(3, inside="b"))
    seen: list[m.MemberInfo] = []

    def wanted(members: list[m.MemberInfo]) -> set[str]:
        seen.extend(members)
        return {members[1].id}

    pages = [event.page.text for event in sandbox.read(path, wanted) if isinstance(event, m.PageRead)]
    assert pages == ["second"]
    assert [(each.inside, each.id[-1]) for each in seen] == [(None, "1"), ("a", "2"), ("b", "3")]


def test_stored_pages_are_not_read_again(sandbox: Sandbox, tmp_path: Path) -> None:
    path = file(tmp_path, member(1, page(1), image(2, "segfault"), image(3, "three")))
    assert read(sandbox, path, stored=lambda _: {1, 2}) == ["three", ("end", 3)]


def test_document_that_ends_its_reader_keeps_its_pages(sandbox: Sandbox, tmp_path: Path) -> None:
    script = [page(1), image(2, "slow two"), page(3, misdeed="segfault"), page(4)]
    assert read(sandbox, file(tmp_path, member(1, *script))) == [
        "text 1", "slow two", ("problem", None, "crashed"), ("end", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(("misdeed", "code"), [("segfault", "crashed"), ("spin", "timeout")])
def test_others_in_the_file_are_read_all_the_same(sandbox: Sandbox, tmp_path: Path, misdeed: str, code: str) -> None:
    bad = member(2, page(1, misdeed=misdeed), inside="bad")
    path = file(tmp_path, member(1, page(1)), bad, member(3, page(1, text="after"), inside="good"))
    assert read(sandbox, path) == ["text 1", ("end", 1), ("failed", "bad", code), "after", ("end", 1)]


def test_nothing_read_is_a_failure_of_the_file(sandbox: Sandbox, tmp_path: Path) -> None:
    cases = {
        "crashed": member(1, page(1, misdeed="segfault")),
        "timeout": member(1, opening="spin"),
        "no_ocr": member(1, image(1, "none")),
        "empty": member(1),
        "encrypted": member(1, error={"code": "encrypted", "message": "locked", "hint": ""}),
    }
    for code, script in cases.items():
        with pytest.raises(DocumentError) as caught:
            read(sandbox, file(tmp_path, script))
        assert caught.value.code == code
        assert caught.value.hint


def test_container_without_text_of_its_own(sandbox: Sandbox, tmp_path: Path) -> None:
    failing = member(3, inside="locked", error={"code": "encrypted", "message": "locked", "hint": ""})
    path = file(tmp_path, member(1), member(2, page(1), inside="a"), failing)
    assert read(sandbox, path) == [("failed", "locked", "encrypted"), ("end", 0), "text 1", ("end", 1)]


def test_what_a_page_was_read_with_is_tried_first_on_the_next(warden: Warden, tmp_path: Path) -> None:
    with Sandbox(warden, OPTIONS, 1, reader="work_entries:reader", ocr="work_entries:ocr") as one_by_one:
        script = [image(1, "likely"), image(2, "likely")]
        for _ in range(2):  # nothing is carried over to another file
            assert read(one_by_one, file(tmp_path, member(1, *script))) == ["likely nothing", "likely deu", ("end", 2)]


def test_what_a_page_lacks_is_told_once_a_file(sandbox: Sandbox, tmp_path: Path) -> None:
    found = read(sandbox, file(tmp_path, member(1, image(1, "foreign one"), image(2, "foreign two"))))
    assert [each for each in found if isinstance(each, str)] == ["foreign one", "foreign two"]
    assert [each[0] for each in found if each[0] == "problem"] == ["problem"]


def test_page_that_ocr_cannot_read(sandbox: Sandbox, tmp_path: Path) -> None:
    script = [image(1, "segfault", text="layer"), image(2, "none"), image(3, "three")]
    assert read(sandbox, file(tmp_path, member(1, *script))) == [
        "layer", ("problem", 1, "crashed"), ("problem", 2, "no_ocr"), "three", ("end", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lie",
    [
        page(0),
        page(1, id="f" * 64),
        {"is": "nonsense"},
        page(1, text=7),
        page(1, headings=[[0, 99, 1]]),
        {"is": "begin"},
        {"is": "problem", "page": 1, "code": "no such code", "message": "x"},
    ],
    ids=["page 0", "other document", "unknown", "no text", "heading outside", "begins twice", "code"],
)
def test_reader_that_lies(sandbox: Sandbox, tmp_path: Path, lie: dict[str, Any]) -> None:
    with pytest.raises(DocumentError) as caught:
        read(sandbox, file(tmp_path, member(1, lie)))
    assert caught.value.code == "crashed"


def test_reader_that_floods(warden: Warden, tmp_path: Path) -> None:
    problem = {"is": "problem", "page": 1, "code": "damaged", "message": "x"}
    with Sandbox(warden, {**OPTIONS, "max_pages": 5}, 1, reader="work_entries:reader") as sandbox:
        pages = [page(number) for number in range(1, 9)]
        found = read(sandbox, file(tmp_path, member(1, *pages)))
        assert found == [*(f"text {number}" for number in range(1, 6)), ("problem", None, "crashed"), ("end", 6)]
        with pytest.raises(DocumentError) as caught:
            read(sandbox, file(tmp_path, member(1, *[problem] * 16)))
        assert caught.value.code == "crashed"


def test_reader_is_used_again_after_good_files(warden: Warden, sandbox: Sandbox, tmp_path: Path) -> None:
    before = warden.started
    for _ in range(3):
        assert read(sandbox, file(tmp_path, member(1, page(1)))) == ["text 1", ("end", 1)]
    assert warden.started == before + 1


def test_leaving_early_ends_the_reader(sandbox: Sandbox, tmp_path: Path) -> None:
    path = file(tmp_path, member(1, page(1), page(2, misdeed="wait")))
    events = sandbox.read(path, everything)
    assert next(event for event in events if isinstance(event, m.PageRead)).page.text == "text 1"
    events.close()  # type: ignore[attr-defined]  # a generator
    assert read(sandbox, file(tmp_path, member(2, page(1)))) == ["text 1", ("end", 1)]


def test_closing_ends_a_read_in_another_thread(sandbox: Sandbox, tmp_path: Path) -> None:
    path = file(tmp_path, member(1, page(1), page(2, misdeed="wait")))
    events = sandbox.read(path, everything)
    assert any(isinstance(event, m.PageRead) for event in events)
    threading.Timer(0.2, sandbox.close).start()
    with pytest.raises(WorkerError) as caught:
        list(events)
    assert caught.value.code == "killed"


def test_killed_warden_is_not_the_documents_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    (packages / "work_entries.py").write_bytes(Path(__file__).with_name("entries.py").read_bytes())
    monkeypatch.setenv("PYTHONPATH", str(packages))
    path = file(tmp_path, member(1, page(1)), member(2, page(1, text="two"), image(2, "slow picture"), inside="a"))
    with (
        Warden.start(idle=False) as warden,
        Sandbox(warden, OPTIONS, 1, reader="work_entries:reader", ocr="work_entries:ocr") as sandbox,
    ):
        texts: list[str] = []
        for event in sandbox.read(path, everything):
            if isinstance(event, m.DocumentBegan) and not texts:
                os.kill(warden.pid, signal.SIGKILL)
            if isinstance(event, m.PageRead):
                texts.append(event.page.text)
    assert texts == ["text 1", "two", "slow picture"]


def test_processes_that_are_let_go_while_they_stand_still_cost_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    (packages / "work_entries.py").write_bytes(Path(__file__).with_name("entries.py").read_bytes())
    monkeypatch.setenv("PYTHONPATH", str(packages))
    more = [page(number) for number in range(2, 12)]
    path = file(
        tmp_path, member(1, page(1), image(50, "slow picture"), *more), member(2, page(1, text="two"), inside="a")
    )
    with (
        Warden.start(idle=False) as warden,
        Sandbox(warden, OPTIONS, 1, reader="work_entries:reader", ocr="work_entries:ocr") as sandbox,
    ):
        texts: list[str] = []
        for event in sandbox.read(path, everything):
            if isinstance(event, m.DocumentBegan):
                for _ in range(5):  # more often than a warden may be lost
                    warden.stop_all()
                    warden.let_go()
                    warden.cont_all()
            if isinstance(event, m.PageRead):
                texts.append(event.page.text)
    assert sorted(texts) == sorted(["text 1", "slow picture", *(f"text {number}" for number in range(2, 12)), "two"])


def test_a_call_is_asked_again_of_another_worker_when_one_is_let_go(warden: Warden) -> None:
    with WorkerPool(warden, "work_entries:echo", 1) as pool:
        first = pool.call({"do": "tell"})[0]["pid"]
        warden.stop_all()
        answers: list[Any] = []
        asking = threading.Thread(target=lambda: answers.append(pool.call({"do": "tell"})[0]["pid"]))
        asking.start()
        warden.let_go()
        asking.join(0.3)
        warden.cont_all()
        asking.join(60)
    assert len(answers) == 1
    assert answers != [first]


def test_paths_that_are_no_files(sandbox: Sandbox, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe", tmp_path / ("x" * 300)):
        with pytest.raises(DocumentError) as caught:
            read(sandbox, path)
        assert caught.value.code == "unreadable"
        assert caught.value.hint


def test_file_over_the_size_limit(warden: Warden, tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as large:
        large.truncate(3 << 20)
    with Sandbox(warden, {**OPTIONS, "max_file_mb": 2}, 1) as sandbox, pytest.raises(DocumentError) as caught:
        read(sandbox, path)
    assert caught.value.code == "too_large"


def test_stopped_sandbox_waits(sandbox: Sandbox, tmp_path: Path) -> None:
    path = file(tmp_path, member(1, image(1, "one"), page(2)))
    sandbox.stop_all()
    found: list[Any] = []
    reading = threading.Thread(target=lambda: found.extend(read(sandbox, path)))
    reading.start()
    reading.join(0.7)
    assert found == []
    sandbox.cont_all()
    reading.join(60)
    assert found == ["one", "text 2", ("end", 2)]
