"""A GGUF model in a process of its own: `LanguageModel` over `python -m assistant.llm.worker`.

The process is started when the model is opened, so that it loads while the documents are searched. It is tried there:
if the fast options crash it or leave it silent, it is started once more with the safer ones, and what worked is
remembered. A death in the middle of a text costs that text only; the next one starts a new process, as does a question
that comes after the process has ended itself because nothing was asked of it for a long time.
"""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.llm import Event, Generated, Message, ModelError, Piece, Progress
from assistant.llm import options as load_options
from assistant.llm.gguf import read_header
from assistant.llm.options import LoadOptions
from assistant.llm.process import ModelProcess, Said
from ingest import model_files
from ingest.config import Config

SILENCE_SECONDS = 20.0
"""A working model gives a sign of life every second; after this long without one it hangs."""
LOOK_SECONDS = 0.05
"""How often a waiting caller looks whether it was cancelled; a cancel is answered within a quarter of a second."""
PROGRESS_SECONDS = 1.0
"""Time between two events while the model loads."""
CRASHES = frozenset(
    number
    for name in ("SIGSEGV", "SIGILL", "SIGBUS", "SIGABRT", "SIGFPE")
    if (number := getattr(signal, name, None)) is not None
)
"""Signals that say that the code failed on this machine; a SIGKILL comes from a person or from lack of memory."""
FAST, SAFE = "fast", "safe"
AGAIN = "Ask again; the model is started anew."


class _SilentError(Exception):
    """Nothing was heard for too long."""


class _GoneError(Exception):
    """The process ended without a word about the request: it was dead already when it was asked."""


class ChildModel:
    """A model file that runs in a child process.

    Args:
        name: Shown beside answers.
        fingerprint: Under which its working options are remembered.
        fast: Options tried first.
        safe: Options tried when those fail.
        silence_seconds: After how long without a sign of life it counts as hanging.
    """

    def __init__(
        self,
        name: str,
        fingerprint: str,
        fast: LoadOptions,
        safe: LoadOptions,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._name = name
        self._fingerprint = fingerprint
        self._options = {FAST: fast, SAFE: safe}
        self._silence = silence_seconds
        self._remembered = load_options.remembered(fingerprint)
        self._which = SAFE if self._remembered == SAFE else FAST
        self._process: ModelProcess | None = None
        self._closed = False
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls, name: str, config: Config, silence_seconds: float = SILENCE_SECONDS, instructions: str = ""
    ) -> ChildModel:
        """Find the model and start loading it, without waiting.

        Raises:
            SetupError: The file is missing, is not the published one, or is no GGUF file.
        """
        settings = config.section("model")
        found = model_files.find(name, "language")
        model_files.verify(found)
        trained = read_header(Path(found.path)).context
        fast, safe = load_options.ladder(
            found.path,
            int(settings["context"]),
            trained,
            int(settings["threads"]),
            instructions,
            int(settings["keep_seconds"]),
        )
        model = cls(found.name, found.fingerprint, fast, safe, silence_seconds)
        model._start()
        return model

    @property
    def name(self) -> str:
        """Name shown beside answers."""
        return self._name

    @property
    def context(self) -> int:
        """Tokens that prompt and answer share."""
        return self._options[self._which].context

    @property
    def pid(self) -> int | None:
        """The process that runs the model; None while there is none."""
        process = self._process
        return None if process is None or process.dead else process.pid

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text; waits until the model is loaded."""
        process = self._loaded()
        task, answers = process.ask("count", texts=list(texts))
        try:
            said = self._hear(process, answers, None)
        except _SilentError as error:
            process.kill()
            raise self._silent() from error
        finally:
            process.drop(task)
        if said is None or said["is"] != "counted":
            raise self._died(process)
        return [int(number) for number in said["numbers"]]

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int,
        grammar: str | None = None,
        cancelled: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Let the model write; see `LanguageModel.generate`."""
        started = time.monotonic()
        request = {
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": max_tokens,
            "seed": seed,
            "grammar": grammar,
        }
        pieces: list[str] = []
        for last in (False, True):
            process: ModelProcess | None = None
            try:
                for waiting in self._load(cancelled):
                    if waiting is None:
                        yield Progress(0, 0)
                    else:
                        process = waiting
                if process is None:
                    yield Generated("", "cancelled", 0, 0, 0, time.monotonic() - started)
                else:
                    yield from self._write(process, request, pieces, started, cancelled)
            except _SilentError as error:
                if process is not None:
                    process.kill()
                if last or pieces:
                    raise self._silent() from error
                self._which = SAFE
            except _GoneError as error:
                if last and process is not None:
                    raise self._died(process) from error
            else:
                return

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.close()
                self._process = None

    def _write(
        self,
        process: ModelProcess,
        request: Said,
        pieces: list[str],
        started: float,
        cancelled: threading.Event | None,
    ) -> Iterator[Event]:
        """Ask a loaded process for a text and pass on what it says."""
        task, answers = process.ask("generate", **request)
        finished = heard = False
        try:
            while True:
                said = self._hear(process, answers, cancelled)
                if said is None:
                    yield Generated("".join(pieces), "cancelled", 0, 0, len(pieces), time.monotonic() - started)
                    return
                finished = said["is"] in ("done", "failed", "died")
                if said["is"] == "piece":
                    pieces.append(said["text"])
                    yield Piece(said["text"])
                elif said["is"] == "progress":
                    yield Progress(said["done"], said["total"])
                elif said["is"] == "done":
                    numbers = (said["prompt_tokens"], said["cached_tokens"], said["generated_tokens"])
                    yield Generated("".join(pieces), said["reason"], *numbers, time.monotonic() - started)
                    return
                elif said["is"] == "failed":
                    hint = "Lower [answer] passages, or raise [model] context." if said["code"] == "context" else AGAIN
                    raise ModelError(f"{self._name}: {said['message']}", hint, said["code"])
                elif not heard:
                    raise _GoneError
                else:
                    raise self._died(process)
                heard = True
        finally:
            if not finished:
                process.send("cancel", id=task)
            process.drop(task)

    def _hear(
        self, process: ModelProcess, answers: queue.SimpleQueue[Said], cancelled: threading.Event | None
    ) -> Said | None:
        """The next thing said; None once cancelled."""
        while True:
            if cancelled is not None and cancelled.is_set():
                return None
            try:
                return answers.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                if time.monotonic() - process.heard > self._silence:
                    raise _SilentError from None

    def _start(self) -> ModelProcess:
        """The running process, or a new one."""
        with self._lock:
            if self._closed:
                raise ModelError(f"{self._name} was closed", "Open it again.", "load")
            if self._process is None or self._process.dead:
                if self._process is not None:
                    self._process.close()
                tried = self._remembered == self._which
                self._process = ModelProcess(replace(self._options[self._which], tried=tried))
            return self._process

    def _load(self, cancelled: threading.Event | None) -> Iterator[ModelProcess | None]:
        """Wait until the model is loaded: None every second, the process last; nothing at all once cancelled."""
        for attempt in (1, 2):
            process = self._start()
            said, hung = time.monotonic(), False
            while not process.settled.wait(LOOK_SECONDS):
                if cancelled is not None and cancelled.is_set():
                    return
                if time.monotonic() - process.heard > self._silence:
                    hung = True
                    process.kill()
                elif time.monotonic() - said > PROGRESS_SECONDS:
                    said = time.monotonic()
                    yield None
            if process.loaded is not None and not process.dead:
                self._note(self._which)
                yield process
                return
            if process.failure is not None:
                message = f"{self._name} cannot be loaded: {process.failure['message']}"
                raise ModelError(message, "Choose another model in [model] name, or none.", "load")
            if hung or (process.loaded is None and process.signal in CRASHES):
                self._which = SAFE
            if attempt == 2:
                raise self._silent() if hung else self._died(process)

    def _loaded(self) -> ModelProcess:
        process = [one for one in self._load(None) if one is not None]
        return process[-1]

    def _note(self, which: str) -> None:
        if self._remembered != which:
            self._remembered = which
            load_options.remember(self._fingerprint, which)

    def _died(self, process: ModelProcess) -> ModelError:
        """The error for a process that ended; a crash of the code makes the next one start with safer options."""
        if process.signal in CRASHES and self._which == FAST:
            self._which = SAFE
            self._note(SAFE)
        if process.signal == getattr(signal, "SIGKILL", None):
            why = "the language model's process was killed, as the system does when memory runs out"
            return ModelError(
                why, f"{AGAIN} If it happens again, choose a smaller model or lower [model] context.", "crashed"
            )
        how = f"signal {signal.Signals(process.signal).name}" if process.signal else "its own doing"
        return ModelError(f"the language model's process ended by {how}", AGAIN, "crashed")

    def _silent(self) -> ModelError:
        return ModelError(f"nothing was heard of the language model for {self._silence:.0f} seconds", AGAIN, "silent")
