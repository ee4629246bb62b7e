"""Mail: headers, the text (or what the HTML part says), and attachments as members.

Broken headers are usual, so they are decoded by hand rather than by a policy that raises. Knows nothing of mailboxes
(see mbox.py) and of what is in an attachment.
"""

from __future__ import annotations

import email
import email.errors
import email.header
import email.message
import email.policy
import email.utils
import re
from collections.abc import Iterator
from datetime import datetime

from ingest.errors import DocumentError
from ingest.extract import encoding
from ingest.extract.blocks import Block, pages
from ingest.extract.clean import one_line
from ingest.extract.reader import Facts, Member, Source, Yielded
from ingest.extract.web import blocks_of_html

LABEL = "message"
MAX_PARTS = 2_000
"""Parts of one mail that are looked at."""
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_SUFFIXES = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/html": ".html",
    "text/plain": ".txt",
    "image/jpeg": ".jpg",
}
_FOLD = re.compile(r"\r?\n[ \t]*")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_ADDRESS = r"[^\s<>,;:\"]+@[^\s<>,;:\"]+"
_BARE = re.compile(rf"{_ADDRESS}(?:[ \t]+{_ADDRESS})+")
"""Addresses with nothing but blanks between them, as careless programs write them."""
_UNMARKED = re.compile(rf"([^<>,;:@\"]*[^<>,;:@\"\s])[ \t]+({_ADDRESS})")
"""A name and an address without its brackets."""


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then the message as one page, or parts of it where it is long.

    Raises:
        DocumentError: `empty` when there is neither a header nor text; `damaged`.
    """
    message = parse(source.bytes())
    attachments = names_of(message)
    facts = facts_of(message, attachments)
    body = [block for block in body_of(message) if block.text.strip()]
    if (
        not body
        and not attachments_of(message)
        and not any(facts.metadata.get(key) for key in ("from", "to", "subject"))
    ):
        raise DocumentError("empty", f"{source.name} is no mail with any text")
    yield facts
    yield from pages([*_header_block(message), *body], label=LABEL)


def members(source: Source) -> Iterator[Member]:
    """The attachments, mails in the mail included.

    Raises:
        DocumentError: As `read`.
    """
    message = parse(source.bytes())
    for name, part in attachments_of(message):
        if data := content_of(part):
            yield Member(name, data, part.get_content_type())


class _Raw(email.policy.Compat32):
    """Gives header values as they stand, raw bytes as surrogate escapes, instead of losing what is no ASCII."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The value itself, on one line."""
        del name
        return _FOLD.sub(" ", value)


def parse(data: bytes) -> email.message.Message:
    """A mail from its bytes; never fails for anything that is called a mail."""
    return email.message_from_bytes(data, policy=_Raw())


def header(message: email.message.Message, name: str) -> str:
    """A header as text, its words decoded; empty where there is none."""
    for key, value in message.raw_items():
        if key.casefold() == name.casefold():
            return decoded(str(value))
    return ""


def decoded(value: str) -> str:
    """A raw header value with its encoded words and raw bytes as text."""
    raw = value.encode("ascii", "surrogateescape") if _has_bytes(value) else None
    if raw is not None:
        value = encoding.decode(raw)
    try:
        parts = email.header.decode_header(_FOLD.sub(" ", value))
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return one_line(value)
    text = "".join(part if isinstance(part, str) else encoding.decode(part, charset or "") for part, charset in parts)
    return one_line(text)


def _has_bytes(value: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in value)


def facts_of(message: email.message.Message, attachments: list[str]) -> Facts:
    """Subject as title, sender, date, and the headers that a person looks for."""
    sender, subject, date = addresses(header(message, "From")), header(message, "Subject"), date_of(message)
    recipients = [addresses(header(message, name)) for name in ("To", "Cc")]
    metadata = {
        "subject": subject, "from": sender, "to": ", ".join(filter(None, recipients)), "date": date, "attachments": attachments
    }  # fmt: skip
    return Facts(subject, sender, date[:10], "", 0, {key: value for key, value in metadata.items() if value})


def addresses(value: str) -> str:
    """A header of addresses with the marks that carelessness left out, so that each address can be told apart."""
    if _BARE.fullmatch(value):
        return ", ".join(value.split())
    match = _UNMARKED.fullmatch(value)
    return f"{match[1]} <{match[2]}>" if match else value


def date_of(message: email.message.Message) -> str:
    """The mail's date in ISO 8601 with its offset, else the day of its arrival; empty where neither can be read."""
    for told in (header(message, "Date"), header(message, "Received").rpartition(";")[2].strip()):
        try:
            moment: datetime = email.utils.parsedate_to_datetime(told)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment.isoformat()
    return ""


def _header_block(message: email.message.Message) -> list[Block]:
    lines = [f"{name}: {text}" for name in _SHOWN if (text := header(message, name))]
    return [Block("\n".join(lines))] if lines else []


def body_of(message: email.message.Message) -> Iterator[Block]:
    """The blocks of the mail's own text: all inline parts, of alternatives the plain one unless it says nothing."""
    for part in _texts(message):
        data = content_of(part)
        charset = charset_of(part)
        if part.get_content_type() == "text/html":
            yield from blocks_of_html(data, charset)
        else:
            for paragraph in _BLANK_LINES.split(encoding.decode(data, charset).replace("\r\n", "\n")):
                yield Block(paragraph.strip("\n"))


def _texts(message: email.message.Message) -> Iterator[email.message.Message]:
    """The text parts that are shown, in order."""
    stack = [message]
    count = 0
    while stack and count < MAX_PARTS:
        part = stack.pop()
        count += 1
        kind = part.get_content_type()
        if is_mail(part) or (is_attachment(part) and not (part is message and kind.startswith("text/"))):
            continue
        if part.is_multipart():
            children = children_of(part)
            stack += [_chosen(children)] if kind == "multipart/alternative" and children else reversed(children)
        elif part.get_content_maintype() in ("text", "message", "multipart"):
            yield part


def _chosen(children: list[email.message.Message]) -> email.message.Message:
    """Of several forms of one text the plain one, or the richest where that is empty."""
    for child in children:
        if child.get_content_type() == "text/plain" and len(content_of(child).strip()) > 1:
            return child
    texts = [child for child in children if child.is_multipart() or child.get_content_type() == "text/html"]
    return texts[-1] if texts else children[0]


def is_mail(part: email.message.Message) -> bool:
    """Whether a part is a whole mail."""
    return part.get_content_type() == "message/rfc822" and part.is_multipart()


def is_attachment(part: email.message.Message) -> bool:
    """Whether a part is shown as an attachment rather than as text."""
    if is_mail(part):
        return True
    if part.is_multipart():
        return False
    if part.get_content_disposition() == "attachment" or filename_of(part):
        return True
    return part.get_content_maintype() not in ("text", "multipart", "message")


def children_of(part: email.message.Message) -> list[email.message.Message]:
    """The parts of a part."""
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, email.message.Message)] if isinstance(payload, list) else []


def names_of(message: email.message.Message) -> list[str]:
    """Declared names of everything attached, also to the mails in the mail, in order."""
    names: list[str] = []
    stack = [message]
    count = 0
    while stack and count < MAX_PARTS:
        part = stack.pop()
        count += 1
        if name := filename_of(part):
            names.append(name)
        stack += reversed(children_of(part))
    return names


def attachments_of(message: email.message.Message) -> list[tuple[str, email.message.Message]]:
    """Names and parts of the attachments in their order; parts without a name get one."""
    found: list[tuple[str, email.message.Message]] = []
    stack = [message]
    count = 0
    while stack and count < MAX_PARTS:
        part = stack.pop()
        count += 1
        if is_attachment(part) and not (part is message and part.get_content_maintype() == "text"):
            found.append((filename_of(part) or unnamed(part, len(found) + 1), part))
        elif not is_mail(part):
            stack += reversed(children_of(part))
    return found


def filename_of(part: email.message.Message) -> str:
    """The name that a part declares, decoded; empty where it has none."""
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""
    return decoded(str(name)) if name else ""


def unnamed(part: email.message.Message, number: int) -> str:
    """A name for an attachment without one."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner = children_of(part)
        subject = header(inner[0], "Subject") if inner else ""
        if subject:
            return re.sub(r"[/\\]", "-", subject)[:80] + ".eml"
    suffix = _SUFFIXES.get(kind) or "." + kind.rpartition("/")[2].rpartition("-")[2].rpartition("+")[2]
    return f"attachment-{number}{suffix}"


def content_of(part: email.message.Message) -> bytes:
    """The bytes of a part; those of the whole mail for a mail in the mail."""
    if inner := children_of(part):
        return inner[0].as_bytes()
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def charset_of(part: email.message.Message) -> str:
    """The character set that a part declares, empty where it has none."""
    try:
        return part.get_content_charset() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
