"""What LibreOffice reads and no reader here does, where it is installed (Linux): converted to OpenDocument, then read.

LibreOffice runs as a child of the reader, as a library in a process of its own (`libreoffice_child.py`), under the
reader's limits: `soffice` would need a socket for its single instance, which no reader has; the library needs none. Its
profile is made anew in the reader's folder and removed with it. Knows nothing of formats.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ingest.errors import DocumentError
from ingest.extract import odf, ods, sniff
from ingest.extract.reader import MAX_WHOLE_BYTES, Facts, Source, Yielded
from ingest.records import Page

HINT = (
    "Install LibreOffice, which is then used for it (Debian: apt install libreoffice-writer-nogui "
    "libreoffice-calc-nogui libreoffice-impress-nogui), or convert it to PDF."
)
"""What helps with a type that LibreOffice could read."""
TYPES = frozenset({sniff.WORDPERFECT, sniff.OLE, sniff.VISIO, "image/wmf"})
"""Media types that are read by LibreOffice alone: an OLE file may be of Works, Publisher or Word 2."""
CPU_SHARE = 0.75
"""Share of a page's processor time that the conversion may use, so that the reader is there to say what failed."""
LIBRARIES = ("libmergedlo.so", "libsofficeapp.so")
"""Where LibreOffice's interface for other programs is, by how it was built."""
ENCODINGS = ("cp1252", "utf-16-le", "utf-16-be")
"""As what LibreOffice takes bytes for plain text that it does not know."""
_MADE = {"odt": sniff.ODT, "ods": sniff.ODS, "odp": sniff.ODP, "odg": sniff.ODG}
_MENDED = ("damaged", "unsupported")


@functools.cache
def library() -> Path | None:
    """LibreOffice's library; None where it is not installed, or where the system is not Linux."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None or not sys.platform.startswith("linux"):
        return None
    folder = Path(program).resolve().parent
    return next((folder / name for name in LIBRARIES if (folder / name).is_file()), None)


def read(source: Source) -> Iterator[Yielded]:
    """What the reader of the converted document yields.

    Raises:
        DocumentError: `unsupported` without LibreOffice; `damaged` when it cannot read the file; `empty` when it finds
            no text in it; as the readers of OpenDocument.
    """
    if library() is None:
        raise DocumentError("unsupported", f"{source.name}: {source.media_type} cannot be read here", HINT)
    with tempfile.TemporaryDirectory(dir=source.folder, prefix="office-") as folder:
        made = _converted(source, Path(folder))
        reader = ods if made.media_type == sniff.ODS else odf
        held: list[Yielded] = []
        found = False
        for item in reader.read(made):
            held.append(item)
            if not found and isinstance(item, Page) and item.text:
                _check(item.text, source)
                found = True
            if found:
                yield from held
                held.clear()
        if not found:
            raise DocumentError("empty", f"{source.name} holds no text")


def or_else(own: Iterator[Yielded], source: Source) -> Iterator[Yielded]:
    """What a reader of our own yields; if it finds the document damaged before the first page, what LibreOffice reads.

    Raises:
        DocumentError: The own reader's error.
    """
    began = False
    try:
        for item in own:
            began = began or not isinstance(item, Facts)
            yield item
    except DocumentError as error:
        if began or error.code not in _MENDED or library() is None:
            raise
        try:
            yield from read(source)
        except DocumentError:
            raise error from None


def _check(text: str, source: Source) -> None:
    """Refuse a conversion in which LibreOffice took an unknown file for plain text: it begins with the file's own mark.

    Raises:
        DocumentError: `damaged`.
    """
    with source.path.open("rb") as file:
        mark = file.read(4)
    if text.startswith(tuple(mark.decode(name, "replace")[:2] for name in ENCODINGS)):
        raise DocumentError("damaged", f"{source.name} cannot be read by LibreOffice")


def _converted(source: Source, folder: Path) -> Source:
    """The document as OpenDocument, in the folder.

    Raises:
        DocumentError: `damaged`, `too_large`.
    """
    if source.size > MAX_WHOLE_BYTES:
        raise DocumentError("too_large", f"{source.name}: {source.size >> 20} MB in one piece is more than can be held")
    suffix = Path(source.name).suffix.lower()
    copy = folder / f"document{suffix if suffix[1:].isalnum() and suffix.isascii() else ''}"
    shutil.copyfile(source.path, copy)
    seconds = max(1, int(source.options.page_cpu_seconds * CPU_SHARE))
    command = [sys.executable, "-P", "-m", "ingest.extract.libreoffice_child", str(library()), str(copy), str(seconds)]
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")}
    private = {"HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
    try:
        subprocess.run(
            command,
            cwd=folder,
            env=kept | private,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        raise DocumentError("damaged", f"{source.name}: LibreOffice could not be started") from error
    for name, media_type in _MADE.items():
        made = folder / f"made.{name}"
        if made.is_file() and made.stat().st_size:
            source.room.take(made.stat().st_size)
            return replace(source, path=made, media_type=media_type)
    raise DocumentError("damaged", f"{source.name} cannot be read by LibreOffice")
