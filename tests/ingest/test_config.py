"""Configuration: the schema is the packaged file, a person's file overrides single keys, mistakes are named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ingest import config
from ingest.errors import UsageError


def _written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_are_in_force() -> None:
    loaded = config.load()
    assert loaded.values == tomllib.loads(config.schema_text())
    assert loaded.origins == {}


def test_one_key_overrides_and_names_its_origin(tmp_path: Path) -> None:
    path = _written(tmp_path, "[reading]\nocr_dpi = 200\n")
    loaded = config.load(path)
    assert loaded.section("reading")["ocr_dpi"] == 200
    assert loaded.section("reading")["ocr"] is True
    assert loaded.origins == {("reading", "ocr_dpi"): str(path)}


def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(tmp_path, "[search]\nlimit = 3\n")
    monkeypatch.setenv("ASSISTANT_CONFIG", str(path))
    assert config.load().section("search")["limit"] == 3


def test_environment_variables_override_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(tmp_path, '[library]\nfolder = "/elsewhere"\n[model]\nname = "big"\n')
    monkeypatch.setenv("ASSISTANT_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("ASSISTANT_MODEL", "none")
    loaded = config.load(path)
    assert loaded.library == tmp_path / "library"
    assert loaded.section("model")["name"] == "none"
    assert loaded.origins["model", "name"] == "$ASSISTANT_MODEL"


@pytest.mark.parametrize(
    ("text", "named", "hint"),
    [
        ("[reading]\nocr_dip = 200\n", "reading.ocr_dip", "reading.ocr_dpi"),
        ("[raeding]\nocr_dpi = 200\n", "raeding", "reading"),
        ("[reading]\nxyzzy = 1\n", "reading.xyzzy", "reading."),
        ('[reading]\nocr_dpi = "200"\n', "reading.ocr_dpi", "a whole number"),
        ("[reading]\nocr = 1\n", "reading.ocr", "true or false"),
        ("[reading]\nocr_dpi = true\n", "reading.ocr_dpi", "a whole number"),
        ('[folders]\nignore = [1, "x"]\n', "folders.ignore", "a list of texts"),
        ("reading = 3\n", "reading", "[reading]"),
        ("[reading\n", "line 1", "assistant config"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_a_remedy(tmp_path: Path, text: str, named: str, hint: str) -> None:
    path = _written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        config.load(path)
    assert str(path) in caught.value.message
    assert named in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


def test_a_whole_number_is_taken_for_a_fraction(tmp_path: Path) -> None:
    value = config.load(_written(tmp_path, "[answer]\nthreshold = 1\n")).section("answer")["threshold"]
    assert value == 1.0
    assert isinstance(value, float)


@pytest.mark.parametrize("content", [b'[model]\nname = "\xff\xfe"\n', b"\x00\x01"])
def test_a_file_that_is_no_text_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=re.escape(str(path))):
        config.load(path)


def test_a_named_file_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no such"):
        config.load(tmp_path / "missing.toml")
    monkeypatch.setenv("ASSISTANT_CONFIG", str(tmp_path / "missing.toml"))
    with pytest.raises(UsageError, match="no such"):
        config.load()


def test_a_folder_in_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        config.load(tmp_path)


def test_an_option_overrides_without_changing_what_it_was_made_from() -> None:
    loaded = config.load()
    changed = loaded.override("model", "name", "none", "--model")
    assert changed.section("model")["name"] == "none"
    assert changed.origins["model", "name"] == "--model"
    assert loaded.section("model")["name"] != "none"
    with pytest.raises(UsageError, match="--limit"):
        loaded.override("search", "limit", "many", "--limit")


def test_the_library_lies_in_the_data_folder_and_a_tilde_is_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = config.load()
    assert loaded.library == config.data_folder() / "library"
    monkeypatch.setenv("HOME", "/somebody")
    assert loaded.override("library", "folder", "~/papers", "--library").library == Path("/somebody/papers")


def test_every_setting_has_a_sentence_directly_above() -> None:
    lines = config.schema_text().splitlines()
    settings = [number for number, line in enumerate(lines) if re.match(r"\w+ = ", line)]
    assert len(settings) == sum(len(section) for section in config.load().values.values())
    for number in settings:
        above = lines[number - 1]
        assert above.startswith("# "), lines[number]
        assert above.endswith("."), above
