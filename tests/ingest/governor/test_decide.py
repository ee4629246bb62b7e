"""The pace for a moment: pure, so every rule is a row."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import UsageError
from ingest.governor.decide import Policy, decide
from ingest.governor.signals import Signals

POLICY = Policy(on_battery="trickle", low_battery_percent=30, quiet_hours="", input_seconds=60, min_free_gb=1.0)
CALM = Signals(cores=4, other_load=0.1, memory_available=8 << 30, memory_total=16 << 30, disk_free=100 << 30)


@pytest.mark.parametrize(
    ("change", "level", "reason"),
    [
        ({}, "full", "nothing else"),
        ({"answering": True}, "paused", "question"),
        ({"paused_by_person": True}, "paused", "by you"),
        ({"paused_by_person": True, "answering": True}, "paused", "by you"),
        ({"disk_free": 10_000_000}, "paused", "disk"),
        ({"memory_available": 1 << 30}, "paused", "memory"),
        ({"memory_pressure": 30.0}, "paused", "memory"),
        ({"on_battery": True, "battery_percent": 80.0}, "trickle", "battery"),
        ({"on_battery": True, "battery_percent": 20.0}, "paused", "battery is low"),
        ({"on_battery": False, "battery_percent": 20.0}, "full", "nothing else"),
        ({"swapping": 50e6}, "paused", "swapping"),
        ({"swapping": 4096.0}, "full", "nothing else"),
        ({"saving_power": True}, "trickle", "saves power"),
        ({"hot": True}, "trickle", "hot"),
        ({"other_load": 3.0}, "considerate", "other programs"),
        ({"seconds_since_input": 5.0}, "considerate", "keyboard"),
        ({"seconds_since_input": 500.0}, "full", "nothing else"),
        ({"seconds_since_input": 500.0, "watched": True}, "considerate", "watches"),
    ],
)
def test_each_signal_has_its_pace_and_reason(change: dict[str, object], level: str, reason: str) -> None:
    pace = decide(dataclasses.replace(CALM, **change), POLICY)  # type: ignore[arg-type]  # rows of fields
    assert pace.level == level
    assert reason in pace.reason


@pytest.mark.parametrize(
    ("minute", "level"), [(23 * 60, "paused"), (60, "paused"), (12 * 60, "full"), (7 * 60, "full")]
)
def test_quiet_hours_pass_midnight(minute: int, level: str) -> None:
    policy = dataclasses.replace(POLICY, quiet_hours="22:00-07:00")
    assert decide(dataclasses.replace(CALM, minute_of_day=minute), policy).level == level


@pytest.mark.parametrize(
    "section", [{"on_battery": "sleep"}, {"quiet_hours": "late"}, {"quiet_hours": "25:00-26:00"}, {"priority": "high"}]
)
def test_a_policy_that_means_nothing_is_refused(section: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="pace"):
        Policy.from_section(dataclasses.asdict(POLICY) | section)


@given(
    st.builds(
        Signals,
        answering=st.booleans(),
        paused_by_person=st.booleans(),
        cores=st.integers(1, 64),
        other_load=st.none() | st.floats(0, 64),
        memory_available=st.none() | st.integers(0, 1 << 40),
        memory_total=st.none() | st.integers(1, 1 << 40),
        on_battery=st.none() | st.booleans(),
        battery_percent=st.none() | st.floats(0, 100),
        swapping=st.none() | st.floats(0, 1e10),
        saving_power=st.booleans(),
        hot=st.booleans(),
        seconds_since_input=st.none() | st.floats(0, 1e6),
        disk_free=st.none() | st.integers(0, 1 << 45),
        minute_of_day=st.integers(0, 1439),
    )
)
def test_every_moment_has_a_pace_and_a_reason(signals: Signals) -> None:
    pace = decide(signals, POLICY)
    assert pace.reason
    assert (pace.duty == 0) == (pace.level == "paused")
    if signals.answering or signals.paused_by_person:
        assert pace.level == "paused"
