"""`assistant status --stats`: what it has cost, as JSON and for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.cli.stats import bars
from tests.command import assistant


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stats")
    (folder / "notes").mkdir()
    (folder / "notes" / "rent.md").write_text("# Rent\n\nThe rent of the flat is 870 euros a month.\n")
    assert assistant("index", folder / "notes", library=folder / "library").code == 0
    return folder / "library"


def test_what_indexing_cost_is_there_after_the_owner_has_ended(library: Path) -> None:
    [row] = assistant("status", "--stats", "--json", library=library).rows
    stats = row["stats"]
    assert (stats["indexing"]["documents"], stats["indexing"]["passages"]) == (1, 1)
    assert set(stats["indexing"]["processor_seconds"]) <= {
        *("reading", "recognising", "embedding", "indexing", "keeping", "others")
    }
    assert stats["answering"] == {
        "texts": 0,
        "first_token": None,
        "tokens_per_second": None,
        "prompt_tokens": 0,
        "cached_tokens": 0,
        "generated_tokens": 0,
        "latest": [],
    }
    assert [day["documents"] for day in stats["days"]] == [1]
    assert "stats" not in assistant("status", "--json", library=library).rows[0]


def test_a_person_sees_it_in_words(library: Path) -> None:
    shown = assistant("status", "--stats", library=library).out
    for part in ("1 documents", "energy", "pace of indexing", "pages a day"):
        assert part in shown


def test_bars_are_as_high_as_their_values() -> None:
    assert bars([0.0, 0.5, 1.0]) == "▁▅█"
    assert bars([]) == ""
    assert bars([0.0]) == "▁"
