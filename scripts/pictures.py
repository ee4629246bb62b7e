"""Draws the pictures of the README from the terminal program itself, over a copy of the library of `make demo`.

The font that Textual's pictures would load from the web is taken out: whoever looks at the README fetches nothing else.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from textual.pilot import Pilot

from assistant.tui.app import AssistantApp
from assistant.tui.local import LocalDesk
from ingest import config as configuration
from ingest.config import Config

EARLIER = ("When is the choir rehearsal?", "What does the warranty of the dishwasher cover?")
"""Asked before, so that there are conversations to be seen."""
QUESTION = "How much is the deposit for the flat in Tannery Lane?"
SIZE = (120, 34)
WAIT_SECONDS = 300.0
"""Reading is a guest on the machine: where others are at work it takes its time."""
SAMPLES = Path(__file__).resolve().parents[1] / "sample_docs"
"""Shown as somebody's own folder: the picture is the same wherever it is drawn."""
PROBLEMS = {"Flat 2019.pdf": b"%PDF-1.4\n" + bytes(400), "Old letters.docx": b"PK\x03\x04" + bytes(400)}
"""Files that cannot be read."""
_NAMES = {str(SAMPLES): "~/Documents"}
_STRETCHED = re.compile(r"<text [^>]*>[^<]*</text>")


async def draw(demo: Path, folder: Path) -> None:
    """Draw every picture."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        library, attic = Path(temporary, "library"), Path(temporary, "Attic")
        shutil.copytree(demo, library)
        (library / "conversations.db").unlink(missing_ok=True)
        attic.mkdir()
        for name, data in PROBLEMS.items():
            (attic / name).write_bytes(data)
        _NAMES.update({str(library): "~/library", str(attic): "~/Attic"})
        config = configuration.load().override("library", "folder", str(library), "pictures")
        config = config.override("model", "name", "none", "pictures")
        await asyncio.to_thread(_prepare, config, attic)
        home = Path(temporary, "home")
        shutil.copytree(SAMPLES, home / "Documents", ignore=shutil.ignore_patterns("expected.toml"))
        await _draw_first_run(config.override("library", "folder", str(home / "none"), "pictures"), home, folder)
        await _draw_screens(config, folder)


def _prepare(config: Config, attic: Path) -> None:
    """Read what there is, and hold a few conversations."""
    desk = LocalDesk(config)
    try:
        desk.open()
        for _ in desk.index([attic]):
            pass
        for question in EARLIER:
            list(desk.ask(question, threading.Event()))
            desk.talks.begin_anew()
    finally:
        desk.close()


async def _draw_first_run(config: Config, home: Path, folder: Path) -> None:
    """What is seen before there is a library, by somebody with another home folder."""
    own, os.environ["HOME"] = os.environ["HOME"], str(home)
    desk = LocalDesk(config)
    app = AssistantApp(desk, str(config.section("terminal")["theme"]))
    try:
        async with app.run_test(size=SIZE) as pilot:
            await _until(pilot, "reading takes")
            await pilot.press("tab", "down", "enter")
            await _until(pilot, "Contracts")
            _write(pilot, folder / "first-run.svg")
    finally:
        os.environ["HOME"] = own
        app.leave()
        desk.close()


async def _draw_screens(config: Config, folder: Path) -> None:
    """Ask the question, look at its first source and its page, then at each of the other screens."""
    desk = LocalDesk(config)
    app = AssistantApp(desk, str(config.section("terminal")["theme"]))
    try:
        async with app.run_test(size=SIZE) as pilot:
            await _until(pilot, "Ready · ")
            await pilot.press(*_keys(QUESTION), "enter")
            await _until(pilot, "Verbatim")
            await pilot.press("1")
            await _until(pilot, "tab next source")
            _write(pilot, folder / "conversation.svg")
            await pilot.press("p")
            await _until(pilot, "▀▀▀")
            _write(pilot, folder / "page.svg")
            await pilot.press("escape", "ctrl+p")
            await _until(pilot, "Edit the question")
            _write(pilot, folder / "palette.svg")
            await pilot.press("escape", "f2")
            await _until(pilot, "Contracts")
            _write(pilot, folder / "library.svg")
            await pilot.press("s")
            await _until(pilot, "problems alone")
            await pilot.press("down", "down")
            await _until(pilot, "r reads it again")
            _write(pilot, folder / "problems.svg")
            for name, key, sign in (
                ("activity", "f3", "processors kept busy"),
                ("conversations", "f4", EARLIER[0]),
                ("settings", "f5", "●"),
            ):
                await pilot.press(key)
                await _until(pilot, sign)
                _write(pilot, folder / f"{name}.svg")
    finally:
        app.leave()
        desk.close()


def _keys(text: str) -> list[str]:
    """The keys that type a text."""
    names = {" ": "space", "?": "question_mark"}
    return [names.get(letter, letter) for letter in text]


async def _until(pilot: Pilot[int], sign: str) -> None:
    """Wait until a text is on the screen, and a moment for what comes with it."""
    waited = 0.0
    while sign not in _shown(pilot):
        await pilot.pause(0.2)
        waited += 0.2
        if waited > WAIT_SECONDS:
            raise TimeoutError(f"{sign!r} was not drawn:\n{_shown(pilot)}")
    await pilot.pause(0.5)


def _shown(pilot: Pilot[int]) -> str:
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


def _write(pilot: Pilot[int], file: Path) -> None:
    picture = re.sub(r"@font-face\s*\{[^}]*\}|<!--.*?-->", "", pilot.app.export_screenshot(title="assistant"))
    file.write_text(_STRETCHED.sub(_as_somebodys, picture), encoding="utf-8")


def _as_somebodys(text: re.Match[str]) -> str:
    """A text with folders of somebody in it, no longer stretched to its old length."""
    shown = text[0]
    for path, name in _NAMES.items():
        if path in shown:
            shown = re.sub(r' textLength="[^"]*"', "", shown).replace(path, name)
    return shown


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1]), Path(sys.argv[2])))
