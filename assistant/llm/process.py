"""One life of the model's process: its start, its two pipes, and what it said to whom.

Knows nothing of second attempts; `assistant.llm.child` decides what a death or a silence means.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import assistant
from assistant.llm.options import LoadOptions

CLOSE_SECONDS = 1.0
"""How long a process may take to unload before it is killed; it holds nothing that could be lost."""

WAIT_POLICY = "passive"
"""Idle threads of the model sleep. Spinning is a quarter faster on a machine with nothing else to do, and many times
slower (measured: 36 s instead of 6) as soon as other programs want the processor, as they do where people work."""

Said = dict[str, Any]
DIED: Said = {"is": "died"}
"""Put into every queue when the process ends."""


class ModelProcess:
    """A running `assistant.llm.worker`.

    Args:
        options: What it loads, at once.

    Attributes:
        settled: Set once the model is loaded, cannot be loaded, or the process has ended.
        loaded: What it said when it was loaded; None before, and where it failed.
        failure: Why it could not be loaded; None otherwise.
        heard: `time.monotonic` of its last sign of life.
    """

    def __init__(self, options: LoadOptions) -> None:
        self.settled = threading.Event()
        self.loaded: Said | None = None
        self.failure: Said | None = None
        self.heard = time.monotonic()
        self._queues: dict[int, queue.SimpleQueue[Said]] = {}
        self._last = 0
        self._lock = threading.Lock()
        self._dead = False
        commands_in, commands = os.pipe()
        answers, answers_out = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "assistant.llm.worker", str(commands_in), str(answers_out)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(commands_in, answers_out),
                env=_environment(),
            )
        finally:
            os.close(commands_in)
            os.close(answers_out)
        self._commands = os.fdopen(commands, "wb", buffering=0)
        self._reader = threading.Thread(target=self._listen, args=(answers,), name="model answers", daemon=True)
        self._reader.start()
        self.send("load", options=options.as_json())

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def dead(self) -> bool:
        """Whether the process has ended."""
        return self._dead

    @property
    def signal(self) -> int:
        """The signal that ended it; 0 while it runs or where it ended by itself."""
        return max(0, -(self._process.returncode or 0))

    def ask(self, op: str, **fields: Any) -> tuple[int, queue.SimpleQueue[Said]]:
        """Send a request; its number, and the queue that gets what is said to it."""
        answers: queue.SimpleQueue[Said] = queue.SimpleQueue()
        with self._lock:
            self._last += 1
            task = self._last
            self._queues[task] = answers
            self.heard = time.monotonic()
            if self._dead:
                answers.put(DIED)
        self.send(op, id=task, **fields)
        return task, answers

    def drop(self, task: int) -> None:
        """Hear no more of a request."""
        with self._lock:
            self._queues.pop(task, None)

    def send(self, op: str, **fields: Any) -> None:
        """Send one command; a process that is gone is noticed by its reader."""
        line = json.dumps({"op": op, **fields}, ensure_ascii=True).encode("ascii") + b"\n"
        try:
            with self._lock:
                while line:
                    line = line[self._commands.write(line) :]
        except (OSError, ValueError):
            self.settled.wait(CLOSE_SECONDS)

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._reader.join()

    def close(self) -> None:
        """Let it unload, and kill it where it does not."""
        self.send("unload")
        self._reader.join(CLOSE_SECONDS)
        if self._reader.is_alive():
            self.kill()
        with self._lock:
            self._commands.close()

    def _listen(self, answers: int) -> None:
        with os.fdopen(answers, "rb") as lines:
            for line in lines:
                self._hear(json.loads(line))
        self._process.wait()
        with self._lock:
            self._dead = True
            waiting = list(self._queues.values())
        self.settled.set()
        for one in waiting:
            one.put(DIED)

    def _hear(self, said: Said) -> None:
        self.heard = time.monotonic()
        task = said.get("id", 0)
        if said["is"] == "loaded":
            self.loaded = said
            self.settled.set()
        elif task == 0 and said["is"] == "failed":
            self.failure = said
            self.settled.set()
        else:
            with self._lock:
                answers = self._queues.get(task)
            if answers is not None:
                answers.put(said)


def _environment() -> dict[str, str]:
    """This process's environment, with the way to our own modules and the wait policy, which OpenMP reads when it loads."""
    environment = dict(os.environ)
    ours = str(Path(assistant.__file__).parents[1])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (ours, environment.get("PYTHONPATH"))))
    environment.setdefault("OMP_WAIT_POLICY", WAIT_POLICY)
    return environment
