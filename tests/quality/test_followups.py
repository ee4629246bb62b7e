"""Follow-up questions over `sample_docs/` are answered about as often as questions that stand alone."""

from pathlib import Path

import pytest

from tests.quality import followups, run
from tests.quality.sets import sample_set

RIGHT = 0.6
"""Share of follow-ups that must be answered."""


@pytest.mark.long
def test_most_follow_ups_are_answered(tmp_path: Path) -> None:
    run.index(sample_set(Path(__file__).parents[2] / "sample_docs").indexed, tmp_path / "library")
    found = [one for one in followups.turns(tmp_path / "library") if not one.first]
    assert sum(one.right for one in found) >= RIGHT * len(found)
