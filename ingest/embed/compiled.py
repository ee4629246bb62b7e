"""Where compiled variants of an embedding model lie, which one was chosen, and having them made.

    MODELS/compiled/FINGERPRINT/choice.json         the variant chosen on this machine, and why
    MODELS/compiled/FINGERPRINT/VARIANT/model.onnx  the graph
    MODELS/compiled/FINGERPRINT/VARIANT/manifest.json

A folder of a variant appears in one step, complete. Making one happens in a child process, so that torch and its
memory leave again. Knows nothing of how a model is compiled or run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest import model_files
from ingest.errors import SetupError
from ingest.model_files import FoundModel

REFERENCE_VARIANT = "onnx-fp32"
"""The exact export: the variant of last resort."""
DEFAULT_MAX_TOKENS = 512
"""Where a model does not say what it takes at once: the positions of every BERT."""
GRAPH = "model.onnx"
MANIFEST = "manifest.json"
CHOICE = "choice.json"
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Environment of the child: it must not connect, nor draw bars."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled variant that is ready to run."""

    model: FoundModel
    """What it was made from."""
    variant: str
    """Name of the way it was compiled."""
    graph: Path
    """The ONNX file."""
    max_tokens: int
    """What the model takes at once, special tokens included."""
    dimensions: int
    """Length of a vector."""


def folder(model: FoundModel) -> Path:
    """Folder of a model's compiled variants."""
    return model_files.models_folder() / "compiled" / model.fingerprint


def chosen(model: FoundModel) -> str | None:
    """The variant chosen on this machine, None before the first compilation."""
    variant = model_files.read_json(folder(model) / CHOICE).get("variant")
    return variant if isinstance(variant, str) else None


def ready(model: FoundModel, variant: str | None) -> Compiled | None:
    """The variant (the chosen one for None) if it has been compiled already."""
    variant = variant or chosen(model)
    if variant is None or variant != Path(variant).name:
        return None
    place = folder(model) / variant
    manifest = model_files.read_json(place / MANIFEST)
    max_tokens, dimensions = manifest.get("max_tokens"), manifest.get("dimensions")
    if not isinstance(max_tokens, int) or not isinstance(dimensions, int) or not (place / GRAPH).is_file():
        return None
    return Compiled(model, variant, place / GRAPH, max_tokens, dimensions)


def prepare(model: str, variant: str | None = None) -> Compiled:
    """Find a compiled variant, having it made first where it is not there yet (most of a minute, once a machine).

    Args:
        model: Known name or folder of the embedding model.
        variant: The library's variant; None for the one chosen on this machine.

    Raises:
        SetupError: The model is missing or damaged, or cannot be compiled.
    """
    found = model_files.find(model, "embedding")
    model_files.verify(found)
    compiled = ready(found, variant)
    if compiled is None:
        _compile(model, variant)
        compiled = ready(found, variant)
    if compiled is None:
        raise SetupError(
            f"the embedding model {found.name} was compiled but cannot be read",
            f"Delete the folder {folder(found)}; it is made again.",
            "not_compiled",
        )
    return compiled


def measure_again(model: str) -> dict[str, Any]:
    """Make and measure all variants on this machine, and choose among them anew (a minute or two).

    Args:
        model: Known name or folder of the embedding model.

    Returns:
        `variant` (the choice), `measured` (by variant `mean_cosine`, `least_cosine`, `same_top`, `seconds_a_text`, those
        included that are too far from the reference), `seconds_a_text` (of those that passed), `reference_seconds`.

    Raises:
        SetupError: As `prepare` says.
    """
    found = model_files.find(model, "embedding")
    model_files.verify(found)
    _compile(model, None, again=True)
    return model_files.read_json(folder(found) / CHOICE)


def _compile(model: str, variant: str | None, again: bool = False) -> None:
    """Run `ingest.embed.compile` in a child process and wait for it; it ends when this process does."""
    command = [sys.executable, "-m", "ingest.embed.compile", "--model", model, "--end-with-input"]
    if again:
        command.append("--again")
    if variant:
        command += ["--variant", variant]
    lifeline, ours = os.pipe()
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **QUIET},
            stdin=lifeline,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    finally:
        os.close(lifeline)
        os.close(ours)
    if done.returncode == 0:
        return
    try:
        error = json.loads(done.stdout.strip().rpartition("\n")[2])
        raise SetupError(str(error["message"]), str(error["hint"]), str(error["code"]))
    except (ValueError, KeyError, TypeError):
        last = done.stderr.strip().rpartition("\n")[2]
        raise SetupError(
            f"the embedding model {model} cannot be compiled: {last or f'exit code {done.returncode}'}",
            "Install the packages torch, sentence-transformers and onnx again.",
            "not_compiled",
        ) from None
