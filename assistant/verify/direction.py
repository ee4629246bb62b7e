"""Words that say which way something goes, and whether a claim and its quotes go different ways.

"Sales rose" and "sales fell" share all but one word, and an embedding model puts "rose" and "fell" close together. So the
token vectors only say *which* word of direction in a quote speaks of the same thing as one in the claim; whether both
point the same way is read from a list. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.late import Probe

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from assistant.verify.evidence import Sentence

NEGATIONS = frozenset(
    """no not never none neither nor without cannot can't don't doesn't didn't isn't aren't wasn't weren't won't wouldn't
    shouldn't couldn't hasn't haven't hadn't nobody nothing nowhere kein keine keinen keinem keiner keines nicht nie
    niemals niemand nichts ohne weder ningún ninguna nunca nadie sin ne pas jamais aucun aucune sans""".split()
)
REACH = 3
"""A negation turns around a word of direction at most so many words behind it."""

_UP = """above acceler accurate activat associated augment beneficial better boost caus contribut correlat critical
    dependent early effective elevat enhanc essential exacerbat exceed excess expand expens facilitat faster gain grew
    grow high higher improv increas induc larger lead leads longer maxim more necessary over positive potentiat promot
    protect raise raising related requir rise rises rising rose sensiti stable stimulat strengthen strong strongly
    support surplus susceptib trigger upregulat upward with worsen presence
    gestiegen höher länger mehr steig steigt stieg teurer verbesser wuchs zugenommen zunahme
    aumen más mayor subió subida augment hausse plus""".split()
_DOWN = """ablat ablation absence abolish abrogat alleviat ameliorat antagoni attenuat below block cheap counteract
    declin decreas deficien deficit degrad delay deplet depriv diminish disrupt drop fall falls fell fewer hamper hinder
    impair imped inaccurate inactivat independent ineffective inhibit inverse knockdown knockout lack less limit loss low
    lower minim negative prevent rare reduc repress resist restrict reverse shorter silenc slow slower smaller
    suppress under unlikely unnecessary unrelated weak without worse
    billiger gefallen gesunken kleiner kürzer niedriger rückgang sank sinken sinkt weniger verringer abgenommen abnahme
    bajó disminu menor menos reduj baisse diminu moins rédui""".split()
SHORT = 4
"""Listed words of at most so many letters count as whole words, longer ones also as the beginning of a word."""
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Direction:
    """A word of direction in a text."""

    start: int
    """First character."""
    end: int
    """One past the last character."""
    up: bool
    """Whether it says more rather than less, a negation in front of it reckoned in."""


def directions(text: str) -> list[Direction]:
    """Words of direction in order."""
    found = [(match.group().casefold(), match.start(), match.end()) for match in _WORD.finditer(text)]
    said = []
    for place, (word, start, end) in enumerate(found):
        down, up = _listed(word, _DOWN), _listed(word, _UP)
        if up != down:
            turned = sum(before in NEGATIONS for before, _, _ in found[max(0, place - REACH) : place]) % 2 == 1
            said.append(Direction(start, end, up != turned))
    return said


def clash(claim: Probe, quotes: Sequence[Sentence]) -> float:
    """How much nearer a quote's opposite word is to a word of direction in the claim than any that agrees, 0 to 1.

    The largest over the claim's words of direction; 0 where each has one that agrees at least as near, or none answers
    it. Without token vectors all words of direction are as near as each other.
    """
    said = [(quote, directions(quote.text)) for quote in quotes]
    return max((max(0.0, _against(claim, word, said)) for word in directions(claim.text)), default=0.0)


def _against(claim: Probe, word: Direction, said: Sequence[tuple[Sentence, list[Direction]]]) -> float:
    """Nearness of the nearest opposite word less that of the nearest word that agrees."""
    nearest = {True: 0.0, False: 0.0}
    for quote, found in said:
        for other, near in zip(found, _nearness(claim, word, quote, found), strict=True):
            agrees = other.up == word.up
            nearest[agrees] = max(nearest[agrees], near)
    return nearest[False] - nearest[True]


def _nearness(claim: Probe, word: Direction, quote: Sentence, found: Sequence[Direction]) -> Iterator[float]:
    """Largest cosine of the tokens of a word in the claim with those of each word of a quote."""
    import numpy as np

    tokens = quote.place.tokens
    if not len(claim.tokens) or not len(tokens.starts):
        yield from (1.0 for _ in found)
        return
    asked = [row for row, (start, end) in enumerate(claim.offsets) if start < word.end and end > max(word.start, start)]
    for other in found:
        start, end = quote.start + other.start, quote.start + other.end
        meant: npt.NDArray[np.intp] = np.flatnonzero((tokens.starts < end) & (tokens.ends > start))
        near = claim.tokens[asked] @ tokens.vectors[meant].astype(np.float32).T
        yield float(near.max()) if near.size else 0.0


def _listed(word: str, listed: Sequence[str]) -> bool:
    return any(word == one or (len(one) > SHORT and word.startswith(one)) for one in listed)
