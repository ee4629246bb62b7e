"""What goes on in the background: watch, pause, resume, remove."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import assistant, left_behind


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    (made / "key.txt").write_text("The spare key lies under the blue pot.", encoding="utf-8")
    return made


def test_a_pause_outlives_the_command_and_is_told(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert assistant("index", folder, library=library).code == 0
    assert assistant("pause", library=library).code == 0
    assert "paused" in assistant("status", library=library).out
    assert assistant("resume", library=library).code == 0
    (folder / "gate.txt").write_text("The gate opens with 4711.", encoding="utf-8")
    assert assistant("index", "--json", library=library).rows[-1]["indexed"] == 1


def test_a_removed_folder_is_found_no_more_and_its_files_stay(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assistant("index", folder, library=library)
    unknown = assistant("remove", tmp_path / "other", library=library)
    assert (unknown.code, str(folder) in unknown.err) == (2, True)
    assert assistant("remove", folder, library=library).code == 0
    assert assistant("search", "spare key", "--json", library=library).rows[0]["hits"] == []
    assert (folder / "key.txt").exists()


def test_watch_says_when_it_is_up_to_date_and_ends_with_nothing_left(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assistant("index", folder, library=library)
    mark = f"watch-{os.urandom(6).hex()}"
    with subprocess.Popen(
        [sys.executable, "-m", "assistant", "watch", "--json", "--library", str(library)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "ASSISTANT_TEST_MARK": mark},
    ) as watch:
        assert watch.stdout is not None
        events = []
        while "done" not in events:
            events.append(json.loads(watch.stdout.readline())["event"])
        watch.send_signal(signal.SIGINT)
        assert watch.wait(30) == 130
    assert not left_behind(mark)


def test_status_lists_what_is_passed_over_and_what_is_offline(folder: Path, tmp_path: Path) -> None:
    library, settings = tmp_path / "library", tmp_path / "config.toml"
    settings.write_text('[folders]\nalso_ignore = ["/drafts", "!notes.tmp"]\n')
    (folder / "drafts").mkdir()
    (folder / "drafts" / "a.txt").write_text("A draft.")
    (folder / "notes.tmp").write_text("The notes lie in the drawer.")
    (folder / "old.tmp").write_text("An old file.")
    environment = {"ASSISTANT_CONFIG": str(settings)}
    assert assistant("index", folder, "--json", library=library, **environment).rows[-1]["indexed"] == 2
    row = assistant("status", "--ignored", "--json", library=library, **environment).rows[0]
    assert row["ignored"] == [
        {"path": str(folder / "drafts"), "why": "/drafts"},
        {"path": str(folder / "old.tmp"), "why": "*.tmp"},
    ]
    assert row["folders"] == [{"path": str(folder), "documents": 2, "watching": False, "offline": False}]
    assert f"{folder / 'drafts'}: /drafts" in assistant("status", "--ignored", library=library, **environment).out
    folder.rename(tmp_path / "unplugged")
    assert assistant("index", library=library, **environment).code == 1
    assert assistant("status", "--json", library=library, **environment).rows[0]["folders"][0]["offline"] is True
    assert "offline" in assistant("status", library=library, **environment).out
    assert assistant("search", "notes drawer", "--json", library=library, **environment).rows[0]["hits"]
