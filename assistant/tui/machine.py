"""What was found on this machine and what that means for a person, for the first screen."""

from __future__ import annotations

import shutil
import subprocess

from assistant.tui.plain import one_line, size

LOOK_SECONDS = 5.0
"""Time to ask Tesseract which languages it has."""


def found(model: str | None) -> str:
    """A line each for the machine, scans and answers.

    Args:
        model: Name of the language model; None where there is none.
    """
    from assistant import hardware

    here = hardware.look()
    graphics = f", {', '.join(here.graphics)}" if here.graphics else ""
    writes = f"written by {one_line(model)}, each statement checked" if model else "quotes: there is no language model"
    lines = (
        ("This machine", f"{here.cores} cores, {size(here.memory)} of memory{graphics}"),
        ("Scans", _scans()),
        ("Answers", writes),
        ("Privacy", "nothing leaves this machine, no file is ever changed"),
    )
    return "\n".join(f"{name:<14}{text}" for name, text in lines)


def _scans() -> str:
    if shutil.which("tesseract") is None:
        return "cannot be read: install tesseract-ocr, and they are read later"
    try:
        asked = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=LOOK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "Tesseract does not answer: see `assistant doctor`"
    languages = sorted(line.strip() for line in asked.stdout.splitlines()[1:] if line.strip() not in ("", "osd"))
    return f"read by Tesseract, in {', '.join(languages)}" if languages else "Tesseract has no language data"
