"""The shape of the program: who imports whom, how large a module may be, and what starting it loads."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
MODULES = sorted(path for package in ("assistant", "ingest") for path in (REPOSITORY / package).rglob("*.py"))

MAX_LINES = 400
"""A module that needs more holds two ideas."""

HEAVY = {
    "chromadb", "docx", "llama_cpp", "lxml", "onnx", "onnxruntime", "PIL", "pypdf", "pypdfium2", "pytesseract",
    "sentence_transformers", "sklearn", "textual", "tokenizers", "torch", "transformers",
}  # fmt: skip
"""Libraries that take long to load; they are imported inside the functions that need them."""

MAX_MODULES_FOR_HELP = 260
"""Modules that `assistant --help` may load; typer accounts for most of them. Time is not measured in tests."""

TERMINAL = "assistant.tui"
"""The one package whose modules build on such a library (Textual) throughout; nothing else imports it on loading."""

_LOADED = "import json, sys; sys.stdout.write('\\n' + json.dumps(sorted(sys.modules)))"


def _modules_after(code: str) -> set[str]:
    """Names of the modules that a fresh interpreter has loaded after some code."""
    command = [sys.executable, "-c", f"{code}\n{_LOADED}"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def _dotted(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_imports_point_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=_dotted)
def test_a_module_is_small_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_LINES
    assert ast.get_docstring(ast.parse(text)), "no module docstring"


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in MODULES}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_help_loads_nothing_heavy_and_not_much() -> None:
    loaded = _modules_after(
        "import sys; sys.argv = ['assistant', '--help']\n"
        "from assistant.cli import main\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code, ended.code"
    )
    assert loaded & HEAVY == set()
    assert len(loaded) <= MAX_MODULES_FOR_HELP, len(loaded)


def test_no_module_loads_a_heavy_library_when_it_is_imported() -> None:
    # `__main__` modules run when imported; the terminal program is Textual through and through.
    names = [_dotted(path) for path in MODULES if path.name != "__main__.py"]
    names = [name for name in names if name != TERMINAL and not name.startswith(f"{TERMINAL}.")]
    assert _modules_after("\n".join(f"import {name}" for name in names)) & HEAVY == set()
