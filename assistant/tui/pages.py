"""A page of the library as it is seen on the screen: text or picture, with the quote found again on it.

Beside the text come the nearest words of the pages around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.history import place_of
from assistant.records import Citation
from assistant.tui.desk import Neighbour, PageSeen, PictureSeen, Source
from ingest.errors import LibraryError
from ingest.records import Hit, Location, Span

if TYPE_CHECKING:
    from ingest.library import Library
    from ingest.work.drawing import Drawer

NEIGHBOUR = 600
"""Characters shown of the page before and of the page after."""


def page_seen(library: Library, source: Source, number: int | None) -> PageSeen:
    """The page that a source stands on, or another page of its document.

    Args:
        library: Open for reading.
        source: A citation, a hit, or a document's place.
        number: Page of the document; None for the one that the source names.

    Raises:
        LibraryError: The document is no longer there.
    """
    document_id = document_of(source)
    spans = _spans(source)
    wanted = number or (spans[0].page if spans else 1)
    document = library.document(document_id)
    page = library.page(document_id, wanted)
    quotes = tuple((span.start, span.end) for span in spans if span.page == wanted)
    lost = False
    if isinstance(source, Citation) and quotes:
        start = _place(source, page.text)
        quotes, lost = (((start, start + len(source.quote)),), False) if start is not None else ((), True)
    answers: tuple[tuple[int, int], ...] = ()
    if isinstance(source, Citation) and quotes:
        answers = tuple((quotes[0][0] + start, quotes[0][0] + end) for start, end in source.highlights)
    return PageSeen(
        source=source,
        number=wanted,
        pages=document.page_count,
        label=page.label,
        title=document.title,
        text=page.text,
        quotes=quotes,
        answers=answers,
        confidence=page.confidence,
        before=_neighbour(library, document_id, wanted - 1, last=True),
        after=_neighbour(library, document_id, wanted + 1, last=False),
        lost=lost,
    )


def picture_seen(library: Library, drawer: Drawer, seen: PageSeen, width: int) -> PictureSeen:
    """The picture of a page, with the places of the words that are marked in its text.

    Raises:
        DocumentError: The page cannot be drawn.
    """
    source = seen.source
    path = source.location.path if isinstance(source, Hit) else source.path
    document_id = document_of(source)
    texts = [seen.text[start:end] for start, end in seen.quotes]
    drawn = drawer.draw(path, document_id, seen.number, width, texts)
    scanned = library.page(document_id, seen.number, boxes=True).boxes if seen.quotes else ()
    boxes = [
        (box.left, box.top, box.right, box.bottom)
        for box in scanned
        if any(start < box.end and box.start < end for start, end in seen.quotes)
    ]
    return PictureSeen(drawn.width, drawn.height, drawn.pixels, (*drawn.boxes, *boxes))


def document_of(source: Source) -> str:
    """The document that a source is part of."""
    return source.passage.document_id if isinstance(source, Hit) else source.document_id


def _spans(source: Source) -> tuple[Span, ...]:
    if isinstance(source, Location):
        return ()
    return (source.span,) if isinstance(source, Citation) else source.passage.spans


def _place(citation: Citation, text: str) -> int | None:
    """Where the quote begins now; None where its words are gone."""
    return place_of(text, citation.quote, citation.span.start)


def _neighbour(library: Library, document_id: str, number: int, *, last: bool) -> Neighbour | None:
    """The nearest words of the page before or after; None where there is none, or it could not be read."""
    if number < 1:
        return None
    try:
        page = library.page(document_id, number)
    except LibraryError:
        return None
    text = page.text.strip("\n")
    if len(text) > NEIGHBOUR:
        if last:
            text = text[-NEIGHBOUR:]
            text = "…" + text[max(text.find(" "), text.find("\n"), 0) :].lstrip() if " " in text else text
        else:
            text = text[:NEIGHBOUR]
            text = text[: max(text.rfind(" "), 1)].rstrip() + " …"
    return Neighbour(page.label, text)
