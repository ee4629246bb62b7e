"""Opening a document or a folder with the system's own programs. Nothing is waited for, and nothing of it is heard.

A page can be named only to viewers that are known to take one; any other opens the document at its beginning.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from ingest.errors import SetupError

AT_PAGE: dict[str, tuple[str, ...]] = {
    "evince": ("--page-index={page}",),
    "papers": ("--page-index={page}",),
    "atril": ("--page-index={page}",),
    "xreader": ("--page-index={page}",),
    "okular": ("--page", "{page}"),
    "zathura": ("--page={page}",),
    "qpdfview": (),
    "mupdf": (),
}
"""How viewers of PDF files are told the page; without an option they take it in a form of their own."""
LOOK_SECONDS = 3.0
"""Time to ask which viewer the person uses."""


def open_outside(path: Path, page: int | None) -> None:
    """Open a file or a folder in the program that the person uses for it.

    Args:
        path: What to open.
        page: Page to show first, from 1; None for none in particular.

    Raises:
        SetupError: It is gone, or there is no program here that opens things.
    """
    if not path.exists():
        raise SetupError(f"{path} is not there any more", "It was moved, deleted, or its drive is not connected.")
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - the system's own way
        return
    opened = subprocess.Popen(
        command_for(path, page),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=opened.wait, name="opened", daemon=True).start()  # so that no zombie is left


def command_for(path: Path, page: int | None) -> list[str]:
    """The command that opens a file or a folder.

    Raises:
        SetupError: There is none here.
    """
    if sys.platform == "darwin":
        return ["open", str(path)]
    viewer = _viewer() if page is not None and page > 1 and path.suffix.casefold() == ".pdf" else None
    if viewer is not None:
        options = [option.format(page=page) for option in AT_PAGE[viewer]]
        if viewer == "qpdfview":
            return [viewer, f"{path}#{page}"]
        return [viewer, *options, str(path), *([str(page)] if viewer == "mupdf" else [])]
    opener = next((name for name in ("xdg-open", "gio", "wslview") if shutil.which(name)), None)
    if opener is None:
        raise SetupError(f"no program here opens {path}", "Install xdg-utils, or open it yourself; the path is copied.")
    return [opener, *(["open"] if opener == "gio" else []), str(path)]


def _viewer() -> str | None:
    """The viewer for PDF files that the person has chosen, where it takes a page."""
    try:
        asked = subprocess.run(
            ["xdg-mime", "query", "default", "application/pdf"],
            capture_output=True,
            text=True,
            timeout=LOOK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    name = asked.stdout.strip().casefold()
    return next((viewer for viewer in AT_PAGE if viewer in name and shutil.which(viewer)), None)
