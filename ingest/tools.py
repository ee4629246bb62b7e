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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psutil

from ingest import model_files
from ingest.catalog.facts import Finding
from ingest.chunk import CHUNKER_VERSION
from ingest.config import Config
from ingest.embed import compiled, counter
from ingest.embed.encode import fingerprint
from ingest.embed.template import embedded_text
from ingest.errors import LibraryError, WorkerError
from ingest.extract import READER_VERSION
from ingest.library import Kind, Library
from ingest.pipeline import TEXTS_A_CALL, TRIES, Pipeline
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
        self._low = config.section("pace")["priority"] == "low"
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
        self._other: tuple[tuple[str, str], WorkerPool] | None = None
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
                self._pool = self._embedding(self._model, ready.variant)
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
        meta = self._library.meta()
        return compiled.ready(model_files.find(meta.model or self._model, "embedding"), meta.variant or None) is None

    def repair(self) -> list[Finding]:
        """Have the library rebuild what is damaged, embedding anew where vectors are lost."""
        self.pipeline()
        pool = self._pool
        assert pool is not None  # noqa: S101 - made with the pipeline
        return self._library.repair(lambda texts: _embed(pool, texts, self._embedders), embedded_text)

    def kind_of(self, model: str) -> Kind:
        """What vectors that this machine makes with a model share; the model is compiled where it was not yet.

        Raises:
            SetupError: It is missing or cannot be compiled.
        """
        return _kind(compiled.prepare(model))

    def embedder(self, model: str, variant: str) -> Callable[[list[str]], NDArray[np.float32]]:
        """Embeds texts with a model beside the library's own, in workers that stay for the next call.

        Raises:
            SetupError: The model is missing or cannot be compiled.
        """
        with self._lock:
            if self._other is None or self._other[0] != (model, variant):
                compiled.prepare(model, variant)
                self._let_go_of_other()
                self._other = (model, variant), self._embedding(model, variant)
            pool = self._other[1]
        return lambda texts: _embed(pool, texts, self._embedders)

    def forget_model(self) -> None:
        """The library has vectors of another kind now: what was opened for the old ones is closed. Between runs."""
        with self._lock:
            if self._pipeline is not None and self._pool is not None and self._sandbox is not None:
                self._pipeline.close()
                self._pool.close()
                self._sandbox.close()
                self._pipeline = None
            self._let_go_of_other()

    def _let_go_of_other(self) -> None:
        if self._other is not None:
            self._other[1].close()
            self._other = None

    def _embedding(self, model: str, variant: str) -> WorkerPool:
        setup = {"op": "open", "model": model, "variant": variant}
        return WorkerPool(self._started_warden(), EMBEDDER, self._embedders, setup=setup)

    def set_running(self, running: bool) -> None:
        """Stop all workers but the index child at once, or let them go on."""
        self._stopped = not running
        warden = self._warden
        if warden is not None:
            if running:
                warden.cont_all()
            else:
                warden.stop_all()

    def let_go(self) -> None:
        """End all workers but the index child to free their memory; others are started when they are needed."""
        warden = self._warden
        if warden is not None:
            warden.let_go()

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
        """The library's own model in its own variant; the configured one where it has none yet.

        Raises:
            SetupError: The model is missing or cannot be compiled.
            LibraryError: This machine cannot run the library's variant exactly enough (code `other_variant`).
        """
        meta = self._library.meta()
        self._model = meta.model or self._model
        logging.info("opening the embedding model %s", self._model)
        ready = compiled.prepare(self._model)
        own = compiled.ready(ready.model, meta.variant) if meta.variant else ready
        if own is None:
            raise LibraryError(
                f"This machine cannot run the embedding model as it made this library's vectors ({meta.variant}).",
                "What is in the library can be searched. To add to it, have its vectors made again: `assistant generations new`.",
                "other_variant",
            )
        kind = _kind(own)
        self._library.set_generation(kind.model, kind.fingerprint, kind.variant, kind.dimensions)
        return own

    def _started_warden(self) -> Warden:
        with self._lock:
            if self._warden is None:
                self._warden = Warden.start(low=self._low)
                if self._stopped:
                    self._warden.stop_all()
                if self._closed:
                    self._warden.close(CLOSE_SECONDS)
            return self._warden


def _kind(ready: compiled.Compiled) -> Kind:
    """What the vectors of a compiled model share; a model that has no known name is named by its folder."""
    name = ready.model.name if ready.model.file is not None else str(ready.model.path)
    return Kind(name, fingerprint(ready.model), ready.variant, ready.dimensions)


def _embed(pool: WorkerPool, texts: list[str], processes: int) -> NDArray[np.float32]:
    """The vectors of texts, shape (n, dimensions), made by several workers; one that dies is replaced.

    Raises:
        WorkerError: A text cannot be embedded, however often it is tried.
    """
    import numpy as np

    def call(batch: list[str]) -> bytes:
        for attempt in range(1, TRIES + 1):
            try:
                reply, payload = pool.call({"op": "encode", "texts": batch})
            except WorkerError:
                if attempt == TRIES:
                    raise
                continue
            if "error" in reply:
                raise WorkerError(**reply["error"])
            return payload
        raise AssertionError("unreachable")

    batches = [texts[at : at + TEXTS_A_CALL] for at in range(0, len(texts), TEXTS_A_CALL)]
    with ThreadPoolExecutor(processes) as threads:
        return np.frombuffer(b"".join(threads.map(call, batches)), "<f4").reshape(len(texts), -1)


def _short_hash(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]
