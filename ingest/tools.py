"""What an owner reads and embeds with: the warden, the sandbox, the embedding workers; each made when first needed.

A run that finds nothing new needs none of them. Before the first text is embedded the compiled model is made, which
takes most of a minute, once a machine. Knows nothing of runs, clients or events.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import threading
from typing import TYPE_CHECKING, Any

import psutil

from ingest import model_files
from ingest.catalog.facts import Finding
from ingest.chunk import CHUNKER_VERSION
from ingest.config import Config
from ingest.embed import compiled, counter
from ingest.embed.encode import fingerprint
from ingest.embed.template import embedded_text
from ingest.extract import READER_VERSION
from ingest.library import Library
from ingest.pipeline import TEXTS_A_CALL, Pipeline
from ingest.work.pool import WorkerPool
from ingest.work.sandbox import Sandbox
from ingest.work.warden import Warden
from ingest.work.worker import Worker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EMBEDDER = "ingest.embed.worker:main"
TEXT_SETTINGS = ("ocr", "ocr_languages", "ocr_dpi")
"""Settings of [reading] on which the text of a page depends."""
MAX_READERS = 4
"""Beyond this more readers only hold more memory: embedding is what takes the time."""
CLOSE_SECONDS = 2.0
"""Time for warden and workers to end by themselves."""


class Tools:
    """The owner's processes. Safe to use from several threads.

    Args:
        library: Open for writing; its generation is set when the model is opened.
        config: The settings in force.
    """

    def __init__(self, library: Library, config: Config) -> None:
        self._library = library
        self._reading = config.section("reading")
        self._model = str(config.section("embedding")["model"])
        cores = os.cpu_count() or 1
        self._embedders = int(config.section("embedding")["processes"]) or cores
        self.parallel = int(self._reading["parallel"]) or max(2, min(MAX_READERS, cores))
        """Files read at the same time."""
        texts = {name: self._reading[name] for name in TEXT_SETTINGS}
        self.options_key = f"{READER_VERSION}-{_short_hash(texts)}"
        """Tells pages apart that were read by other versions or under other settings."""
        self.reader = f"{self.options_key}-{CHUNKER_VERSION}"
        """The same for passages."""
        self._lock = threading.RLock()
        self._warden: Warden | None = None
        self._sandbox: Sandbox | None = None
        self._pool: WorkerPool | None = None
        self._pipeline: Pipeline | None = None
        self._stopped = False
        self._closed = False

    def spawn(self, entry: str, *, pausable: bool = True) -> Worker:
        """Start a worker of the background class."""
        return self._started_warden().spawn(entry, pausable=pausable)

    def pipeline(self) -> Pipeline:
        """The pipeline, its model compiled and its workers ready to be started.

        Raises:
            SetupError: The embedding model is missing or cannot be compiled.
            LibraryError: The library's vectors were made by another model.
        """
        with self._lock:
            if self._pipeline is None:
                ready = self._open_model()
                warden = self._started_warden()
                setup = {"op": "open", "model": self._model, "variant": ready.variant}
                self._pool = WorkerPool(warden, EMBEDDER, self._embedders, setup=setup)
                self._sandbox = Sandbox(warden, self._reading, 0)
                self._pipeline = Pipeline(
                    self._library,
                    self._sandbox,
                    self._pool,
                    counter(self._model),
                    self._embedders,
                    self.reader,
                    self.options_key,
                )
            return self._pipeline

    def must_compile(self) -> bool:
        """Whether the model must be compiled before the first text can be embedded."""
        if self._pipeline is not None:
            return False
        found = model_files.find(self._model, "embedding")
        return compiled.ready(found, self._library.meta().variant or None) is None

    def repair(self) -> list[Finding]:
        """Have the library rebuild what is damaged, embedding anew where vectors are lost."""
        self.pipeline()
        pool = self._pool
        assert pool is not None  # noqa: S101 - made with the pipeline

        def embed(texts: list[str]) -> NDArray[np.float32]:
            import numpy as np

            starts = range(0, len(texts), TEXTS_A_CALL)
            rows = [pool.call({"op": "encode", "texts": texts[at : at + TEXTS_A_CALL]})[1] for at in starts]
            return np.frombuffer(b"".join(rows), "<f4").reshape(len(texts), -1)

        return self._library.repair(embed, embedded_text)

    def set_running(self, running: bool) -> None:
        """Stop all workers but the index child at once, or let them go on."""
        self._stopped = not running
        warden = self._warden
        if warden is not None:
            if running:
                warden.cont_all()
            else:
                warden.stop_all()

    def close(self) -> None:
        """End all processes."""
        self._closed = True
        if self._pipeline is not None:
            self._pipeline.close()
        if self._warden is not None:
            self._warden.close(CLOSE_SECONDS)
        for child in psutil.Process().children(recursive=True):  # a compilation under way
            with contextlib.suppress(psutil.Error):
                child.kill()

    def _open_model(self) -> compiled.Compiled:
        logging.info("opening the embedding model %s", self._model)
        ready = compiled.prepare(self._model, self._library.meta().variant or None)
        self._library.set_generation(ready.model.name, fingerprint(ready.model), ready.variant, ready.dimensions)
        return ready

    def _started_warden(self) -> Warden:
        with self._lock:
            if self._warden is None:
                self._warden = Warden.start(idle=True)
                if self._stopped:
                    self._warden.stop_all()
                if self._closed:
                    self._warden.close(CLOSE_SECONDS)
            return self._warden


def _short_hash(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]
