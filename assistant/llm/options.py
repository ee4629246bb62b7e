"""How a model is loaded: the settings that its process gets, from fast to safe, and which of them worked here.

Written to the models folder, so that a model that crashed once with the fast settings is not tried with them again.
Imports nothing heavy: both sides of the pipe use it.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from ingest import model_files

REMEMBERED = "language-options.json"
DEFAULT_CONTEXT = 8192
"""Most context taken of a model that was trained for more: its cache grows with it, and five passages need less."""
UNKNOWN_CONTEXT = 2048
"""Context of a model whose file does not say what it was trained for; every model of the last years has it."""
BATCH, SAFE_BATCH = 512, 64
"""Tokens of the prompt evaluated at once. Small batches need less memory, and other code paths of llama.cpp."""
UNIT = 128
"""Tokens of the prompt between two looks at the clock at the latest; small enough to be cancelled soon."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What the model's process is told before it loads."""

    path: str
    """The GGUF file."""
    context: int
    """Tokens that prompt and answer share."""
    threads: int
    """Threads for reading the prompt and for writing."""
    batch: int
    """Tokens of the prompt evaluated at once."""
    memory_map: bool
    """Whether the file is mapped into memory, so that two programs share it and it loads as it is used."""
    cautious: bool
    """Whether this is the second, safer set."""
    tried: bool = False
    """Whether these options are known to work here; otherwise the model is tried as soon as it is loaded."""
    instructions: str = ""
    """What every conversation begins with; it is evaluated before the first question comes."""
    keep_seconds: int = 0
    """After how long without a request the process ends and frees its memory; 0: never."""

    def as_json(self) -> dict[str, Any]:
        """For the pipe."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> LoadOptions:
        """From the pipe; unknown keys are an error of the protocol."""
        return cls(**{field.name: value[field.name] for field in fields(cls)})


def ladder(
    path: Path, context: int, trained: int, threads: int, instructions: str = "", keep_seconds: int = 0
) -> tuple[LoadOptions, LoadOptions]:
    """The two sets of options that are tried, the fast one first.

    Args:
        path: The GGUF file.
        context: The configured context; 0 for what the model was trained for, up to `DEFAULT_CONTEXT`.
        trained: Context that the model was trained for; 0 where unknown.
        threads: The configured threads; 0 for one each physical core.
        instructions: What every conversation begins with.
        keep_seconds: After how long without a request the process ends; 0: never.
    """
    from assistant import hardware

    most = trained or UNKNOWN_CONTEXT
    size = min(context, most) if context else min(DEFAULT_CONTEXT, most)
    count = threads or hardware.cores()
    fast = LoadOptions(
        os.fspath(path),
        size,
        count,
        BATCH,
        memory_map=True,
        cautious=False,
        instructions=instructions,
        keep_seconds=keep_seconds,
    )
    return fast, replace(fast, threads=max(1, count // 2), batch=SAFE_BATCH, memory_map=False, cautious=True)


def remembered(fingerprint: str) -> str:
    """What is known of a model under the installed llama.cpp: "fast", "safe", or empty where it was never tried here."""
    return str(model_files.read_json(model_files.models_folder() / REMEMBERED).get(_key(fingerprint), ""))


def remember(fingerprint: str, which: str) -> None:
    """Note which options work.

    Raises:
        SetupError: The models folder cannot be written.
    """
    store = model_files.models_folder() / REMEMBERED
    model_files.write_json(store, {**model_files.read_json(store), _key(fingerprint): which})


def _key(fingerprint: str) -> str:
    """Another build or another machine may crash where this one does not."""
    from assistant import hardware

    flags = "+".join(hardware.processor_flags())
    return f"{fingerprint[:32]} llama-cpp-python {metadata.version('llama-cpp-python')} {flags}"
