"""A worker: asked, limited, stopped and gone in every way that it may go."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from ingest.errors import WorkerError
from ingest.work.limits import Limits
from ingest.work.warden import Warden
from ingest.work.worker import Worker

ECHO = "work_entries:echo"


@pytest.fixture
def worker(warden: Warden) -> Iterator[Worker]:
    found = warden.spawn(ECHO, limits=Limits(cpu_seconds=1, stalled_seconds=0.5, memory_mb=200))
    yield found
    found.end()
    assert not found.folder.exists()


def failure(worker: Worker, request: dict[str, Any]) -> WorkerError:
    with pytest.raises(WorkerError) as caught:
        worker.request(request)
    assert worker.ended
    assert not worker.alive
    return caught.value


def test_request_and_answer(worker: Worker) -> None:
    assert worker.request({"a": "ä\udcff"}, b"\x00\xff") == ({"heard": {"a": "ä\udcff"}}, b"\x00\xff")
    big = os.urandom(1_000_000)
    assert worker.request({}, memoryview(big)) == ({"heard": {}}, big)


def test_place_of_a_worker(warden: Warden, worker: Worker) -> None:
    told, _ = worker.request({"do": "tell"})
    assert told["pid"] == told["group"] == worker.pid
    assert told["session"] == warden.pid != os.getsid(0)
    assert told["hangup"]
    assert told["temporary"] == str(worker.folder)
    assert worker.folder.stat().st_mode & 0o777 == 0o700
    assert worker.folder.parent.stat().st_mode & 0o777 == 0o700


def test_background_class() -> None:
    with Warden.start(idle=True) as warden:
        told, _ = warden.spawn("tests.ingest.work.entries:echo").request({"do": "tell"})
    assert told["nice"] == 19
    if hasattr(os, "SCHED_IDLE"):
        assert told["scheduler"] == os.SCHED_IDLE
    assert not told["autogroup"] or told["autogroup"].strip().endswith("nice 19")


def test_low_class() -> None:
    """Above the background class and below everybody else, whatever the class of who runs the tests."""
    with Warden.start(low=True) as warden:
        told, _ = warden.spawn("tests.ingest.work.entries:echo").request({"do": "tell"})
    assert told["nice"] == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    if hasattr(os, "SCHED_IDLE"):
        assert told["scheduler"] == os.sched_getscheduler(0)
    assert not told["autogroup"] or told["autogroup"].strip().endswith("nice 10")


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        ({"do": "segfault"}, "crashed", "SIGSEGV"),
        ({"do": "exit", "status": 7}, "crashed", "exit status 7"),
        ({"do": "raise"}, "crashed", "ValueError at work_entries.py:"),
        ({"do": "babble"}, "crashed", "protocol"),
        ({"do": "grow"}, "out_of_memory", "200 MB"),
        ({"do": "spin"}, "timeout", "processor time"),
        ({"do": "regex"}, "timeout", "processor time"),
        ({"do": "sleep", "seconds": 600}, "timeout", "no sign of life"),
    ],
)
def test_bad_ends(worker: Worker, request_: dict[str, Any], code: str, words: str) -> None:
    error = failure(worker, request_)
    assert (error.code, words in error.message) == (code, True), error.message
    assert "secret" not in error.message


def test_time_of_children_counts(worker: Worker) -> None:
    worker.request({"do": "child", "busy": True})
    assert failure(worker, {"do": "sleep", "seconds": 600}).code == "timeout"


def test_address_space(warden: Warden) -> None:
    worker = warden.spawn(ECHO, limits=Limits(address_space_mb=300))
    error = failure(worker, {"do": "grow"})
    assert error.code == "out_of_memory"
    assert "MemoryError" in error.message
    worker.end()


def test_each_message_starts_the_time_anew(worker: Worker) -> None:
    for _ in range(4):
        worker.request({"do": "work", "seconds": 0.5})


def test_time_in_which_it_is_stopped_does_not_count(worker: Worker) -> None:
    worker.stop()
    resume = threading.Timer(2.0, worker.cont)
    resume.start()
    assert worker.request({"x": 1})[0] == {"heard": {"x": 1}}
    resume.join()


def test_stopping_is_at_once(warden: Warden) -> None:
    worker = warden.spawn(ECHO)
    worker.request({})
    worker.send({"do": "spin"})
    worker.stop()
    process = psutil.Process(worker.pid)
    until = time.monotonic() + 30
    while process.status() != psutil.STATUS_STOPPED:
        assert time.monotonic() < until
        time.sleep(0.01)
    used = process.cpu_times()
    time.sleep(0.2)
    assert process.cpu_times() == used
    worker.end()
    assert not process.is_running()


def test_kill_from_another_thread(warden: Warden) -> None:
    worker = warden.spawn(ECHO)
    threading.Timer(0.2, worker.kill).start()
    assert failure(worker, {"do": "sleep", "seconds": 600}).code == "killed"
    worker.end()


def test_end_twice_and_signals_after_the_end(warden: Warden) -> None:
    worker = warden.spawn(ECHO)
    assert worker.request({})
    assert worker.end() == -9
    assert worker.end() is None
    worker.stop()
    worker.cont()
    worker.kill()


def test_many_messages_for_one_request(worker: Worker) -> None:
    worker.send({"do": "chatter", "times": 3})
    assert [worker.receive()[0] for _ in range(4)][:3] == [{"number": 0}, {"number": 1}, {"number": 2}]


def test_file_handed_over(warden: Warden, tmp_path: Path) -> None:
    file = tmp_path / "given.bin"
    content = os.urandom(3_000_000)
    file.write_bytes(content[:900_000])
    worker = warden.spawn(ECHO, confined="own")
    for _ in range(2):
        place = worker.next_file()
        assert place is not None
        with file.open("rb") as handed:
            worker.send({"do": "read", "path": str(place)}, file=handed.fileno())
        assert worker.receive()[1] == content[:900_000]
    worker.end()


def test_wardens_stop_covers_new_workers(warden: Warden) -> None:
    index = warden.spawn(ECHO, pausable=False)
    warden.stop_all()
    worker = warden.spawn(ECHO)
    try:
        assert index.request({"x": 1})[0] == {"heard": {"x": 1}}
        answers: list[object] = []
        asking = threading.Thread(target=lambda: answers.append(worker.request({"x": 2})))
        asking.start()
        asking.join(0.5)
        assert asking.is_alive()
        assert answers == []
    finally:
        warden.cont_all()
    asking.join(30)
    assert len(answers) == 1
    index.end()
    worker.end()


def test_unknown_entry(warden: Warden) -> None:
    worker = warden.spawn("work_entries:nothing")
    assert failure(worker, {}).code == "crashed"
    worker.end()


def test_closed_warden() -> None:
    warden = Warden.start(idle=False)
    worker = warden.spawn("tests.ingest.work.entries:echo")
    warden.close()
    warden.close()
    with pytest.raises(WorkerError):
        worker.request({})
    with pytest.raises(WorkerError):
        warden.spawn("tests.ingest.work.entries:echo")
    worker.end()


def test_a_warden_that_must_be_killed_leaves_nothing_running() -> None:
    warden = Warden.start(idle=False)
    workers = [warden.spawn("tests.ingest.work.entries:echo") for _ in range(3)]
    for worker in workers:
        assert worker.request({"do": "child", "busy": True})
    session = [pid for pid in psutil.pids() if _session_of(pid) == warden.pid]
    assert len(session) == 1 + 2 * len(workers)
    psutil.Process(warden.pid).suspend()
    warden.close(timeout=0.1)
    assert not [pid for pid in session if psutil.pid_exists(pid) and _runs(pid)]
    for worker in workers:
        worker.end()


def _session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return 0


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
