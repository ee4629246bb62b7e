"""Compiles an embedding model: export, quantise, check against the reference, time, choose.

Run as a child process:

    python -m ingest.embed.compile --model NAME [--variant VARIANT] [--again] [--end-with-input]

All variants are made, and the fastest that passes is remembered as this machine's choice, or one that is about as fast
and nearer to the reference; `--variant` names the one without which it is a failure, `--again` measures and chooses anew
where everything is there already. The model as sentence-transformers runs it is the reference. A variant that is not near
enough to it is never published. Two processes may compile at once: the second waits and finds the work done.

This is the only module that loads torch, and no other module imports this one. On failure the last line of standard
output is the error as JSON. Knows nothing of libraries: which of them keeps to which variant is their business.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import model_files
from ingest.embed import compiled, probes
from ingest.embed.session import ERRORS_ONLY, Session
from ingest.embed.tokens import Tokenizer
from ingest.errors import AssistantError, SetupError
from ingest.model_files import FoundModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

OPSET = 17
"""Newest that the exporter, the quantiser and every onnxruntime since 1.13 agree on."""
EXPORT_SAMPLE = "An ordinary sentence of a few words."
"""Traced through the model; its length is a free dimension of the graph."""
UNFINISHED = ".making-"
"""How folders of work in progress begin; under the lock, any that is found was left by a process that was killed."""
TIMING_ROUNDS = 3
"""The fastest of so many rounds counts, since other work on the machine only slows a round down."""
INT8 = "onnx-int8-balanced"
"""Weights of 8 bits in a graph that `fuse` has rewritten, where it can, and `balance`. Mean cosine to the reference over 45
passages 0.997; without balancing 0.994, without rewriting as well a quarter more time."""
LIMITS: dict[str, tuple[float, float]] = {
    compiled.REFERENCE_VARIANT: (0.9999, 0.9999),
    INT8: (0.99, 0.97),
}
"""Mean and least cosine to the reference over the probe texts. Eight bits lose about 0.004 on average and still rank
alike (nDCG@10 on SciFact within 0.005 even before they were balanced); what falls below was quantised wrongly for this model or machine."""
AS_FAST = 1.1
"""Variants within this factor of the fastest count as equally fast; the nearest to the reference of them is chosen."""
LEAST_SAME_TOP = 1.0
"""Share of the probe questions whose first passage must be the reference's."""


def main(arguments: list[str] | None = None) -> int:
    """Compile as the command line says; 0 or the error's exit code."""
    parser = argparse.ArgumentParser(prog="python -m ingest.embed.compile", description="Compile an embedding model.")
    parser.add_argument("--model", required=True)
    parser.add_argument("--variant")
    parser.add_argument("--again", action="store_true", help="measure and choose anew")
    parser.add_argument("--end-with-input", action="store_true", help="end when standard input does")
    options = parser.parse_args(arguments)
    if options.end_with_input:
        threading.Thread(target=_end_with_input, daemon=True).start()
    os.environ.update(compiled.QUIET)
    os.umask(0o077)
    warnings.simplefilter("ignore")  # the tracer's, about branches that the checks below cover
    logging.disable(logging.WARNING)
    try:
        compile_model(model_files.find(options.model, "embedding"), options.variant, options.again)
    except AssistantError as error:
        print(json.dumps(error.as_json()))  # noqa: T201 - the protocol of this child
        return error.exit_code
    return 0


def _end_with_input() -> None:
    """Wait for the end of standard input, whose other end is held by who wants the result, and end with it."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)  # the folder of the unfinished work is removed by the next compilation


def compile_model(model: FoundModel, variant: str | None = None, again: bool = False) -> None:
    """Make all variants and choose among them, unless the one asked for is there already.

    Args:
        model: The model.
        variant: The variant that is needed; None for any.
        again: Whether to measure and choose anew in any case; variants that are there stay as they are.

    Raises:
        SetupError: The model cannot be loaded or exported, the folder cannot be written, or the variant that is needed
            is unknown or not near enough to the reference.
    """
    from filelock import FileLock

    if variant not in (None, *LIMITS):
        raise SetupError(
            f"the embedding model {model.name} has no variant {variant}",
            "The library was made by another version of this program; use that one, or index into a new library.",
            "no_variant",
        )
    model_files.verify(model)
    place = compiled.folder(model)
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(str(place / "lock"), mode=0o600):
            for unfinished in place.glob(f"{UNFINISHED}*"):
                shutil.rmtree(unfinished)
            if again or compiled.ready(model, variant) is None:
                _make(model, place, variant or compiled.REFERENCE_VARIANT)
    except OSError as error:
        raise SetupError(
            f"{place}: {error.strerror}", "Make that folder writable, or name another in $ASSISTANT_MODELS."
        ) from error


def _make(model: FoundModel, place: Path, needed: str) -> None:
    """Make every variant in a folder aside, and publish those that pass with the choice among them."""
    reference = _load(model)
    limit = int(reference.max_seq_length or 0) or compiled.DEFAULT_MAX_TOKENS
    expected = reference.encode(probes.texts(), batch_size=1, normalize_embeddings=True, show_progress_bar=False)
    measured: dict[str, dict[str, float]] = {}
    passed: list[str] = []
    with tempfile.TemporaryDirectory(dir=place, prefix=UNFINISHED) as name:
        folder = Path(name)
        exact, int8 = (folder / variant / compiled.GRAPH for variant in (compiled.REFERENCE_VARIANT, INT8))
        for graph in (exact, int8):
            graph.parent.mkdir(mode=0o700)
        _export(reference, exact)
        fused = _fused(reference, exact, folder / "fused.onnx")
        _balance(model, limit, fused, folder / "balanced.onnx")
        _quantise(folder / "balanced.onnx", int8)
        for variant, graph in ((compiled.REFERENCE_VARIANT, exact), (INT8, int8)):
            figures = measured[variant] = measure(model, graph, limit, expected)
            if passes(variant, figures):
                passed.append(variant)
                _describe(graph.parent, model, limit, expected.shape[1], figures)
            elif variant in (needed, compiled.REFERENCE_VARIANT):
                raise SetupError(
                    f"the embedding model {model.name} compiled as {variant} differs from the original: {figures}",
                    "Use another model in the [embedding] section of config.toml.",
                    "not_compiled",
                )
        for variant in passed:
            if compiled.ready(model, variant) is None:
                _optimise(folder / variant / compiled.GRAPH)
                _publish(folder / variant, place / variant)
    seconds = {variant: measured[variant]["seconds_a_text"] for variant in passed}
    best = choose({variant: measured[variant] for variant in passed})
    choice = {"variant": best, "seconds_a_text": seconds, "measured": measured, "reference_seconds": _timed(reference)}
    model_files.write_json(place / compiled.CHOICE, choice)


def choose(measured: dict[str, dict[str, float]]) -> str:
    """The variant to use, of those that passed: the nearest to the reference among the fastest."""
    fastest = min(figures["seconds_a_text"] for figures in measured.values())
    fast = [name for name, figures in measured.items() if figures["seconds_a_text"] <= AS_FAST * fastest]
    return max(fast, key=lambda name: measured[name]["mean_cosine"])


def _timed(reference: Any) -> float:
    """Seconds that the reference takes for a text, as the variants are timed: one text a run on one thread."""
    import torch

    torch.set_num_threads(1)
    rounds = []
    for _ in range(TIMING_ROUNDS):
        begin = time.process_time()
        for text in probes.TIMED_TEXTS:
            reference.encode(text, normalize_embeddings=True, show_progress_bar=False)
        rounds.append((time.process_time() - begin) / len(probes.TIMED_TEXTS))
    return min(rounds)


def _load(model: FoundModel) -> Any:
    """The reference, in 32-bit floats on the processor."""
    try:
        from sentence_transformers import SentenceTransformer

        reference = SentenceTransformer(
            str(model.path), device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"}
        )
        return reference.float().eval()
    except (ImportError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise SetupError(
            f"{model.path}: {error}", "Install sentence-transformers, torch and the model again.", "not_compiled"
        ) from error


def _export(reference: Any, graph: Path) -> None:
    """Write the model as a graph.

    In goes `ids` of shape (1, tokens); out come `sentence` (1, dimensions) of unit length and `tokens`
    (1, tokens, dimensions). Pooling is the model's own; nothing is padded, so nothing is masked.
    """
    import torch

    class Graph(torch.nn.Module):  # type: ignore[misc]  # torch is not read for types
        """What is traced."""

        def __init__(self) -> None:
            super().__init__()
            self.model = reference

        def forward(self, ids: Any) -> Any:
            found = self.model({"input_ids": ids, "attention_mask": torch.ones_like(ids)})
            return torch.nn.functional.normalize(found["sentence_embedding"], dim=-1), found["token_embeddings"]

    sample = torch.tensor([reference.tokenizer(EXPORT_SAMPLE)["input_ids"]])
    with torch.no_grad():
        torch.onnx.export(
            Graph(),
            (sample,),
            str(graph),
            input_names=["ids"],
            output_names=["sentence", "tokens"],
            dynamic_axes={"ids": {1: "tokens"}, "tokens": {1: "tokens"}},
            opset_version=OPSET,
            dynamo=False,  # the newer exporter needs a package more and fixes the length
        )


def _fused(reference: Any, graph: Path, target: Path) -> Path:
    """The file of the exported graph rewritten; the graph itself where the model is not of the kind that can be."""
    from ingest.embed import fuse

    settings = getattr(reference[0].auto_model, "config", None)
    heads, hidden = (getattr(settings, name, None) for name in ("num_attention_heads", "hidden_size"))
    return target if heads and hidden and fuse.fuse(graph, target, heads, hidden) else graph


def _balance(model: FoundModel, limit: int, graph: Path, target: Path) -> None:
    """Write a graph whose channels are of like size over the probe texts."""
    import numpy as np

    from ingest.embed import balance

    tokenizer = Tokenizer(model.path, limit)
    balance.balance(graph, target, [np.array([tokenizer.windows(text)[0].ids]) for text in probes.texts()])


def _quantise(graph: Path, target: Path) -> None:
    """Write the graph with weights of 8 bits, activations scaled as they come.

    Weights keep to 7 bits: two products of 8 bits overflow the 16-bit sums of processors without VNNI, and a library
    must get the same vectors on every machine.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        graph,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},  # behind operations whose type it cannot infer
    )


def _optimise(graph: Path) -> None:
    """Rewrite a graph as onnxruntime would run it, so that a question does not wait until that is worked out again.

    The vectors stay the same to the bit: the operations are those that loading the graph would have chosen.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = ERRORS_ONLY
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED  # no layout of this CPU
    optimised = graph.with_name(f"{graph.name}.optimised")
    options.optimized_model_filepath = str(optimised)
    onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    optimised.replace(graph)


def measure(model: FoundModel, graph: Path, limit: int, expected: Vectors) -> dict[str, float]:
    """Compare a graph with the reference over the probe texts, and time it.

    Args:
        model: What it was made from.
        graph: The ONNX file.
        limit: Tokens that the model takes at once.
        expected: The reference's unit vectors of `probes.texts()`, of shape (texts, dimensions).

    Returns:
        `mean_cosine` and `least_cosine`, `same_top` (share of the questions with the same best passage) and
        `seconds_a_text`.
    """
    import numpy as np

    session, tokenizer = Session(graph), Tokenizer(model.path, limit)

    def vector(text: str) -> Vectors:
        """As the reference does it: what is beyond the limit is dropped."""
        return session.sentence(tokenizer.windows(text)[0].ids)

    found = np.stack([vector(text) for text in probes.texts()])
    cosines = (found * expected).sum(axis=1)
    questions = len(probes.QUESTIONS)
    tops = [
        (vectors[:questions] @ vectors[questions : 2 * questions].T).argmax(axis=1) for vectors in (found, expected)
    ]
    rounds = []
    for _ in range(TIMING_ROUNDS):
        begin = time.process_time()
        for text in probes.TIMED_TEXTS:
            vector(text)
        rounds.append((time.process_time() - begin) / len(probes.TIMED_TEXTS))
    return {
        "mean_cosine": float(cosines.mean()),
        "least_cosine": float(cosines.min()),
        "same_top": float((tops[0] == tops[1]).mean()),
        "seconds_a_text": min(rounds),
    }


def passes(variant: str, figures: dict[str, float]) -> bool:
    """Whether a variant with these figures of `measure` may be used."""
    mean, least = LIMITS[variant]
    near = figures["mean_cosine"] >= mean and figures["least_cosine"] >= least
    return near and figures["same_top"] >= LEAST_SAME_TOP


def _describe(folder: Path, model: FoundModel, limit: int, dimensions: int, figures: dict[str, float]) -> None:
    """Write the manifest of the variant that a folder is named after."""
    from importlib.metadata import version

    packages = ("torch", "sentence-transformers", "onnx", "onnxruntime", "tokenizers")
    manifest = {
        "model": model.name,
        "fingerprint": model.fingerprint,
        "variant": folder.name,
        "max_tokens": limit,
        "dimensions": dimensions,
        "versions": {package: version(package) for package in packages},
        "parity": figures,
    }
    model_files.write_json(folder / compiled.MANIFEST, manifest)


def _publish(made: Path, target: Path) -> None:
    """Put a complete folder in its place in one step; what lies there already is incomplete."""
    with (made / compiled.GRAPH).open("rb+") as file:
        os.fsync(file.fileno())
    if target.exists():
        shutil.rmtree(target)
    made.replace(target)


if __name__ == "__main__":
    sys.exit(main())
