"""Markups that pandoc reads, where it is installed: converted to HTML in its sandbox, then read as such.

Without pandoc, or where it refuses a text, the text is read as it stands. pandoc runs as a child of the reader, under the
reader's limits and without a file or network of its own: the text comes on its standard input. Knows nothing of markups.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ingest.extract import plain
from ingest.extract.blocks import pages, title_in
from ingest.extract.reader import MAX_WHOLE_BYTES, Facts, Source, Yielded
from ingest.extract.web import blocks_of_html

FORMATS = {
    "text/x-textile": "textile",
    "text/x-mediawiki": "mediawiki",
    "text/x-typst": "typst",
    "text/x-djot": "djot",
    "text/x-muse": "muse",
    "text/x-txt2tags": "t2t",
    "text/troff": "man",
    "application/x-bibtex": "bibtex",
}
"""pandoc's name of each format."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then one page, or parts of it.

    Raises:
        DocumentError: `too_large`, or `empty` without text.
    """
    html = _converted(source)
    found = list(pages(blocks_of_html(html, "utf-8"))) if html else []
    if not found:
        yield from plain.read(source)
        return
    yield Facts(title_in(found[0]), page_count=len(found))
    yield from found


def _converted(source: Source) -> bytes:
    """The text as HTML, empty where pandoc is not there or cannot read it."""
    program = shutil.which("pandoc")
    if program is None:
        return b""
    command = [program, "--sandbox", "--from", FORMATS[source.media_type], "--to", "html", "--wrap", "none"]
    with source.path.open("rb") as text, tempfile.NamedTemporaryFile(dir=source.folder) as made:
        try:
            done = subprocess.run(command, stdin=text, stdout=made, stderr=subprocess.DEVNULL, check=False)
        except OSError:
            return b""
        path = Path(made.name)
        return path.read_bytes() if done.returncode == 0 and path.stat().st_size <= MAX_WHOLE_BYTES else b""
