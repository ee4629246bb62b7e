"""Runs the `assistant` command as a program of its own and reads its JSON lines; knows nothing of what is right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from tests.quality.sets import Question

OWN_COMMAND = (str(Path(sys.executable).with_name("assistant")),)
"""The command of the environment that runs this."""

EXTRACT_BATCH = 20
"""Files read by one `extract`, so that its output stays moderate."""


def lines(arguments: Sequence[str], command: Sequence[str] = OWN_COMMAND) -> Iterator[dict[str, Any]]:
    """The JSON lines of one command, as they come.

    Raises:
        subprocess.CalledProcessError: The command ended with another code than 0 (done) or 1 (some inputs failed).
    """
    arguments = [*command, *arguments, "--json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, encoding="utf-8", errors="surrogateescape") as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode not in {0, 1}:
        raise subprocess.CalledProcessError(process.returncode, arguments)


def index(paths: Sequence[Path], library: Path, command: Sequence[str] = OWN_COMMAND) -> dict[str, Any]:
    """Index folders; the totals of the run."""
    return list(lines(["index", *map(str, paths), "--library", str(library)], command))[-1]


def batch(
    verb: str,
    questions: Sequence[Question],
    library: Path,
    command: Sequence[str] = OWN_COMMAND,
    *,
    options: Sequence[str] = (),
    restrict: bool = False,
) -> Iterator[dict[str, Any]]:
    """Ask or search many questions with models loaded once; one row a question, in their order."""
    with NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8", delete=False) as file:
        for question in questions:
            row = {"id": question.id, "question": question.text}
            if restrict and question.about:
                row["path"] = str(question.about)
            file.write(json.dumps(row) + "\n")
    try:
        yield from lines([verb, "--batch", file.name, "--library", str(library), *options], command)
    finally:
        os.unlink(file.name)  # noqa: PTH108  # the name is a string here


def page_texts(files: Sequence[Path], command: Sequence[str] = OWN_COMMAND) -> dict[tuple[str, int], str]:
    """The text of every page of the files, by path and page."""
    texts: dict[tuple[str, int], str] = {}
    for start in range(0, len(files), EXTRACT_BATCH):
        names = [str(file) for file in files[start : start + EXTRACT_BATCH]]
        for row in lines(["extract", *names], command):
            texts |= {(row["path"], page["number"]): page["text"] for page in row["pages"]}
    return texts
