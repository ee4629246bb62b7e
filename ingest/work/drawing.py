"""A page as pixels, drawn by a worker that can do no harm, for a person to look at.

The worker is kept from page to page, at normal priority, and ends with `close`. Knows nothing of formats: the worker is
named by its entry.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from ingest.errors import DOCUMENT_ERROR_CODES, DocumentError, WorkerError
from ingest.frames import Message
from ingest.work import scratch
from ingest.work.limits import ADDRESS_SPACE_MB, FILE_MB, Limits
from ingest.work.reading import open_file
from ingest.work.warden import Warden
from ingest.work.worker import Worker

ENTRY = "ingest.extract.drawing:main"
MOST_BYTES = 64 << 20
"""Pixels that are taken from a worker for one page."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as a picture."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""
    pixels: bytes
    """Red, green, blue, a byte each, rows from the top."""
    boxes: tuple[tuple[float, float, float, float], ...]
    """Left, top, right, bottom of each line of the quotes that a text layer has, as fractions of the picture."""


class Drawer:
    """Draws pages, one at a time; may be used from several threads.

    Args:
        options: The `[reading]` section of the configuration.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = dict(options)
        self._lock = threading.Lock()
        self._warden: Warden | None = None
        self._worker: Worker | None = None

    def draw(self, path: Path, document_id: str, page: int, width: int, quotes: Sequence[str] = ()) -> Drawn:
        """Draw a page.

        Args:
            path: The file.
            document_id: The document in it.
            page: Page of the document, from 1.
            width: Pixels across, as far as the page is not too long.
            quotes: Texts whose places are wanted.

        Raises:
            DocumentError: The file is gone, was changed, has no pictures of pages, or this one cannot be drawn.
        """
        descriptor = open_file(path, None)
        try:
            with self._lock:
                try:
                    return self._ask(path, descriptor, document_id, page, width, quotes)
                except WorkerError as error:
                    self._drop()
                    raise DocumentError(
                        "crashed", f"{path.name}: the page cannot be drawn ({error.message})"
                    ) from error
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """End the worker; the next page starts another."""
        with self._lock:
            self._drop()
            warden, self._warden = self._warden, None
            if warden is not None:
                warden.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(
        self, path: Path, descriptor: int, document_id: str, page: int, width: int, quotes: Sequence[str]
    ) -> Drawn:
        worker = self._ready()
        folder = scratch.make_folder(worker.folder, f"page-{os.urandom(4).hex()}")
        copy = worker.next_file()
        request: Message = {
            "op": "draw",
            "path": str(copy or path),
            "name": path.name,
            "folder": str(folder),
            "options": self._options,
            "document": document_id,
            "page": page,
            "width": width,
            "quotes": list(quotes),
        }
        os.lseek(descriptor, 0, os.SEEK_SET)
        worker.send(request, file=descriptor if copy else None)
        try:
            return _received(worker)
        finally:
            scratch.remove(folder)
            if copy is not None:
                copy.unlink(missing_ok=True)

    def _ready(self) -> Worker:
        if self._warden is None:
            self._warden = Warden.start(idle=False)
        if self._worker is None or not self._worker.alive:
            limits = Limits(
                cpu_seconds=float(self._options["page_cpu_seconds"]),
                memory_mb=int(self._options["memory_mb"]),
                address_space_mb=ADDRESS_SPACE_MB,
                file_mb=FILE_MB,
            )
            self._worker = self._warden.spawn(ENTRY, limits=limits, confined="own")
        return self._worker

    def _drop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            worker.end()


def _received(worker: Worker) -> Drawn:
    """The picture that a worker sends; what it says is not believed beyond its size."""
    parts: list[bytes] = []
    size = 0
    while True:
        header, payload = worker.receive()
        if header.get("is") == "pixels":
            size += len(payload)
            parts.append(payload)
            if size > MOST_BYTES:
                raise WorkerError("more pixels than a page has", "", "crashed")
            continue
        if header.get("is") == "error":
            code = str(header.get("code"))
            known = code if code in DOCUMENT_ERROR_CODES else "crashed"
            raise DocumentError(known, str(header.get("message")), str(header.get("hint") or ""))
        break
    try:
        width, height = int(header["width"]), int(header["height"])
        boxes = tuple(_box(box) for box in header["boxes"])
    except (KeyError, TypeError, ValueError) as error:
        raise WorkerError("no picture came", "", "crashed") from error
    if width < 1 or height < 1 or width * height * 3 != size:
        raise WorkerError("a picture of another size came", "", "crashed")
    return Drawn(width, height, b"".join(parts), boxes)


def _box(values: Sequence[Any]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (min(1.0, max(0.0, float(value))) for value in values)
    return left, top, right, bottom
