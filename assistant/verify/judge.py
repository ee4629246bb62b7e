"""Judging a claim: the fewest verbatim quotes that carry it, and a verdict with its reason.

A probability, calibrated on labelled claims, says how well the quotes carry the claim as a whole; what must agree
(numbers, dates, names, direction, negation) can only take a verdict away. Pure; without an embedding model the shared
words stand in for late interaction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.late import Probe, content_words
from assistant.records import Verdict
from assistant.verify import agree, calibration, wording
from assistant.verify.agree import Disagreement, Facts
from assistant.verify.direction import clash
from assistant.verify.evidence import Place, Sentence, sentences_of
from assistant.verify.injection import addresses_assistant
from ingest.text import words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MOST_QUOTES = 3
"""Quotes that may carry one claim (contract)."""
DOCUMENTS = 3
"""Documents that are compared; what only two of them say together is a conclusion, and none is drawn here."""
GAIN = 0.005
"""A further quote must add this much to the claim's late interaction; less is noise of near-equal sentences."""
THRESHOLD = 0.42
"""Probability from which a claim is supported: near the highest balanced accuracy on the labelled claims, on its careful
side."""
CONTRADICTED = 0.8
"""What is left of the probability where something does not agree; 0.6 to 0.8 rank the labelled claims best."""
CLASH = 0.05
"""An opposite word of direction must be so much nearer than any that agrees before a quote says the opposite."""
NEAR_COPY = 0.7
"""Late interaction from which the first quote says nearly the claim's own words, so that a lone "not" turns it round."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a claim."""

    text: str
    """The claim."""
    verdict: Verdict
    """Whether the quotes carry it."""
    reason: str
    """Why, for a person."""
    quotes: tuple[Sentence, ...]
    """The quotes that carry it, best first; the nearest one where it is unsupported."""
    probability: float
    """How sure the verifier is that it is supported, 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The chosen quotes and how well each meets each token of the claim: shape (quotes, tokens)."""

    sentences: list[Sentence]
    rows: npt.NDArray[np.float32]

    @property
    def met(self) -> npt.NDArray[np.float32]:
        """How well the best of them meets each token."""
        best: npt.NDArray[np.float32] = self.rows.max(axis=0)
        return best


def judge(claim: Probe, places: Sequence[Place], threshold: float = THRESHOLD) -> Judgement:
    """Judge one claim against passages.

    Args:
        claim: The statement, prepared in the language of the passages.
        places: Passages that may carry it.
        threshold: Probability from which it counts as supported.
    """
    wanted = agree.facts(claim.text)
    weighed = [(evidence, *_weighed(claim, wanted, evidence)) for evidence in _choose(claim, wanted, places)]
    if not weighed:
        return Judgement(claim.text, "unsupported", "nothing was found about it", (), 0.0)
    evidence, probability, against = max(weighed, key=lambda one: one[1])
    nearest = tuple(evidence.sentences[:1])
    if against:
        return Judgement(claim.text, "unsupported", _reason(against), nearest, CONTRADICTED * probability)
    if probability < threshold:
        return Judgement(claim.text, "unsupported", _missing(claim, evidence), nearest, probability)
    quotes = _fewest(claim, wanted, evidence, threshold)
    reason = "the quote says so" if len(quotes) == 1 else "the quotes together say so"
    return Judgement(claim.text, "supported", reason, quotes, probability)


def _weighed(claim: Probe, wanted: Facts, evidence: _Evidence) -> tuple[float, list[Disagreement]]:
    """How likely the quotes carry the claim, and in what they disagree with it."""
    features = _features(claim, wanted, evidence)
    against = _against(claim, wanted, evidence, features)
    return calibration.probability(features), against


def _fewest(claim: Probe, wanted: Facts, evidence: _Evidence, threshold: float) -> tuple[Sentence, ...]:
    """The first quotes that carry the claim without the rest."""
    for count in range(1, len(evidence.sentences)):
        fewer = _Evidence(evidence.sentences[:count], evidence.rows[:count])
        probability, against = _weighed(claim, wanted, fewer)
        if probability >= threshold and not against:
            return tuple(fewer.sentences)
    return tuple(evidence.sentences)


def _choose(claim: Probe, wanted: Facts, places: Sequence[Place]) -> list[_Evidence]:
    """For each document the fewest sentences that meet the claim best; the most promising documents, best first."""
    import numpy as np

    of: dict[str, tuple[list[Sentence], list[npt.NDArray[np.float32]]]] = {}
    for place in places:
        met = place.tokens.met(claim) if len(claim.tokens) else np.zeros((0, 0), dtype=np.float32)
        sentences, rows = of.setdefault(place.hit.passage.document_id, ([], []))
        for sentence in sentences_of(place):
            if not addresses_assistant(sentence.text):
                sentences.append(sentence)
                rows.append(_row(claim, sentence, met))
    tables = [(sentences, np.stack(rows)) for sentences, rows in of.values() if sentences]
    tables.sort(key=lambda one: -float(one[1].max(axis=0) @ claim.weights))
    return [_best_of(claim, wanted, *one) for one in tables[:DOCUMENTS]]


def _best_of(claim: Probe, wanted: Facts, sentences: Sequence[Sentence], table: npt.NDArray[np.float32]) -> _Evidence:
    """Sentences of one document, chosen greedily, each for what the others leave open."""
    import numpy as np

    best = np.zeros(table.shape[1], dtype=np.float32)
    chosen: list[int] = []
    while len(chosen) < MOST_QUOTES:
        gained = np.maximum(table, best) @ claim.weights
        row = int(gained.argmax())
        if chosen and gained[row] - float(best @ claim.weights) < GAIN:
            break
        chosen.append(row)
        best = np.maximum(best, table[row])
    _carry_numbers(wanted, sentences, table @ claim.weights, chosen)
    return _Evidence([sentences[row] for row in chosen], table[chosen])


def _row(claim: Probe, sentence: Sentence, met: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """How well a sentence meets each token of the claim; without token vectors each of its content words."""
    import numpy as np

    if met.shape[1]:
        chosen = sentence.place.tokens.inside(sentence.start, sentence.end)
        best = met[:, chosen].max(axis=1) if len(chosen) else np.zeros(len(claim.weights))
        return np.asarray(best, dtype=np.float32)
    found = set(content_words(sentence.text, claim.language))
    return np.array([float(word in found) for word in claim.stems], dtype=np.float32)


def _carry_numbers(
    wanted: Facts, sentences: Sequence[Sentence], scores: npt.NDArray[np.float32], chosen: list[int]
) -> None:
    """See that a number or date of the claim stands in a quote if it stands anywhere: `chosen` may get another row."""
    if not (wanted.numbers or wanted.dates):
        return
    text = agree.facts(" \n ".join(sentences[row].text for row in chosen))
    lacking = len(agree.missing_numbers(wanted, text))
    if not lacking:
        return
    rows = sorted(range(len(sentences)), key=lambda row: -scores[row])
    for row in rows:
        if row in chosen:
            continue
        with_row = agree.facts(f"{text.text} \n {sentences[row].text}")
        if len(agree.missing_numbers(wanted, with_row)) < lacking:
            if len(chosen) == MOST_QUOTES:
                chosen.pop()
            chosen.append(row)
            return


def _features(claim: Probe, wanted: Facts, evidence: _Evidence) -> dict[str, float]:
    """What the calibrated probability is made of; the first two are left out where only words were compared."""
    quotes = " \n ".join(sentence.text for sentence in evidence.sentences)
    context = " ".join(dict.fromkeys(sentence.context for sentence in evidence.sentences))
    in_quotes, quoted_words = agree.facts(quotes), frozenset(words(f"{quotes} {context}"))
    points, named = len(wanted.numbers) + len(wanted.dates), len(wanted.names)
    features = {
        "covered": claim.coverage(set(content_words(f"{quotes} {context}", claim.language))),
        "names_missing": len(agree.missing_names(wanted, quoted_words)) / named if named else 0.0,
        "numbers_missing": len(agree.missing_numbers(wanted, in_quotes)) / points if points else 0.0,
        "clash": clash(claim, evidence.sentences),
        "words": math.log(1 + len(claim.stems)),
    }
    if len(claim.tokens):
        counts = claim.weights > 0
        features["late"] = float(evidence.met @ claim.weights)
        features["unmet"] = float(claim.weights[counts] @ (1 - evidence.met[counts]) ** 2)
    return features


def _against(claim: Probe, wanted: Facts, evidence: _Evidence, features: Mapping[str, float]) -> list[Disagreement]:
    """What the quotes contradict or lack, whatever the probability says."""
    quotes = agree.facts(" \n ".join(sentence.text for sentence in evidence.sentences))
    around = " ".join(f"{sentence.context} {sentence.place.hit.passage.text}" for sentence in evidence.sentences)
    found = agree.missing_numbers(wanted, quotes) + agree.foreign_names(wanted, frozenset(words(around)))
    if _negated(claim, wanted, evidence) or features["clash"] > CLASH:
        found.append(Disagreement("opposite", claim.text))
    texts, first = [sentence.text for sentence in evidence.sentences], evidence.sentences[0]
    copy = texts[wording.copied(claim.text, texts)]
    found += [Disagreement(one.kind, one.wanted, one.instead) for one in wording.changes(claim.text, copy)]
    found += [Disagreement("subject", stretch) for stretch in wording.strange(claim, first)]
    return found


def _negated(claim: Probe, wanted: Facts, evidence: _Evidence) -> bool:
    """Whether a quote says what the claim denies, or the other way round: a near copy, or one that the claim holds whole."""
    for quote, row in zip(evidence.sentences, evidence.rows, strict=True):
        said = agree.facts(quote.text)
        near = float(row @ claim.weights) >= NEAR_COPY or wording.holds(claim.text, quote.text)
        if (near and agree.negation_differs(wanted, said)) or agree.negated_figures(wanted) & (
            said.words - agree.negated(quote.text)
        ):
            return True
    return False


def _reason(against: Sequence[Disagreement]) -> str:
    """The first disagreement in words."""
    one = against[0]
    if one.kind == "opposite":
        return "the nearest words say the opposite"
    if one.kind == "strength":
        return f"{one.wanted} is not what the nearest words say: {one.instead}"
    if one.kind == "subject":
        return f"the nearest words say nothing of it: {one.wanted}"
    if one.instead:
        return f"another {one.kind}: {one.wanted} is not there, the nearest words say {one.instead}"
    return f"the {one.kind} {one.wanted} is not in the nearest words"


def _missing(claim: Probe, evidence: _Evidence) -> str:
    """What of the claim the quotes do not have, in the claim's own words."""
    text = " ".join(f"{sentence.text} {sentence.context}" for sentence in evidence.sentences)
    found = set(content_words(text, claim.language))
    lacking = [word for word in claim.stems if word not in found]
    if not lacking or len(lacking) == len(claim.stems):
        return "nothing that says so was found"
    spoken = [word for word in claim.text.split() if set(content_words(word, claim.language)) & set(lacking)]
    return "only a part of it was found; nothing on " + ", ".join(word.strip(".,;:()\"'“”") for word in spoken[:4])
