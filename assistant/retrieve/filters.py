"""Filters: which documents a question is asked of, and whether a document passes.

A filter is written as an operator (`folder:tax type:pdf from:anna after:2023-03 before:2024`) or said in words
(`filter_phrases`). Every filter can be shown as operators and read back, so a person can take one away or change it.
A document's own date counts, and one in its name; the file's where it has neither. Pure; knows nothing of libraries and screens.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePath
from typing import Protocol

from ingest.errors import UsageError

KINDS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "pdf": (("application/pdf",), frozenset({"pdf"})),
    "mail": (("message/", "application/mbox", "application/vnd.ms-outlook"), frozenset({"eml", "mbox", "msg"})),
    "image": (("image/",), frozenset()),
    "word": ((), frozenset({"doc", "docx", "docm", "odt", "rtf", "pages"})),
    "sheet": (
        ("text/csv", "text/tab-separated"),
        frozenset({"xls", "xlsx", "xlsm", "xlsb", "ods", "csv", "tsv", "numbers"}),
    ),
    "slides": ((), frozenset({"ppt", "pptx", "pptm", "odp", "key"})),
    "web": (("text/html", "application/xhtml"), frozenset({"htm", "html", "mht", "mhtml"})),
    "text": (("text/plain", "text/markdown"), frozenset({"txt", "md"})),
    "book": (("application/epub",), frozenset({"epub", "mobi"})),
}
"""What `type:` names: beginnings of media types, and endings of file names. Any other word is an ending itself."""
SPOKEN_KINDS = {
    "pdf": "PDF files",
    "mail": "mails",
    "image": "pictures",
    "word": "word-processor documents",
    "sheet": "spreadsheets",
    "slides": "presentations",
    "web": "web pages",
    "text": "text files",
    "book": "e-books",
}
"""The same for a person."""
ENDING = 2
"""Letters by which two words of a folder's name may differ at their end: "tax" and "Taxes"."""

_OPERATOR = re.compile(r"(?<!\S)(folder|type|from|after|before):(?:\"([^\"]*)\"|(\S+))", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DAY_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_. ]?(0[1-9]|1[0-2])(?:[-_. ]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_PIECE = re.compile(r"\d+|[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])")
_BLANKS = re.compile(r"\s+")


class Filed(Protocol):
    """What is known of a document at one of its places."""

    @property
    def media_type(self) -> str:
        """IANA media type."""

    @property
    def author(self) -> str:
        """Author or sender, as the document names them; empty where unknown."""

    @property
    def date(self) -> str:
        """The document's own date in ISO 8601, as precise as it is known; empty where unknown."""

    @property
    def path(self) -> PurePath:
        """Its file."""

    @property
    def inside(self) -> str | None:
        """Its way inside the file; None for the file itself."""

    @property
    def changed(self) -> datetime.date:
        """When the file was last changed."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents are searched: those that pass every filter, and one of each kind where there are several."""

    folders: tuple[str, ...] = ()
    """Words in the names of folders, or of the archive or mailbox that holds it."""
    types: tuple[str, ...] = ()
    """Names of `KINDS`, or endings of file names."""
    senders: tuple[str, ...] = ()
    """Words in the name or address of author or sender."""
    after: str = ""
    """ISO date of the first day that counts; empty for no limit."""
    before: str = ""
    """ISO date of the first day that no longer counts; empty for no limit."""

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return any((self.folders, self.types, self.senders, self.after, self.before))

    @property
    def operators(self) -> tuple[str, ...]:
        """The filters as they can be written in a question, one a filter."""
        named = [("folder", one) for one in self.folders] + [("type", one) for one in self.types]
        named += [("from", one) for one in self.senders] + [("after", self.after), ("before", self.before)]
        return tuple(f'{name}:"{value}"' if " " in value else f"{name}:{value}" for name, value in named if value)

    @property
    def spoken(self) -> str:
        """The filters in words: "in a folder “tax”, only PDF files, since 2023-03-01"."""
        parts = [f"in a folder “{' or '.join(self.folders)}”"] if self.folders else []
        kinds = [SPOKEN_KINDS.get(kind, f".{kind} files") for kind in self.types]
        parts += [f"only {' or '.join(kinds)}"] if kinds else []
        parts += [f"from “{' or '.join(self.senders)}”"] if self.senders else []
        parts += [f"since {self.after}"] if self.after else []
        parts += [f"before {self.before}"] if self.before else []
        return ", ".join(parts)

    def joined(self, other: Filters) -> Filters:
        """Both together; of two dates those of `other` count."""
        return Filters(
            tuple(dict.fromkeys((*self.folders, *other.folders))),
            tuple(dict.fromkeys((*self.types, *other.types))),
            tuple(dict.fromkeys((*self.senders, *other.senders))),
            other.after or self.after,
            other.before or self.before,
        )

    def passes(self, filed: Filed) -> bool:
        """Whether a document at one of its places passes."""
        return (
            (not self.folders or any(_in_folder(one, filed) for one in self.folders))
            and (not self.types or any(_is_kind(one, filed) for one in self.types))
            and (not self.senders or any(_is_from(one, filed.author) for one in self.senders))
            and _in_time(self.after, self.before, filed)
        )


def operators(question: str) -> tuple[Filters, str]:
    """The filters written as operators in a question, and the question without them.

    Raises:
        UsageError: A date cannot be read.
    """
    found = Filters()
    for match in _OPERATOR.finditer(question):
        name, value = match[1].casefold(), " ".join((match[2] if match[2] is not None else match[3]).split())
        if not value:
            continue
        if name == "folder":
            found = replace(found, folders=(*found.folders, value))
        elif name == "type":
            found = replace(found, types=(*found.types, value.casefold().lstrip(".")))
        elif name == "from":
            found = replace(found, senders=(*found.senders, value))
        elif name == "after":
            found = replace(found, after=first_day(value).isoformat())
        else:
            found = replace(found, before=first_day(value).isoformat())
    return found, _BLANKS.sub(" ", _OPERATOR.sub(" ", question)).strip()


def first_day(value: str) -> datetime.date:
    """The first day of a year, a month or a day in ISO form.

    Raises:
        UsageError: It is none.
    """
    match = _DAY.fullmatch(value)
    try:
        if match is None:
            raise ValueError
        return datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise UsageError(f"“{value}” is no date", "Write 2023, 2023-03 or 2023-03-15.") from None


def day_after(value: str) -> datetime.date:
    """The day behind a year, a month or a day in ISO form."""
    first = first_day(value)
    precision = value.count("-")
    if precision == 0:
        return datetime.date(first.year + 1, 1, 1)
    if precision == 1:
        return datetime.date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first + timedelta(days=1)


def _pieces(name: str) -> list[str]:
    """Words and numbers of a name, without case and diacritics."""
    plain = unicodedata.normalize("NFD", " ".join(_CAMEL.split(name)))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [piece.casefold() for piece in _PIECE.findall(plain)]


def _in_folder(wanted: str, filed: Filed) -> bool:
    if wanted.startswith(("/", "~")) or wanted[1:3] in (":\\", ":/"):
        folder = PurePath(wanted)
        return folder in (filed.path, *filed.path.parents)
    chain = [*filed.path.parts[:-1], *([filed.path.name, filed.inside] if filed.inside else [])]
    there = {piece for name in chain for piece in _pieces(name)}
    return all(any(_same_word(piece, other) for other in there) for piece in _pieces(wanted))


def _same_word(one: str, other: str) -> bool:
    """Whether two words differ at most in their ending."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > ENDING and long.startswith(short) and len(long) - len(short) <= ENDING)


def _is_kind(wanted: str, filed: Filed) -> bool:
    ending = PurePath(filed.inside or filed.path.name).suffix.lstrip(".").casefold()
    if wanted not in KINDS:
        return ending == wanted
    media_types, endings = KINDS[wanted]
    return (
        filed.media_type.startswith(media_types)
        if media_types and not endings
        else ending in endings or (bool(media_types) and filed.media_type.startswith(media_types))
    )


def _is_from(wanted: str, author: str) -> bool:
    there = set(_pieces(author))
    return all(piece in there or (piece.endswith("s") and piece[:-1] in there) for piece in _pieces(wanted))


def _in_time(after: str, before: str, filed: Filed) -> bool:
    """Whether one of the days that a document may be of lies between the two."""
    return not (after or before) or any(
        (not after or last >= after) and (not before or first < before) for first, last in _periods(filed)
    )


def _periods(filed: Filed) -> list[tuple[str, str]]:
    """First and last day of the document's own date and of the one in its name; of the file's where it has neither."""
    found: list[tuple[str, str]] = []
    own, named = _DAY.match(filed.date), _DAY_IN_NAME.search(PurePath(filed.inside or filed.path.name).stem)
    for written in ([own[0]] if own else []) + (["-".join(filter(None, named.groups()))] if named else []):
        try:
            found.append((first_day(written).isoformat(), (day_after(written) - timedelta(days=1)).isoformat()))
        except UsageError:
            continue
    return found or [(filed.changed.isoformat(), filed.changed.isoformat())]
