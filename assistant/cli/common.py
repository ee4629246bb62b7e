"""What every command shares: its options, the settings in force, and where it writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.output import Output
from ingest import config as configuration
from ingest.config import Config

LibraryOption = Annotated[
    Path | None, typer.Option("--library", metavar="DIR", help="Where the library lives.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON lines, nothing else.")]
ModelOption = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="Language model, GGUF file, or none for quotes.", show_default=False),
]
BatchOption = Annotated[
    str | None,
    typer.Option(
        "--batch", metavar="FILE", help="Read JSON lines from FILE (- for standard input).", show_default=False
    ),
]


@dataclass(frozen=True, slots=True)
class Context:
    """What a command works with."""

    config: Config
    """The settings in force."""
    output: Output
    """Where it writes."""

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.config.library


def context(library: Path | None, as_json: bool, model: str | None = None) -> Context:
    """The context of a command from its common options; see `ingest.config.load` for errors."""
    config = configuration.load()
    if library is not None:
        config = config.override("library", "folder", str(library.absolute()), "--library")
    if model is not None:
        config = config.override("model", "name", model, "--model")
    return Context(config, Output(as_json))
