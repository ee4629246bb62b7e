"""What a terminal that shows pictures is sent: the page in real pixels, by Kitty's protocol and as Sixel."""

from __future__ import annotations

import base64
import fcntl
import io
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable

import pytest
from PIL import Image

from assistant.tui.halves import TINT

pytest.importorskip("textual_image")
from tests.assistant.tui.shows_picture import HEIGHT, WIDTH

PATIENCE_SECONDS = 60.0
ROWS, COLUMNS = 24, 80
CELL = (10, 20)
"""Pixels of a cell, which the terminal says."""


def sent(protocol: str, complete: Callable[[bytes], bool]) -> bytes:
    """What a terminal is sent until it is complete."""
    terminal, other = pty.openpty()
    pixels = (COLUMNS * CELL[0], ROWS * CELL[1])
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, *pixels))
    command = [sys.executable, "-m", "tests.assistant.tui.shows_picture", protocol]
    environment = {**os.environ, "TERM": "xterm-256color"}
    seen, deadline = b"", time.monotonic() + PATIENCE_SECONDS
    with subprocess.Popen(
        command, stdin=other, stdout=other, stderr=other, env=environment, start_new_session=True
    ) as program:
        os.close(other)
        try:
            while not complete(seen) and time.monotonic() < deadline and program.poll() is None:
                if select.select([terminal], [], [], 1.0)[0]:
                    seen += os.read(terminal, 65536)
        finally:
            program.kill()
            os.close(terminal)
    assert complete(seen), seen[-2000:]
    return seen


def test_kitty_gets_the_page_with_the_quote_marked() -> None:
    parts = re.compile(rb"\x1b_G([^;\x1b]*);([A-Za-z0-9+/=]*)\x1b\\")

    def whole(seen: bytes) -> bool:
        return any(b"m=0" in keys for keys, _ in parts.findall(seen))

    found = parts.findall(sent("tgp", whole))
    payload = b"".join(data for keys, data in found if b"a=q" not in keys)
    picture = Image.open(io.BytesIO(base64.b64decode(payload))).convert("RGB")
    assert picture.width / picture.height == pytest.approx(WIDTH / HEIGHT, rel=0.1)
    assert picture.getpixel((2, 2)) == (255, 255, 255)
    assert picture.getpixel((picture.width // 2, int(picture.height * 0.55))) == TINT


def test_sixel_gets_the_page_with_the_quote_marked() -> None:
    found = sent("sixel", lambda seen: bool(re.search(rb"\x1bP[^\x1b]*q[^\x1b]*\x1b\\", seen)))
    pictures = re.findall(rb"\x1bP[^\x1b]*q([^\x1b]*)\x1b\\", found)
    colours = {
        tuple(round(int(part) * 2.55) for part in one.split(b";")[2:])
        for picture in pictures
        for one in re.findall(rb"#(\d+;2;\d+;\d+;\d+)", picture)
    }
    assert any(all(abs(a - b) <= 3 for a, b in zip(colour, TINT, strict=True)) for colour in colours), colours
    assert (255, 255, 255) in colours
