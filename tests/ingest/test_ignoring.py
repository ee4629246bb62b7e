"""Ignore rules: what each kind of pattern means, held against git itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ignoring import Ignoring


@pytest.mark.parametrize(
    ("patterns", "ignored", "kept"),
    [
        (["*.tmp"], ["a.tmp", "x/b.tmp"], ["a.tmpx", "tmp"]),
        (["/top.md"], ["top.md"], ["sub/top.md"]),
        (["a/b.md"], ["a/b.md"], ["x/a/b.md", "b.md"]),
        (["**/b.md"], ["b.md", "x/y/b.md"], ["xb.md"]),
        (["a/**/b.md"], ["a/b.md", "a/x/b.md", "a/x/y/b.md"], ["b.md", "a/xb.md"]),
        (["logs/**"], ["logs/a", "logs/x/y"], ["logs"]),
        (["*.md", "!keep.md"], ["a.md"], ["keep.md", "x/keep.md"]),
        (["!keep.md", "*.md"], ["keep.md"], []),
        (["build/"], [], ["build"]),
        (["# nothing", "", "  "], [], ["# nothing"]),
        ([r"\#a", r"\!b", r"c\ "], ["#a", "!b", "c "], ["c"]),
        (["[ab]?.md", "[!x]y"], ["a1.md", "zy"], ["c1.md", "xy", "/y"]),
        (["x[", "[z-a]"], [], ["x[", "z"]),
        (["~$*", "$RECYCLE.BIN"], ["~$letter.docx", "$RECYCLE.BIN"], ["letter~$"]),
    ],
)
def test_patterns(patterns: list[str], ignored: list[str], kept: list[str]) -> None:
    rules = Ignoring(patterns)
    assert [way for way in ignored if rules.pattern(way.rpartition("/")[2], way, False) is None] == []
    assert [way for way in kept if rules.pattern(way.rpartition("/")[2], way, False) is not None] == []


def test_a_pattern_for_folders_and_the_rule_that_decided() -> None:
    rules = Ignoring(["build/", "*.md", "!a.md"])
    assert rules.pattern("build", "build", True) == "build/"
    assert rules.pattern("b.md", "b.md", False) == "*.md"
    assert not rules.needs_ways
    assert Ignoring(["/a"]).needs_ways


names = st.sampled_from(["a", "b", "ab", "a.md", "b.md", "ab.md", "x-y", "aXb"])
ways = st.lists(names, min_size=1, max_size=4).map("/".join)
atoms = st.sampled_from(["a", "b", "*", "?", "**", "[ab]", "[!a]", ".md", "X", "*.md"])
bodies = st.lists(st.lists(atoms, min_size=1, max_size=3).map("".join), min_size=1, max_size=4).map("/".join)
lines = st.tuples(st.sampled_from(["", "!"]), st.sampled_from(["", "/"]), bodies, st.sampled_from(["", "/"])).map(
    "".join
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path_factory.mktemp("rules")
    subprocess.run(["git", "init", "-q", folder], check=True, capture_output=True)
    return folder


@settings(max_examples=40, deadline=None)
@given(patterns=st.lists(lines, min_size=1, max_size=4), asked=st.lists(ways, min_size=1, max_size=30, unique=True))
def test_git_agrees(repository: Path, patterns: list[str], asked: list[str]) -> None:
    (repository / ".gitignore").write_text("".join(f"{line}\n" for line in patterns))
    run = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        input="\n".join(asked),
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    rules = Ignoring(patterns)
    assert {way for way in asked if _is_ignored(rules, way)} == set(run.stdout.split("\n")) - {""}, patterns


def _is_ignored(rules: Ignoring, way: str) -> bool:
    """As a walk finds out: an ignored folder hides what lies in it."""
    parts = way.split("/")
    for depth in range(1, len(parts) + 1):
        name, is_folder = parts[depth - 1], depth < len(parts)
        if rules.pattern(name, "/".join(parts[:depth]), is_folder) is not None:
            return True
    return False
