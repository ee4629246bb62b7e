"""`assistant watch --install`: what is written, what the service manager is asked, and how it is undone."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path

import pytest

from assistant.cli.service import agent, service, unit_text
from ingest.errors import SetupError
from tests.command import assistant


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library with nothing in it."""
    (tmp_path / "papers").mkdir()
    made = tmp_path / 'my "library" 100% $HOME'
    assert assistant("index", tmp_path / "papers", library=made).code == 0
    return made


def fake_systemctl(folder: Path, code: int) -> Path:
    """A program in the service manager's place that writes down what it is asked."""
    folder.mkdir()
    program = folder / "systemctl"
    program.write_text(f'#!/bin/sh\necho "$@" >> "{folder}/asked"\nexit {code}\n')
    program.chmod(0o755)
    return folder / "asked"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd")
def test_installed_started_and_taken_back(library: Path, tmp_path: Path) -> None:
    asked = fake_systemctl(tmp_path / "bin", 0)
    home = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
    }
    done = assistant("watch", "--install", library=library, **home)
    assert done.code == 0, done.err
    (unit,) = (tmp_path / "config" / "systemd" / "user").iterdir()
    assert str(unit) in done.out
    assert "assistant watch --uninstall" in done.out
    text = unit.read_text()
    assert f'"{tmp_path}/my \\"library\\" 100%% $$HOME"' in text
    assert f'Environment="XDG_CONFIG_HOME={tmp_path}/config"' in text
    assert asked.read_text().split("\n")[:2] == ["--user daemon-reload", f"--user enable --now {unit.name}"]
    assert assistant("watch", "--uninstall", "--json", library=library, **home).rows[0]["event"] == "uninstalled"
    assert not unit.exists()
    assert f"--user disable --now {unit.name}" in asked.read_text()
    assert "not installed" in assistant("watch", "--uninstall", library=library, **home).out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd")
def test_where_no_manager_answers_the_person_is_told_what_to_run(library: Path, tmp_path: Path) -> None:
    fake_systemctl(tmp_path / "bin", 1)
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    done = assistant("watch", "--install", library=library, **home)
    assert done.code == 0
    assert "systemctl --user enable --now" in done.out
    assert (tmp_path / ".config" / "systemd" / "user").is_dir()
    row = assistant("watch", "--install", "--json", library=library, **home).rows[0]
    assert row["started"] is False


def test_without_a_library_or_with_both_options_there_is_an_error(tmp_path: Path) -> None:
    assert assistant("watch", "--install", library=tmp_path / "none").code == 3
    assert assistant("watch", "--install", "--uninstall", library=tmp_path / "none").code == 2


def test_other_libraries_have_a_name_of_their_own_and_other_systems_none(tmp_path: Path) -> None:
    names = {service(tmp_path / "a", True, "linux").path.name, service(tmp_path / "a", False, "linux").path.name}
    assert len(names) == 2
    plist = service(tmp_path / "a", True, "darwin").path
    assert (plist.parent.name, plist.suffix) == ("LaunchAgents", ".plist")
    with pytest.raises(SetupError, match="systemd"):
        service(tmp_path / "a", True, "win32")


def test_the_texts() -> None:
    command = ("/usr/bin/python 3", "-m", "assistant")
    text = unit_text(command, {"NAME": 'a "b" \\'})
    assert 'ExecStart="/usr/bin/python 3" "-m" "assistant"\n' in text
    assert 'Environment="NAME=a \\"b\\" \\\\"\n' in text
    known = plistlib.loads(agent("label", command, {"A": "b"}))
    assert (known["Label"], known["ProgramArguments"], known["RunAtLoad"]) == ("label", list(command), True)
