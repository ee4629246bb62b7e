"""What comes of one file while the sandbox reads it: its members, and the documents that the library lacks.

Every finished page is stored at once, so that a long scan goes on at its page after a crash, and no page is recognised
twice. Knows nothing of passages or vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ingest.catalog.facts import FileProblem
from ingest.dating import own_date
from ingest.library import Library
from ingest.records import Document, Page, Problem, SourceFile
from ingest.text import detect_language
from ingest.work.members import (
    DocumentBegan,
    DocumentEnded,
    FactsRead,
    MemberFailed,
    MemberInfo,
    MemberOpened,
    PageRead,
    ProblemFound,
)
from ingest.work.sandbox import Sandbox

LANGUAGE_CHARACTERS = 5_000
"""As much of a document's text as its language is told from."""


@dataclass(slots=True)
class _Parts:
    """What has come of one document so far."""

    facts: FactsRead | None = None
    pages: dict[int, Page] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    page_count: int | None = None


class FileReading:
    """One attempt to read one file.

    Args:
        library: Open for writing.
        source: The file.
        reader: Version under which documents count as known.
        options_key: Version under which pages are stored.
    """

    def __init__(self, library: Library, source: SourceFile, reader: str, options_key: str) -> None:
        self.problems: list[FileProblem] = []
        """Members that could not be read."""
        self._library = library
        self._source = source
        self._reader = reader
        self._options_key = options_key
        self._members: list[MemberInfo] = []
        self._known: set[str] = set()
        self._parts: dict[str, _Parts] = {}

    @property
    def members(self) -> list[MemberInfo]:
        """Every document found in the file, in order, that is in the library or about to be."""
        read = {name for name, parts in self._parts.items() if parts.page_count is not None}
        return [member for member in self._members if member.id in self._known or member.id in read]

    @property
    def crashed(self) -> bool:
        """Whether a document took its reader with it, or the reader was killed by somebody else."""
        codes = [problem.code for problem in self.problems]
        codes += [problem.code for parts in self._parts.values() for problem in parts.problems]
        return "crashed" in codes

    def run(self, sandbox: Sandbox, on_page: Callable[[int, int | None], None]) -> None:
        """Read the file.

        Args:
            sandbox: Where it is read.
            on_page: Told how many pages are finished, and of how many where that is known.

        Raises:
            DocumentError: The file as a whole cannot be read.
        """
        finished = 0
        for event in sandbox.read(self._source.path, self._wanted, self._stored):
            match event:
                case MemberOpened(member):
                    self._members.append(member)
                case DocumentBegan(name):
                    self._parts[name] = _Parts()
                case FactsRead():
                    self._parts[event.id].facts = event
                case PageRead(name, page):
                    self._library.store_page(name, page, self._options_key)
                    # Stored with its boxes; those of a thousand scanned pages would fill the memory.
                    self._parts[name].pages[page.number] = replace(page, boxes=())
                    finished += 1
                    facts = self._parts[name].facts
                    on_page(finished, facts.page_count or None if facts else None)
                case ProblemFound(name, problem):
                    self._parts[name].problems.append(problem)
                case DocumentEnded(name, page_count):
                    self._parts[name].page_count = page_count
                case MemberFailed():
                    self._fail(event)

    def finished(self) -> Iterator[tuple[Document, list[Page]]]:
        """The documents that were read, with all of their pages in order."""
        for member in {member.id: member for member in self.members}.values():
            parts = self._parts.get(member.id)
            if parts is not None and parts.page_count is not None:
                pages = self._all_pages(member.id, parts)
                yield self._document(member, parts, pages), pages

    def _wanted(self, members: list[MemberInfo]) -> set[str]:
        """Documents that the library lacks."""
        ids = {member.id for member in members}
        self._known = self._library.known_documents(ids, self._reader)
        return ids - self._known

    def _stored(self, document_id: str) -> set[int]:
        """Pages that an earlier attempt has finished."""
        return self._library.stored_pages(document_id, self._options_key)

    def _fail(self, event: MemberFailed) -> None:
        """A member cannot be read, nor can those that have the same bytes."""
        insides = [member.inside for member in self._members if event.id is not None and member.id == event.id]
        self._parts.pop(event.id or "", None)
        for inside in insides or [event.inside]:
            error = event.error
            problem = FileProblem(self._source.path, inside, None, error.code, error.message, error.hint)
            self.problems.append(problem)

    def _all_pages(self, document_id: str, parts: _Parts) -> list[Page]:
        """The pages of this attempt and those stored by earlier ones."""
        earlier = self._stored(document_id) - parts.pages.keys()
        if earlier:
            stored = self._library.load_pages(document_id, self._options_key)
            parts.pages.update({page.number: page for page in stored if page.number in earlier})
        return [parts.pages[number] for number in sorted(parts.pages)]

    @staticmethod
    def _document(member: MemberInfo, parts: _Parts, pages: list[Page]) -> Document:
        facts = parts.facts
        text = ""
        for page in pages:
            if len(text) >= LANGUAGE_CHARACTERS:
                break
            text += page.text[:LANGUAGE_CHARACTERS] + "\n"
        language = (facts.language if facts else "") or detect_language(text)
        date = own_date(member.media_type, facts.date if facts else "", pages[0].text if pages else "", language)
        return Document(
            id=member.id,
            media_type=member.media_type,
            title=facts.title if facts else "",
            page_count=parts.page_count or len(pages),
            author=facts.author if facts else "",
            date=date.iso,
            language=language,
            metadata=(facts.metadata if facts else {}) | ({"date_source": date.source} if date.source else {}),
            problems=tuple(parts.problems),
        )
