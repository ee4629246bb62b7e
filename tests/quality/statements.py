"""Makes labelled statements from documents: true ones, and false ones that differ from the text in one point.

The verifier is measured on them (`verifier.py`). A true statement is a sentence of a document, or the same with its
numbers and dates written another way. A false one is made from such a sentence by swapping a number, date or name for
another of the same documents, by turning round a negation or a word of direction, by making an "often" an "always", or by
joining the beginning of one document's sentence with the end of another's. Deterministic; nothing is read or written.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.quantities import dates, names, numbers
from ingest.text import detect_language, sentences, words

WORDS = range(6, 36)
"""Words of a sentence that statements are made from."""
MONTHS = "January February March April May June July August September October November December".split()
OPPOSITES = dict(
    pair.split(":")
    for pair in (
        "increased:decreased decreased:increased increase:decrease decrease:increase higher:lower lower:higher rose:fell "
        "fell:rose more:fewer fewer:more before:after after:before above:below below:above minimum:maximum "
        "maximum:minimum longer:shorter shorter:longer earlier:later later:earlier improved:worsened reduced:raised "
        "raised:reduced larger:smaller smaller:larger included:excluded"
    ).split()
)
NARROW = {"some": "all", "most": "all", "many": "all", "often": "always", "usually": "always", "sometimes": "always",
          "may": "must", "can": "must", "should": "must", "few": "no", "rarely": "never"}  # fmt: skip
_AUXILIARY = re.compile(r"\b(is|are|was|were|will|can|may|must|shall|should|has been|have been)\b(?! not)(?!n't)")
_NEGATED = re.compile(r"\b(is|are|was|were|will|may|must|shall|should|does|do|did) not\b ?|\bcannot\b ?")
_PLAIN = re.compile(r"[A-Z][^\n|•…]*[a-z0-9)%€£$]\.")


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that `verify` is asked about."""

    text: str
    """What is claimed."""
    true: bool
    """Whether the documents say so."""
    kind: str
    """How it was made."""
    document: str
    """Where the sentence stands that it was made from."""


def sentences_in(pages: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Documents and their plain English sentences: one line, a capital, a stop, neither short nor long.

    Args:
        pages: Texts of the pages of each document.
    """
    found: dict[str, str] = {}
    for document, texts in pages.items():
        for text in texts:
            for start, end in sentences(text):
                sentence = " ".join(text[start:end].split())
                if _PLAIN.fullmatch(sentence) and len(words(sentence)) in WORDS and detect_language(sentence) == "en":
                    found.setdefault(sentence, document)
    return [(document, sentence) for sentence, document in found.items()]


def make(found: Sequence[tuple[str, str]], most: int, seed: int = 1) -> list[Statement]:
    """Statements of every kind, at most `most` of each.

    Args:
        found: As `sentences_in` gives them.
        most: Statements of one kind.
        seed: Of the choices.
    """
    chance = random.Random(seed)
    shuffled = list(found)
    chance.shuffle(shuffled)
    known = {sentence for _, sentence in found}
    everything = "\n".join(sentence for _, sentence in found)
    makers: dict[str, tuple[bool, Callable[[str], str | None]]] = {
        "as it stands": (True, lambda text: text),
        "written another way": (True, _rewritten),
        "another number": (False, lambda text: _other_number(text, everything, chance)),
        "another date": (False, lambda text: _other_date(text, chance)),
        "another name": (False, lambda text: _other_name(text, found, chance)),
        "negated": (False, _negated),
        "other direction": (False, _turned),
        "over-generalised": (False, _general),
        "mixed": (False, lambda text: _mixed(text, found, chance)),
    }
    made = []
    for kind, (true, maker) in makers.items():
        texts = ((document, maker(sentence)) for document, sentence in shuffled)
        good = [(document, text) for document, text in texts if text and (true or text not in known)]
        made += [Statement(text, true, kind, document) for document, text in good[:most]]
    return made


def _rewritten(text: str) -> str | None:
    """The same with dates as 2024-03-12 and without commas in numbers; None where nothing changes."""
    changed = text
    for day in reversed(dates(text)):
        if len(day.iso) == len("2024-03-12") and len(day.readings) == 1:
            changed = changed[: day.start] + day.iso + changed[day.end :]
    changed = re.sub(r"(?<=\d),(?=\d{3}\b)", "", changed)
    return changed if changed != text else None


def _other_number(text: str, everything: str, chance: random.Random) -> str | None:
    """One number changed to one that stands nowhere in the documents with what it counts."""
    days = dates(text)
    plain = [one for one in numbers(text) if not any(day.start <= one.start < day.end for day in days)]
    plain = [one for one in plain if text[one.start].isdigit() and one.value >= 2]
    if not plain:
        return None
    one = chance.choice(plain)
    written = re.match(r"[\d.,]*\d", text[one.start : one.end])
    if written is None or "." in written.group():
        return None
    value = int(written.group().replace(",", ""))
    changed = value + chance.choice([1, 2, 3, 7]) * max(1, value // 10)
    again = f"{changed:,}" if "," in written.group() else str(changed)
    tail = text[one.start + len(written.group()) :]
    return None if again + tail[:12] in everything else text[: one.start] + again + tail


def _other_date(text: str, chance: random.Random) -> str | None:
    """One date a few months or years off."""
    found = [day for day in dates(text) if re.search(r"\d{4}$", text[day.start : day.end])]
    if not found:
        return None
    day = chance.choice(found)
    written = text[day.start : day.end]
    month = next((name for name in MONTHS if name in written), None)
    if month is not None and chance.random() < 0.5:
        changed = written.replace(month, MONTHS[(MONTHS.index(month) + chance.randint(1, 10)) % 12])
    else:
        changed = written[:-4] + str(int(written[-4:]) + chance.choice([-3, -2, 2, 3]))
    return text[: day.start] + changed + text[day.end :]


def _other_name(text: str, found: Sequence[tuple[str, str]], chance: random.Random) -> str | None:
    """One name changed to a name of another sentence."""
    own = [one for one in names(text) if " " in one[0]]
    if not own:
        return None
    name, start, end = chance.choice(own)
    others = sorted({other for _, sentence in found for other, _, _ in names(sentence) if " " in other})
    others = [other for other in others if not set(words(other)) & set(words(text)) and other.isascii()]
    return text[:start] + chance.choice(others) + text[end:] if others and name else None


def _negated(text: str) -> str | None:
    """A "not" added to or taken from a sentence of one clause."""
    if len(words(text)) > 20 or ("," in text and " if " in text):
        return None
    without = _NEGATED.search(text)
    if without:
        verb = "can " if without.group().startswith("cannot") else f"{without[1]} "
        return None if verb in ("does ", "do ", "did ") else text[: without.start()] + verb + text[without.end() :]
    verb_found = _AUXILIARY.search(text)
    return text[: verb_found.end()] + " not" + text[verb_found.end() :] if verb_found else None


def _turned(text: str) -> str | None:
    """The first word of direction turned round."""
    for match in re.finditer(r"[a-z]+", text):
        if match.group() in OPPOSITES:
            return text[: match.start()] + OPPOSITES[match.group()] + text[match.end() :]
    return None


def _general(text: str) -> str | None:
    """What holds for some, made to hold for all."""
    for match in re.finditer(r"[a-z]+", text):
        if match.group() in NARROW:
            return text[: match.start()] + NARROW[match.group()] + text[match.end() :]
    return None


def _mixed(text: str, found: Sequence[tuple[str, str]], chance: random.Random) -> str | None:
    """The beginning of this sentence with the end of one of another document, joined at their verbs."""
    head = _AUXILIARY.search(text)
    if head is None or head.start() < 12:
        return None
    tails = list(_tails(head[1], text, found))
    return text[: head.start()] + chance.choice(tails) if tails else None


def _tails(verb: str, text: str, found: Sequence[tuple[str, str]]) -> Iterator[str]:
    home = {document for document, sentence in found if sentence == text}
    for document, sentence in found:
        match = _AUXILIARY.search(sentence)
        if document not in home and match and match[1] == verb and len(sentence) - match.end() > 20:
            yield sentence[match.start() :]
