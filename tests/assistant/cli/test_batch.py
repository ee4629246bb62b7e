"""JSON lines in."""

from pathlib import Path

import pytest

from assistant.cli.batch import requests
from ingest.errors import UsageError


def read(folder: Path, *lines: str, field: str = "question") -> list[object]:
    file = folder / "batch.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return list(requests(str(file), field))


def test_lines_become_requests_in_order(tmp_path: Path) -> None:
    first, second = requests_of(
        tmp_path, '{"id": 1, "question": "Who?"}', "", '{"id": "b", "question": "Why?", "path": "/x"}'
    )
    assert (first.id, first.text, first.within, first.error) == (1, "Who?", None, None)
    assert (second.id, second.within) == ("b", Path("/x"))


def requests_of(folder: Path, *lines: str) -> list:  # type: ignore[type-arg]
    return read(folder, *lines)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("not json", None),
        ("[1]", None),
        ('{"id": 7}', 7),
        ('{"id": 7, "question": ""}', 7),
        ('{"id": 7, "question": 3}', 7),
        ('{"id": 7, "question": "x", "path": 3}', 7),
        ("[" * 100_000, None),
    ],
)
def test_a_bad_line_keeps_its_id_and_says_what_is_wrong(tmp_path: Path, line: str, name: object) -> None:
    bad, good = requests_of(tmp_path, line, '{"id": 8, "question": "Still asked?"}')
    assert bad.id == name
    assert "line 1" in bad.error.message
    assert good.error is None


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.jsonl"):
        list(requests(str(tmp_path / "nowhere.jsonl"), "question"))
