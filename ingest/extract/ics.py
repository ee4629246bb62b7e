"""Calendars (ICS): every event, task and note with its title as heading, when and where it is, who takes part.

Repetitions are named, not unrolled. Knows nothing of time zones but their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.errors import DocumentError
from ingest.extract.blocks import Block
from ingest.extract.clean import one_line
from ingest.extract.content_lines import Component, Line, component_pages, components
from ingest.extract.reader import Facts, Source, Yielded

_SHOWN = frozenset({"VEVENT", "VTODO", "VJOURNAL"})
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")
_EVERY = {"DAILY": "every day", "WEEKLY": "every week", "MONTHLY": "every month", "YEARLY": "every year"}


def read(source: Source) -> Iterator[Yielded]:
    """Facts, then pages labelled "events 1–50".

    Raises:
        DocumentError: `too_large`, or `empty` without an event.
    """
    calendar = ""
    events: list[Component] = []
    for component in components(source.bytes()):
        if component.kind in _SHOWN:
            events.append(component)
        elif component.kind == "VCALENDAR":
            calendar = calendar or component.first("X-WR-CALNAME").text
    single = events[0] if len(events) == 1 else None
    date = moment(single.first("DTSTART"))[:10] if single else ""
    title = one_line(calendar or (single.first("SUMMARY").text if single else ""))
    author = _person(single.first("ORGANIZER")) if single else ""
    metadata = {"author": author, "date": date}
    yield Facts(title, author, date, "", 0, {key: value for key, value in metadata.items() if value})
    yield from component_pages(events, "event", _blocks)
    if not events:
        raise DocumentError("empty", f"{source.name} has no event")


def _blocks(event: Component) -> Iterator[Block]:
    yield Block(one_line(event.first("SUMMARY").text) or "(no title)", 1)
    begins, ends, due = (moment(event.first(name)) for name in ("DTSTART", "DTEND", "DUE"))
    shown_end = ends[11:].partition(" ")[0] if ends[:10] == begins[:10] and len(ends) > 10 else ends
    told = {
        "When": f"{begins} – {shown_end}" if ends and ends != begins else begins,
        "Due": due,
        "Repeats": _repeats(event.first("RRULE").value),
        "Where": one_line(event.first("LOCATION").text),
        "Organizer": _person(event.first("ORGANIZER")),
        "With": ", ".join(filter(None, map(_person, event.all("ATTENDEE")))),
        "Status": event.first("STATUS").text.lower(),
        "Categories": one_line(event.first("CATEGORIES").text),
        "Link": event.first("URL").text,
    }
    yield Block("\n".join(f"{name}: {value}" for name, value in told.items() if value))
    yield Block(event.first("DESCRIPTION").text)


def moment(line: Line) -> str:
    """A date or time of day in ISO order, with the name of its zone; empty where it is none."""
    match = _MOMENT.match(line.value.strip())
    if match is None:
        return ""
    day = f"{match[1]}-{match[2]}-{match[3]}"
    zone = " UTC" if match[7] else f" ({line.parameters['TZID']})" if "TZID" in line.parameters else ""
    return f"{day} {match[4]}:{match[5]}{zone}" if match[4] else day


def _repeats(rule: str) -> str:
    told = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    every = _EVERY.get(told.get("FREQ", ""), told.get("FREQ", "").lower())
    until = moment(Line("UNTIL", told.get("UNTIL", "")))
    times = told.get("COUNT", "")
    return every + (f" until {until}" if until else f", {times} times" if times else "") if every else ""


def _person(line: Line) -> str:
    name, address = (
        one_line(line.parameters.get("CN", "")),
        re.sub(r"^mailto:", "", line.value.strip(), flags=re.IGNORECASE),
    )
    return f"{name} <{address}>" if name and address and name != address else name or address
