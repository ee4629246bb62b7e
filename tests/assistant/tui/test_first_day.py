"""A person's first day, in a real terminal with the real program: nothing of it is made by hand but the files."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.embed import Encoder
from tests.assistant.archive import TEXTS
from tests.assistant.tui import tmux
from tests.command import left_behind

pytestmark = [
    pytest.mark.skipif(tmux.missing(), reason="tmux is not installed"),
    pytest.mark.long,
    pytest.mark.timeout(1200),
]
PATIENCE_SECONDS = 300.0
"""Reading is a guest on the machine: where others are at work it takes its time."""

MARK = f"first-day-{os.getpid()}"


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:  # noqa: ARG001 - compiled first
    """A home folder with documents, one of them damaged, and a viewer that writes down what it opens."""
    documents = tmp_path / "home" / "Documents"
    for name in ("flat/Lease_Mill_Road_2022.txt", "manuals/boiler.txt"):
        (documents / name).parent.mkdir(parents=True, exist_ok=True)
        (documents / name).write_text("\n\n".join(TEXTS[name]))
    with zipfile.ZipFile(documents / "report.docx", "w") as broken:
        broken.writestr("[Content_Types].xml", "<Types")
        broken.writestr("word/document.xml", "<w:document")
    viewer = tmp_path / "bin" / "xdg-open"
    viewer.parent.mkdir()
    viewer.write_text(f'#!/bin/sh\necho "$1" >> "{tmp_path}/opened"\n')
    viewer.chmod(0o700)
    return tmp_path / "home"


@pytest.fixture
def terminals() -> Iterator[list[tmux.Terminal]]:
    opened: list[tmux.Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def start(home: Path, terminals: list[tmux.Terminal]) -> tmux.Terminal:
    folder = home.parent
    settings = {
        "HOME": str(home),
        "ASSISTANT_TEST_MARK": MARK,
        "ASSISTANT_MODEL": "none",
        "TERM": "xterm-256color",
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
    }
    command = ["env", *(f"{name}={value}" for name, value in settings.items()), sys.executable, "-m", "assistant"]
    socket = folder / f"tmux-{len(terminals)}"
    terminals.append(tmux.Terminal([*command, "--library", str(folder / "library")], socket, 120, 40, PATIENCE_SECONDS))
    return terminals[-1]


def quit_and_leave_nothing(terminal: tmux.Terminal) -> None:
    terminal.press("C-q")
    screen = terminal.wait(lambda screen: tmux.ENDED in screen, "the end")
    assert f"{tmux.ENDED} 0" in screen
    assert "Traceback" not in screen
    assert not left_behind(MARK)


def test_from_the_first_folder_to_a_paused_restart(home: Path, terminals: list[tmux.Terminal]) -> None:
    terminal = start(home, terminals)
    terminal.wait(lambda screen: "Which folder shall be read?" in screen and "cores" in screen, "the first screen")
    terminal.wait(lambda screen: "~/Documents" in screen and "3 files" in screen, "what is in the likely folder")
    terminal.press("Enter")
    terminal.wait(lambda screen: "Ready · 2 documents · 1 not readable" in screen, "the documents to be read")

    terminal.type("What is the monthly rent of the flat at 12 Mill Road?")
    terminal.press("Enter")
    terminal.wait(lambda screen: "850 euros" in screen and "Verbatim from your documents" in screen, "the answer")
    terminal.press("Tab")
    terminal.wait(lambda screen: "o Open document" in screen and "Quiet hours" in screen, "the page")
    terminal.type("o")
    opened = home.parent / "opened"
    lease = home / "Documents/flat/Lease_Mill_Road_2022.txt"
    terminal.wait(lambda _screen: opened.exists() and opened.read_text().strip() == str(lease), "the viewer")

    terminal.press("F2")
    terminal.wait(lambda screen: "1 with problems" in screen, "the library")
    terminal.type("s")
    terminal.wait(lambda screen: "problems alone" in screen and "! report.docx" in screen, "the problems")
    terminal.press("Down")
    terminal.wait(lambda screen: "r reads it again" in screen, "the remedy")
    stamp = (home / "Documents/report.docx").stat()
    terminal.type("r")
    terminal.wait(lambda screen: "Reading report.docx again" in screen, "the retry")
    terminal.wait(lambda screen: "1 with problems" in screen, "the same problem again")
    (home / "Documents/report.docx").write_bytes(b"The report: the roof was mended in May 2021.")
    os.utime(home / "Documents/report.docx", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    terminal.type("r")
    terminal.wait(lambda screen: "2 ready" not in screen and "with problems" not in screen, "the report that is read")

    terminal.press("C-r")
    terminal.wait(lambda screen: "Indexing paused" in screen, "the pause")
    quit_and_leave_nothing(terminal)

    terminal = start(home, terminals)
    terminal.wait(lambda screen: "Indexing paused" in screen, "the pause that holds")
    terminal.press("F4")
    terminal.wait(lambda screen: "What is the monthly rent of the flat" in screen, "the conversation that was kept")
    terminal.press("Enter")
    terminal.wait(lambda screen: "850 euros" in screen, "the answer from before")
    terminal.press("Tab")
    terminal.wait(lambda screen: "o Open document" in screen and "Quiet hours" in screen, "its page")
    terminal.press("Escape")
    terminal.press("C-r")
    terminal.wait(lambda screen: "Indexing paused" not in screen, "indexing that goes on")
    quit_and_leave_nothing(terminal)
