"""Settings written into the person's own file, models switched, and the activity's measurements."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.tui import choices
from assistant.tui.app import AssistantApp
from assistant.tui.local import LocalDesk
from assistant.tui.measured import Measured
from assistant.tui.usage import usage
from ingest import config
from ingest.errors import SetupError, UsageError
from tests.assistant.tui.hand import HandDesk
from tests.assistant.tui.seen import LARGE, SMALL, shown, until

OWN = """# my settings
[answer]
passages = 7  # more than usual

# nothing else
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(OWN)
    monkeypatch.setenv("ASSISTANT_CONFIG", str(path))
    return path


def test_a_setting_is_written_with_all_comments_kept(own: Path) -> None:
    choices.write(config.load(), "answer", "passages", "3")
    choices.write(config.load(), "pace", "quiet_hours", "22:00-07:00")
    choices.write(config.load(), "folders", "also_ignore", '["a", "b\\"c"]')
    text = own.read_text()
    assert "# my settings" in text
    assert "passages = 3  # more than usual" in text
    now = config.load()
    assert now.section("pace")["quiet_hours"] == "22:00-07:00"
    assert now.section("folders")["also_ignore"] == ["a", 'b"c']
    choices.write(now, "answer", "passages", None)
    assert config.load().section("answer")["passages"] == 5
    assert "# my settings" in own.read_text()


def test_nothing_is_written_that_is_no_value(own: Path) -> None:
    for typed in ("many", "1.5", '"3"'):
        with pytest.raises(UsageError):
            choices.write(config.load(), "answer", "passages", typed)
    assert own.read_text() == OWN


def test_every_setting_is_explained(own: Path) -> None:
    found = choices.settings(config.load())
    assert all(setting.meaning for setting in found)
    assert {setting.name: setting.origin for setting in found}["answer.passages"] == str(own)
    for setting in found:
        choices.changed(config.load(), setting.section, setting.key, choices.shown(setting.value))


def test_the_models_that_are_here_can_be_chosen(own: Path, tmp_path: Path) -> None:
    beside = tmp_path / "other.gguf"
    beside.write_bytes(b"GGUF")
    choices.write(config.load(), "model", "name", str(tmp_path / "mine.gguf"))
    found = choices.models(config.load())
    assert {"smollm2-135m-instruct", str(beside), "none"} <= {model.name for model in found}
    assert [model.name for model in found if model.in_use] == [str(tmp_path / "mine.gguf")]
    desk = LocalDesk(config.load().override("library", "folder", str(tmp_path / "library"), "test"))
    try:
        with pytest.raises(SetupError):
            desk.change("model", "name", "/nowhere/model.gguf")
        assert "nowhere" not in own.read_text(), "what cannot be used is not written down"
        assert desk.change("model", "name", "none") is None
    finally:
        desk.close()
    assert config.load().section("model")["name"] == "none"


async def test_a_model_is_switched_and_a_setting_changed_in_place() -> None:
    desk = HandDesk()
    async with AssistantApp(desk).run_test(size=LARGE, notifications=True) as pilot:
        await until(pilot, lambda: "15 documents" in shown(pilot))
        await pilot.press("f5")
        await until(pilot, lambda: "● smollm2-135m-instruct" in shown(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "● none" in shown(pilot))
        await pilot.press("slash", *"threshold", "enter")
        await until(pilot, lambda: "0 answers always" in shown(pilot))
        await pilot.press("ctrl+u", *"0.5", "enter")
        await until(pilot, lambda: desk.config.section("answer")["threshold"] == 0.5)
        await until(pilot, lambda: "is written down" in shown(pilot))


def test_measurements_are_paces_between_two_looks() -> None:
    measured = Measured()
    measured.look({"memory": 300_000_000, "cpu": 10.0, "processes": 3}, 5, 100.0)
    measured.look({"memory": 310_000_000, "cpu": 12.0, "processes": 3}, 9, 102.0)
    measured.look({}, 9, 103.0)
    assert list(measured.memory) == [300.0, 310.0, 0.0]
    assert list(measured.cpu) == [1.0, 0.0]
    assert list(measured.pages) == [120.0, 0.0]


def test_usage_counts_a_living_process_and_nothing_of_a_dead_one() -> None:
    import os

    seen = usage(os.getpid())
    assert seen["memory"] > 1_000_000
    assert seen["processes"] >= 1
    assert usage(2**22 - 1) == {}


async def test_activity_says_what_is_done_and_one_key_pauses() -> None:
    status = {"documents": 7, "passages": 90, "state": "indexing", "reason": "someone is at the keyboard", "pending": 3}
    async with AssistantApp(HandDesk(status=status)).run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "someone is at the keyboard" in shown(pilot))
        await pilot.press("f3")
        await until(pilot, lambda: "7 documents in 90 passages" in shown(pilot) and "312.0 MB" in shown(pilot))
        await until(pilot, lambda: "because       someone is at the keyboard" in shown(pilot))
        await pilot.press("space")
        await until(pilot, lambda: "paused: space lets it go on" in shown(pilot))
