"""Who or what something is: questions that ask it, and sentences that introduce it.

"Who is the landlord?" shares with "between Hollis & Crane Lettings (the Landlord)" one word, which stands in half of the
lease; what tells that sentence is the form in which it names the term: in brackets or quotation marks, before a colon, or
beside "is" and "means".
"""

from __future__ import annotations

import re
from functools import lru_cache

_ARTICLES = r"(?:(?:the|an?|our|my|your|his|her|their|der|die|das|den|ein|eine|mein|meine|unser|unsere) )?"
_IS = r"(?:is|are|was|were|ist|sind|war|waren)"
_ASKED = re.compile(
    rf"\b(?:who|what|wer|was) {_IS} {_ARTICLES}(?P<term>[^\W\d_][\w'-]*(?: (?!{_IS}\b)[^\W\d_][\w'-]*)?)"
    r"(?= (?:in|of|under|to|for|at|on|by|from|according|im|in|unter|nach|laut|von|des|der)\b|\s*[?.!]*$)",
    re.IGNORECASE,
)


def asked_term(question: str) -> str:
    """What a question wants to have explained or named, as "landlord"; empty for other questions."""
    match = _ASKED.search(" ".join(question.split()))
    return match["term"].casefold() if match else ""


def introduces(text: str, term: str) -> bool:
    """Whether a text says who or what a term is, by its form."""
    return bool(term) and _form(term).search(" ".join(text.split())) is not None


@lru_cache(maxsize=64)
def _form(term: str) -> re.Pattern[str]:
    word = re.escape(term)
    return re.compile(
        rf"\([^()]{{0,60}}\b{word}\b[^()]{{0,20}}\)"  # between A (the "Landlord") and B
        rf"|[\"“„«]{_ARTICLES}{word}[\"”“»]"  # hereinafter called “Landlord”
        rf"|^(?:for |für )?{_ARTICLES}{word}:"  # Landlord: A
        rf"|^{_ARTICLES}{word} (?:{_IS}(?! \w+ed\b| not\b| to\b)|means|heißt)\b"  # The landlord is A
        rf"|\b{_IS} {_ARTICLES}{word}\b",  # A is the landlord
        re.IGNORECASE,
    )
