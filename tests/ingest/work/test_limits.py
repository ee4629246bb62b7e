"""The judge of a worker's use, and what is measured of a real group."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from hypothesis import given
from hypothesis import strategies as st

from ingest.work.limits import LONGEST_INTERVAL, Judge, Limits
from ingest.work.usage import NOTHING, Usage, measure

HANGING = Usage(1.0, 0, stopped=False, runnable=False)
BUSY = Usage(1.0, 0, stopped=False, runnable=True)
STOPPED = Usage(1.0, 0, stopped=True, runnable=False)


def stalled_after(usage: Usage, looks: int) -> float:
    judge = Judge(Limits(stalled_seconds=10))
    return next((now / 2 for now in range(looks) if judge.look(usage, now / 2)), -1.0)


def test_who_hangs_is_found() -> None:
    assert stalled_after(HANGING, 1000) == 10.5


def test_who_is_stopped_or_waits_for_a_processor_does_not_hang() -> None:
    assert stalled_after(STOPPED, 1000) == -1
    assert stalled_after(BUSY, 1000) == -1


def test_processor_time_counts_from_the_last_progress() -> None:
    judge = Judge(Limits(cpu_seconds=5))
    assert judge.look(Usage(100, 0, False, True), 0) is None
    assert judge.look(Usage(104, 0, False, True), 1) is None
    judge.progress()
    assert judge.look(Usage(108, 0, False, True), 2) is None
    assert judge.look(Usage(112, 0, False, True), 3) is None
    breach = judge.look(Usage(114, 0, False, True), 4)
    assert breach is not None
    assert breach.code == "timeout"


def test_time_of_a_vanished_member_is_kept() -> None:
    judge = Judge(Limits(cpu_seconds=5))
    looks = [judge.look(Usage(cpu, 0, False, True), 0) for cpu in (0, 4, 1, 3)]
    assert [look is None for look in looks] == [True, True, True, False]


def test_a_watcher_that_was_asleep_blames_nobody() -> None:
    judge = Judge(Limits(stalled_seconds=2 * LONGEST_INTERVAL + 1))
    assert [judge.look(HANGING, now) for now in (0.0, 10_000.0, 20_000.0)] == [None] * 3


@given(st.integers(0, 10**10), st.integers(1, 4096))
def test_memory(held: int, cap: int) -> None:
    breach = Judge(Limits(memory_mb=cap)).memory(Usage(0, held, False, False))
    assert (breach is not None) == (held >> 20 > cap)
    assert Judge(Limits()).memory(Usage(0, held, False, False)) is None


def test_a_real_group() -> None:
    child = "import subprocess, sys; x = bytearray(50 << 20)\nwhile True: pass"
    leader = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"],
        process_group=0,
    )
    try:
        until = time.monotonic() + 30
        while (usage := measure(leader.pid)).cpu_seconds < 0.3 or usage.resident_bytes < 60 << 20:
            assert time.monotonic() < until, usage
            time.sleep(0.05)
        assert usage.runnable
        assert not usage.stopped
        os.killpg(leader.pid, signal.SIGSTOP)
        while not (stopped := measure(leader.pid)).stopped or stopped.runnable:
            assert time.monotonic() < until, stopped
            time.sleep(0.05)
        assert measure(leader.pid).cpu_seconds == measure(leader.pid).cpu_seconds
    finally:
        os.killpg(leader.pid, signal.SIGKILL)
        leader.wait()
    while measure(leader.pid) != NOTHING:
        assert time.monotonic() < until
        time.sleep(0.05)
