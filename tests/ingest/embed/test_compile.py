from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ingest import model_files
from ingest.embed import Encoder, compiled
from ingest.embed import compile as compiling
from ingest.embed.session import Session
from ingest.embed.tokens import Tokenizer
from ingest.errors import SetupError

MODEL = "all-minilm-l6-v2"
NEAR = {"mean_cosine": 1.0, "least_cosine": 1.0, "same_top": 1.0}


@pytest.fixture
def other_model(tmp_path: Path) -> Path:
    """The installed model with another pooling: the vector of the first token instead of the mean."""
    folder = tmp_path / "first-token"
    shutil.copytree(model_files.find(MODEL, "embedding").path, folder, copy_function=os.symlink)
    pooling = folder / "1_Pooling" / "config.json"
    settings = json.loads(pooling.read_text())
    pooling.unlink()
    pooling.write_text(json.dumps({**settings, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}))
    return folder


@pytest.fixture
def empty_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSISTANT_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def test_two_processes_may_compile_a_model_at_once(other_model: Path, empty_models: Path) -> None:
    found = model_files.find(str(other_model), "embedding")
    left_by_a_killed_one = compiled.folder(found) / f"{compiling.UNFINISHED}x" / "onnx-fp32"
    left_by_a_killed_one.mkdir(mode=0o700, parents=True)
    for folder in (empty_models, compiled.folder(found)):
        folder.chmod(0o700)

    command = [sys.executable, "-m", "ingest.embed.compile", "--model", str(other_model)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(child.communicate(timeout=240), child.returncode) for child in children] == [((b"", b""), 0)] * 2

    assert found.fingerprint != model_files.find(MODEL, "embedding").fingerprint
    assert not list(compiled.folder(found).glob(f"{compiling.UNFINISHED}*"))
    graph = compiled.prepare(str(other_model), compiled.REFERENCE_VARIANT).graph
    assert {path.stat().st_mode & 0o077 for path in (empty_models, compiled.folder(found), graph.parent)} == {0}

    encoder = Encoder.open(str(other_model))
    choice = model_files.read_json(compiled.folder(found) / compiled.CHOICE)
    published = {path.parent.name for path in compiled.folder(found).glob(f"*/{compiled.GRAPH}")}
    assert encoder.variant in published == set(choice["seconds_a_text"])
    assert choice["measured"].keys() == {compiled.REFERENCE_VARIANT, compiling.INT8}
    assert choice["reference_seconds"] > 0
    exact = Encoder.open(str(other_model), compiled.REFERENCE_VARIANT)
    (window,) = Tokenizer(found.path, exact.max_tokens).windows("The tenancy ends in May.")
    first = Session(graph).tokens(window.ids)[0]
    np.testing.assert_allclose(exact.encode("The tenancy ends in May."), first / np.linalg.norm(first), atol=1e-5)


def test_the_child_ends_with_its_parent(other_model: Path, empty_models: Path) -> None:
    command = [sys.executable, "-m", "ingest.embed.compile", "--model", str(other_model), "--end-with-input"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as child:
        said = child.communicate(timeout=60)  # closes its input
    assert (said, child.returncode) == ((b"", b""), 1)
    assert not list(empty_models.glob("compiled/*/*/model.onnx"))


@pytest.mark.long
def test_what_is_not_near_the_reference_is_not_published(other_model: Path, empty_models: Path) -> None:
    """Eight bits change the vector of the first token too much."""
    with pytest.raises(SetupError, match="onnx-int8-balanced differs"):
        compiled.prepare(str(other_model), compiling.INT8)
    assert [path.name for path in empty_models.glob("compiled/*/*")] == ["lock"]


def test_the_manifest_says_how_near_it_is(models_folder: Path) -> None:
    exact = compiled.prepare(MODEL, compiled.REFERENCE_VARIANT)
    manifest = json.loads((exact.graph.parent / compiled.MANIFEST).read_text())
    assert exact.graph.is_relative_to(models_folder)
    assert manifest["parity"]["least_cosine"] >= 0.9999
    assert manifest["fingerprint"] == exact.model.fingerprint
    assert manifest["versions"]["torch"]


def test_the_choice_is_among_the_fastest_that_passed() -> None:
    chosen = compiled.prepare(MODEL)
    choice = model_files.read_json(compiled.folder(chosen.model) / compiled.CHOICE)
    assert chosen.variant == choice["variant"]
    seconds = choice["seconds_a_text"]
    assert seconds[chosen.variant] <= compiling.AS_FAST * min(seconds.values())


def test_of_two_that_are_about_as_fast_the_nearer_one_is_chosen() -> None:
    def figures(seconds: float, cosine: float) -> dict[str, float]:
        return {"seconds_a_text": seconds, "mean_cosine": cosine}

    assert compiling.choose({"exact": figures(2.0, 1.0), "a": figures(1.0, 0.991), "b": figures(1.05, 0.993)}) == "b"
    assert compiling.choose({"exact": figures(2.0, 1.0), "a": figures(1.0, 0.991), "b": figures(1.2, 0.993)}) == "a"


@pytest.mark.parametrize(
    ("variant", "figures", "good"),
    [
        ("onnx-fp32", NEAR, True),
        ("onnx-fp32", {**NEAR, "least_cosine": 0.999}, False),
        (compiling.INT8, {**NEAR, "mean_cosine": 0.991, "least_cosine": 0.975}, True),
        (compiling.INT8, {**NEAR, "mean_cosine": 0.98, "least_cosine": 0.975}, False),
        (compiling.INT8, {**NEAR, "least_cosine": 0.96}, False),
        (compiling.INT8, {**NEAR, "same_top": 0.5}, False),
    ],
)
def test_a_variant_passes_only_near_the_reference(variant: str, figures: dict[str, float], good: bool) -> None:
    assert compiling.passes(variant, figures) is good


def test_a_model_that_cannot_be_loaded_is_a_setup_error(tmp_path: Path, empty_models: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("modules.json", "tokenizer.json"):
        (folder / name).write_text("[]")
    with pytest.raises(SetupError) as caught:
        compiled.prepare(str(folder))
    assert (caught.value.code, caught.value.exit_code) == ("not_compiled", 3)
    assert str(folder) in caught.value.message
    assert "\n" not in caught.value.message
    assert empty_models.is_dir()


def test_an_incomplete_variant_is_not_ready(empty_models: Path) -> None:
    found = model_files.find(MODEL, "embedding")
    place = compiled.folder(found) / "onnx-fp32"
    place.mkdir(parents=True)
    (place / compiled.MANIFEST).write_text('{"max_tokens": 256, "dimensions": 384}')
    assert place.is_relative_to(empty_models)
    assert compiled.ready(found, "onnx-fp32") is None
    assert compiled.ready(found, None) is None
    (place / compiled.GRAPH).touch()
    assert compiled.ready(found, "onnx-fp32") is not None
    assert compiled.ready(found, "../onnx-fp32/../onnx-fp32") is None
