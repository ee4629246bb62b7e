"""From a question to ranked hits: the documents it names, the fused search, and the documents that its hits lead to.

Reads the library and asks the owner for nearest vectors where one answers. Knows nothing of quotes and answers.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.late import PassageTokens, Probe, TokenStore, content_words
from assistant.own_date import OPENING, asks_own_date, says_own_date
from assistant.parties import asks_parties, names_parties
from assistant.retrieve.everyday import all_common
from assistant.retrieve.links import Mention, joined, mentions, suspected, whole_names
from assistant.retrieve.naming import Named, called, leading, without
from assistant.retrieve.phrasing import as_contracts_say
from assistant.retrieve.search import Asked, NearestSource, Scored, Search
from assistant.retrieve.understanding import Understanding, as_written, understand
from assistant.retrieve.versions import fold, newest_first
from ingest.embed import Encoder
from ingest.library import Library
from ingest.records import Hit
from ingest.text import detect_language, sentences, words

if TYPE_CHECKING:
    from assistant.late import Floats

VERSIONS = 10
"""Hits fetched beyond those asked for, since versions of one document become one hit."""
NAMES = 50
"""Documents looked at for a name in a text."""
DEFAULT_LANGUAGE = "en"
HEAD = 5
"""The hits that are read for an answer; documents that others lead to are put at their end."""
LED = 2
"""Most documents put there; the hits that they displace follow behind."""
SOURCES = 3
"""First hits that may lead to another document."""
FOLLOWED = 4
"""Documents looked into: a forward pass each."""
CONTEXT = 0.3
"""Weight of how well the sentence that names a document meets the question, beside what the document adds."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for a question, with what it takes to look closer."""

    hits: list[Hit]
    """Best first."""
    probe: Probe
    """The question as it was compared: without the words of a document's name, where it named one."""
    named: Named | None
    """The document that the question named, and in which something was found."""
    together: tuple[str, ...] = ()
    """Ids of the documents that answer together: those named side by side, or the first hit's and those that it leads
    to, which then have a passage among the first `HEAD` hits; empty where one document is enough."""
    read: Understanding | None = None
    """How the question was understood; None for a statement, which is taken as it stands."""
    worded: Probe | None = None
    """The compared question with the words in which contracts say what it asks; None where there are none."""

    @property
    def sought(self) -> Probe:
        """What sentences are chosen by."""
        return self.worded or self.probe


@dataclass(frozen=True, slots=True)
class _Led:
    """A document that may be needed beside the first hits."""

    mention: Mention
    source: int
    """Index of the hit that names it; the first one also for a document that the question names."""
    context: float
    """How well the sentence that names it meets the question, -1 to 1; 1 where the question names it."""
    asked: bool
    """Whether the question names it."""


class Retriever:
    """Searches one library; may be used from several threads.

    Args:
        library: The library, open for reading.
        encoder: The embedding model, of the library's own variant.
        client: The owner's client; None to scan the vectors here.
        without: Parts that are left out, to measure what they are there for: judges of `fuse.Weights`, "named", "led",
            "versions", "spelling", "usual".
        tokens: Token vectors shared with other retrievers; None for a store of its own.
    """

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        client: NearestSource | None = None,
        without: Collection[str] = (),
        tokens: TokenStore | None = None,
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._without = frozenset(without)
        self._search = Search(library, encoder, client, self._without, tokens)

    def search(self, question: str, limit: int, within: Path | None = None) -> list[Hit]:
        """The best hits for a question, best first.

        Args:
            question: As a person wrote it.
            limit: Most hits.
            within: Folder or file to search in; everything where it is None.
        """
        return self.rank(question, limit, within).hits

    def rank(
        self,
        question: str,
        limit: int,
        within: Path | None = None,
        cancelled: threading.Event | None = None,
        lead: bool = True,
        read: Understanding | None = None,
        late: bool = True,
    ) -> Ranking:
        """As `search`, with the compared question and the documents it named or needs together.

        Args:
            question: As a person wrote it.
            limit: Most hits.
            within: Folder or file to search in; everything where it is None.
            cancelled: When set, the candidates that were not read again keep their first order.
            lead: Whether filters are read and documents that are named are followed; not for statements, which name
                what they are about.
            read: How the question was understood, where that is known or was changed by a person.
            late: Whether the best candidates are read again. Without it the order is a first one, for what is shown
                while the rest is done.

        Raises:
            UsageError: A filter in the question cannot be read.
        """
        if read is None and lead:
            read = self.understood(question, within)
        question = read.question if read else question
        language = self.language(question)
        documents = read.documents if read else None
        everywhere = Asked(
            self._search.probe(question, language, statement=not lead),
            max(limit, HEAD) + VERSIONS,
            within,
            documents,
            cancelled=cancelled,
        )
        named = self._named(question, language) if lead and "named" not in self._without else ()
        ranking = self._inside(named, question, everywhere, late) if named else None
        if ranking is None:
            ranked = self._search.ranked(everywhere, late)
            ranking = Ranking(self._hits(ranked[: everywhere.limit], within), everywhere.compared, None)
        if lead and asks_parties(question):
            ranking = self._parties_first(ranking, within)
        if lead and late and "led" not in self._without:
            ranking = self._followed(ranking, question, everywhere)
        if lead and "versions" not in self._without:
            ranking = replace(ranking, hits=self._folded(ranking, question))
        return replace(ranking, hits=ranking.hits[:limit], read=read)

    def understood(self, question: str, within: Path | None = None, literal: bool = False) -> Understanding:
        """A question as it is searched: without its filters, with misspelled words put right.

        Args:
            question: As a person wrote it.
            within: Folder or file to search in; everything where it is None.
            literal: Whether it is to be taken as it is written.

        Raises:
            UsageError: A filter in the question cannot be read.
        """
        if literal:
            return as_written(question)
        tokens = None if "spelling" in self._without else self._encoder.count
        return understand(question, self.language(question), self._library, tokens, within)

    def language(self, question: str) -> str:
        """Language of a question; the library's main language where it is too short to tell."""
        found = detect_language(question)
        if found:
            return found
        counts = self._library.meta().languages
        return max(counts, key=lambda code: counts[code]) if counts else DEFAULT_LANGUAGE

    def statement(self, text: str, language: str) -> Probe:
        """A statement, ready to be compared with passages."""
        return self._search.probe(text, language, statement=True)

    def tokens(self, hits: Sequence[Hit], cancelled: threading.Event | None = None) -> list[PassageTokens]:
        """Token vectors of hits' passages, in order; kept for the next question."""
        return self._search.tokens(hits, cancelled)

    def _inside(self, named: Sequence[Named], question: str, everywhere: Asked, late: bool) -> Ranking | None:
        """The named documents first, in turn, asked without their names, then the rest; None where one holds nothing."""
        language = everywhere.compared.language
        asked = without(question, frozenset().union(*(one.stems for one in named)), language)
        if not content_words(asked, language):
            return None
        if all_common(asked, self._encoder.rank) and not self._speak_of(named, asked):
            asked = question
        compared, said = self._search.probe(asked, language), as_contracts_say(asked)
        worded = self._search.probe(said, language) if said != asked else None
        there = [
            self._search.ranked(
                replace(everywhere, compared=worded or compared, documents=frozenset({one.document_id}), named=True),
                late,
            )
            for one in named
        ]
        if len(there) < len(named) or not all(there):
            return None
        inside = [found for found in chain.from_iterable(zip_longest(*there)) if found is not None]
        if asks_own_date(asked):
            inside = self._dating_first(inside, named)
        known = {key for key, _, _ in inside}
        rest = [found for found in self._search.ranked(everywhere, late=False) if found[0] not in known]
        hits = self._hits([*inside, *rest][: everywhere.limit], everywhere.within)
        together = tuple(one.document_id for one in named) if len(named) > 1 else ()
        return Ranking(hits, compared, named[0], together, worded=worded)

    def _speak_of(self, named: Sequence[Named], asked: str) -> bool:
        """Whether one of the documents has a word of what is asked."""
        return bool(self._library.search_words(asked, 1, documents={one.document_id for one in named}))

    def _dating_first(self, inside: Sequence[Scored], named: Sequence[Named]) -> list[Scored]:
        """The passages at the beginning of the documents that date them, then the rest."""
        opening = [key for one in named for key in self._library.opening(one.document_id, OPENING)]
        passages, known = self._library.passages(opening), {found[0]: found for found in inside}
        top = inside[0][1] if inside else 0.0
        first = [
            (key, top, known[key][2] if key in known else "words")
            for key in opening
            if key in passages and any(says_own_date(passages[key].text[a:b]) for a, b in sentences(passages[key].text))
        ]
        return [*first, *(found for found in inside if found[0] not in {key for key, _, _ in first})]

    def _parties_first(self, ranking: Ranking, within: Path | None) -> Ranking:
        """The passage that names the parties to the contract of the first hit, then the rest."""
        keys = self._library.opening(ranking.hits[0].passage.document_id, OPENING) if ranking.hits else []
        naming = [key for key, one in self._library.passages(keys).items() if names_parties(one.text)][:1]
        found = self._library.hits([(key, ranking.hits[0].score, "words") for key in naming], within)
        known = {hit.passage.id for hit in found}
        return replace(ranking, hits=[*found, *(hit for hit in ranking.hits if hit.passage.id not in known)])

    def _folded(self, ranking: Ranking, question: str) -> list[Hit]:
        """The hits, versions of one document as one."""
        known = self._library.sketches({hit.passage.document_id for hit in ranking.hits})
        apart = {*ranking.together, *([ranking.named.document_id] if ranking.named else [])}
        return fold(ranking.hits, known, question, newest_first(self._library), apart)

    def _hits(self, ranked: Iterable[Scored], within: Path | None) -> list[Hit]:
        """The hits in the given order; scores are lowered where they would rise."""
        hits: list[Hit] = []
        for hit in self._library.hits(list(ranked), within):
            hits.append(hit if not hits or hit.score <= hits[-1].score else replace(hit, score=hits[-1].score))
        return hits

    def _named(self, question: str, language: str) -> tuple[Named, ...]:
        stems = frozenset(content_words(question, language))
        found = self._library.called([document_id for document_id, _ in self._library.search_names(question, NAMES)])
        names = {
            document_id: called(place.path, place.inside, title, stems, language)
            for document_id, (place, title) in found.items()
        }
        return leading(names, stems, self._library.counts().documents)

    def _followed(self, ranking: Ranking, question: str, everywhere: Asked) -> Ranking:
        """The ranking with passages of the documents that question and first hits name, at the end of the head."""
        first = ranking.hits[:SOURCES]
        if not first or (everywhere.cancelled is not None and everywhere.cancelled.is_set()):
            return ranking
        met = [one.met(ranking.probe) for one in self.tokens(first)]
        head = {hit.passage.document_id: hit for hit in reversed(ranking.hits[: HEAD - LED])}
        best: dict[str, tuple[float, Hit, str]] = {}
        leads = self._leads(first, met, question, ranking.probe)
        there = {(one.mention.start, one.mention.end) for one in leads if one.asked and one.mention.document_id in head}
        for one in [one for one in leads if not one.asked or (one.mention.start, one.mention.end) not in there][
            :FOLLOWED
        ]:
            document = one.mention.document_id
            hit = head.get(document) or self._best_in(document, everywhere)
            if hit is not None:
                [tokens] = self.tokens([hit])
                score = (
                    self._added(met[one.source], tokens.met(ranking.probe), ranking.probe)
                    + CONTEXT * one.context
                    + one.asked
                )
                if score > best.get(document, (0.0,))[0]:
                    best[document] = score, hit, first[one.source].passage.document_id
        chosen = sorted(best.values(), key=lambda found: (-found[0], found[1].passage.id))
        led = [hit for _, hit, _ in chosen if hit.passage.document_id not in head][:LED]
        together = ranking.together or _together(leads, chosen, head)
        return replace(_put_in(ranking, led), together=together)

    def _best_in(self, document: str, everywhere: Asked) -> Hit | None:
        """The best passage of a document, which nobody read again."""
        if everywhere.documents is not None and document not in everywhere.documents:
            return None
        asked = replace(everywhere, limit=1, documents=frozenset({document}))
        found = self._library.hits(self._search.ranked(asked, late=False)[:1], everywhere.within)
        return found[0] if found else None

    @staticmethod
    def _added(first: Floats, other: Floats, question: Probe) -> float:
        """How much better the question's tokens are met by two passages than by the first alone."""
        import numpy as np

        if not first.shape[1] or not other.shape[1]:
            return 0.0
        alone = first.max(axis=1)
        return float((np.maximum(alone, other.max(axis=1)) - alone) @ question.weights)

    def _leads(self, first: Sequence[Hit], met: Sequence[Floats], question: str, compared: Probe) -> list[_Led]:
        """Documents that the question or one of the first hits names, the best context first."""
        runs = [run for text in (question, *(hit.passage.text for hit in first)) for run in suspected(text)]
        found = self._library.called(self._library.search_name_pairs(runs, NAMES))
        names = {key: whole_names(place.path, place.inside, title) for key, (place, title) in found.items()}
        asked = set(words(question))
        led = [_Led(one, 0, 1.0, True) for one in mentions(question, names, compared.language)]
        for index, (hit, tokens) in enumerate(zip(first, self.tokens(first), strict=True)):
            text = hit.passage.text
            own = whole_names(hit.location.path, hit.location.inside, hit.title)
            for mention in mentions(text, names, compared.language):
                name = words(text[mention.start : mention.end])
                if tuple(name) in own or set(name) <= asked:
                    continue
                around = next((pair for pair in sentences(text) if pair[0] <= mention.start < pair[1]), (0, len(text)))
                chosen = tokens.inside(*around)
                context = float(met[index][:, chosen].max(axis=1) @ compared.weights) if len(chosen) else 0.0
                led.append(_Led(mention, index, context, False))
        return sorted(led, key=lambda one: (not one.asked, -one.context, one.mention.document_id))


def _together(
    leads: Sequence[_Led], chosen: Sequence[tuple[float, Hit, str]], head: Collection[str]
) -> tuple[str, ...]:
    """The documents that the question names side by side, or the one that leads on and the best that it leads to.

    Of documents of one name, which stand at one place of the question, the one that was found counts.
    """
    found = [hit.passage.document_id for _, hit, _ in chosen]
    order = [*head, *(document for document in found if document not in head)]
    asked = {one.mention.document_id: (one.mention.start, one.mention.end) for one in leads if one.asked}
    named = {asked[document]: document for document in reversed(order) if document in asked}
    if len(named) > 1:
        return tuple(named.values())
    led = ((source, hit.passage.document_id) for _, hit, source in chosen if hit.passage.document_id not in asked)
    return next(led, ())


def _put_in(ranking: Ranking, chosen: Sequence[Hit]) -> Ranking:
    """The ranking with these hits at the end of its head."""
    if not chosen:
        return ranking
    by_id = {hit.passage.id: hit for hit in (*chosen, *ranking.hits)}
    order = joined([hit.passage.id for hit in ranking.hits], [hit.passage.id for hit in chosen], HEAD)
    scores = [hit.score for hit in ranking.hits]
    scores += [scores[-1]] * (len(order) - len(scores))
    hits = [replace(by_id[key], score=score) for key, score in zip(order, scores, strict=True)]
    return replace(ranking, hits=hits)
