"""The gate: reasons, waiting, cancelling."""

from __future__ import annotations

import threading
import time

from ingest.gate import Gate


def test_opens_only_when_the_last_reason_is_gone() -> None:
    changes: list[bool] = []
    gate = Gate(changes.append)
    gate.shut("a", "first")
    gate.shut("b", "second")
    gate.shut("a", "first")
    assert gate.reason == "first"
    gate.open("a")
    assert gate.reason == "second"
    gate.open("stranger")
    gate.open("b")
    gate.open("b")
    assert gate.reason == ""
    assert changes == [False, True]


def test_who_waits_is_told_why_and_goes_on_when_it_opens() -> None:
    gate = Gate(lambda _: None)
    gate.shut("a", "because")
    told: list[str] = []
    passed = threading.Event()

    def pass_gate() -> None:
        if gate.wait(lambda: False, told.append):
            passed.set()

    threading.Thread(target=pass_gate, daemon=True).start()
    assert not passed.wait(0.3)
    gate.open("a")
    assert passed.wait(5)
    assert told == ["because"]


def test_waiting_ends_when_cancelled() -> None:
    gate = Gate(lambda _: None)
    gate.shut("a", "because")
    cancelled = threading.Event()
    threading.Timer(0.1, cancelled.set).start()
    began = time.monotonic()
    assert not gate.wait(cancelled.is_set)
    assert time.monotonic() - began < 5
