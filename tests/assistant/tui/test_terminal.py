"""The whole program in a real terminal: owner, model's process, embedding model and library are the real ones."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ingest.embed import Encoder
from tests.assistant.archive import TEXTS, build
from tests.assistant.tui import tmux
from tests.command import left_behind

pytestmark = pytest.mark.skipif(tmux.missing(), reason="tmux is not installed")

MARK = f"terminal-{os.getpid()}"


@pytest.fixture
def library(tmp_path: Path, encoder: Encoder) -> Path:  # noqa: ARG001 - compiled first
    files = tmp_path / "archive"
    for name, pages in TEXTS.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text("\n\n".join(pages))
    build(tmp_path / "library", files, TEXTS)
    return tmp_path / "library"


@pytest.fixture
def start(library: Path) -> Iterator[Callable[..., tmux.Terminal]]:
    """Starts the program in a terminal, as often as it is called."""
    opened: list[tmux.Terminal] = []

    def begin(model: str = "smollm2-135m-instruct") -> tmux.Terminal:
        settings = [f"ASSISTANT_TEST_MARK={MARK}", f"ASSISTANT_MODEL={model}", "TERM=xterm-256color"]
        command = ["env", *settings, sys.executable, "-m", "assistant", "--library", str(library)]
        opened.append(tmux.Terminal(command, library.parent / f"tmux-{len(opened)}"))
        return opened[-1]

    yield begin
    for terminal in opened:
        terminal.close()


def quit_and_leave_nothing(terminal: tmux.Terminal) -> None:
    terminal.press("C-q")
    screen = terminal.wait(lambda screen: tmux.ENDED in screen, "the end")
    assert f"{tmux.ENDED} 0" in screen
    assert "Traceback" not in screen
    assert not left_behind(MARK)


def model_process(terminal: tmux.Terminal) -> psutil.Process:
    """The process that runs the model."""
    deadline = time.monotonic() + tmux.PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for child in psutil.Process(terminal.pid).children(recursive=True):
            if "assistant.llm.worker" in child.cmdline():
                return child
        time.sleep(0.05)
    raise AssertionError(f"no model's process:\n{terminal.screen()}")


def test_a_conversation_that_outlives_its_model(start: Callable[..., tmux.Terminal]) -> None:
    terminal = start()
    terminal.wait(lambda screen: "Ask your documents" in screen, "the program")
    first = model_process(terminal)
    terminal.type("What is the monthly rent of the flat at 12 Mill Road?")
    terminal.press("Enter")
    terminal.wait(lambda screen: "The model reads the passages" in screen or "not checked yet" in screen, "the model")
    os.kill(first.pid, signal.SIGKILL)
    screen = terminal.wait(lambda screen: "Verbatim from your documents." in screen, "the quotes as the answer")
    assert "850 euros" in screen
    assert "Traceback" not in screen
    terminal.resize(130, 40)
    terminal.wait(lambda screen: "850 euros" in screen and len(screen.split("\n")) >= 40, "the larger screen")

    terminal.type("How long does the warranty of the burner last?")
    terminal.press("Enter")
    terminal.wait(lambda screen: "36 months" in screen and "model reads" not in screen, "the next answer")
    second = model_process(terminal)
    assert second.pid != first.pid

    terminal.press("Tab")
    screen = terminal.wait(lambda screen: "esc close" in screen and "burner was replaced" in screen, "the page")
    terminal.resize(80, 24)
    terminal.wait(lambda screen: "warranty of the burner" in screen, "the page on a small screen")
    terminal.press("Escape")
    quit_and_leave_nothing(terminal)


def test_a_pause_outlives_the_program(start: Callable[..., tmux.Terminal]) -> None:
    terminal = start("none")
    terminal.wait(lambda screen: "5 documents" in screen, "the library")
    terminal.press("C-r")
    terminal.wait(lambda screen: "Indexing paused: paused by you" in screen, "the pause")
    quit_and_leave_nothing(terminal)

    terminal = start("none")
    terminal.wait(lambda screen: "Indexing paused: paused by you" in screen, "the pause that holds")
    terminal.press("F3")
    terminal.wait(lambda screen: "paused: space lets it go on" in screen, "the activity")
    terminal.press("Space")
    terminal.wait(
        lambda screen: "Indexing paused" not in screen and "lets it go on" not in screen, "the end of the pause"
    )
    quit_and_leave_nothing(terminal)
