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

from assistant.answer.citing import Citer, spoken_place
from assistant.answer.confidence import FITTED_LANGUAGE, MARGIN_ALONE, Signs, confidence
from assistant.answer.drafting import DRAFT_THRESHOLD, MOST_CITATIONS, Checked, check, draft_answer, says_nothing
from assistant.answer.quoting import MOST_QUOTES, quote_answer
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
from assistant.retrieve import Ranking, Retriever
from assistant.retrieve.retriever import NearestSource
from assistant.verify import Place, Ranked, best_sentences, judge, split_claims, without_orders
from ingest.config import Config
from ingest.embed import Encoder
from ingest.library import Library
from ingest.records import Hit
from ingest.text import detect_language, nfc, words

HITS = 10
"""Places kept with an answer (contract)."""
READ = 5
"""Hits whose sentences may be quoted; ten find no more."""
CLOSEST = 3
"""Places named when there is no answer."""
NOT_FOUND = "Not in your documents."
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
        self, question: str, within: Path | None = None, cancelled: threading.Event | None = None
    ) -> Iterator[AnswerEvent]:
        """Answer a question: Searching, Found, Quotes, then Reading and Draft while a model works, Text, Finished.

        Args:
            question: As a person wrote it.
            within: Folder or file to answer from; everything where it is None.
            cancelled: Set it to stop; what is there by then is the answer.

        Yields:
            Events; `Finished` is always the last.
        """
        asked = _Asked(nfc(question).strip(), within, cancelled or threading.Event(), time.monotonic())
        yield Searching(asked.question)
        if not words(asked.question):
            yield Finished(self._not_found(asked, (), 0.0, ("The question has no words.",)))
            return
        ranking = self.retriever.rank(asked.question, HITS, within, asked.cancelled)
        asked.retrieved = time.monotonic() - asked.began
        yield Found(tuple(ranking.hits))
        places = self._places(ranking, asked)
        ranked = best_sentences(ranking.probe, places)
        sure = self._confidence(ranking, ranked)
        if not ranked or sure < self._threshold:
            yield Finished(self._not_found(asked, ranking.hits, sure))
            return
        quotes = quote_answer(asked.question, ranked, Citer(self._library, asked.question, MOST_QUOTES), sure)
        if not quotes.claims:
            yield Finished(self._not_found(asked, ranking.hits, sure))
            return
        asked.speak()
        quotes = replace(
            quotes,
            hits=tuple(ranking.hits),
            model=self._model.name if self._model else None,
            notes=(*quotes.notes, *self._notes()),
            seconds=asked.seconds(),
        )
        yield Quotes(quotes)
        answer = quotes
        if self._model is not None and not asked.cancelled.is_set():
            answer = yield from self._drafted(self._model, asked, _Evidence(ranking, places, ranked, quotes))
        yield Finished(replace(answer, seconds=asked.seconds()))

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

    def _confidence(self, ranking: Ranking, ranked: list[Ranked]) -> float:
        if not ranked:
            return 0.0
        best = ranked[0]
        cosine = float(self._encoder.encode(best.sentence.text) @ ranking.probe.vector)
        margin = best.score - ranked[1].score if len(ranked) > 1 else MARGIN_ALONE
        foreign = detect_language(ranking.probe.text) not in ("", FITTED_LANGUAGE)
        return confidence(Signs(best.late, cosine, best.meaning, margin, ranking.named is not None, foreign))

    def _not_found(self, asked: _Asked, hits: Sequence[Hit], sure: float, notes: tuple[str, ...] = ()) -> Answer:
        closest = list(dict.fromkeys(spoken_place(hit) for hit in hits))[:CLOSEST]
        text = f"{NOT_FOUND} The closest places: {'; '.join(closest)}." if closest else NOT_FOUND
        return Answer(
            question=asked.question,
            text=text,
            outcome="not_found",
            written_by="quotes",
            confidence=sure,
            hits=tuple(hits),
            model=self._model.name if self._model else None,
            seconds=asked.seconds(),
            notes=(*notes, *self._notes()),
        )

    def _notes(self) -> tuple[str, ...]:
        """What concerns every answer from this library."""
        pending = self._library.counts().pending
        if not pending:
            return ()
        return (f"{pending} {'file is' if pending == 1 else 'files are'} not read yet.",)

    def _drafted(self, model: LanguageModel, asked: _Asked, found: _Evidence) -> Generator[AnswerEvent, None, Answer]:
        """Let the model write and check what it wrote; returns the answer (a generator's value)."""
        try:
            text, note = yield from self._written(model, asked, found)
            claims = list(dict.fromkeys(split_claims(text)))
        except ModelError as error:
            return _noted(
                found.quotes, f"The model gave no answer ({error.message}); these are the words of the documents."
            )
        if asked.cancelled.is_set():
            return _noted(found.quotes, STOPPED)
        checked: list[Checked] = []
        language = found.ranking.probe.language
        for claim in claims:
            if asked.cancelled.is_set():
                return _noted(found.quotes, STOPPED)
            if not says_nothing(claim):
                judgement = judge(self.retriever.probe(claim, language), found.places, DRAFT_THRESHOLD)
                one = check(judgement, asked.question, language, found.ranked)
                checked.append(one)
                yield Text(one.claim)
        citer = Citer(self._library, asked.question, MOST_CITATIONS)
        answer = draft_answer(found.quotes, checked, found.ranked, citer, self._strike)
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
        events = model.generate(messages, max_tokens=self._max_tokens, seed=self._seed, cancelled=asked.cancelled)
        for event in events:
            if isinstance(event, Progress):
                yield Reading(event.done, event.total)
            elif isinstance(event, Piece):
                pieces.append(event.text)
                yield Draft(event.text)
            elif isinstance(event, Generated):
                break
        return "".join(pieces), fitted.note()


def _noted(answer: Answer, note: str) -> Answer:
    """The answer with one more note."""
    return replace(answer, notes=(*answer.notes, note))
