"""Runs the installed `assistant` command as a person's shell would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    rows: list[dict[str, Any]]
    """The lines of standard output, parsed, where `--json` was given."""
    out: str
    err: str


def assistant(*arguments: str | Path, library: Path | None = None, stdin: str = "", **environment: str) -> Result:
    """Run one command to its end; it must leave no process behind and show no traceback."""
    options = ["--library", str(library)] if library else []
    mark = f"{os.getpid()}-{os.urandom(6).hex()}"
    run = subprocess.run(
        [sys.executable, "-m", "assistant", *map(str, arguments), *options],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment, "ASSISTANT_TEST_MARK": mark},
        timeout=240,
    )
    assert not left_behind(mark)
    assert "Traceback" not in run.stderr, run.stderr
    rows = [json.loads(line) for line in run.stdout.splitlines()] if "--json" in arguments else []
    return Result(run.returncode, rows, run.stdout, run.stderr)


def left_behind(mark: str) -> list[psutil.Process]:
    """Processes that carry the mark of a command in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("ASSISTANT_TEST_MARK") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found
