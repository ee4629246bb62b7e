"""Evaluated beginnings of prompts: kept in memory for the passages asked about last, and on disk for the instructions.

The state is what llama.cpp gives for its one sequence of tokens (the keys and values of attention). Taking one up again
costs milliseconds where reading the same tokens costs seconds. A state is used only under the same model, build and
options, and a file only where its checksum holds; whatever is wrong with one, the tokens are read again. On disk lies
nothing but the program's own instructions, never a document. Models with recurrent layers cannot be cut back to a common
beginning and keep none.

Reaches into llama-cpp-python for the tokens that it counts as evaluated. Knows nothing of messages and templates.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import tempfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

from ingest import model_files

FOLDER = "prompts"
MEMORY_BYTES = 256_000_000
"""Most that the states in memory hold: some ten prompts of a small model, one or two of a large one."""
MOST_STATES = 8
MOST_FILES = 8
"""Files beyond this many are removed, the longest unused first: other models, other builds, older instructions."""
WORTH_TOKENS = 32
"""A state that saves fewer tokens than this is not taken up."""

Tokens = tuple[int, ...]


class PromptStates:
    """The states of one loaded model.

    Args:
        llama: The loaded model.
        native: The bindings of llama.cpp.
        key: Whatever must be the same for a state to fit: model, build, options.
    """

    def __init__(self, llama: Any, native: Any, key: str) -> None:
        self._llama, self._native, self._key = llama, native, key
        self._usable = not (llama._is_recurrent or llama._is_hybrid)
        self._beginning: tuple[Tokens, bytes] = ((), b"")
        self._kept: OrderedDict[Tokens, bytes] = OrderedDict()

    def shared(self, prompt: list[int]) -> int:
        """Tokens at the beginning of a prompt that are evaluated and in place."""
        return _common(self._live(), prompt) if self._usable else 0

    def take_up(self, prompt: list[int]) -> None:
        """Put in place the state that shares most with a prompt, and keep the one that it displaces."""
        if not self._usable:
            return
        live = self._live()
        here = _common(live, prompt)
        best, data = max((self._beginning, *self._kept.items()), key=lambda state: _common(state[0], prompt))
        better = _common(best, prompt) >= here + WORTH_TOKENS
        if len(live) - here >= WORTH_TOKENS:
            self._keep(tuple(live))
        if better:
            if best in self._kept:
                self._kept.move_to_end(best)
            self._put(best, data)

    def prepare(self, tokens: list[int]) -> None:
        """Have the beginning of all prompts evaluated: from its file, or by reading it and writing the file.

        Raises:
            RuntimeError: The model could not evaluate it.
        """
        if not self._usable or not tokens:
            return
        beginning = tuple(tokens)
        path = self._path(beginning)
        data = _read(path)
        if data is None or not self._put(beginning, data):
            self._llama.reset()
            self._llama.eval(tokens)
            data = self._taken()
            _write(path, data)
        self._beginning = (beginning, data)

    def _live(self) -> list[int]:
        """Tokens that are evaluated and in place."""
        tokens: list[int] = self._llama.input_ids[: self._llama.n_tokens].tolist()
        return tokens

    def _keep(self, tokens: Tokens) -> None:
        """Keep the state in place in memory; those used longest ago make room."""
        for part in [part for part in self._kept if tokens[: len(part)] == part]:
            del self._kept[part]
        self._kept[tokens] = self._taken()
        while len(self._kept) > MOST_STATES or sum(map(len, self._kept.values())) > MEMORY_BYTES:
            self._kept.popitem(last=False)

    def _taken(self) -> bytes:
        context = self._llama.ctx
        size = self._native.llama_state_seq_get_size(context, 0)
        buffer = (ctypes.c_uint8 * size)()
        written = self._native.llama_state_seq_get_data(context, buffer, size, 0)
        return bytes(memoryview(buffer)[:written])

    def _put(self, tokens: Tokens, data: bytes) -> bool:
        """Put a state in place; whether llama.cpp took it."""
        llama = self._llama
        llama.reset()
        buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        if not self._native.llama_state_seq_set_data(llama.ctx, buffer, len(data), 0):
            llama._ctx.kv_cache_seq_rm(-1, 0, -1)
            return False
        llama.input_ids[: len(tokens)] = tokens
        llama.n_tokens = len(tokens)
        return True

    def _path(self, tokens: Tokens) -> Path:
        name = hashlib.sha256(f"{self._key}\0{' '.join(map(str, tokens))}".encode()).hexdigest()
        return model_files.models_folder() / FOLDER / f"{name[:40]}.state"


def _common(kept: Tokens | list[int], prompt: list[int]) -> int:
    """Length of the common beginning, at most all of the prompt but its last token, which must be evaluated anew."""
    most = min(len(kept), len(prompt) - 1)
    return next((at for at in range(most) if kept[at] != prompt[at]), max(0, most))


def _read(path: Path) -> bytes | None:
    """The state in a file; None where there is none or it is damaged."""
    try:
        content = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    data = content[hashlib.sha256().digest_size :]
    return data if content and hashlib.sha256(data).digest() == content[: -len(data) or None] else None


def _write(path: Path, data: bytes) -> None:
    """Write a state in one step; a folder that cannot be written costs the time to read the instructions, nothing else."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(data).digest() + data)
        Path(temporary).replace(path)
        files = sorted(path.parent.glob("*.state"), key=lambda each: each.stat().st_mtime)
        for old in files[:-MOST_FILES]:
            old.unlink(missing_ok=True)
    except OSError:
        return
