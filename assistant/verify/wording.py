"""A claim that repeats a quote nearly word for word, compared with it word by word.

Token vectors and shared words hardly see the one word that was changed in a copy: "after" for "before", "must" for "may",
another number where the first stood. Here the two texts are laid beside each other, and what differs is looked at. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from assistant.late import Probe, content_words
from assistant.verify.direction import NEGATIONS, directions
from ingest.quantities import DateMention, dates, names, numbers
from ingest.text import sentences, word_spans

if TYPE_CHECKING:
    from assistant.verify.evidence import Sentence

ALIKE = 0.6
"""Share of the claim's words that stand in the quote in the same order, from which it counts as a copy."""
HELD = 0.8
"""Share of the quote's words that stand in the claim in the same order, from which the claim holds it whole."""
SHORT = 6
"""Tokens of the longest stretch in which one number or name can stand for another; longer ones were written anew."""
STRANGE = 0.3
"""Mean nearness of its words to the quote's, below which a stretch speaks of something else; paraphrases lie above."""
STRANGE_WEIGHT = 0.08
"""Share of the claim's weight from which a stretch counts."""
STRENGTHS = tuple(
    frozenset(group.split())
    for group in (
        "may can could might darf dürfen kann können puede pueden peut peuvent",
        "must shall muss müssen debe deben doit doivent",
        "should sollte sollten",
        "some several manche einige algunos algunas certains certaines",
        "many most viele die meisten muchos mayoría beaucoup plupart",
        "few wenige pocos peu",
        "all every each always any alle jeder jede jedes immer todos todas siempre tous toutes toujours",
        "often usually generally oft meist normalerweise menudo souvent",
        "sometimes occasionally manchmal veces parfois",
        "rarely seldom selten raramente rarement",
        "only nur solo sólo seulement",
        "before vor bevor antes avant",
        "after nach nachdem después después après",
        "until bis hasta jusqu",
        "since seit desde depuis",
        "above over über encima dessus",
        "below under unter debajo dessous",
        "minimum least mindestens mínimo",
        "maximum höchstens máximo",
        "earlier früher", "later später",
        "included inklusive", "excluded",
        "with mit con avec", "without ohne sin sans",
    )
)  # fmt: skip
"""Words of which one cannot stand for one of another group: how sure, how many, how often, and when."""
Kind = Literal["number", "name", "opposite", "strength"]


@dataclass(frozen=True, slots=True)
class Change:
    """Where a copy differs from what it copies."""

    wanted: str
    """The claim's words; empty where it lacks some."""
    instead: str
    """The quote's words in their place; empty where it has none."""
    kind: Kind
    """What was changed."""


def changes(claim: str, quote: str) -> list[Change]:
    """What differs in a copy and changes what it says, in order; empty for a claim that is no copy of the quote."""
    ours, theirs = _tokens(claim, quote), _tokens(quote)
    said, there = (Counter(one.word for one in tokens) for tokens in (ours, theirs))
    more = {one.word for one in ours if one.kind == "number" and said[one.word] > there[one.word]}
    found = []
    for mine, other in _differences(ours, theirs):
        kind = _kind(mine, other, there.keys() - more)
        if kind:
            found.append(Change(_stretch(claim, mine), _stretch(quote, other), kind))
    return found


def copied(claim: str, quotes: Sequence[str]) -> int:
    """Which of the quotes a claim copies most of: where most of its words stand in the same order; the first of equals."""
    ours = [one.word for one in _tokens(claim)]

    def shared(quote: str) -> int:
        theirs = [one.word for one in _tokens(quote)]
        return sum(block.size for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks())

    return max(range(len(quotes)), key=lambda number: (shared(quotes[number]), -number))


def holds(claim: str, quote: str) -> bool:
    """Whether nearly all of a quote's words stand in the claim, in the same order."""
    ours, theirs = ([one.word for one in _tokens(text)] for text in (claim, quote))
    matching = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return bool(theirs) and sum(block.size for block in matching) >= HELD * len(theirs)


def strange(claim: Probe, quote: Sentence) -> list[str]:
    """Stretches of a copy that speak of something else than the quote: none of their words stands in it, none is near.

    What the quote stands under and what is said right before it count as its own words. Empty without token vectors.
    """
    import numpy as np

    if not len(claim.tokens):
        return []
    text, tokens = quote.place.hit.passage.text, quote.place.tokens
    before = text[max((end for _, end in sentences(text[: quote.start])[:-1]), default=0) : quote.end]
    known = set(content_words(f"{before} {quote.context}", claim.language))
    meant = tokens.inside(quote.start, quote.end)
    met = tokens.met(claim)[:, meant].max(axis=1) if len(meant) else np.zeros(len(claim.weights))
    found = []
    for mine, _ in _differences(_tokens(claim.text), _tokens(quote.text)):
        stretch = _stretch(claim.text, mine)
        own = set(content_words(stretch, claim.language))
        if own and not own & known:
            rows = [
                row for row, (start, end) in enumerate(claim.offsets) if start < mine[-1].end and end > mine[0].start
            ]
            weight = float(claim.weights[rows].sum())
            if weight >= STRANGE_WEIGHT and float(met[rows] @ claim.weights[rows]) < STRANGE * weight:
                found.append(stretch)
    return found


def _differences(ours: Sequence[_Token], theirs: Sequence[_Token]) -> list[tuple[list[_Token], list[_Token]]]:
    """Stretches of a copy with what the quote has in their place, either may be empty; nothing where it is no copy."""
    matcher = SequenceMatcher(None, [one.word for one in ours], [one.word for one in theirs], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not ours or sum(block.size for block in blocks) < ALIKE * len(ours):
        return []
    # What the quote has before or behind the copied stretch was left out, not changed.
    first, last = blocks[0].b, blocks[-1].b + blocks[-1].size
    return [
        (list(ours[a:b]), list(theirs[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal" and (a < b or (c >= first and d <= last))
    ]


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, or a whole number or date in one spelling."""

    word: str
    start: int
    end: int
    kind: Literal["word", "number", "name"]


def _tokens(text: str, copied: str = "") -> list[_Token]:
    """Words in order, with numbers and dates as single tokens that are equal where they mean the same.

    A date is taken for a more precise one of the text that is copied: "March 2024" for "12 March 2024".
    """
    theirs = dates(copied)
    meant = [(day, next((one for one in theirs if _less_precise(day, one)), day)) for day in dates(text)]
    found = [_Token(f"@{other.iso}", day.start, day.end, "number") for day, other in meant]
    found += [
        _Token(f"#{one.value:g}", one.start, one.end, "number")
        for one in numbers(text)
        if not any(one.start < day.end and day.start < one.end for day in found)
    ]
    capitals = [(start, end) for _, start, end in names(text)]
    for word, start, end in word_spans(text):
        if not any(start < one.end and one.start < end for one in found if one.kind == "number"):
            named = any(a <= start < b for a, b in capitals)
            found.append(_Token(word, start, end, "name" if named else "word"))
    return sorted(found, key=lambda one: one.start)


def _less_precise(day: DateMention, other: DateMention) -> bool:
    return any(there.startswith(here) for here in day.readings for there in other.readings)


def _kind(mine: Sequence[_Token], other: Sequence[_Token], everywhere: Set[str]) -> Kind | None:
    """What a difference changes; None for nothing that matters."""
    ours, theirs = {one.word for one in mine}, {one.word for one in other}
    if len(mine) <= SHORT and len(other) <= SHORT:
        for kind in ("number", "name"):
            swapped = [one for one in mine if one.kind == kind and one.word not in everywhere]
            if swapped and any(one.kind == kind for one in other):
                return kind
    if bool(NEGATIONS & ours) != bool(NEGATIONS & theirs):
        return "opposite"
    said, instead = ([group for group in STRENGTHS if group & found] for found in (ours, theirs))
    if said and instead and not any(group in instead for group in said):
        return "strength"
    up, down = ({way.up for way in directions(" ".join(found))} for found in (ours, theirs))
    return "opposite" if up and down and not up & down else None


def _stretch(text: str, found: Sequence[_Token]) -> str:
    return text[found[0].start : found[-1].end] if found else ""
