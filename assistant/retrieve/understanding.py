"""How a question is understood before it is searched: its filters, and its misspelled words.

The one place where filters and spelling meet the library. What was understood is always said, so that a person can undo
it; a filter that leaves nothing is said, too. Knows nothing of ranking.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.retrieve.filter_phrases import understood
from assistant.retrieve.filters import Filters
from assistant.retrieve.spelling import Correction, corrected, doubtful, nearest
from ingest.library import Library
from ingest.text import stem, word_spans


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question as it is searched."""

    question: str
    """Without its filters, and with misspelled words put right."""
    filters: Filters
    """The filters in force."""
    documents: frozenset[str] | None
    """Ids of the documents that pass; None where nothing is filtered."""
    notes: tuple[str, ...]
    """What a person should know: words put right, filters that left nothing."""


def as_written(question: str) -> Understanding:
    """The question taken literally: no filter, no correction."""
    return Understanding(question, Filters(), None, ())


def understand(
    question: str, language: str, library: Library, tokens: Callable[[str], int] | None, within: Path | None = None
) -> Understanding:
    """Read the filters of a question, and put its misspelled words right.

    Args:
        question: As a person wrote it.
        language: Its language.
        library: Whose documents and words decide.
        tokens: How many tokens of the embedding model a word has; one is an everyday word. None leaves words as they
            are.
        within: Folder or file that is searched anyway; everything where it is None.

    Raises:
        UsageError: An operator names a date that cannot be read.
    """
    read = understood(question, datetime.datetime.now().astimezone().date())
    found = filtered(Understanding(read.question, read.filters, None, ()), library, within)
    if read.said and not found.documents:
        note = f"No document passes the filter “{read.said.spoken}”, so it was not used."
        plain = Understanding(question if not read.written else read.question, read.written, None, (note,))
        found = filtered(plain, library, within)
    return _spelled(found, language, library, tokens) if tokens else found


def filtered(plain: Understanding, library: Library, within: Path | None) -> Understanding:
    """The same with the documents that pass its filters."""
    if not plain.filters:
        return plain
    passing = frozenset(
        one.document_id
        for one in library.shelved()
        if (within is None or within == one.path or within in one.path.parents) and plain.filters.passes(one)
    )
    notes = () if passing else (f"No document passes the filter “{plain.filters.spoken}”.",)
    return replace(plain, documents=passing, notes=(*plain.notes, *notes))


def _spelled(found: Understanding, language: str, library: Library, tokens: Callable[[str], int]) -> Understanding:
    corrections: list[Correction] = []
    unseen = library.unseen_words(found.question)
    for word, (sought, most) in doubtful(found.question, unseen, language, lambda one: tokens(one) == 1).items():
        meant = nearest(sought, library.terms_from(sought[0], len(sought) - most, len(sought) + most), most)
        if meant is not None:
            corrections.append(Correction(word, _whole(meant, language, library)))
    if not corrections:
        return found
    notes = tuple(f"No document has “{one.written}”; “{one.meant}” was searched instead." for one in corrections)
    return replace(found, question=corrected(found.question, corrections), notes=(*found.notes, *notes))


def _whole(meant: str, language: str, library: Library) -> str:
    """A word of the documents with this stem; the stem itself where none is at hand."""
    for passage in library.passages([key for key, _ in library.search_words(meant, 1)]).values():
        for word, _, _ in word_spans(passage.text):
            if stem(word, language) == meant:
                return word
    return meant
