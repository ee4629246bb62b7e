from __future__ import annotations

import os

from assistant import hardware


def test_what_is_seen_is_possible() -> None:
    seen = hardware.look()
    assert 1 <= seen.cores <= seen.threads <= (os.cpu_count() or 1)
    assert 0 < seen.available <= seen.memory
    assert set(seen.flags) <= set(hardware.INTERESTING_FLAGS)
    assert seen.system


def test_a_process_kept_to_one_processor_counts_one() -> None:
    if not hasattr(os, "sched_setaffinity"):
        return
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert hardware.cores() == 1
    finally:
        os.sched_setaffinity(0, before)
