"""Citations: sentences with the place where a person finds them, each checked on its page before it is shown.

Knows nothing of how the sentences were chosen.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assistant.records import QUOTE_LIMIT, Citation
from assistant.verify import Sentence, answering_words
from ingest.errors import LibraryError
from ingest.library import Library
from ingest.records import Hit, Page, Span

ONLY_PLACE = ("", "text", "picture")
"""Labels of documents that are one page, which tell a person nothing."""


class Citer:
    """Numbers citations in the order of their use; the same words are cited once.

    Args:
        library: Where the pages are.
        question: Whose answering words are marked in the quotes; empty for none.
        most: Most citations.
    """

    def __init__(self, library: Library, question: str, most: int) -> None:
        self._library = library
        self._question = question
        self._most = most
        self._made: dict[tuple[str, int, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All made so far, by number."""
        return tuple(self._made.values())

    def cite(self, sentence: Sentence) -> int | None:
        """Number of the citation; None where the page does not hold these words, or there are enough already."""
        span, document_id = sentence.span, sentence.place.hit.passage.document_id
        key = (document_id, span.page, span.start, span.end)
        if key in self._made:
            return self._made[key].number
        if len(self._made) >= self._most or len(sentence.text) > QUOTE_LIMIT:
            return None
        page = self._page(document_id, span.page)
        if page is None or page.text[span.start : span.end] != sentence.text:
            return None
        self._made[key] = _citation(len(self._made) + 1, sentence, page, self._question)
        return self._made[key].number

    def _page(self, document_id: str, number: int) -> Page | None:
        """The page; None where its document has just been removed or read anew with fewer pages."""
        try:
            return self._library.page(document_id, number)
        except LibraryError as error:
            if error.code not in ("no_page", "no_document"):
                raise
            return None

    def cite_all(self, sentences: Sequence[Sentence]) -> tuple[int, ...]:
        """Numbers of the citations that could be made, in order."""
        return tuple(number for number in map(self.cite, sentences) if number is not None)


def _citation(number: int, sentence: Sentence, page: Page, question: str) -> Citation:
    hit = sentence.place.hit
    return Citation(
        number=number,
        path=hit.location.path,
        inside=hit.location.inside,
        page=hit.location.first_page + sentence.span.page - 1,
        label=page.label,
        quote=sentence.text,
        document_id=hit.passage.document_id,
        span=sentence.span,
        confidence=page.confidence if _was_scanned(page, sentence.span) else None,
        highlights=answering_words(question, sentence.text) if question else (),
    )


def _was_scanned(page: Page, span: Span) -> bool:
    """Whether any of a stretch was read by OCR: on a mixed page only what its ranges name."""
    return not page.ocr_ranges or any(start < span.end and span.start < end for start, end in page.ocr_ranges)


def renumbered(citations: Sequence[Citation], kept: Sequence[int]) -> tuple[tuple[Citation, ...], dict[int, int]]:
    """The kept citations numbered from 1 in their order, and the new number of each old one."""
    chosen = [one for one in citations if one.number in kept]
    numbers = {one.number: place for place, one in enumerate(chosen, 1)}
    return tuple(replace(one, number=numbers[one.number]) for one in chosen), numbers


def marks(numbers: Sequence[int]) -> str:
    """Citation marks for the end of a sentence, with a blank in front: " [1] [3]"."""
    return "".join(f" [{number}]" for number in numbers)


def spoken_place(hit: Hit) -> str:
    """A place as a person calls it: "lease.pdf, p. 3", and "notes.txt" where there is one place only."""
    name = displayed(Path(hit.location.inside or hit.location.path.name).name)
    return name if hit.label in ONLY_PLACE else f"{name}, {hit.label}"


def displayed(name: str) -> str:
    """A file name that can be printed: bytes that are no UTF-8 become the replacement character."""
    return os.fsencode(name).decode("utf-8", "replace")
