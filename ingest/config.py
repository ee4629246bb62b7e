"""The one reader of configuration for both packages, and where data lives.

The packaged `config.toml` is the schema: what is not in it does not exist. A person's own file overrides single keys.
Knows nothing of what a setting means: each part reads its own section through `Config.section`.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import platformdirs

from ingest.errors import UsageError

DISTRIBUTION = "private-document-assistant"
"""Name of the data and configuration folders under the platform's own."""

Value = bool | int | float | str | list[str]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force."""

    values: dict[str, dict[str, Value]]
    """Section, then key; every key of the schema is present and of the schema's type."""
    origins: dict[tuple[str, str], str]
    """Where a value that is not the default comes from: a path, or the name of an environment variable or option."""
    path: Path
    """The person's file, whether it exists or not."""

    def section(self, name: str) -> dict[str, Any]:
        """The settings of one section."""
        return dict(self.values[name])

    def override(self, section: str, key: str, value: Value, origin: str) -> Config:
        """A copy with one setting replaced, as options of the command line do."""
        values = {name: dict(settings) for name, settings in self.values.items()}
        values[section][key] = _checked(Path(origin), section, key, value, self.values[section][key])
        return Config(values, {**self.origins, (section, key): origin}, self.path)

    @property
    def library(self) -> Path:
        """Folder of the library in force."""
        folder = str(self.values["library"]["folder"])
        return Path(folder).expanduser().absolute() if folder else data_folder() / "library"


def data_folder() -> Path:
    """The platform's data folder of this program; `$ASSISTANT_DATA` names another."""
    return Path(os.environ.get("ASSISTANT_DATA") or platformdirs.user_data_dir(DISTRIBUTION, appauthor=False))


def config_path() -> Path:
    """The person's configuration file: `$ASSISTANT_CONFIG`, or the platform's configuration folder."""
    named = os.environ.get("ASSISTANT_CONFIG")
    return Path(named) if named else Path(platformdirs.user_config_dir(DISTRIBUTION, appauthor=False)) / "config.toml"


@lru_cache(maxsize=1)
def schema_text() -> str:
    """The packaged `config.toml`, with its comments."""
    packaged = Path(__file__).with_name("config.toml")
    return (packaged if packaged.exists() else Path(__file__).parents[1] / "config.toml").read_text(encoding="utf-8")


def load(path: Path | None = None) -> Config:
    """Read the configuration in force: defaults, the person's file, then `$ASSISTANT_LIBRARY` and `$ASSISTANT_MODEL`.

    Args:
        path: The person's file; the usual place where it is left out. A named file must exist.

    Raises:
        UsageError: The file cannot be read, is no TOML, or has an unknown key or a value of the wrong type.
    """
    values: dict[str, dict[str, Value]] = tomllib.loads(schema_text())
    origins: dict[tuple[str, str], str] = {}
    required = path is not None or bool(os.environ.get("ASSISTANT_CONFIG"))
    path = path or config_path()
    for section, settings in _parse(path, required).items():
        if section not in values:
            raise _unknown(path, section, list(values), "section")
        if not isinstance(settings, dict):
            raise UsageError(f"{path}: {section} is a section", f"Write it as [{section}] with its settings below.")
        for key, value in settings.items():
            if key not in values[section]:
                raise _unknown(path, f"{section}.{key}", [f"{section}.{known}" for known in values[section]], "setting")
            values[section][key] = _checked(path, section, key, value, values[section][key])
            origins[section, key] = str(path)
    config = Config(values, origins, path)
    for variable, section, key in (("ASSISTANT_LIBRARY", "library", "folder"), ("ASSISTANT_MODEL", "model", "name")):
        if os.environ.get(variable):
            config = config.override(section, key, os.environ[variable], f"${variable}")
    return config


def _parse(path: Path, required: bool) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError as error:
        if required:
            raise UsageError(f"{path}: no such configuration file", "Create it, or unset $ASSISTANT_CONFIG.") from error
        return {}
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "Check that the file may be read.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}", "Mend that line; `assistant config` shows every setting.") from error


def _unknown(path: Path, name: str, known: list[str], what: str) -> UsageError:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    return UsageError(f"{path}: unknown {what} {name}", hint)


def _checked(path: Path, section: str, key: str, value: Any, default: Value) -> Value:
    """The value in the type of the schema's default."""
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    good = type(value) is type(default) and (
        not isinstance(value, list) or all(isinstance(item, str) for item in value)
    )
    if not good:
        wanted = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}
        raise UsageError(
            f"{path}: {section}.{key} is {value!r}",
            f"It must be {wanted.get(type(default), 'a list of texts')}, such as {default!r}.",
        )
    return value  # type: ignore[no-any-return]  # narrowed by `good`, which mypy cannot see
