from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ingest.embed.balance import balance
from ingest.embed.compile import _quantise

WIDTH = 64
LARGE = 5
"""The channel that is much larger than the others."""


def run(graph: Path, ids: NDArray[np.int64]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    found: NDArray[np.float32] = session.run(["y"], {"ids": ids})[0]
    return found


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """Waves, one channel of them large, and three matrices: two for the same input, and one that two products share."""
    numbers = np.random.default_rng(1)
    tensors = {name: numbers.normal(size=(WIDTH, WIDTH)).astype(np.float32) for name in ("a", "b", "shared")}
    tensors |= {"lengths": numbers.normal(size=WIDTH).astype(np.float32), "sizes": np.ones(WIDTH, np.float32)}
    tensors["sizes"][LARGE] = 200
    tensors["a"][LARGE] /= 100
    tensors["b"][LARGE] /= 100
    nodes = [
        helper.make_node("Cast", ["ids"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["numbers", "last"], ["column"]),
        helper.make_node("Mul", ["column", "lengths"], ["angles"]),
        helper.make_node("Sin", ["angles"], ["waves"]),
        helper.make_node("Mul", ["waves", "sizes"], ["x"]),
        helper.make_node("MatMul", ["x", "a"], ["xa"], name="first"),
        helper.make_node("MatMul", ["x", "b"], ["xb"], name="second"),
        helper.make_node("MatMul", ["xa", "shared"], ["left"], name="third"),
        helper.make_node("MatMul", ["xb", "shared"], ["right"], name="fourth"),
        helper.make_node("Add", ["left", "right"], ["y"]),
    ]
    made = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, "tokens", WIDTH])],
        [numpy_helper.from_array(value, name) for name, value in {**tensors, "last": np.array([2])}.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, tmp_path / "small.onnx")
    return tmp_path / "small.onnx"


def test_a_balanced_graph_says_the_same_and_loses_less_in_eight_bits(graph: Path) -> None:
    ids = np.arange(40)[None]
    balanced = graph.with_name("balanced.onnx")
    balance(graph, balanced, [ids[:, :20], ids[:, 20:]])
    expected = run(graph, ids)
    np.testing.assert_allclose(run(balanced, ids), expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())

    lost = []
    for source in (graph, balanced):
        eight = source.with_name(f"{source.stem}-8.onnx")
        _quantise(source, eight)
        lost.append(np.abs(run(eight, ids) - expected).mean())
    assert lost[1] < 0.7 * lost[0]
    kinds = [node.op_type for node in onnx.load(balanced).graph.node]
    assert (kinds.count("Mul"), kinds.count("MatMul")) == (3, 4)  # one more, for two products; shared weights stay
