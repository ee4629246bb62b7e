"""What a question loads in a new process: nothing that takes long."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ingest.library import Library

SLOW = {
    "torch",
    "sentence_transformers",
    "transformers",
    "textual",
    "chromadb",
    "llama_cpp",
    "onnx",
    "lxml",
    "pypdfium2",
    "filelock",
}
RUN = """
import json, sys
sys.argv = ["assistant", *json.loads(sys.argv[1])]
from assistant.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
sys.stdout.write("\\n" + json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("command", [("ask", "--model", "none"), ("ask",), ("search",)], ids=" ".join)
def test_a_cold_question_loads_nothing_that_takes_long(small_library: Library, command: tuple[str, ...]) -> None:
    arguments = [*command, "What is the rent at Mill Road?", "--library", str(small_library.folder)]
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "850" in done.stdout
    assert set(json.loads(done.stdout.splitlines()[-1])) & SLOW == set()
