"""When a changed file is read: soon after one save, later after many, in the end always."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingest.calm import FIRST_SECONDS, LONGEST_SECONDS, OVERDUE_SECONDS, Calmer

PATH = Path("/files/draft.md")


def readings(saves: list[float], until: float, step: float = 0.5) -> list[float]:
    """When a file that is saved at these times is read, looked at every half second."""
    calmer, read, at, left = Calmer(), [], 0.0, sorted(saves)
    while at <= until:
        while left and left[0] <= at:
            calmer.note(PATH, left.pop(0))
        if calmer.take(at):
            read.append(at)
        at += step
    return read


def test_one_save_is_read_when_it_has_calmed() -> None:
    assert readings([1.0], 30) == [1.0 + FIRST_SECONDS]


def test_a_file_written_piece_by_piece_is_one_save() -> None:
    assert readings([n * 0.5 for n in range(60)], 120) == [29.5 + FIRST_SECONDS]


def test_saving_ten_times_a_minute_is_read_when_it_is_over() -> None:
    saves = [n * 6.0 for n in range(30)]
    read = readings(saves, 300)
    assert len(read) == 2, "once after the first save, and once in the end"
    assert read[-1] == saves[-1] + LONGEST_SECONDS


def test_what_is_never_quiet_is_read_now_and_then() -> None:
    read = readings([float(n * 3) for n in range(1000)], 3000)
    assert len(read) == 3000 // OVERDUE_SECONDS - (3000 % OVERDUE_SECONDS == 0) or len(read) >= 4


def test_quiet_time_is_forgotten() -> None:
    calmer = Calmer()
    for at in (0.0, 3.0, 6.0):
        calmer.note(PATH, at)
    assert calmer.due(6.0) == 4 * FIRST_SECONDS
    assert calmer.take(6.0 + 4 * FIRST_SECONDS) == [PATH]
    calmer.note(PATH, 1000.0)
    assert calmer.due(1000.0) == FIRST_SECONDS


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=60))
def test_every_change_is_read_in_the_end_and_never_too_early(halves: list[int]) -> None:
    calmer = Calmer()
    last, unread = 0.0, False
    for at in sorted(half / 2 for half in halves):
        due = calmer.due(at)
        taken = calmer.take(at)
        assert bool(taken) == (unread and due == 0.0)
        unread = unread and not taken
        calmer.note(PATH, at)
        unread, last = True, at
    due = calmer.due(last)
    assert due is not None
    assert due <= LONGEST_SECONDS
    assert calmer.take(last + due) == [PATH]
    assert calmer.due(last + due) is None
