from __future__ import annotations

from pathlib import Path

from assistant.tui.activity import Activity
from ingest.records import Done, Failed, Indexed, Paused, Reading, Started

FILE = Path("/archive/report.pdf")


def test_a_run_shows_what_is_read_and_how_long_it_takes() -> None:
    activity = Activity()
    activity.hear(Started(40), 0.0)
    activity.hear(Reading(FILE, 3, 20, 0, 40), 1.0)
    assert activity.line(1.0) == "Indexing 0 of 40 · report.pdf p. 3/20"
    activity.hear(Reading(FILE, 1, None, 10, 40), 10.0)
    assert activity.left(10.0) == 30.0
    assert "about 30 s left" in activity.line(10.0)
    assert activity.fraction() == 0.25


def test_the_pace_is_that_of_the_last_minute() -> None:
    activity = Activity()
    activity.hear(Started(1000), 0.0)
    for second in range(1, 200):
        activity.hear(
            Reading(FILE, 1, None, second if second < 100 else 100 + (second - 100) // 10, 1000), float(second)
        )
    left = activity.left(199.0)
    assert left is not None
    assert left > 5000, "the slow minute counts, not the quick ones before it"


def test_a_pause_says_why_and_what_waits() -> None:
    activity = Activity()
    activity.learn({"documents": 3, "state": "paused", "reason": "on battery", "pending": 2})
    assert activity.line(0.0) == "Indexing paused: on battery · 2 files waiting · 3 documents"
    activity.hear(Paused("a question is being answered"), 1.0)
    assert "a question is being answered" in activity.line(1.0)


def test_counts_grow_and_the_end_is_ready() -> None:
    activity = Activity()
    activity.learn({"documents": 0, "state": "idle"})
    assert activity.empty
    activity.hear(Started(2), 0.0)
    activity.hear(Indexed(FILE, None, 3, 9), 1.0)
    activity.hear(Failed(FILE, None, "damaged", "no", "save it again"), 2.0)
    activity.hear(Done(1, 0, 0, 1, 0, 9, 2.0), 2.0)
    assert activity.line(2.0) == "Ready · 1 document · 1 not readable"
    assert activity.fraction() is None


def test_nothing_is_claimed_before_anything_is_known() -> None:
    assert Activity().line(0.0) == "Ready"
    assert not Activity().empty
