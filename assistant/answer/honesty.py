"""What a reader should know beside an answer: how its pages were read, what changed, where documents differ, what is unknown.

Knows nothing of how answers are found or written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.answer.citing import displayed, spoken_place
from assistant.late import content_words
from assistant.records import Citation
from assistant.verify import Ranked, Sentence, answering_words
from ingest.library import Library
from ingest.quantities import dates, numbers
from ingest.text import detect_language, word_spans

POOR_SCAN = 0.75
"""Mean OCR confidence of a page below which the reader is told: about every tenth word is wrong there."""
DIFFER_BEHIND = 0.4
"""How far behind the best sentence, in units of its score, one of another document may be and still answer the same."""
SAME_STATEMENT = 0.5
"""Share of their words, numbers aside, that two sentences have in common when they say the same of one thing."""
MOST_UNKNOWN = 3
"""Unknown words named."""
ASKING = frozenset(
    "much many long often far old big please tell show give find list name viel viele lange oft weit bitte".split()
)
"""Words with which one asks; that no document has them says nothing."""

_UNIT = re.compile(r"\s?(?:[^\W\d_]+|[€$£¥%]|°[CF])")


def on_pages(citations: Iterable[Citation], library: Library) -> tuple[str, ...]:
    """Notes on what is cited: poor scans, and files that are no longer what was read."""
    found = []
    for one in citations:
        if one.confidence is not None and one.confidence < POOR_SCAN:
            found.append(
                f"[{one.number}] was read from a poor scan (confidence {one.confidence:.0%}); look at the page."
            )
        if _changed(one, library):
            found.append(
                f"{displayed(one.path.name)} has changed since it was read; the quote is from before. `assistant index` reads it anew."
            )
    return tuple(dict.fromkeys(found))


def _changed(citation: Citation, library: Library) -> bool:
    """Whether the file has another size or time than when it was read; a file that cannot be looked at counts as unchanged."""
    known = library.file(citation.path)
    try:
        status = citation.path.stat()
    except OSError:
        return False
    return known is not None and (known.size, known.mtime_ns) != (status.st_size, status.st_mtime_ns)


def on_library(library: Library) -> tuple[str, ...]:
    """Notes on every answer from a library: what it has not read yet."""
    pending = library.counts().pending
    return (f"{pending} {'file is' if pending == 1 else 'files are'} not read yet.",) if pending else ()


def differing(question: str, ranked: Sequence[Ranked]) -> tuple[str, ...]:
    """Ids of the best sentence's document and of one that says the same with another number or date; empty for none.

    Args:
        question: What is asked.
        ranked: Best for the question first.
    """
    pair = _differing(question, ranked)
    return tuple(one.sentence.place.hit.passage.document_id for one in pair)


def difference(question: str, ranked: Sequence[Ranked]) -> str:
    """How the documents that `differing` names differ, in words; empty where it names none."""
    said = [
        f"{spoken_place(one.sentence.place.hit)} says “{_answering(question, one.sentence.text)}”"
        for one in _differing(question, ranked)
    ]
    return f"The documents differ: {', '.join(said)}." if said else ""


def _differing(question: str, ranked: Sequence[Ranked]) -> tuple[Ranked, ...]:
    for other in ranked[1:]:
        best = ranked[0].sentence
        if other.score < ranked[0].score - DIFFER_BEHIND:
            break
        elsewhere = other.sentence.place.hit.passage.document_id != best.place.hit.passage.document_id
        if elsewhere and _differ(question, best.text, other.sentence.text) and not _beside(question, best, ranked):
            return ranked[0], other
    return ()


def _beside(question: str, best: Sentence, ranked: Sequence[Ranked]) -> bool:
    """Whether another sentence of the best one's passage has a word of the question that it lacks: then that is asked for."""
    language = detect_language(question) or ""
    said = set(content_words(f"{best.text} {best.context}", language))
    lacking = set(content_words(question, language)) - said - ASKING
    around = (one.sentence.text for one in ranked if one.sentence.place is best.place)
    return any(lacking & set(content_words(text, language)) for text in around)


def _differ(question: str, one: str, other: str) -> bool:
    """Whether two sentences say the same but for the number or date that is asked for."""
    here, there = _answering(question, one), _answering(question, other)
    days, other_days = dates(here), dates(there)
    if days and other_days:
        return not days[0].agrees(other_days[0]) and _alike(one, other)
    amounts, other_amounts = numbers(here), numbers(there)
    if days or other_days or not amounts or not other_amounts or amounts[0].unit != other_amounts[0].unit:
        return False
    return not amounts[0].agrees(other_amounts[0]) and _alike(one, other)


def _answering(question: str, text: str) -> str:
    """The first words of a text of the kind that is asked for, or its first amount with a unit; empty where it has none."""
    found = answering_words(question, text) or [(one.start, one.end) for one in numbers(text) if one.unit]
    if not found:
        return ""
    start, end = found[0]
    unit = _UNIT.match(text, end) if any(one.unit and one.start == start for one in numbers(text)) else None
    return text[start : unit.end() if unit else end]


def _alike(one: str, other: str) -> bool:
    here, there = (
        {word for word in content_words(text, "") if not any(map(str.isdigit, word))} for text in (one, other)
    )
    return bool(here | there) and len(here & there) >= SAME_STATEMENT * len(here | there)


def unknown(question: str, library: Library) -> str | None:
    """Which words of a question no document has, in words; None where all occur."""
    unseen = library.unseen_words(question)
    spoken = [question[start:end] for word, start, end in word_spans(question) if word in unseen and word not in ASKING]
    named = [f"“{word}”" for word in dict.fromkeys(spoken)][:MOST_UNKNOWN]
    return f"Nothing in the library mentions {' or '.join(named)}." if named else None
