"""`Answerer`: a question to an answer that can be checked, as a sequence of events.

Quotes come first and are the answer wherever the model crashes, is silent, says nothing or says what no page carries.
Knows nothing of how events are shown or stored.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.answer import honesty
from assistant.answer.citing import Citer, spoken_place
from assistant.answer.confidence import confidence, signs
from assistant.answer.drafting import (
    DRAFT_THRESHOLD,
    MOST_CITATIONS,
    Checked,
    check,
    draft_answer,
    says_nothing,
    whole_sentences,
)
from assistant.answer.mismatch import names_of
from assistant.answer.quoting import MOST_QUOTES, chosen, quote_answer
from assistant.answer.telling import told
from assistant.answer.verifying import verify_text
from assistant.llm import Generated, LanguageModel, Message, ModelError, Piece, Progress
from assistant.prompt import Offered, conversation, fit
from assistant.records import (
    Answer,
    AnswerEvent,
    Draft,
    Finished,
    Found,
    Quotes,
    Reading,
    Searching,
    Seconds,
    Text,
    VerifiedText,
)
from assistant.retrieve import Earlier, NearestSource, Ranking, Retriever, Understanding, whole_question
from assistant.verify import Place, Ranked, Sentence, best_sentences, judge, split_claims, without_orders
from ingest.config import Config
from ingest.embed import Encoder
from ingest.library import Library
from ingest.records import Hit
from ingest.text import nfc, words

HITS = 10
"""Places kept with an answer (contract)."""
READ = 5
"""Hits whose sentences may be quoted; ten find no more."""
CLOSEST = 3
"""Places named when there is no answer."""
NEAR = 0.15
"""Confidence from which the nearest words are shown where there is no answer; below they are about something else."""
NOT_FOUND = "Not in your documents."
UNCLEAR = "No clear answer in your documents."
STOPPED = "Stopped before the model had finished."


@dataclass(slots=True)
class _Asked:
    """One question on its way."""

    question: str
    within: Path | None
    cancelled: threading.Event
    began: float
    retrieved: float = 0.0
    first: float | None = None

    def seconds(self) -> Seconds:
        """Where the time went so far."""
        return Seconds(self.retrieved, self.first, time.monotonic() - self.began)

    def speak(self) -> None:
        """The first words of the answer are there."""
        if self.first is None:
            self.first = time.monotonic() - self.began


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a draft is made from and measured by."""

    ranking: Ranking
    places: list[Place]
    ranked: list[Ranked]
    shown: list[Sentence]
    quotes: Answer


class Answerer:
    """Answers questions from one library; one question at a time.

    Args:
        library: The library, open for reading.
        encoder: The embedding model, of the library's own variant.
        model: The language model; None for quotes only.
        settings: Reads the sections `answer` and `model`.
        client: The owner's client; None to scan the vectors here.
    """

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        model: LanguageModel | None,
        settings: Config,
        client: NearestSource | None = None,
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._model = model
        answer, language_model = settings.section("answer"), settings.section("model")
        self._threshold = float(answer["threshold"])
        self._offered = int(answer["passages"])
        self._strike = answer["unsupported"] == "strike"
        self._max_tokens, self._seed = int(language_model["max_tokens"]), int(language_model["seed"])
        self.retriever = Retriever(library, encoder, client)
        """The search that the answers stand on."""

    def ask(
        self,
        question: str,
        within: Path | None = None,
        cancelled: threading.Event | None = None,
        conversation: Sequence[Earlier] = (),
        literal: bool = False,
        glance: bool = False,
    ) -> Iterator[AnswerEvent]:
        """Answer a question: Searching, Found, Quotes, then Reading and Draft while a model works, Text, Finished.

        Args:
            question: As a person wrote it.
            within: Folder or file to answer from; everything where it is None.
            cancelled: Set it to stop; what is there by then is the answer.
            conversation: What was asked before, oldest first; a follow-up is made whole from it.
            literal: Whether the question is searched as it is written: no filters, nothing put right or made whole.
            glance: Whether the first look is told too, where somebody waits: `Found` comes twice, the first one sooner.

        Yields:
            Events; `Finished` is always the last.

        Raises:
            UsageError: A filter in the question cannot be read.
        """
        written = nfc(question).strip()
        whole = None if literal else whole_question(written, conversation)
        read = self.retriever.understood(whole or written, within, literal)
        for event in self._answered(read, within, cancelled or threading.Event(), glance):
            yield told(event, written, read)

    def _answered(
        self, read: Understanding, within: Path | None, cancelled: threading.Event, glance: bool
    ) -> Iterator[AnswerEvent]:
        """The events of a question as it was understood."""
        asked = _Asked(read.question, within, cancelled, time.monotonic())
        yield Searching(asked.question)
        if not words(asked.question):
            yield Finished(_noted(self._not_found(asked, (), 0.0), "The question has no words."))
            return
        if glance:
            first = self.retriever.rank(asked.question, HITS, within, asked.cancelled, read=read, late=False)
            yield Found(tuple(first.hits), final=False)
        ranking = self.retriever.rank(asked.question, HITS, within, asked.cancelled, read=read)
        asked.retrieved = time.monotonic() - asked.began
        yield Found(tuple(ranking.hits))
        places = self._places(ranking, asked)
        ranked = best_sentences(ranking.sought, places, _about(ranking))
        differing = () if ranking.named else honesty.differing(asked.question, ranked)
        shown = chosen(ranked, ranking.together or differing)
        sure = self._confidence(ranking, ranked, shown, within)
        if not ranked or sure < self._threshold:
            yield Finished(self._not_found(asked, ranking.hits, sure, shown if sure >= NEAR else ()))
            return
        quotes = quote_answer(asked.question, shown, Citer(self._library, asked.question, MOST_QUOTES), sure)
        if not quotes.claims:
            yield Finished(self._not_found(asked, ranking.hits, sure))
            return
        asked.speak()
        quotes = replace(
            quotes,
            hits=tuple(ranking.hits),
            model=self._model.name if self._model else None,
            seconds=asked.seconds(),
        )
        notes = honesty.on_library(self._library)
        if differing:
            notes = (honesty.difference(asked.question, ranked), *notes)
        yield Quotes(self._with_notes(quotes, notes))
        answer = quotes
        if self._model is not None and not asked.cancelled.is_set():
            answer = yield from self._drafted(self._model, asked, _Evidence(ranking, places, ranked, shown, quotes))
        yield Finished(replace(self._with_notes(answer, notes), seconds=asked.seconds()))

    def verify_text(
        self, text: str, within: Path | None = None, cancelled: threading.Event | None = None
    ) -> VerifiedText:
        """Check the statements of a text against the library.

        Args:
            text: Whoever wrote it.
            within: Folder or file to check against; everything where it is None.
            cancelled: When set, the statements that were not looked at yet are left out.
        """
        return verify_text(nfc(text), within, self.retriever, self._library, cancelled)

    def _places(self, ranking: Ranking, asked: _Asked) -> list[Place]:
        hits = ranking.hits[:READ]
        return [
            Place(hit, tokens) for hit, tokens in zip(hits, self.retriever.tokens(hits, asked.cancelled), strict=True)
        ]

    def _confidence(
        self, ranking: Ranking, ranked: Sequence[Ranked], shown: Sequence[Sentence], within: Path | None
    ) -> float:
        if not ranked:
            return 0.0
        together = bool(ranking.together)
        nearest = [ranked[0].sentence, *(shown if together else ())]
        cosine = max(float(self._encoder.encode(one.text) @ ranking.probe.vector) for one in nearest)
        placed = ranking.named is not None or all(hit.location.path == within for hit in ranking.hits)
        return confidence(signs(ranking.probe, ranked[0], shown, cosine, placed, together))

    def _not_found(self, asked: _Asked, hits: Sequence[Hit], sure: float, near: Sequence[Sentence] = ()) -> Answer:
        closest = list(dict.fromkeys(spoken_place(hit) for hit in hits))[:CLOSEST]
        parts = (
            UNCLEAR if near else NOT_FOUND,
            honesty.unknown(asked.question, self._library),
            f"The closest places: {'; '.join(closest)}." if closest else None,
        )
        citer = Citer(self._library, asked.question, CLOSEST)
        citer.cite_all(near)
        return Answer(
            question=asked.question,
            text=" ".join(filter(None, parts)),
            outcome="not_found",
            written_by="quotes",
            confidence=sure,
            hits=tuple(hits),
            model=self._model.name if self._model else None,
            seconds=asked.seconds(),
            notes=honesty.on_library(self._library),
            nearest=citer.citations,
        )

    def _with_notes(self, answer: Answer, notes: Sequence[str]) -> Answer:
        """The answer with what the reader should know of its pages, and with these notes."""
        return replace(answer, notes=(*answer.notes, *honesty.on_pages(answer.citations, self._library), *notes))

    def _drafted(self, model: LanguageModel, asked: _Asked, found: _Evidence) -> Generator[AnswerEvent, None, Answer]:
        """Let the model write and check what it wrote; returns the answer (a generator's value)."""
        try:
            text, note = yield from self._written(model, asked, found)
            claims = list(dict.fromkeys(split_claims(text)))
        except ModelError as error:
            why = f"The model gave no answer ({error.message}); these are the words of the documents. {error.hint}"
            return _noted(found.quotes, why.rstrip())
        if asked.cancelled.is_set():
            return _noted(found.quotes, STOPPED)
        checked: list[Checked] = []
        language = found.ranking.probe.language
        for claim in claims:
            if asked.cancelled.is_set():
                return _noted(found.quotes, STOPPED)
            if not says_nothing(claim):
                judgement = judge(self.retriever.statement(claim, language), found.places, DRAFT_THRESHOLD)
                one = check(judgement, asked.question, language, found.ranked)
                checked.append(one)
                yield Text(one.claim)
        citer = Citer(self._library, asked.question, MOST_CITATIONS)
        answer = draft_answer(found.quotes, checked, found.ranked, found.shown, citer, self._strike)
        return _noted(answer, note) if note else answer

    def _written(
        self, model: LanguageModel, asked: _Asked, found: _Evidence
    ) -> Generator[AnswerEvent, None, tuple[str, str | None]]:
        """The model's draft, told as it comes; returns it with a note on what it was not shown."""
        offered = [
            Offered(number, spoken_place(place.hit), without_orders(place.hit.passage.text, asked.question))
            for number, place in enumerate(found.places[: self._offered], 1)
        ]
        fitted = fit(asked.question, offered, model.context, self._max_tokens, model.count)
        messages = [Message(role, text) for role, text in conversation(asked.question, fitted.passages)]
        pieces: list[str] = []
        cut_short = False
        events = model.generate(messages, max_tokens=self._max_tokens, seed=self._seed, cancelled=asked.cancelled)
        for event in events:
            if isinstance(event, Progress):
                yield Reading(event.done, event.total)
            elif isinstance(event, Piece):
                pieces.append(event.text)
                yield Draft(event.text)
            elif isinstance(event, Generated):
                cut_short = event.reason in ("length", "loop")
                break
        text = "".join(pieces)
        return whole_sentences(text) if cut_short else text, fitted.note()


def _about(ranking: Ranking) -> str | None:
    """Id of the document that the question named, where what is left of it names nothing else."""
    named, left = ranking.named, ranking.probe
    alone = named is not None and not ranking.together and not names_of(left.text, left.language)
    return named.document_id if named is not None and alone else None


def _noted(answer: Answer, note: str) -> Answer:
    """The answer with one more note."""
    return replace(answer, notes=(*answer.notes, note))
