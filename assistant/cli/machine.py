"""`assistant doctor` and `config`: what is installed, what is missing, and the settings in force."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import typer

from assistant.cli.common import Context, JsonOption, LibraryOption, ModelOption, context
from ingest.config import data_folder
from ingest.errors import AssistantError
from ingest.model_files import Kind

Health = Literal["ok", "missing", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What `doctor` says of one thing."""

    what: str
    """The thing."""
    health: Health
    """`missing` makes the exit code 3."""
    detail: str
    """Version, place or number."""
    remedy: str = ""
    """What to do, where something is to be done."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(doctor)
    app.command("config")(show_config)


def doctor(library: LibraryOption = None, model: ModelOption = None, as_json: JsonOption = False) -> int:
    """Show what this machine has, what is missing, and the remedy."""
    here = context(library, as_json, model)
    missing = False
    for finding in _findings(here):
        missing |= finding.health == "missing"
        if as_json:
            here.output.row({name: getattr(finding, name) for name in Finding.__slots__})
        else:
            mark, style = {"ok": ("✓", "green"), "missing": ("✗", "red"), "note": ("·", "dim")}[finding.health]
            remedy = f"  →  {finding.remedy}" if finding.remedy else ""
            here.output.line(f"{mark} {finding.what}: {finding.detail}{remedy}", style)
    return 3 if missing else 0


def _findings(here: Context) -> Iterator[Finding]:
    from assistant.hardware import look

    seen = look()
    graphics = f", {', '.join(seen.graphics)}" if seen.graphics else ""
    summary = f"{seen.system}, {seen.processor}, {seen.cores} cores, {seen.memory / 1e9:.0f} GB of memory{graphics}"
    yield Finding("machine", "note", summary)
    yield Finding("python", "ok", sys.version.split()[0])
    yield from _tesseract()
    yield _model_file("embedding", str(here.config.section("embedding")["model"]))
    name = str(here.config.section("model")["name"])
    if name == "none":
        yield Finding("language model", "note", "none: answers are quotes")
    elif "://" not in name:
        yield _model_file("language", name)
        yield _try("language model runs", lambda: _run_model(here), "Reinstall llama-cpp-python, or use --model none.")
    yield _try("embedding model runs", lambda: _run_encoder(here), "Reinstall onnxruntime and sentence-transformers.")
    yield Finding("library", "note", str(here.library))
    free = shutil.disk_usage(next(p for p in (here.library, *here.library.parents) if p.exists())).free
    yield Finding("free space", "ok" if free > 1e9 else "note", f"{free / 1e9:.1f} GB")


def _tesseract() -> Iterator[Finding]:
    import pytesseract

    remedy = "Install Tesseract (Debian: apt install tesseract-ocr tesseract-ocr-deu; macOS: brew install tesseract)."
    try:
        version = str(pytesseract.get_tesseract_version())
        languages = pytesseract.get_languages()
    except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError, SystemExit):
        yield Finding("tesseract", "missing", "not found: scans cannot be read", remedy)
        return
    yield Finding("tesseract", "ok", f"{version}, languages: {', '.join(sorted(set(languages) - {'osd'}))}")
    if "eng" not in languages:
        yield Finding("tesseract", "missing", "no English data", remedy)


def _model_file(kind: Kind, name: str) -> Finding:
    from ingest.model_files import find, verify

    try:
        found = find(name, kind)
        verify(found)
    except AssistantError as error:
        return Finding(f"{kind} model", "missing", error.message, error.hint)
    return Finding(f"{kind} model", "ok", f"{found.name} ({found.path})")


def _try(what: str, work: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(what, "ok", work())
    except AssistantError as error:
        return Finding(what, "missing", error.message, error.hint or remedy)


def _run_model(here: Context) -> str:
    from assistant.llm import open_model

    model = open_model(here.config)
    if model is None:
        return "none"
    try:
        return f"{model.count(['It works.'])[0]} tokens counted, context {model.context}"
    finally:
        model.close()


def _run_encoder(here: Context) -> str:
    from ingest.embed.encode import Encoder

    encoder = Encoder.open(str(here.config.section("embedding")["model"]))
    encoder.encode("It works.")
    return f"{encoder.variant}, {encoder.dimensions} dimensions"


def show_config(library: LibraryOption = None, model: ModelOption = None, as_json: JsonOption = False) -> int:
    """Show every setting in force and where it comes from."""
    here = context(library, as_json, model)
    config = here.config
    if as_json:
        settings = {
            f"{section}.{key}": {"value": value, "from": config.origins.get((section, key), "default")}
            for section, keys in config.values.items()
            for key, value in keys.items()
        }
        here.output.row({"file": str(config.path), "data": str(data_folder()), "settings": settings})
        return 0
    here.output.line(f"# your file: {config.path}{'' if config.path.exists() else ' (not there yet)'}")
    here.output.line(f"# data: {data_folder()}")
    for section, keys in config.values.items():
        here.output.line(f"\n[{section}]", "bold")
        for key, value in keys.items():
            origin = config.origins.get((section, key))
            here.output.line(f"{key} = {_toml(value)}{f'   # from {origin}' if origin else ''}")
    return 0


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else str(value)
