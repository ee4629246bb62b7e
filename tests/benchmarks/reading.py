"""`python -m tests.benchmarks.reading [FOLDER …]`: how fast files are read, as ratios to what others do in the same run.

Text of PDFs: the reader in one process, and the sandbox as `assistant extract` uses it, two files at a time with its
processes started, against a loop of pypdf and one of bare pdfium. OCR: pages a second of the sandbox against a loop of
`tesseract` over the same pages. Memory: the highest that any reader came to. Without a folder: `sample_docs/`.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil

from ingest import config
from ingest.errors import DocumentError
from ingest.extract import image, pdf
from ingest.extract.reader import PageImage, ReadOptions, Source
from ingest.extract.sniff import media_type_of
from ingest.records import Page
from ingest.work.extracted import ExtractedFile, collect
from ingest.work.sandbox import FILES_AT_A_TIME, READER_ENTRY, Sandbox
from ingest.work.warden import Warden
from tests.benchmarks.measuring import REPOSITORY, conditions, figure, line, seconds_of, yardstick

ROUNDS = 3
"""Repetitions of each measurement; the fastest counts, since whatever disturbs a run makes it slower."""
MAX_SCANS = 40
"""Pages that are read by OCR."""
OPTIONS = config.load().section("reading")


def main(folders: Sequence[Path]) -> None:
    """Measure and print."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    conditions(f"reading {len(paths)} files in {', '.join(map(str, folders))}")
    with tempfile.TemporaryDirectory() as private, Warden.start(idle=False) as warden:
        texts, scans, pictures = _sorted_out(paths, Path(private))
        with Sandbox(warden, OPTIONS, 0) as sandbox:
            if texts:
                _text(texts, sandbox, Path(private))
            if scans and shutil.which("tesseract"):
                _ocr(scans, pictures, sandbox)
            peak, readers = _peak_of_readers()
            if readers:
                figure("highest memory of a reader", peak / 1e6, "MB", most=500, n=readers)


def _sorted_out(paths: Sequence[Path], private: Path) -> tuple[list[Path], list[Path], list[Path]]:
    """PDFs with text on every page, files of scanned pages alone, and the pictures of the latter's pages."""
    texts: list[Path] = []
    scans: list[Path] = []
    pictures: list[Path] = []
    for path in paths:
        with path.open("rb") as file:
            kind = media_type_of(path, path.name) if file.read(1) else ""
        if kind != "application/pdf" and not kind.startswith("image/"):
            continue
        folder = Path(tempfile.mkdtemp(dir=private))
        try:
            found = list((pdf if kind == "application/pdf" else image).read(_source(path, kind, folder)))
        except DocumentError:
            continue
        pages = [item for item in found if isinstance(item, Page | PageImage)]
        shown = [item.image for item in pages if isinstance(item, PageImage)]
        if pages and not shown:
            texts.append(path)
        elif shown and len(shown) == len(pages) and len(pictures) + len(shown) <= MAX_SCANS:
            scans.append(path)
            pictures += shown
    return texts, scans, pictures


def _source(path: Path, kind: str, folder: Path) -> Source:
    return Source(path, path.name, kind, folder, ReadOptions.from_config(OPTIONS))


def _text(paths: Sequence[Path], sandbox: Sandbox, private: Path) -> None:
    pages = sum(len(each.pages) for each in _through(sandbox, paths))  # starts the readers, too
    by_pypdf = _fastest(lambda: _with_pypdf(paths))
    by_pdfium = _fastest(lambda: _with_pdfium(paths))
    alone = _fastest(lambda: [list(pdf.read(_source(path, "application/pdf", private))) for path in paths])
    together = _fastest(lambda: _through(sandbox, paths))
    yardstick(f"pypdf, {len(paths)} PDFs: pages a second", pages / by_pypdf, "/s", pages)
    yardstick("pdfium's bare text, as a ratio to pypdf", by_pypdf / by_pdfium, "x", pages)
    figure("the reader in one process, as a ratio to pypdf", by_pypdf / alone, "x", n=pages)
    figure(f"the sandbox, {FILES_AT_A_TIME} files at a time, likewise", by_pypdf / together, "x", least=8, n=pages)


def _ocr(paths: Sequence[Path], pictures: Sequence[Path], sandbox: Sandbox) -> None:
    _through(sandbox, paths[:FILES_AT_A_TIME])  # starts the OCR workers
    began = time.perf_counter()
    _through(sandbox, paths)
    ours = seconds_of(began)
    began = time.perf_counter()
    for picture in pictures:
        command = ["tesseract", str(picture), "stdout", "--dpi", "300"]
        subprocess.run(command, check=False, capture_output=True)
    plain = seconds_of(began)
    yardstick("a loop of tesseract: pages a second", len(pictures) / plain, "/s", len(pictures))
    figure("OCR pages a second, as a ratio to that", plain / ours, "x", least=1.5, n=len(pictures))


def _through(sandbox: Sandbox, paths: Sequence[Path]) -> list[ExtractedFile]:
    """Read files as `assistant extract` does."""

    def extract(path: Path) -> ExtractedFile:
        return collect(path, sandbox.read(path, lambda members: {member.id for member in members}))

    with ThreadPoolExecutor(FILES_AT_A_TIME) as threads:
        return list(threads.map(extract, paths))


def _with_pypdf(paths: Sequence[Path]) -> None:
    import pypdf

    for path in paths:
        for page in pypdf.PdfReader(path).pages:
            page.extract_text()


def _with_pdfium(paths: Sequence[Path]) -> None:
    import pypdfium2

    for path in paths:
        with closing(pypdfium2.PdfDocument(path)) as document:
            for index in range(len(document)):
                with closing(document[index]) as page, closing(page.get_textpage()) as text:
                    text.get_text_range()


def _fastest(action: Callable[[], object]) -> float:
    """Seconds of the fastest of several runs."""
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        action()
        times.append(seconds_of(began))
    return min(times)


def _peak_of_readers() -> tuple[int, int]:
    """Bytes that the largest reader held at its height (where the system says so; otherwise holds now), and readers."""
    peaks = []
    for process in psutil.Process(os.getpid()).children(recursive=True):
        try:
            if not any(READER_ENTRY in argument for argument in process.cmdline()):
                continue
            peaks.append(_peak(process))
        except (psutil.Error, OSError):
            continue
    return max(peaks, default=0), len(peaks)


def _peak(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        for row in status.read_text().splitlines():
            if row.startswith("VmHWM:"):
                return int(row.split()[1]) * 1024
    return int(process.memory_info().rss)


if __name__ == "__main__":
    chosen = [Path(argument).absolute() for argument in sys.argv[1:]] or [REPOSITORY / "sample_docs"]
    if wrong := [folder for folder in chosen if not folder.is_dir()]:
        line(f"no such folder: {wrong[0]}")
        sys.exit(2)
    main(chosen)
