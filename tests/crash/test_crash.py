"""Whatever is killed at whatever moment: the library ends as one that was never disturbed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash import documents, trial


def attempt(folder: Path, count: int, kills: int, seed: int) -> trial.Outcome:
    documents.make(folder / "documents", count)
    trial.build(folder / "documents", folder / "reference")
    return trial.run(folder / "documents", folder / "reference", folder / "disturbed", kills, seed, lambda _: None)


def test_no_two_documents_are_alike(tmp_path: Path) -> None:
    documents.make(tmp_path, 22)
    files = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len({path.read_bytes() for path in files}) == 22
    assert {path.suffix for path in files} == {".md", ".pdf", ".txt", ".docx", ".html", ".eml", ".png"}


@pytest.mark.timeout(600)
def test_a_few_kills_change_nothing(tmp_path: Path, models_folder: Path) -> None:
    assert models_folder
    outcome = attempt(tmp_path, 4, 2, seed=1)
    assert outcome.problems == []
    assert outcome.kills.total() == 2


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_many_kills_change_nothing(tmp_path: Path, models_folder: Path) -> None:
    assert models_folder
    outcome = attempt(tmp_path, 300, 200, seed=2)
    assert outcome.problems == []
    assert outcome.kills.total() == 200
    assert outcome.completed
