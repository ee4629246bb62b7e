"""Questions proposed from the documents of a library, each with its answer and the place where it stands.

No model is asked: sentences of a few plain forms are turned round ("The deposit is 1,700 euros." → "What is the deposit?"), and
`name: value` lines are asked by their name. What is proposed is a start; a person accepts it, edits it or passes it over.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.records import QUOTE_LIMIT
from ingest.library import Library
from ingest.quantities import dates, numbers
from ingest.records import Page
from ingest.text import sentences

EACH = 2
"""Most questions on one document, so that all of a library is asked about."""
FIELD_WORDS = 4
"""Most words of a name in front of a colon; more are a sentence."""
PAGES = 40
"""Pages looked at in one document."""

_ENGLISH = re.compile(
    r"(?P<subject>(?:The|Our|Your|This)\s[^,;:()\n]{3,60}?)\s(?P<verb>is|are|was|were)\s(?P<rest>[^\n]{2,120}?)\.?$"
)
_GERMAN = re.compile(
    r"(?P<subject>(?:Der|Die|Das)\s[^,;:()\n]{3,60}?)\s(?:beträgt|betragen)\s(?P<rest>[^\n]{2,120}?)\.?$"
)
_FIELD = re.compile(r"(?P<name>[^\W\d_][\w /-]{2,40}):\s+(?P<value>[^\n]{2,60})$")
_BEFORE_DATE = re.compile(r"(?P<what>.*?)\s*\b(?:on|in|from|until|by|since)\s+$")
_DANGLING = re.compile(r"(?:\s+(?:of|de))?[\s:,;.]*$")
_STARTS_WITH_FIGURE = re.compile(r"(?:[A-Z]{3}\s|[€$£]\s?)?\S*\d")
_UNIT = re.compile(r"\s?(?:[^\W\d_]+|[€$£¥%]|°[CF])")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that a document answers."""

    question: str
    """What to ask."""
    answer: str
    """Words of the document that answer it."""
    path: Path
    """The file."""
    page: int
    """Page of the file, from 1."""
    quote: str
    """The sentence that it was made from."""

    def as_json(self, accepted: bool) -> dict[str, Any]:
        """A line of a file of questions."""
        return {
            "question": self.question,
            "answers": [self.answer],
            "answerable": True,
            "evidence": [{"file": str(self.path), "page": self.page, "quote": self.quote}],
            "accepted": accepted,
        }


def proposals(library: Library, most: int, seed: int = 1) -> Iterator[Proposal]:
    """Questions from documents in an order that the seed decides, at most `EACH` a document and each only once."""
    places = sorted({one.document_id: one for one in library.shelved()}.values(), key=lambda one: one.document_id)
    random.Random(seed).shuffle(places)  # noqa: S311 - an order, no secret
    asked: set[str] = set()
    for place in places:
        location = library.location(place.document_id)
        if location is None:
            continue
        made = 0
        for number, page in enumerate(library.pages(place.document_id)):
            if number == PAGES or made == EACH:
                break
            for question, answer, quote in asked_of(page, location.path.stem):
                if made < EACH and question not in asked:
                    asked.add(question)
                    made += 1
                    yield Proposal(question, answer, location.path, location.first_page + page.number - 1, quote)
                    if len(asked) == most:
                        return


def asked_of(page: Page, document: str) -> Iterator[tuple[str, str, str]]:
    """(question, answer, quote) of the sentences of a page that can be turned round."""
    for start, end in sentences(page.text):
        quote = page.text[start:end]
        plain = " ".join(quote.split())
        if len(quote) <= QUOTE_LIMIT:
            found = _turned(plain) or _field(plain, document)
            if found:
                yield *found, quote


def _turned(sentence: str) -> tuple[str, str] | None:
    """A statement as a question for its number or date."""
    german = _GERMAN.match(sentence)
    if german:
        amount = _amount(german["rest"])
        return (f"Wie hoch ist {_lowered(german['subject'])}?", amount) if amount else None
    match = _ENGLISH.match(sentence)
    if not match:
        return None
    subject, verb, rest = _lowered(match["subject"]), match["verb"], match["rest"]
    days = dates(rest)
    if days:
        before = _BEFORE_DATE.match(rest[: days[0].start])
        answer = _DANGLING.sub("", rest[days[0].start : days[0].end])
        if before and before["what"]:
            return f"When {verb} {subject} {before['what']}?", answer
        return (f"When {verb} {subject}?", answer) if before or not rest[: days[0].start].strip() else None
    amount = _amount(rest)
    return (f"What {verb} {subject}?", amount) if amount and rest.startswith(amount) else None


def _amount(text: str) -> str:
    """The first number of a text with its unit; empty where it has none."""
    found = next(iter(numbers(text)), None)
    if found is None or not any(map(str.isdigit, text[found.start : found.end])):
        return ""
    unit = _UNIT.match(text, found.end) if found.unit else None
    return text[found.start : unit.end() if unit else found.end].strip()


def _field(line: str, document: str) -> tuple[str, str] | None:
    """A `name: value` line, if its value begins with a figure, as a question for its name."""
    match = _FIELD.match(line)
    if not match or len(match["name"].split()) > FIELD_WORDS or not _STARTS_WITH_FIGURE.match(match["value"]):
        return None
    called = " ".join(re.sub(r"[_-]+", " ", document).split())
    return f"What is the {_lowered(match['name'])} in {called}?", match["value"].strip()


def _lowered(phrase: str) -> str:
    """A phrase as it stands inside a sentence: its first letter small unless it is an abbreviation."""
    return phrase[:1].lower() + phrase[1:] if phrase[1:2].islower() else phrase
