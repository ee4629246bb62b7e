"""Draws the pictures of the README from the terminal program itself, over the library of `make demo`.

The font that Textual's pictures would load from the web is taken out: whoever looks at the README fetches nothing else.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from assistant.tui.app import AssistantApp
from assistant.tui.desk import LocalDesk
from ingest import config as configuration

QUESTION = "How much is the deposit for the flat in Tannery Lane?"
SIZE = (120, 30)
WAIT_SECONDS = 60.0
SAMPLES = Path(__file__).resolve().parents[1] / "sample_docs"
"""Shown as somebody's own folder: the picture is the same wherever it is drawn."""


async def draw(library: Path, folder: Path) -> None:
    """Ask the question, open its first source, and write `conversation.svg`."""
    config = configuration.load().override("library", "folder", str(library.absolute()), "pictures")
    desk = LocalDesk(config.override("model", "name", "none", "pictures"))
    app = AssistantApp(desk, str(config.section("terminal")["theme"]))
    try:
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(2.0)
            await pilot.press(
                *(("space" if letter == " " else letter) for letter in QUESTION.rstrip("?")), "question_mark"
            )
            await pilot.press("enter")
            waited = 0.0
            while "Verbatim" not in app.export_screenshot() and waited < WAIT_SECONDS:
                await pilot.pause(0.5)
                waited += 0.5
            await pilot.press("tab", "enter")
            await pilot.pause(1.0)
            picture = app.export_screenshot(title="assistant")
    finally:
        app.leave()
        desk.close()
    folder.mkdir(exist_ok=True)
    drawn = re.sub(r"@font-face\s*\{[^}]*\}|<!--.*?-->", "", picture)
    drawn = drawn.replace(str(SAMPLES), "~/Documents")
    (folder / "conversation.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1]), Path(sys.argv[2])))
