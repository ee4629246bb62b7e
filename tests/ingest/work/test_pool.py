"""A pool: parallel, self-healing, stopped and closed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from ingest.errors import WorkerError
from ingest.work.pool import WorkerPool
from ingest.work.warden import Warden

ECHO = "work_entries:echo"


def test_calls_from_many_threads(warden: Warden) -> None:
    with WorkerPool(warden, ECHO, 2, {"setup": True}) as pool, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: pool.call({"n": number}, b"%d" % number), range(200)))
        workers = set(threads.map(lambda _: pool.call({"do": "tell"})[0]["pid"], range(50)))
    assert answers == [({"heard": {"n": number}}, b"%d" % number) for number in range(200)]
    assert 1 <= len(workers) <= 2


def test_workers_start_when_needed(warden: Warden) -> None:
    with WorkerPool(warden, ECHO, 4) as pool:
        pids = {pool.call({"do": "tell"})[0]["pid"] for _ in range(5)}
    assert len(pids) == 1


def test_crashes_are_replaced(warden: Warden) -> None:
    with WorkerPool(warden, ECHO, 1) as pool:
        first = pool.call({"do": "tell"})[0]["pid"]
        with pytest.raises(WorkerError, match="SIGSEGV"):
            pool.call({"do": "segfault"})
        assert pool.call({"do": "tell"})[0]["pid"] != first


def test_worker_that_died_between_calls(warden: Warden) -> None:
    import psutil

    with WorkerPool(warden, ECHO, 1) as pool:
        process = psutil.Process(pool.call({"do": "tell"})[0]["pid"])
        process.kill()
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            pass
        assert pool.call({"do": "tell"})[0]["pid"] != process.pid


def test_failing_setup(warden: Warden) -> None:
    with WorkerPool(warden, ECHO, 1, {"do": "segfault"}) as pool:
        for _ in range(2):
            with pytest.raises(WorkerError):
                pool.call({})


def test_stopped_pool_waits(warden: Warden) -> None:
    with WorkerPool(warden, ECHO, 2) as pool, ThreadPoolExecutor(2) as threads:
        pool.call({})
        pool.stop_all()
        waiting = [threads.submit(pool.call, {"n": number}) for number in range(2)]
        assert not wait(waiting, 0.7).done, "one old and one new worker, both stopped"
        pool.cont_all()
        assert [future.result(30)[0]["heard"]["n"] for future in waiting] == [0, 1]


def test_closing_ends_calls(warden: Warden) -> None:
    pool = WorkerPool(warden, ECHO, 1)
    pool.call({})
    threading.Timer(0.3, pool.close).start()
    with pytest.raises(WorkerError) as caught:
        pool.call({"do": "sleep", "seconds": 600})
    assert caught.value.code == "killed"
    with pytest.raises(WorkerError):
        pool.call({})
    pool.close()
