"""Outlook's .msg over olefile: headers, text, attachments and the mails in the mail as members.

Knows nothing of Outlook's other kinds of items beyond their text.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.errors import DocumentError
from ingest.extract import encoding
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.mail import LABEL
from ingest.extract.ole import Ole
from ingest.extract.reader import Facts, Member, Source, Yielded
from ingest.extract.rtf import blocks_of_rtf, html_of_rtf, unpacked
from ingest.extract.web import blocks_of_html

_SUBJECT, _BODY, _HTML, _RTF = 0x0037, 0x1000, 0x1013, 0x1009
_SENDER_NAME, _SENDER_MAIL, _SENDER_SMTP, _TO, _CC = 0x0C1A, 0x0C1F, 0x5D01, 0x0E04, 0x0E03
_HEADERS, _SUBMITTED, _DELIVERED, _CODEPAGE = 0x007D, 0x0039, 0x0E06, 0x3FFD
_DATA, _LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = 0x3701, 0x3707, 0x3704, 0x3001
_RECIPIENT_SMTP, _RECIPIENT_MAIL = 0x39FE, 0x3003
_TIME = 0x0040
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
MAX_ATTACHMENTS = 1_000
"""Attachments of one mail."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then the message as one page, or parts of it.

    Raises:
        DocumentError: `damaged`, or `empty` when there is nothing to read.
    """
    with _Message(source) as message:
        facts = message.facts()
        yield facts
        lines = [
            f"{name}: {facts.metadata[key]}"
            for name, key in (("From", "from"), ("To", "to"), ("Date", "date"), ("Subject", "subject"))
            if key in facts.metadata
        ]
        blocks = [*([Block("\n".join(lines))] if lines else []), *message.body()]
    count = 0
    for page in pages(blocks, label=LABEL):
        count += 1
        yield page
    if not count:
        raise DocumentError("empty", f"{source.name} holds no text")


def members(source: Source) -> Iterator[Member]:
    """The attachments.

    Raises:
        DocumentError: `damaged`.
    """
    with _Message(source) as message:
        yield from message.attachments()


class _Message(Ole):
    """An open .msg; a context manager."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.folders = sorted({path[0] for path in self.names.values()})

    def data(self, tag: int, folder: str = "") -> bytes:
        """The bytes of a binary property, empty where there is none."""
        return self.stream(f"{folder}__substg1.0_{tag:04X}0102")

    def text(self, tag: int, folder: str = "") -> str:
        """A text property, empty where there is none."""
        wide = self.stream(f"{folder}__substg1.0_{tag:04X}001F")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return encoding.decode(self.stream(f"{folder}__substg1.0_{tag:04X}001E")).rstrip("\0")

    def time(self, tag: int) -> str:
        """A time property in ISO 8601, empty where there is none."""
        table = self.stream("__properties_version1.0")
        for at in range(32, len(table) - 15, 16):
            kind, number = struct.unpack_from("<HH", table, at)
            if number == tag and kind == _TIME:
                ticks = struct.unpack_from("<Q", table, at + 8)[0]
                try:
                    return (_EPOCH + timedelta(microseconds=ticks // 10)).isoformat(timespec="seconds")
                except OverflowError:
                    return ""
        return ""

    def facts(self, pages: int = 0) -> Facts:
        """Subject, sender, recipients, date, names of the attachments."""
        name, mail = one_line(self.text(_SENDER_NAME)), one_line(self.text(_SENDER_SMTP) or self.text(_SENDER_MAIL))
        mail = mail if "@" in mail else self._header_address() or mail
        sender = f"{name} <{mail}>" if name and "@" in mail and name != mail else name or mail
        subject, date = one_line(self.text(_SUBJECT)), self.time(_SUBMITTED) or self.time(_DELIVERED)
        attachments = [name for name, _ in self._attached()]
        metadata: dict[str, Any] = {
            "subject": subject,
            "from": sender,
            "to": self._recipients(),
            "date": date,
            "attachments": attachments,
        }
        return Facts(subject, sender, date[:10], "", pages, {key: value for key, value in metadata.items() if value})

    def _header_address(self) -> str:
        found = re.search(r"^From:.*?([\w.+-]+@[\w.-]+)", self.text(_HEADERS), re.MULTILINE | re.IGNORECASE)
        return found[1] if found else ""

    def _recipients(self) -> str:
        people = []
        for folder in self.folders:
            if folder.startswith("__recip_version1.0_"):
                name = one_line(self.text(_DISPLAY_NAME, f"{folder}/"))
                mail = one_line(self.text(_RECIPIENT_SMTP, f"{folder}/") or self.text(_RECIPIENT_MAIL, f"{folder}/"))
                people.append(
                    f"{name} <{mail}>" if name and "@" in mail and name != mail else mail if "@" in mail else name
                )
        return ", ".join(filter(None, people)) or one_line(", ".join(filter(None, (self.text(_TO), self.text(_CC)))))

    def body(self) -> list[Block]:
        """The blocks of the text: plain, else HTML, else RTF."""
        if text := self.text(_BODY).strip():
            return [Block(paragraph) for paragraph in re.split(r"\r?\n[ \t]*\r?\n\s*", text)]
        if html := self.data(_HTML) or self.text(_HTML).encode():
            return blocks_of_html(html)
        if rtf := unpacked(self.data(_RTF)):
            html_inside = html_of_rtf(rtf)
            return blocks_of_html(html_inside) if html_inside else blocks_of_rtf(rtf)
        return []

    def _attached(self) -> Iterator[tuple[str, str]]:
        """Names and folders of the attachments."""
        for number, folder in enumerate(
            [name for name in self.folders if name.startswith("__attach_version1.0_")][:MAX_ATTACHMENTS], 1
        ):
            name = next(
                filter(
                    None, (one_line(self.text(tag, f"{folder}/")) for tag in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
                ),
                "",
            )
            yield name or f"attachment-{number}", folder

    def attachments(self) -> Iterator[Member]:
        """The attached files; a mail in the mail as plain text with its headers."""
        for name, folder in self._attached():
            if data := self.data(_DATA, f"{folder}/"):
                yield Member(name, data)
            elif inner := self._inner_mail(f"{folder}/__substg1.0_{_DATA:04X}000D/"):
                yield Member(name if name.lower().endswith(".eml") else f"{name}.eml", inner)

    def _inner_mail(self, folder: str) -> bytes:
        """A mail in the mail as one in the format of the Internet; its own attachments are left out."""
        subject, body = one_line(self.text(_SUBJECT, folder)), self.text(_BODY, folder)
        if not subject and not body:
            return b""
        sender = one_line(self.text(_SENDER_NAME, folder))
        lines = [
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            f"From: {sender}",
            f"To: {one_line(self.text(_TO, folder))}",
            f"Subject: {subject}",
            "",
            body,
        ]
        return "\n".join(lines).encode("utf-8", "replace")
