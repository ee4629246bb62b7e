"""The model's draft, made into an answer: what no quote carries is taken out, and where too little is left, quotes stay.

A small model repeats the question, says that it does not know, follows an instruction that stands in a document, or
invents. So a claim is shown only if quotes carry it *and* one of them alone holds all that it adds to the question *and*
that one is among the sentences that answer it; the draft replaces the quotes only if it rests on the best of them. The
quotes stay with it as citations. Thus a model can shorten and order what the quotes say, and add nothing: a bad one
leaves the quotes, and a good one pays for it where it says something in words of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer import mismatch
from assistant.answer.citing import Citer, marks, renumbered
from assistant.late import content_words
from assistant.records import Answer, Claim
from assistant.verify import Judgement, Ranked, Sentence, lacks_numbers
from ingest.quantities import dates, numbers
from ingest.text import sentences

MOST_CITATIONS = 6
"""Citations of an answer that a model wrote (contract)."""
DRAFT_THRESHOLD = 0.6
"""Probability from which a claim of a model is shown: higher than for a text to be verified, since the quotes are there
in its place. Of the labelled claims shown, 0.73 (verify_wice) and 0.72 (verify_scifact) are then supported, not 0.68 and 0.70."""
RELEVANT = 0.5
"""How far behind the best sentence, in units of its score, a claim's quote may be and still answer the question."""
EMPTY_STEMS = frozenset("answer question passag document text provid given state mention accord follow".split())
"""Stems with which a draft speaks of itself; they add nothing to a question's words."""
NO_ANSWER_NOTE = "The model found no answer in the passages; these are the words nearest to the question."
UNSUPPORTED_NOTE = "The model's draft was not carried by the documents; these are the words nearest to the question."
BESIDE_NOTE = "The model's draft missed the words nearest to the question, which are shown instead."

_NO_ANSWER = re.compile(
    r"\b(?:i\s+(?:do\s+not|don['’]t|cannot|can['’]t)\s+(?:know|answer|find|say|tell)|not\s+(?:mentioned|stated|provided|specified|given|"
    r"available|clear)\b.{0,40}$|no\s+(?:information|mention|answer)|do(?:es)?\s+not\s+(?:mention|provide|state|contain|answer|specify|say)"
    r"|unable\s+to|ich\s+wei(?:ß|ss)\s+(?:es\s+)?nicht|keine\s+(?:angabe|information)|no\s+(?:lo\s+)?s[eé]\b|je\s+ne\s+sais\s+pas)",
    re.IGNORECASE,
)


_UNRANKED = -9.0
"""Score of a sentence that was not ranked."""

_Place = tuple[str, int, int]
"""Passage id, first and last character of a sentence in it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim of the draft with what is thought of it."""

    claim: Claim
    """Claim with verdict; its citations are numbered when the answer is put together."""
    quotes: tuple[Sentence, ...]
    """The quotes that carry it."""


def whole_sentences(text: str) -> str:
    """A draft that was cut short, without the sentence that it stopped in; the text itself where it has no other."""
    begun = sentences(text)[-1:]
    return text[: begun[0][0]] if begun and text.rstrip()[-1] not in ".!?…" and text[: begun[0][0]].strip() else text


def says_nothing(claim: str) -> bool:
    """Whether a statement only says that there is no answer."""
    return bool(_NO_ANSWER.search(claim))


def added(claim: str, question: str, language: str) -> list[str]:
    """Content stems of a statement that its question has not: none where it only repeats it."""
    asked = set(content_words(question, language)) | EMPTY_STEMS
    return [word for word in content_words(claim, language) if not mismatch.is_among(word, asked)]


def check(judgement: Judgement, question: str, language: str, ranked: Sequence[Ranked]) -> Checked:
    """The verdict on a claim as part of an answer: it must be carried, and must bear on the question.

    What a claim adds to the question must stand in one quote, and one with numbers or dates be carried by one alone: from
    two, a small model joins the amount of the one to the date of the other, and every word of the result stands somewhere.

    Args:
        judgement: What the verifier thinks of it.
        question: The whole question, with the words that name a document.
        language: By which its words are stemmed.
        ranked: The sentences, best for the question first.
    """
    if judgement.verdict != "supported":
        return Checked(Claim(judgement.text, judgement.verdict, judgement.reason), judgement.quotes)
    news = added(judgement.text, question, language)
    if not news:
        return _refused(judgement, "it only repeats the question")
    carriers = [quote for quote in judgement.quotes if _holds_all(quote, news, judgement.text, question, language)]
    if not carriers or (len(judgement.quotes) > 1 and (numbers(judgement.text) or dates(judgement.text))):
        return _refused(judgement, "no single quote holds all that it says")
    scores = {_place(one.sentence): one.score for one in ranked}
    best = ranked[0].score if ranked else 0.0
    carrier = max(carriers, key=lambda quote: scores.get(_place(quote), _UNRANKED))
    if scores.get(_place(carrier), _UNRANKED) < best - RELEVANT:
        return _refused(judgement, "its quote does not bear on the question")
    return Checked(Claim(judgement.text, "supported", "the quote says so"), (carrier,))


def _holds_all(quote: Sentence, news: Sequence[str], claim: str, question: str, language: str) -> bool:
    """Whether a quote, with what it stands under, has these stems, and the quote itself the numbers and dates of the claim.

    A number in the name of a file is about the file; one of the question may be repeated.
    """
    found = mismatch.stems_around(quote.text, quote.context, language)
    figures = [word for word in news if any(map(str.isdigit, word))]
    held = all(mismatch.is_among(word, found) for word in news if word not in figures)
    return held and not lacks_numbers(claim, f"{quote.text} \n {question}")


def _refused(judgement: Judgement, reason: str) -> Checked:
    return Checked(Claim(judgement.text, "unsupported", reason), judgement.quotes)


def _place(sentence: Sentence) -> _Place:
    return sentence.place.hit.passage.id, sentence.start, sentence.end


def draft_answer(
    quotes: Answer,
    checked: Sequence[Checked],
    ranked: Sequence[Ranked],
    shown: Sequence[Sentence],
    citer: Citer,
    strike: bool,
) -> Answer:
    """The better of draft and quotes, with a note where the draft was not good enough.

    Args:
        quotes: The answer in quotes.
        checked: The draft's claims in order; those that say that there is no answer left out.
        ranked: The sentences, best for the question first.
        shown: What the answer in quotes shows, which stays with the draft.
        citer: A fresh citer for at most `MOST_CITATIONS`.
        strike: Whether unsupported claims are shown struck through rather than removed.
    """
    carried = [one for one in checked if one.claim.verdict == "supported"]
    if not checked:
        return replace(quotes, notes=(*quotes.notes, NO_ANSWER_NOTE))
    if not carried:
        return replace(quotes, notes=(*quotes.notes, UNSUPPORTED_NOTE))
    best = _place(ranked[0].sentence)
    if not any(_place(quote) == best for one in carried for quote in one.quotes):
        return replace(quotes, notes=(*quotes.notes, BESIDE_NOTE))
    claims: list[Claim] = []
    parts: list[str] = []
    waiting = list(shown)
    for one in checked:
        if one.claim.verdict == "supported":
            numbers = _cited(one.quotes, shown, waiting, citer)
            if numbers:
                claims.append(replace(one.claim, citations=numbers))
                parts.append(one.claim.text + marks(numbers))
        elif strike:
            claims.append(one.claim)
            parts.append(f"~~{one.claim.text}~~")
    if not any(claim.citations for claim in claims):
        return replace(quotes, notes=(*quotes.notes, UNSUPPORTED_NOTE))
    return _with_quotes(quotes, claims, parts, shown, citer)


def _cited(
    quotes: Sequence[Sentence], shown: Sequence[Sentence], waiting: list[Sentence], citer: Citer
) -> tuple[int, ...]:
    """Numbers of a claim's citations: the quotes shown where they hold its own; room is kept for those still `waiting`."""
    numbers = []
    for quote in quotes:
        wider = next((one for one in shown if _holds(one, quote)), None)
        if wider in waiting:
            waiting.remove(wider)
        if wider is not None or len(citer.citations) + len(waiting) < MOST_CITATIONS:
            numbers.append(citer.cite(wider or quote))
    return tuple(dict.fromkeys(number for number in numbers if number is not None))


def _holds(one: Sentence, other: Sentence) -> bool:
    return one.place is other.place and one.start <= other.start and other.end <= one.end


def _with_quotes(
    quotes: Answer, claims: list[Claim], parts: list[str], shown: Sequence[Sentence], citer: Citer
) -> Answer:
    """The draft with the quotes as further citations."""
    used = {one.number for one in citer.citations}
    further = [number for number in citer.cite_all(shown) if number not in used]
    text = " ".join(parts) + ("\nSee also" + marks(further) if further else "")
    citations, _ = renumbered(citer.citations, [one.number for one in citer.citations])
    struck = any(claim.verdict == "unsupported" for claim in claims)
    return replace(
        quotes,
        text=text,
        outcome="partly" if struck else "answered",
        written_by="model",
        claims=tuple(claims),
        citations=citations,
    )
