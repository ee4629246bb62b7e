"""What the documentation says is so: targets, links, commands, settings and codes exist."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest

from ingest import config, errors

REPOSITORY = Path(__file__).parents[1]
PAGES = [REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (REPOSITORY / "docs").glob("*.md")
)
REFERENCE = (REPOSITORY / "docs" / "command-line.md").read_text(encoding="utf-8")
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _help(*words: str) -> str:
    command = [str(Path(sys.executable).with_name("assistant")), *words, "--help"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _documented_commands() -> list[str]:
    return re.findall(r"^## assistant (\w+)", REFERENCE, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_links_lead_somewhere_and_targets_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
        assert (page.parent / unquote(link)).exists(), link
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", text)) <= targets


def test_every_documented_command_exists_with_its_json() -> None:
    commands = _documented_commands()
    assert {"extract", "index", "search", "ask", "status"} <= set(commands)
    for command in re.findall(r"^## assistant (\w+).*--json", REFERENCE, re.MULTILINE):
        assert "--json" in _help(command), command


def test_every_command_is_documented() -> None:
    listed = re.findall(r"^[│|]?\s*(\w+)\s{2,}\S", _help().split("Commands", 1)[1], re.MULTILINE)
    assert listed
    assert set(listed) <= set(_documented_commands())


def test_codes_of_documents_and_exits_are_those_of_the_program() -> None:
    listed = re.search(r"Error codes are a closed list: ([a-z_,\s]+)\.", REFERENCE)
    assert listed
    assert set(re.split(r",\s*", listed[1].strip())) == errors.DOCUMENT_ERROR_CODES
    for kind in (errors.UsageError, errors.SetupError, errors.LibraryError):
        assert f"| {kind.exit_code} |" in REFERENCE


def test_settings_named_in_the_documentation_exist() -> None:
    values = config.load().values
    for page in PAGES:
        for section, key in re.findall(r"`\[(\w+)\] (\w+)", page.read_text(encoding="utf-8")):
            assert key in values[section], f"{page.name}: [{section}] {key}"


def test_the_version_has_its_section_in_the_changelog() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {PROJECT['version']}" in changelog


def test_constraints_hold_for_every_machine_and_meet_the_requirements() -> None:
    from packaging.requirements import Requirement  # a library of pip's world, not of the program
    from packaging.utils import canonicalize_name

    lines = [
        line for line in (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[0] != "#"
    ]
    pinned = dict(line.split("==") for line in lines)
    assert all("+" not in version and "@" not in version for version in pinned.values())
    for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]:
        requirement = Requirement(line)
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier, line
