"""Pages that are pictures: read by several OCR workers at a time, each picture removed afterwards.

Knows nothing of the file that a page is from, nor of the order in which pages are wanted.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.errors import WorkerError
from ingest.frames import FrameError, Message
from ingest.records import Page, Problem
from ingest.work.limits import ADDRESS_SPACE_MB, FILE_MB, Limits
from ingest.work.members import PictureOfPage, error_of
from ingest.work.merge import merge
from ingest.work.outlet import Recognized
from ingest.work.pool import WorkerPool
from ingest.work.warden import Warden
from ingest.work.worker import HINT

OCR_CPU_FACTOR = 4
"""A picture that OCR is unsure of is read several times: turned, cleaned and scaled."""
FILES_KNOWN = 64
"""Files of which is remembered what their pages were read with."""
MAX_NOTICE = 300
"""Longest notice of an OCR worker, in characters."""


@dataclass(slots=True)
class _Known:
    """What OCR has said of a file."""

    languages: str = ""
    """Language data that read one of its pages well."""
    notices: set[str] = field(default_factory=set)
    """What a person was told of it."""


class Recognition:
    """OCR workers behind a queue.

    Args:
        warden: Who starts the workers.
        options: The `[reading]` section.
        parallel: Pages read at the same time.
        entry: Dotted name of the workers' entry.
    """

    def __init__(self, warden: Warden, options: dict[str, Any], parallel: int, entry: str) -> None:
        limits = Limits(
            cpu_seconds=OCR_CPU_FACTOR * float(options["page_cpu_seconds"]),
            memory_mb=int(options["memory_mb"]),
            address_space_mb=ADDRESS_SPACE_MB,
            file_mb=FILE_MB,
        )
        self.parallel = parallel
        self._languages = str(options["ocr_languages"])
        self._pool = WorkerPool(warden, entry, parallel, limits=limits, confined="all")
        self._threads = ThreadPoolExecutor(parallel, thread_name_prefix="ocr")
        self._lock = threading.Lock()
        self._known: dict[Path, _Known] = {}

    def submit(self, picture: PictureOfPage) -> Future[Recognized]:
        """Queue a picture; it is removed once it has been read. The result raises `WorkerError` when `close` ended it.

        Raises:
            WorkerError: `killed` after `close`.
        """
        try:
            return self._threads.submit(self._recognize, picture)
        except RuntimeError as error:  # what the executor says after its shutdown
            raise WorkerError("the sandbox has been closed", HINT, "killed") from error

    def stop_all(self) -> None:
        """Stop the OCR workers at once."""
        self._pool.stop_all()

    def cont_all(self) -> None:
        """Let them go on."""
        self._pool.cont_all()

    def close(self) -> None:
        """End the OCR workers and drop what is queued."""
        self._pool.close()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _recognize(self, picture: PictureOfPage) -> Recognized:
        file = picture.image.parent  # the pictures of each file lie in a folder of their own
        with self._lock:
            likely = self._known[file].languages if file in self._known else ""
        request = {
            "op": "ocr",
            "image": str(picture.image),
            "languages": self._languages,
            "likely": likely,
            "dpi": picture.dpi,
        }
        try:
            answer, _ = self._call(request)
            if isinstance(answer.get("error"), dict):
                error = error_of(answer["error"])
                return _without_ocr(picture, error.code, error.message)
            page = merge(picture, answer)
            return page, self._noted(file, page, answer)
        except FrameError as error:
            return _without_ocr(picture, "crashed", f"OCR broke its protocol: {error}")
        except WorkerError as error:
            if error.code not in ("crashed", "timeout", "out_of_memory"):
                raise
            return _without_ocr(picture, error.code, f"OCR: {error.message}")
        finally:
            with contextlib.suppress(OSError):
                picture.image.unlink()

    def _noted(self, file: Path, page: Page, answer: Message) -> Problem | None:
        """Remember what a page was read with, and give out what is to be told of it: once a file."""
        languages, notice = str(answer.get("languages") or ""), str(answer.get("notice") or "")[:MAX_NOTICE]
        with self._lock:
            known = self._known.setdefault(file, _Known())
            if len(self._known) > FILES_KNOWN:
                self._known.pop(next(iter(self._known)))
            if not notice:
                known.languages = known.languages or (languages if page.text else "")
                return None
            if notice in known.notices:
                return None
            known.notices.add(notice)
        return Problem(page.number, "no_ocr", f"page {page.number} is {notice}")

    def _call(self, request: Message) -> tuple[Message, bytes]:
        """Ask once more when somebody killed the warden: that is not the page's fault."""
        try:
            return self._pool.call(request)
        except WorkerError as error:
            if error.code != "lost":
                raise
        return self._pool.call(request)


def _without_ocr(picture: PictureOfPage, code: str, message: str) -> Recognized:
    """A page's text layer, where it has one, and the problem."""
    page = Page(picture.number, picture.label, picture.text, headings=picture.headings) if picture.text else None
    return page, Problem(picture.number, code, message)
