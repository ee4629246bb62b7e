"""Rewrites an exported graph so that the quantised one takes less time: same function, fewer and cheaper operations.

onnxruntime's own optimiser first finds attention, layer normalisation and Gelu among the small operations of the export.
Three of its compound operations are then taken apart again, because others do their work faster on one thread:

- `Attention`: one product for queries, keys and values together, which can be quantised, and attention by itself;
- `SkipLayerNormalization`, slow on a processor: the sum, then an instance normalisation over the hidden dimension;
- `BiasGelu`: the sum apart, so that it is folded into the quantised product before it.

Only models of BERT's kind have these; for others nothing is written. Knows nothing of files' places or of quantising.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

CONTRIBUTED = "com.microsoft"
"""The domain of onnxruntime's own operations."""
TAKEN_APART = frozenset({"Attention", "SkipLayerNormalization", "BiasGelu"})
ONES, ZEROS = "fuse.ones", "fuse.zeros"
"""Names of the neutral scale and shift of a normalisation, one number for each token."""


def fuse(graph: Path, target: Path, heads: int, hidden: int) -> bool:
    """Write the graph rewritten.

    Args:
        graph: An exported model: `ids` of shape (1, tokens) in.
        target: Where the rewritten one is written.
        heads: Attention heads of a layer.
        hidden: Length of a token's vector.

    Returns:
        False, and nothing is written, where the model does not have the expected form in every layer.
    """
    import onnx
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # the export has no mask, which that operation wants
    found = optimizer.optimize_model(
        str(graph),
        model_type="bert",
        num_heads=heads,
        hidden_size=hidden,
        optimization_options=options,
        opt_level=0,
        use_gpu=False,
    )
    model = found.model
    counts = [sum(node.op_type == kind for node in model.graph.node) for kind in ("Attention", "BiasGelu")]
    if not counts[0] or counts[0] != counts[1]:
        return False
    parts = [part for node in model.graph.node for part in (_apart(node) if node.op_type in TAKEN_APART else [node])]
    neutral = _neutral(model)
    del model.graph.node[:]
    model.graph.node.extend([*neutral, *parts])
    if CONTRIBUTED not in {known.domain for known in model.opset_import}:
        model.opset_import.append(onnx.helper.make_opsetid(CONTRIBUTED, 1))
    onnx.save(model, target)
    return True


def _neutral(model: Any) -> list[Any]:
    """Nodes that give `ONES` and `ZEROS` the length of the input, with the constants that they need."""
    import numpy as np
    from onnx import helper, numpy_helper

    for name, value in ((f"{ONES}.value", 1.0), (f"{ZEROS}.value", 0.0)):
        model.graph.initializer.append(numpy_helper.from_array(np.array(value, np.float32), name))
    return [
        helper.make_node("Shape", [model.graph.input[0].name], ["fuse.tokens"], start=1, end=2),
        helper.make_node("Expand", [f"{ONES}.value", "fuse.tokens"], [ONES]),
        helper.make_node("Expand", [f"{ZEROS}.value", "fuse.tokens"], [ZEROS]),
    ]


def _apart(node: Any) -> list[Any]:
    """The nodes that do the work of a compound one."""
    from onnx import helper

    name, inputs, output = node.name or node.output[0], list(node.input), node.output[0]
    settings = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}

    def then(kind: str, takes: list[str], gives: str | list[str], **more: Any) -> Any:
        """A node of a name of its own."""
        outputs = [gives] if isinstance(gives, str) else gives
        return helper.make_node(kind, takes, outputs, name=f"{name}/{outputs[0].rpartition('/')[2]}", **more)

    if node.op_type == "BiasGelu":
        summed = f"{name}/summed"
        return [then("Add", inputs, summed), then("Gelu", [summed], output, domain=CONTRIBUTED)]
    if node.op_type == "Attention":
        whole, summed, three = f"{name}/whole", f"{name}/summed", [f"{name}/{part}" for part in ("q", "k", "v")]
        heads = settings["num_heads"]
        return [
            then("MatMul", inputs[:2], whole),
            then("Add", [whole, inputs[2]], summed),
            then("Split", [summed], three, axis=2),
            then("MultiHeadAttention", three, output, domain=CONTRIBUTED, num_heads=heads),
        ]
    nodes, first = [], inputs[0]
    if len(inputs) > 4 and inputs[4]:
        nodes.append(then("Add", [first, inputs[4]], f"{name}/biased"))
        first = f"{name}/biased"
    summed, normal, scaled = f"{name}/summed", f"{name}/normal", f"{name}/scaled"
    return [
        *nodes,
        then("Add", [first, inputs[1]], summed),
        then("InstanceNormalization", [summed, ONES, ZEROS], normal, epsilon=settings["epsilon"]),
        then("Mul", [normal, inputs[2]], scaled),
        then("Add", [scaled, inputs[3]], output),
    ]
