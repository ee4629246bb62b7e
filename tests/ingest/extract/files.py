"""Small real files made for the tests, and the shortest way to read them."""

from __future__ import annotations

import io
import random
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import worker
from ingest.extract.families import container_of, reader_of
from ingest.extract.reader import Facts, Member, PageImage, ReadOptions, Source
from ingest.extract.sniff import media_type_of
from ingest.frames import Message, receive_frame, send_frame
from ingest.records import Page, Problem


@dataclass
class Read:
    """Everything that a reader yielded."""

    facts: Facts = field(default_factory=Facts)
    pages: list[Page] = field(default_factory=list)
    images: list[PageImage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\f".join(page.text for page in self.pages)

    @property
    def headings(self) -> list[tuple[str, int]]:
        return [
            (page.text[heading.start : heading.end], heading.level) for page in self.pages for heading in page.headings
        ]


def source_of(path: Path, **options: Any) -> Source:
    folder = path.parent / "private"
    folder.mkdir(exist_ok=True)
    return Source(path, path.name, media_type_of(path, path.name), folder, ReadOptions(**options))


def read(path: Path, **options: Any) -> Read:
    """Read a file with the reader of its type, without members and without a worker."""
    source = source_of(path, **options)
    found = Read()
    for item in reader_of(source.media_type, source.name).read(source):
        match item:
            case Facts():
                found.facts = item
            case Page():
                found.pages.append(item)
            case PageImage():
                found.images.append(item)
            case Problem():
                found.problems.append(item)
    return found


def members(path: Path, **options: Any) -> list[Member | Problem]:
    source = source_of(path, **options)
    container = container_of(reader_of(source.media_type, source.name))
    assert container is not None
    return list(container.members(source))


def error_of(action: Callable[[], object]) -> str:
    """Code of the document error that an action ends with; "" where it ends without one."""
    try:
        action()
    except DocumentError as error:
        return error.code
    return ""


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


class Worker:
    """The reading worker in a thread, with the other end of its connection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "worker"
        self.folder.mkdir()
        self.connection, self.other = socket.socketpair()
        self.thread = threading.Thread(target=worker.main, args=(self.other,))
        self.thread.start()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.thread.join()
        self.other.close()

    def answers(self, request: Message, last: str) -> Iterator[Message]:
        send_frame(self.connection, request)
        while True:
            frame = receive_frame(self.connection)
            assert frame is not None, "the worker closed the connection"
            yield frame[0]
            if frame[0]["is"] == last or (frame[0]["is"] == "error" and frame[0].get("inside", "") is None):
                return

    def open(self, path: Path, **options: Any) -> list[Message]:
        request = {"op": "open", "path": str(path), "name": path.name, "options": options, "folder": str(self.folder)}
        return list(self.answers(request, "opened"))

    def read(self, *ids: str) -> list[Message]:
        send_frame(self.connection, {"op": "read", "ids": list(ids)})
        found: list[Message] = []
        while not found or found[-1]["is"] != "done":
            frame = receive_frame(self.connection)
            assert frame is not None, "the worker closed the connection"
            found.append(frame[0])
        return found


def pdf(path: Path, pages: list[list[str]], *, size: int = 11, title: str = "", password: str | None = None) -> Path:
    """A PDF with lines of text; an empty line leaves a gap; a line that begins with "# " is set large."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=A4, encrypt=password)
    canvas.setTitle(title)
    for lines in pages:
        height = 780.0
        for line in lines:
            large = line.startswith("# ")
            canvas.setFont("Helvetica", size * 2 if large else size)
            canvas.drawString(60, height, line.removeprefix("# "))
            height -= size * (3 if large else 1.3)
        canvas.showPage()
    canvas.save()
    return path


def picture_of(lines: list[str], *, turn: int = 0, noise: float = 0.0, scale: int = 1) -> Any:
    """A page of text as a picture."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1240 * scale, (220 + 60 * len(lines)) * scale), 255)
    font = ImageFont.load_default(34 * scale)
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((90 * scale, (100 + 60 * number) * scale), line, fill=0, font=font)
    if noise:
        dots = random.Random(7)
        for _ in range(int(noise * image.width * image.height)):
            image.putpixel((dots.randrange(image.width), dots.randrange(image.height)), dots.choice((0, 255)))
    return image.rotate(-turn, expand=True) if turn else image


def png(image: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()
