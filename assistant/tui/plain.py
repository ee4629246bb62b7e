"""Text of documents and names of files, made safe and short for a terminal.

Documents are hostile: an escape sequence in one could rewrite the screen or the clipboard, a direction override could
turn a sentence round. Each such character is replaced by exactly one other, so that offsets into a page stay true.
"""

from __future__ import annotations

from pathlib import Path

from assistant.records import Citation
from ingest.records import FoundBy, Hit, Location

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that a terminal would act on."""

_DIRECTION = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))


_ACTED_ON = (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), *_DIRECTION)
"""Control characters, half surrogates (of undecodable file names) and changes of direction."""


_CONTROL = dict.fromkeys(_ACTED_ON, REPLACEMENT)
# Unusual line ends are shown as spaces: a page's lines end in a line feed and in nothing else.
_CONTROL |= {ord("\n"): "\n", ord("\t"): " ", ord("\r"): " ", 0x2028: " ", 0x2029: " "}


def plain(text: str) -> str:
    """The text without anything that a terminal acts on; same length, line feeds kept."""
    return text.translate(_CONTROL)


def one_line(text: str, limit: int | None = None) -> str:
    """The text on one line, runs of white space as one space, cut to `limit` characters with an ellipsis."""
    joined = plain(" ".join(text.split()))
    return joined if limit is None or len(joined) <= limit else joined[: max(0, limit - 1)].rstrip() + "…"


def flat(text: str) -> str:
    """The text on one line, of the same length, so that offsets stay true."""
    return plain(text).replace("\n", " ")


def file_name(path: Path, inside: str | None) -> str:
    """A file's name, with the way to the member inside it."""
    return one_line(f"{path.name} › {inside}" if inside else path.name)


def place(item: Citation | Hit | Location) -> str:
    """Where a quote, a hit or a document stands: file and page."""
    if isinstance(item, Citation):
        return f"{file_name(item.path, item.inside)} · {one_line(item.label)}"
    if isinstance(item, Location):
        return file_name(item.path, item.inside)
    return f"{file_name(item.location.path, item.location.inside)} · {one_line(item.label)}"


_FOUND_BY = {"words": "by its words", "meaning": "by its meaning", "both": "by words and meaning"}


def found_by(by: FoundBy | None) -> str:
    """Which search found a place; empty where that is not known."""
    return f" · found {_FOUND_BY[by]}" if by else ""


def scan(confidence: float | None) -> str:
    """How well a scan was read; empty for born-digital text."""
    return "" if confidence is None else f" · scan, read at {confidence:.0%}"


def home_short(path: Path) -> str:
    """A path with the home folder as `~`."""
    home = str(Path.home())
    text = str(path)
    return one_line("~" + text[len(home) :] if home != "/" and (text + "/").startswith(home + "/") else text)


def duration(seconds: float) -> str:
    """A time for people: "8 s", "3 min", "2 h 10 min"."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def size(count: int) -> str:
    """Bytes for people: "870 kB", "23.5 GB"."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit in ("B", "kB") else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
