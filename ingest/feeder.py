"""Keep Chroma fed with the rows of the vector file, and ask it and the exact scan for nearest rows.

Chroma is an index over the vector file and may be killed, lost or behind at any moment. Rows up to the watermark are in
it; those beyond are scanned. A child that dies is started again; one that dies while it opens the folder, or lacks
vectors that it should know, costs the folder, which is filled again. A child that keeps dying is given up for the life
of this owner, and every question is answered by the exact scan. Knows nothing of passages and documents.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import log
from ingest.errors import AssistantError, LibraryError, WorkerError
from ingest.gate import Gate
from ingest.library import Library
from ingest.vectors.chroma_client import ENTRY, MAX_ROWS_A_BATCH, ChromaIndex
from ingest.work.worker import Worker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEAD_START_SECONDS, HEAD_START_A_ROW = 0.01, 4e-8
"""Chroma answers 100,000 rows in 4 ms and 1,000,000 in 10 when nothing else runs; after this the exact scan, which takes
160 ms for the latter, starts beside it."""
MAX_DEATHS = 4
"""Deaths of the index child in a row, without a batch between them, after which it is given up."""
KNOWN_ROWS = 100
"""Vectors asked back at every opening."""
MAX_UNFOUND = 0.05
"""Share of them that Chroma may hold and not find: of a million rows in good order it misses up to 0.005."""
ASKED_AT_ONCE = 2
"""Questions that may wait for Chroma, which answers one at a time and none while it is fed; more are scanned for at once."""
FED_SHARE = 0.9
"""Share of the rows that Chroma must hold before it is asked: what it lacks is scanned for, and two scans slow each other."""
SCANS_AT_ONCE = 4
"""Scans at the same time, each on one core."""
SPARE_ROWS = 8
"""Rows asked for beyond the limit, since some may have died."""
CLOSE_SECONDS = 1.0
"""Time for the batch that is being fed when the owner ends."""
PATIENCE_SECONDS = 1.0
"""Fewer rows than a batch are fed after this time."""
REFILL_SECONDS = 60.0
"""How long somebody waits until Chroma's folder is deleted: a batch that is being fed comes first."""
CANCEL_SECONDS = 0.2
"""How soon somebody who waits notices that nobody waits for him any more."""


class Feeder:
    """Chroma's keeper; `start` begins to feed in a thread of its own. Safe to use from several threads.

    Args:
        library: The open library, which names the generation, its rows and the watermark.
        spawn: Starts the index child, given its entry.
        gate: Nothing is fed while it is shut.
    """

    def __init__(self, library: Library, spawn: Callable[[str], Worker], gate: Gate) -> None:
        self.by_chroma = 0
        """Searches that Chroma answered first."""
        self.by_scan = 0
        """Searches that the exact scan answered first."""
        self._library = library
        self._spawn = spawn
        self._gate = gate
        self._worker: Worker | None = None
        self._index: ChromaIndex | None = None
        self._opened = 0
        self._refill_wanted = False
        self._given_up = False
        self._asked = False
        self._waited_for = False
        self._ending = False
        self._deaths = 0
        self._changed = threading.Condition()
        self._free = threading.Semaphore(ASKED_AT_ONCE)
        self._askers = ThreadPoolExecutor(ASKED_AT_ONCE, "nearest")
        self._scanners = ThreadPoolExecutor(SCANS_AT_ONCE, "scan")
        self._thread = threading.Thread(target=self._feed, name="feeder", daemon=True)

    def start(self) -> None:
        """Begin to feed."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there may be new rows."""
        with self._changed:
            self._changed.notify_all()

    def wait_fed(self, cancelled: Callable[[], bool]) -> None:
        """Wait until Chroma holds every row there is now, or has been given up."""
        goal = self._library.row_count()
        self._waited_for = True
        while not (cancelled() or self._given_up or self._ending or self._library.watermark() >= goal):
            with self._changed:
                self._changed.notify_all()
                self._changed.wait(CANCEL_SECONDS)
        self._waited_for = False

    def refill(self) -> None:
        """Have Chroma's folder deleted and filled again; returns once it is deleted.

        Raises:
            LibraryError: The folder cannot be deleted now (code `in_use`).
        """
        with self._changed:
            self._refill_wanted = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._refill_wanted or not self._feeds(), REFILL_SECONDS)
        if not self._feeds():
            self._begin_anew()
        elif not done:
            raise LibraryError(f"{self._folder()} is in use", "Try again.", "in_use")

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[int, float]]:
        """Living rows nearest to a unit vector, best first, with their cosine; from whoever answers first."""
        self._asked = True
        generation = self._library.generation()
        if generation is None:
            return []
        index, mark, count = self._index, generation.watermark, generation.rows
        if self._opened != generation.key:
            index = None
        found: list[tuple[int, float]] | None = None
        scanned: Future[list[tuple[int, float]]] | None = None
        if index is not None and mark > FED_SHARE * count and self._free.acquire(blocking=False):
            asked = self._askers.submit(index.nearest, vector, limit + SPARE_ROWS)
            asked.add_done_callback(lambda _: self._free.release())
            rivals: list[Future[list[tuple[int, float]]]] = [asked]
            if mark < count or not wait(rivals, HEAD_START_SECONDS + count * HEAD_START_A_ROW).done:
                scanned = self._scanners.submit(self._library.nearest_rows, vector, limit)
                rivals.append(scanned)
            if asked in wait(rivals, return_when=FIRST_COMPLETED).done:
                found = self._completed(asked, vector, limit, mark)
        if found is not None:
            self.by_chroma += 1
            return found
        self.by_scan += 1
        return scanned.result() if scanned is not None else self._library.nearest_rows(vector, limit)

    def close(self) -> None:
        """Stop feeding and end the child; what Chroma has written is on the disk afterwards."""
        self._ending = True
        self.wake()
        for threads in (self._askers, self._scanners):
            threads.shutdown(wait=False, cancel_futures=True)
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)
        opened, self._index = self._index, None
        self._end_child()
        if opened is not None and not self._thread.is_alive():
            _sync(self._folder())
            self._library.note_chroma(boot_id(), is_open=False)

    def _completed(
        self, asked: Future[list[tuple[int, float]]], vector: NDArray[np.float32], limit: int, mark: int
    ) -> list[tuple[int, float]] | None:
        """Chroma's answer without dead rows and with those beyond the watermark; None where it has too few."""
        if asked.exception() is not None:
            return None
        rows = asked.result()
        living = self._library.living(row for row, _ in rows)
        found = [item for item in rows if item[0] in living and item[0] < mark]
        if len(found) < min(limit, len(rows)):
            return None
        found += self._library.nearest_rows(vector, limit, start=mark)
        return sorted(found, key=lambda item: -item[1])[:limit]

    def _feed(self) -> None:
        """The feeding thread."""
        try:
            while not self._ending and not self._given_up:
                with self._changed:
                    self._changed.wait_for(
                        lambda: self._ending or self._refill_wanted or self._has_batch(), PATIENCE_SECONDS
                    )
                if self._refill_wanted:
                    self._begin_anew()
                elif self._is_behind() and self._gate.wait(lambda: self._ending or self._refill_wanted):
                    self._feed_once()
        except Exception as error:  # noqa: BLE001 - told to the log; nobody waits for Chroma any more
            log.unexpected("feeding Chroma", error)
            self._given_up = True
            self.wake()

    def _feeds(self) -> bool:
        return self._thread.is_alive() and not (self._ending or self._given_up)

    def _begin_anew(self) -> None:
        """End the child and delete its folder."""
        self._index = None
        self._end_child()
        self._discard()
        with self._changed:
            self._refill_wanted = False
            self._changed.notify_all()

    def _has_batch(self) -> bool:
        """Whether it is worth while to feed at once: a whole batch, or somebody waits."""
        enough = 1 if self._waited_for else MAX_ROWS_A_BATCH
        return self._library.row_count() - self._library.watermark() >= enough or self._is_asked_in_vain()

    def _is_behind(self) -> bool:
        return self._library.watermark() < self._library.row_count() or self._is_asked_in_vain()

    def _is_asked_in_vain(self) -> bool:
        """Whether a question has come while the child is not open."""
        return self._asked and self._index is None and self._library.row_count() > 0

    def _feed_once(self) -> None:
        """Open the child where it is not open, or feed it one batch; count its deaths."""
        try:
            self._leave_other_generation()
            index = self._index or self._open()
            self._index = index
            generation = self._library.generation()
            if generation is None or generation.key != self._opened:
                return
            start = generation.watermark
            stop = min(start + MAX_ROWS_A_BATCH, generation.rows)
            if start < stop:
                index.add(start, self._library.rows(start, stop, generation))
                self._library.set_watermark(stop, generation)
                self._deaths = 0
        except WorkerError as error:
            self._count_death(error)
        except Exception as error:  # noqa: BLE001 - told to the log; searches go on without Chroma
            self._deaths = MAX_DEATHS
            self._count_death(log.unexpected("feeding Chroma", error))
        if self._library.watermark() >= self._library.row_count():
            self.wake()

    def _leave_other_generation(self) -> None:
        """End a child that holds the folder of a generation that is no longer current."""
        generation = self._library.generation()
        if self._index is not None and generation is not None and generation.key != self._opened:
            self._index = None
            self._end_child()

    def _open(self) -> ChromaIndex:
        """Start the child and check what it holds; a folder that fails the check is discarded and begun anew."""
        generation = self._library.generation()
        self._opened = generation.key if generation is not None else 0
        if generation is not None and generation.chroma_open and generation.boot_id != boot_id():
            logging.warning("the machine went down while Chroma was open; it is filled again")
            self._discard()
        self._library.note_chroma(boot_id(), is_open=True)
        index = self._start_child()
        if not self._knows(index):
            self._end_child()
            self._discard()
            index = self._start_child()
        return index

    def _start_child(self) -> ChromaIndex:
        worker = self._spawn(ENTRY)
        self._worker = worker
        try:
            return ChromaIndex(worker, self._folder(), self._library.meta().dimensions, self._library.row_count())
        except WorkerError as error:
            self._end_child()
            if self._ending:
                raise
            logging.warning("Chroma's folder cannot be opened (%s); it is filled again", error.message)
            self._discard()
            raise

    def _knows(self, index: ChromaIndex) -> bool:
        """Whether the child has the rows up to the watermark, asked for a sample of them."""
        mark = self._library.watermark()
        if not mark:
            return index.rows_at_opening == 0
        sample = sorted({n * (mark - 1) // max(1, KNOWN_ROWS - 1) for n in range(KNOWN_ROWS)})
        sample = [row for row in sample if row < mark]
        lost, unfound = index.verify(sample, self._library.rows(0, mark)[sample])
        if lost or unfound > MAX_UNFOUND * len(sample) or index.rows_at_opening < mark:
            logging.warning("Chroma lost %d and missed %d of %d known rows; filled again", lost, unfound, len(sample))
            return False
        return True

    def _discard(self) -> None:
        self._library.set_watermark(0)
        shutil.rmtree(self._folder(), ignore_errors=True)

    def _folder(self) -> Path:
        """Chroma's folder of the present generation."""
        generation = self._library.generation()
        return self._library.folder / (generation.chroma if generation is not None else "chroma")

    def _count_death(self, error: AssistantError) -> None:
        self._index = None
        self._end_child()
        self._deaths += 1
        if self._ending:
            return
        logging.warning("the index child ended (%s: %s)", error.code, error.message)
        if self._deaths > MAX_DEATHS:
            logging.error("the index child keeps ending; searches go on by the exact scan alone")
            self._given_up = True
            self.wake()

    def _end_child(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()


def boot_id() -> str:
    """What tells this start of the machine from others; Chroma never syncs its index files, so a power cut loses them."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        import psutil

        return f"booted at {psutil.boot_time() // 60:.0f}"


def _sync(folder: Path) -> None:
    """Have the system write a folder's files to the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
