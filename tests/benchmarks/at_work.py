"""An owner that indexes at full pace in processes of its own, as a person's `assistant index` starts it.

Shared by the benchmarks that measure what indexing costs others.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from ingest import config
from ingest.client import Client
from ingest.socket_files import read_note

START_SECONDS = 120.0
BUSY_SECONDS = 2.0
"""Processor time that the workers have used when indexing counts as under way."""


class AtWork:
    """`assistant index` over a folder, under way when the block begins, and ended with it.

    Args:
        folder: What is indexed; enough to last.
        library: Where the library is made.
    """

    def __init__(self, folder: Path, library: Path) -> None:
        self._library = library
        command = [sys.executable, "-m", "assistant", "index", str(folder), "--library", str(library), "--json"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self) -> Self:
        deadline = time.monotonic() + START_SECONDS
        while self.used() < BUSY_SECONDS:
            if time.monotonic() > deadline or not self.running:
                raise RuntimeError("indexing has not begun")
            time.sleep(0.1)
        client = Client.connect(self._library, config.load(), start=False)
        if client is None:
            raise RuntimeError("the owner does not answer")
        self.client = client
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self._process.terminate()
        self._process.wait()

    @property
    def running(self) -> bool:
        """Whether there is still something to index."""
        return self._process.poll() is None

    def workers(self) -> list[psutil.Process]:
        """All processes below the owner."""
        note = read_note(self._library)
        try:
            return [] if note is None else psutil.Process(note.pid).children(recursive=True)
        except psutil.Error:
            return []

    def used(self) -> float:
        """Processor seconds that the processes below the owner have used so far, those of their ended children included."""
        return sum(map(_used, self.workers()))


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
