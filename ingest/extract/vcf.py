"""Contacts (VCF): every person with the name as heading, and a line for each telephone, address and so on.

Pictures and keys are left out. Knows nothing of address books.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.errors import DocumentError
from ingest.extract.blocks import Block
from ingest.extract.clean import one_line
from ingest.extract.content_lines import Component, Line, component_pages, components
from ingest.extract.reader import Facts, Source, Yielded

_NAMES = {
    "NICKNAME": "Nickname", "ORG": "Organization", "TITLE": "Title", "ROLE": "Role", "TEL": "Phone", "EMAIL": "Email", "ADR": "Address",
    "URL": "Web", "BDAY": "Birthday", "ANNIVERSARY": "Anniversary", "IMPP": "Chat", "CATEGORIES": "Categories", "NOTE": "Note",
}  # fmt: skip
_NO_KINDS = frozenset({"internet", "pref", "voice", "uri", "text", "1"})


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then pages labelled "contacts 1–50".

    Raises:
        DocumentError: `too_large`, or `empty` without a contact.
    """
    found = [component for component in components(source.bytes()) if component.kind == "VCARD"]
    yield Facts(_name(found[0]) if len(found) == 1 else "")
    yield from component_pages(found, "contact", _blocks)
    if not found:
        raise DocumentError("empty", f"{source.name} has no contact")


def _name(contact: Component) -> str:
    full = one_line(contact.first("FN").text)
    if full:
        return full
    family, given, middle, before, after = [*contact.first("N").parts(), "", "", "", "", ""][:5]
    name = one_line(" ".join(filter(None, (before, given, middle, family, after))))
    return name or one_line(" ".join(contact.first("ORG").parts())) or "(no name)"


def _blocks(contact: Component) -> Iterator[Block]:
    yield Block(_name(contact), 1)
    lines = [text for line in contact.lines if line.name in _NAMES and (text := _shown(line))]
    yield Block("\n".join(lines))


def _shown(line: Line) -> str:
    kinds = [kind for kind in line.parameters.get("TYPE", "").lower().split(",") if kind and kind not in _NO_KINDS]
    name = _NAMES[line.name] + (f" ({', '.join(kinds)})" if kinds else "")
    value = line.text
    if line.name in ("ADR", "ORG"):
        value = ", ".join(filter(None, line.parts()))
    elif line.name in ("BDAY", "ANNIVERSARY") and len(value) >= 8 and value[:8].isdigit():
        value = f"{value[:4]}-{value[4:6]}-{value[6:8]}"
    value = one_line(value.removeprefix("tel:").removeprefix("mailto:"))
    return f"{name}: {value}" if value else ""
