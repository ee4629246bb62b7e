"""One compiled graph in onnxruntime: the numbers of one window's tokens in, vectors out.

One window a run, on one thread. A quantised graph scales its activations over everything in a run, so a second text
would change the first one's vector; and threads may change the order of additions. Knows nothing of texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import SetupError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

ERRORS_ONLY = 3
"""onnxruntime's log severity: its warnings about the machine are of no use to a person."""


class Session:
    """A compiled graph, ready to run; may be used by several threads at once.

    Args:
        graph: The ONNX file, made by `compile`.

    Raises:
        SetupError: onnxruntime cannot load it.
    """

    def __init__(self, graph: Path) -> None:
        import onnxruntime

        onnxruntime.set_default_logger_severity(ERRORS_ONLY)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = ERRORS_ONLY
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session: Any = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common base but this
            raise SetupError(
                f"{graph}: the compiled embedding model cannot be loaded",
                f"Delete the folder {graph.parent}; it is made again.",
                "model_damaged",
            ) from error

    def sentence(self, ids: Sequence[int]) -> Vectors:
        """The unit vector of a window, float32 of shape (dimensions,)."""
        import numpy as np

        (vectors,) = self._session.run(["sentence"], {"ids": np.array([ids], dtype=np.int64)})
        return vectors[0]  # type: ignore[no-any-return]  # onnxruntime has no types

    def tokens(self, ids: Sequence[int]) -> Vectors:
        """The vectors of a window's tokens, special ones included, float32 of shape (tokens, dimensions), of any length."""
        import numpy as np

        (vectors,) = self._session.run(["tokens"], {"ids": np.array([ids], dtype=np.int64)})
        return vectors[0]  # type: ignore[no-any-return]  # onnxruntime has no types
