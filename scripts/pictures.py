"""Draws the pictures of the README from the terminal program itself, over the library of `make demo`.

The font that Textual's pictures would load from the web is taken out: whoever looks at the README fetches nothing else.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from textual.pilot import Pilot

from assistant.tui.app import AssistantApp
from assistant.tui.local import LocalDesk
from ingest import config as configuration

QUESTION = "How much is the deposit for the flat in Tannery Lane?"
SIZE = (120, 34)
WAIT_SECONDS = 60.0
SAMPLES = Path(__file__).resolve().parents[1] / "sample_docs"
"""Shown as somebody's own folder: the picture is the same wherever it is drawn."""
_NAMES = {str(SAMPLES): "~/Documents"}
_STRETCHED = re.compile(r"<text [^>]*>[^<]*</text>")
SCREENS = {"library": ("f2", "Contracts"), "activity": ("f3", "processors kept busy"), "settings": ("f5", "●")}
"""Name of the picture, the key of the screen, and what shows that it is there."""


async def draw(library: Path, folder: Path) -> None:
    """Ask the question, look at its first source and its page, then at each of the other screens."""
    _NAMES[str(library.absolute())] = "~/library"
    config = configuration.load().override("library", "folder", str(library.absolute()), "pictures")
    desk = LocalDesk(config.override("model", "name", "none", "pictures"))
    app = AssistantApp(desk, str(config.section("terminal")["theme"]))
    folder.mkdir(exist_ok=True)
    try:
        async with app.run_test(size=SIZE) as pilot:
            await _until(pilot, "documents")
            await pilot.press(
                *(("space" if letter == " " else letter) for letter in QUESTION.rstrip("?")), "question_mark", "enter"
            )
            await _until(pilot, "Verbatim")
            await pilot.press("tab")
            await _until(pilot, "tab next source")
            _write(pilot, folder / "conversation.svg")
            await pilot.press("p")
            await _until(pilot, "▀▀▀")
            _write(pilot, folder / "page.svg")
            await pilot.press("escape")
            for name, (key, sign) in SCREENS.items():
                await pilot.press(key)
                await _until(pilot, sign)
                _write(pilot, folder / f"{name}.svg")
    finally:
        app.leave()
        desk.close()


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
