"""The language model's process: llama.cpp behind two pipes of its own, a JSON object a line.

    in:  load{options}  count{id, texts}  generate{id, messages, max_tokens, seed, grammar}  cancel{id}  unload
    out: alive  loaded{context, name}  counted{id, numbers}  progress{id, done, total}  piece{id, text}
         done{id, reason, prompt_tokens, cached_tokens, generated_tokens, seconds}  failed{id, code, message}

A process of its own, because llama.cpp can crash, writes to descriptors 1 and 2 as it likes, and holds its memory. The
main thread runs the model; a second thread reads commands, so that a cancel reaches a running evaluation through
llama.cpp's abort callback. The end of the command pipe ends the process at once: whoever asked is gone. The priority is
never lowered: a model that yields to other work waits for its own threads, which makes it many times slower.
Knows nothing of documents, and opens nothing but the model's file and the evaluated instructions (`states`).
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from assistant.llm.options import LoadOptions
from ingest.offline import forbid_connections

ALIVE_SECONDS = 1.0
"""Time between two signs of life while the model works; who waits gives up after twenty seconds of silence."""

Command = dict[str, Any]


class Pipes:
    """The two pipes: commands sorted by urgency, and answers written whole."""

    def __init__(self, commands: BinaryIO, answers: BinaryIO) -> None:
        self._commands = commands
        self._answers = answers
        self._lock = threading.Lock()
        self.queue: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.cancelled: set[int] = set()
        self.count: Callable[[Command], Command] | None = None

    def say(self, kind: str, **fields: Any) -> None:
        """Write one answer; a reader that is gone ends the process."""
        line = json.dumps({"is": kind, **fields}, ensure_ascii=True).encode("ascii") + b"\n"
        try:
            with self._lock:
                self._answers.write(line)
                self._answers.flush()
        except OSError:
            os._exit(0)

    def listen(self) -> None:
        """Read commands until the pipe ends, then end the process, whatever the model is doing."""
        for line in self._commands:
            command: Command = json.loads(line)
            if command["op"] == "cancel":
                self.cancelled.add(command["id"])
            elif command["op"] == "count" and self.count is not None:
                self.say(**self.count(command))
            else:
                self.queue.put(command)
        os._exit(0)


class Clock:
    """Signs of life from inside llama.cpp, and the place where a running evaluation is stopped."""

    def __init__(self, pipes: Pipes) -> None:
        self._pipes = pipes
        self._next = 0.0
        self.task: int | None = None
        self.total = 0
        self.done: Callable[[], int] = lambda: 0

    def tick(self) -> None:
        """Say that the model works, at most once in `ALIVE_SECONDS`."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + ALIVE_SECONDS
        if self.task is None:
            self._pipes.say("alive")
        else:
            self._pipes.say("progress", id=self.task, done=min(self.done(), self.total), total=self.total)

    def stop_now(self) -> bool:
        """Whether the running evaluation is to be given up."""
        self.tick()
        return self.task in self._pipes.cancelled


def main(arguments: list[str]) -> None:
    """Serve until the command pipe ends.

    Args:
        arguments: The descriptors of the command and the answer pipe.
    """
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for whoever asked; it cancels, or goes and takes the pipe along
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    forbid_connections()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    pipes = Pipes(os.fdopen(int(arguments[0]), "rb"), os.fdopen(int(arguments[1]), "wb"))
    threading.Thread(target=pipes.listen, daemon=True).start()
    serve(pipes)


def serve(pipes: Pipes) -> None:
    """Carry out commands in their order."""
    from assistant.llm.engine import Engine, EngineError

    clock = Clock(pipes)
    engine: Engine | None = None
    keep: int | None = None
    while True:
        try:
            command = pipes.queue.get(timeout=keep)
        except queue.Empty:
            os._exit(0)  # nobody has asked for long; who does next starts another process
        task = command.get("id", 0)
        try:
            if command["op"] == "unload":
                os._exit(0)
            elif command["op"] == "load":
                options = LoadOptions.from_json(command["options"])
                keep = options.keep_seconds or None
                engine = Engine(options, clock)
                if not options.tried:
                    engine.try_out()
                engine.prepare(options.instructions)
                pipes.count = _counter(engine)
                pipes.say("loaded", context=engine.context, name=engine.name)
            elif engine is None:
                pipes.say("failed", id=task, code="load", message="no model is loaded")
            elif command["op"] == "count":
                pipes.say(**_counter(engine)(command))
            elif task in pipes.cancelled:
                pipes.say("done", id=task, reason="cancelled", prompt_tokens=0, cached_tokens=0, generated_tokens=0)
            else:
                engine.generate(command, pipes)
        except EngineError as error:
            pipes.say("failed", id=task, code=error.code, message=error.message)
        pipes.cancelled.discard(task)


def _counter(engine: Any) -> Callable[[Command], Command]:
    return lambda command: {"kind": "counted", "id": command["id"], "numbers": engine.count(command["texts"])}


if __name__ == "__main__":
    main(sys.argv[1:])
