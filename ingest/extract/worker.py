"""The reading worker: opens one file, names the documents in it and sends the pages of those that are wanted.

Entry point of a killable process; talks frames over the connection it is given. Requests:

    {"op": "open", "path", "name", "options": {…}, "folder"}   answers {"is": "member", "inside", "id", "media_type",
        "size", "name"} for the file and each member, {"is": "error", "inside", "code", "message", "hint"} for what
        cannot be read, and {"is": "opened"} at the end; an error with "inside": null ends the file instead
    {"op": "read", "ids": […]}   answers for each {"is": "begin"}, "facts", "page", "image", "problem", {"is": "end"},
        each with "id"; or "error" with "id" and "inside" in place of "end"; {"is": "done"} after the last
    {"op": "close"}   frees the file

Knows nothing of who asks, nor of the limits on its time and memory: those are kept from outside.
"""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

from ingest.errors import DocumentError
from ingest.extract.blocks import MAX_HEADINGS, fits, pieces
from ingest.extract.clean import shorten
from ingest.extract.families import container_of
from ingest.extract.guard import damaged
from ingest.extract.members import Failed, Found, walk
from ingest.extract.pdf_scan import PICTURE_PREFIX
from ingest.extract.reader import Facts, PageImage, ReadOptions, Yielded
from ingest.frames import Message, receive_frame, send_frame
from ingest.records import Heading, Page, Problem

MAX_FACT = 1_000
"""Longest title, author or other fact, in characters."""
MAX_NAMES = 2_000
"""Most names in one list of facts, such as attachments, so that they fit into a frame."""

MAX_PICTURES = 32
"""Pictures that wait in the folder for OCR; whoever reads them removes them."""
PICTURE_WAIT = 0.02
"""Seconds between looks at the folder."""


def main(connection: socket.socket) -> None:
    """Serve requests until the other side closes the connection."""
    session = _Session(connection)
    while (frame := receive_frame(connection)) is not None:
        header, _ = frame
        match header.get("op"):
            case "open":
                session.open(header)
            case "read":
                session.read(header["ids"])
            case "close":
                session.close()
            case unknown:
                session.send({"is": "error", "code": "crashed", "message": f"unknown request {unknown!r}", "hint": ""})


class _Session:
    """One file at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.documents: dict[str, Found] = {}

    def send(self, message: Message) -> None:
        send_frame(self.connection, message)

    def open(self, request: Message) -> None:
        """Name the documents in the file."""
        self.close()
        options = ReadOptions.from_config(request.get("options") or {})
        path, folder = Path(os.fsdecode(request["path"])), Path(request["folder"])
        name = request.get("name") or path.name
        try:
            with damaged(name):
                for item in walk(path, name, folder, options):
                    self._announce(item)
        except DocumentError as error:
            self.send({"is": "error", "inside": None, **error.as_json()})
            return
        self.send({"is": "opened"})

    def _announce(self, item: Found | Failed) -> None:
        if isinstance(item, Failed):
            self.send({"is": "error", "inside": item.inside, **item.error.as_json()})
            return
        self.documents.setdefault(item.id, item)
        self.send(
            {
                "is": "member",
                "inside": item.inside,
                "id": item.id,
                "media_type": item.source.media_type,
                "size": item.size,
                "name": item.source.name,
            }
        )

    def read(self, ids: list[str]) -> None:
        """Send the pages of the documents."""
        for wanted in ids:
            found = self.documents.get(wanted)
            if found is None:
                error = DocumentError("unreadable", "this document is not in the file that is open")
                self.send({"is": "error", "id": wanted, "inside": None, **error.as_json()})
                continue
            self.send({"is": "begin", "id": wanted})
            _Reading(self, found).run()
        self.send({"is": "done"})

    def close(self) -> None:
        """Forget the file."""
        self.documents.clear()


class _Reading:
    """Sends one document; keeps the limits on its pages and text."""

    def __init__(self, session: _Session, found: Found) -> None:
        self.session = session
        self.found = found
        self.options = found.source.options
        self.facts: Facts | None = None
        self.first_problem: Problem | None = None
        self.last_page = 0
        self.sent = 0
        self.text_bytes = 0

    def run(self) -> None:
        try:
            with damaged(self.found.source.name):
                for item in self.found.reader.read(self.found.source):
                    if not self._take(item):
                        break
        except DocumentError as error:
            if not self.sent:
                self._send("error", inside=self.found.inside, **error.as_json())
                return
            self._send("problem", page=None, code=error.code, message=error.message)
        if not self.sent and not self._is_complete_without_pages():
            self._send("error", inside=self.found.inside, **self._nothing().as_json())
            return
        facts = self.facts or Facts()
        if self.facts is None or facts.page_count < self.last_page:
            self._send("facts", **_facts(facts, self.last_page))
        self._send("end", pages=max(facts.page_count, self.last_page))

    def _is_complete_without_pages(self) -> bool:
        """Whether it is in order that there is no page: a container holds other documents."""
        return self.first_problem is None and container_of(self.found.reader) is not None

    def _nothing(self) -> DocumentError:
        """Why there is not a single page."""
        name, problem = self.found.source.name, self.first_problem
        return (
            DocumentError(problem.code, f"{name}: {problem.message}")
            if problem
            else DocumentError("empty", f"{name} holds no text")
        )

    def _send(self, kind: str, **values: Any) -> None:
        self.session.send({"is": kind, "id": self.found.id, **values})

    def _take(self, item: Yielded) -> bool:
        """Send one thing; False when a limit ends the document."""
        if isinstance(item, Facts):
            self.facts = item
            self._send("facts", **_facts(item, item.page_count))
            return True
        if isinstance(item, Problem):
            self.first_problem = self.first_problem or item
            self._send("problem", page=item.page, code=item.code, message=item.message)
            return True
        if self.sent >= self.options.max_pages:
            self._limit(f"only the first {self.sent} pages were read")
            return False
        self.text_bytes += len(item.text.encode("utf-8", "replace"))
        if self.text_bytes > self.options.max_text_mb << 20:
            self._limit(f"only the first {self.options.max_text_mb} MB of text were read")
            return False
        self.sent += 1
        self.last_page = max(self.last_page, item.number)
        self._page(item)
        return True

    def _page(self, item: Page | PageImage) -> None:
        text, headings = item.text, item.headings
        if not fits(text):
            text = next(iter(pieces(text)))
            headings = tuple(heading for heading in headings if heading.end <= len(text))
            message = f"page {item.number} has too much text; its first {len(text)} characters were read"
            self._send("problem", page=item.number, code="too_large", message=message)
        values = {
            "number": item.number,
            "label": shorten(item.label, MAX_FACT),
            "text": text,
            "headings": _spans(headings),
        }
        if isinstance(item, PageImage):
            _wait_for_room(item.image)
            self._send("image", image=str(item.image), dpi=item.dpi, **values)
        else:
            self._send("page", source=item.source, **values)

    def _limit(self, message: str) -> None:
        self._send("problem", page=None, code="too_large", message=message)


def _wait_for_room(picture: Path) -> None:
    """Wait until few pictures lie in the folder, so that a long scan does not fill the disk before it is read."""
    while sum(entry.name.startswith(PICTURE_PREFIX) for entry in os.scandir(picture.parent)) > MAX_PICTURES:
        time.sleep(PICTURE_WAIT)


def _spans(headings: tuple[Heading, ...]) -> list[list[int]]:
    return [[heading.start, heading.end, heading.level] for heading in headings[:MAX_HEADINGS]]


def _facts(facts: Facts, pages: int) -> dict[str, Any]:
    metadata = {
        key: [shorten(str(item), MAX_FACT // 4) for item in value[:MAX_NAMES]]
        if isinstance(value, list)
        else shorten(str(value), MAX_FACT)
        for key, value in facts.metadata.items()
        if value
    }
    return {
        "title": shorten(facts.title, MAX_FACT),
        "author": shorten(facts.author, MAX_FACT),
        "date": facts.date,
        "language": facts.language,
        "page_count": pages,
        "metadata": metadata,
    }
