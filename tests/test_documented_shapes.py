"""The JSON of the commands has the fields that docs/command-line.md names, at every level.

The shapes are read out of the page itself, so that neither can change without the other.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

REFERENCE = (Path(__file__).parents[1] / "docs" / "command-line.md").read_text(encoding="utf-8")
COMMAND = str(Path(sys.executable).with_name("assistant"))

Shape = Mapping[str, "Shape | None"]
"""Field names of an object; below a field the shape of its objects, None where it has none."""

_TOKEN = re.compile(r'"(\w+)"|[{}\[\],:]')
OPTIONAL = {"metadata"}
"""Objects of which the page says that fields are present where the format has them."""


def _shape(tokens: Iterator[re.Match[str]]) -> Shape:
    """The shape of an object whose opening brace was read."""
    fields: dict[str, Shape | None] = {}
    name, is_value, lists = "", False, 0
    for token in tokens:
        text = token[0]
        if text == "}" and lists == 0:
            return fields
        if text == "{":
            fields[name] = _shape(tokens)
        elif text in "[]":
            lists += 1 if text == "[" else -1
        elif text == ":":
            is_value = True
        elif text == "," and lists == 0:
            is_value = False
        elif token[1] and not is_value and lists == 0:
            name = token[1]
            fields[name] = None
    raise AssertionError("an object is not closed")


def _documented(command: str) -> list[Shape]:
    """The objects in the blocks of a command's section, and those in its text."""
    section = re.split(rf"^## assistant {command}\b.*$", REFERENCE, maxsplit=1, flags=re.MULTILINE)[1]
    section = section.split("\n## ", 1)[0]
    objects = re.findall(r"^```\n(.*?)^```$", section, re.MULTILINE | re.DOTALL) + re.findall(
        r"`(\{.*?\})`", section, re.DOTALL
    )
    shapes = []
    for text in objects:
        tokens = _TOKEN.finditer(text)
        assert next(tokens)[0] == "{"
        shapes.append(_shape(tokens))
    return shapes


def _check(value: Any, shape: Shape, where: str) -> None:
    assert isinstance(value, dict), where
    if where.rsplit(".", 1)[-1] in OPTIONAL:
        assert set(value) <= set(shape), where
        return
    assert set(value) == set(shape), where
    for name, inner in shape.items():
        if inner is not None:
            items = value[name] if isinstance(value[name], list) else [value[name]]
            for item in (item for item in items if item is not None):
                _check(item, inner, f"{where}.{name}")


def test_the_reader_of_shapes_reads_shapes() -> None:
    tokens = _TOKEN.finditer('{"a": "x"|"y", "b": [{"c", "d": null|{"e"}}], "f": [1, …], "g"}')
    next(tokens)
    assert _shape(tokens) == {"a": None, "b": {"c": None, "d": {"e": None}}, "f": None, "g": None}
    with pytest.raises(AssertionError):
        _check({"a": 1}, {"a": None, "b": None}, "x")
    with pytest.raises(AssertionError):
        _check({"a": [{"b": 1}]}, {"a": {"c": None}}, "x")


class Archive:
    """A few documents, their library, and the command."""

    def __init__(self, folder: Path) -> None:
        self.papers = folder / "papers"
        self.papers.mkdir()
        self.library = folder / "library"
        self.indexed: list[dict[str, Any]] = []
        (self.papers / "lamp.md").write_text(
            "# Lamp\n\nThe blue lamp was bought in Orrin for 48 euros.\n", encoding="utf-8"
        )
        (self.papers / "cafe\u0301.txt").write_text("The cafe\u0301 opens at nine on Sundays.\n", encoding="utf-8")
        (self.papers / "mail.eml").write_text(
            "From: a@a.example\nTo: b@b.example\nSubject: Ladder\n\nThe ladder stands in the cellar.\n",
            encoding="utf-8",
        )
        (self.papers / "photo.xyz").write_bytes(bytes(range(256)))
        Path(os.fsdecode(os.fsencode(self.papers) + b"/stra\xdfe.txt")).write_text(
            "The road is closed in May.\n", encoding="utf-8"
        )

    def run(self, *arguments: str, given: str = "") -> list[dict[str, Any]]:
        """The JSON lines of a command, whose standard output must hold nothing else."""
        done = subprocess.run(
            [COMMAND, *arguments, "--json", "--library", str(self.library)],
            input=given.encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
        assert b"Traceback" not in done.stderr
        return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]

    def batch(self, command: str, *rows: object) -> list[dict[str, Any]]:
        """The answers to a batch on standard input."""
        return self.run(command, "--batch", "-", given="\n".join(map(json.dumps, rows)))


QUOTES = ("--model", "none")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    made = Archive(tmp_path_factory.mktemp("contract"))
    made.indexed = made.run("index", str(made.papers))
    return made


def test_index_ends_with_done_and_names_what_it_skipped(archive: Archive) -> None:
    rows = archive.indexed
    done, failed = _documented("index")[:2]
    _check(rows[-1], done, "done")
    assert (rows[-1]["indexed"], rows[-1]["skipped"], rows[-1]["failed"]) == (4, 1, 0)
    (skipped,) = [row for row in rows if row["event"] == "skipped"]
    _check(skipped, failed, "skipped")
    assert skipped["error"]["code"] == "unsupported"


def test_extract_gives_a_line_for_each_file_in_order(archive: Archive) -> None:
    files = sorted(archive.papers.iterdir())
    rows = archive.run("extract", *map(str, files))
    (shape,) = _documented("extract")
    for row in rows:
        _check(row, shape, "extract")
    assert [row["path"] for row in rows] == [str(file) for file in files]
    assert {row["status"] for row in rows} == {"ok", "skipped"}
    texts = [page["text"] for row in rows for page in row["pages"]]
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)
    assert any("\udcdf" in row["path"] for row in rows)


def test_search_has_its_shape_and_its_limit(archive: Archive) -> None:
    (shape,) = _documented("search")
    (row,) = archive.run("search", "the blue lamp", "--limit", "2")
    _check(row, shape, "search")
    assert [hit["rank"] for hit in row["hits"]] == [1, 2]
    assert row["hits"][0]["path"] == str(archive.papers / "lamp.md")
    assert row["hits"][0]["found_by"] in {"words", "meaning", "both"}


def test_ask_has_its_shape_and_marks_every_citation(archive: Archive) -> None:
    shape = _documented("ask")[0]
    (row,) = archive.run("ask", "What did the blue lamp cost?", *QUOTES)
    _check(row, {**shape, "hits": _documented("search")[0]["hits"]}, "ask")
    assert (row["outcome"], row["written_by"], row["model"]) == ("answered", "quotes", None)
    assert 0 <= row["confidence"] <= 1
    assert 1 <= len(row["citations"]) <= 3
    text = (archive.papers / "lamp.md").read_text(encoding="utf-8")
    for citation in row["citations"]:
        assert f"[{citation['number']}]" in row["answer"]
        assert len(citation["quote"]) <= 400
    assert any(citation["quote"] in text for citation in row["citations"])
    assert {number for claim in row["claims"] for number in claim["citations"]} <= {
        item["number"] for item in row["citations"]
    }


def test_verify_has_its_shape(archive: Archive) -> None:
    shape = _documented("verify")[0]
    rows = archive.batch(
        "verify",
        {"id": "t", "text": "The blue lamp was bought for 48 euros."},
        {"id": "f", "text": "The blue lamp cost 84 euros."},
    )
    for row in rows:
        _check(row, {**shape, "citations": _documented("ask")[0]["citations"]}, "verify")
    assert [row["claims"][0]["verdict"] for row in rows] == ["supported", "unsupported"]


def test_status_check_and_config_have_their_shapes(archive: Archive) -> None:
    (row,) = archive.run("status")
    _check(row, _documented("status")[0], "status")
    assert (row["state"], row["folders"][0]["path"]) == ("idle", str(archive.papers))
    assert row["vectors"]["rows"] == row["vectors"]["in_chroma"] > 0
    assert archive.run("check")[-1] == {"event": "done", "findings": 0}
    (settings,) = archive.run("config")
    assert set(settings) == set(_documented("config")[0])
    assert settings["settings"]["library.folder"] == {"value": str(archive.library), "from": "--library"}


def test_eval_has_its_shapes(archive: Archive, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"question": "Where was the blue lamp bought?", "answers": ["Orrin"]}), encoding="utf-8")
    rows = archive.run("eval", str(file), *QUOTES)
    for row, shape in zip(rows, _documented("eval"), strict=True):
        _check(row, shape, "eval")
    assert rows[1]["answer_found"] == 1.0


def test_options_may_stand_before_the_command_and_before_arguments(archive: Archive) -> None:
    for arguments in (
        ["--library", str(archive.library), "search", "lamp", "--json"],
        ["search", "--json", "--library", str(archive.library), "lamp"],
    ):
        done = subprocess.run([COMMAND, *arguments], capture_output=True, check=True)
        assert json.loads(done.stdout)["hits"]
