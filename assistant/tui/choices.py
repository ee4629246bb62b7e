"""Settings and models that a person can choose: what is in force, and writing a choice into their own file.

The packaged `config.toml` is the schema, and its comments are the explanations. The person's file keeps its comments
and its order. Knows no widget; every call may block.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest import config as configuration
from ingest.config import Config, Value
from ingest.errors import SetupError, UsageError

AT_ONCE = frozenset({"model", "answer", "search", "terminal"})
"""Sections that hold from the next question on; the others from the next start."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting in force."""

    section: str
    """Its section."""
    key: str
    """Its name there."""
    value: Value
    """What is in force."""
    meaning: str
    """The comment above it in the packaged file."""
    origin: str
    """Where the value comes from; empty for the default."""

    @property
    def name(self) -> str:
        """Section and name."""
        return f"{self.section}.{self.key}"


@dataclass(frozen=True, slots=True)
class ModelHere:
    """A language model on this machine."""

    name: str
    """What `[model] name` is set to for it."""
    size: int | None
    """Bytes; None for quotes only."""
    about: str
    """Licence, or where it lies."""
    in_use: bool
    """Whether it is the one that answers."""


def settings(config: Config) -> list[Setting]:
    """Every setting, in the order of the packaged file."""
    meanings = _meanings(configuration.schema_text())
    return [
        Setting(section, key, value, meanings.get((section, key), ""), config.origins.get((section, key), ""))
        for section, keys in config.values.items()
        for key, value in keys.items()
    ]


def shown(value: Value) -> str:
    """A value as it is typed: texts without quotation marks, lists with them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
        return f"[{', '.join(quoted)}]"
    return str(value)


def changed(config: Config, section: str, key: str, typed: str | None) -> Config:
    """The settings with one of them as it was typed.

    Args:
        config: The settings in force.
        section: Its section.
        key: Its name there.
        typed: As `shown` shows it; None for its default.

    Raises:
        UsageError: It is no value of this setting.
    """
    old = config.values[section][key]
    value: Any = typed
    if typed is None:
        value = tomllib.loads(configuration.schema_text())[section][key]
    elif isinstance(old, str):
        value = typed.strip()
    else:
        try:
            value = tomllib.loads(f"value = {typed}")["value"]
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{section}.{key}: {typed!r} cannot be read", f"Write it as {shown(old)}.") from error
    after = config.override(section, key, value, str(config.path))
    if typed is None:
        after.origins.pop((section, key), None)
    return after


def write(config: Config, section: str, key: str, typed: str | None) -> None:
    """Write a setting into the person's file, or take it out of it; see `changed` for arguments.

    Raises:
        UsageError: It is no value of this setting, or the file cannot be read or written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    value = changed(config, section, key, typed).values[section][key]
    try:
        text = config.path.read_text(encoding="utf-8") if config.path.exists() else ""
        document: Any = tomlkit.parse(text)
        if typed is not None:
            if section not in document:
                document[section] = tomlkit.table()
            document[section][key] = value
        elif section in document:
            document[section].pop(key, None)
        _replace(config.path, tomlkit.dumps(document))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise UsageError(f"{config.path}: {error}", "Mend the file, or move it away.") from error


def models(config: Config) -> list[ModelHere]:
    """The language models that are on this machine, the one in use among them, and quotes only."""
    from ingest.model_files import find, known, models_folder

    chosen = str(config.section("model")["name"])
    found: list[ModelHere] = []
    for model in known():
        if model.kind != "language":
            continue
        try:
            find(model.name, "language")
        except SetupError:
            continue
        found.append(ModelHere(model.name, model.size, model.licence, model.name == chosen.casefold()))
    beside = [Path(chosen).expanduser().parent] if chosen.endswith(".gguf") else []
    files = sorted({one for folder in (models_folder(), *beside) for one in folder.glob("*.gguf")})
    found += [ModelHere(str(path), path.stat().st_size, str(path.parent), str(path) == chosen) for path in files]
    if not any(model.in_use for model in found) and chosen != "none":
        found.append(ModelHere(chosen, None, "in use", in_use=True))
    found.append(ModelHere("none", None, "quotes only: the words of your documents, at once", chosen == "none"))
    return found


def _meanings(schema: str) -> dict[tuple[str, str], str]:
    """The comment above each setting."""
    found: dict[tuple[str, str], str] = {}
    section, comment = "", list[str]()
    for line in schema.splitlines():
        if line.startswith("["):
            section, comment = line.strip("[] "), []
        elif line.startswith("#"):
            comment.append(line.lstrip("# ").strip())
        elif "=" in line:
            found[section, line.split("=", 1)[0].strip()] = " ".join(comment)
            comment = []
        else:
            comment = []
    return found


def _replace(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = path.resolve()  # a link to a file elsewhere stays one
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".config-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
