"""What a person asks of a contract, in the words in which contracts say it.

"How can it be ended without cause?" is answered by "may terminate for convenience upon thirty days' notice": not one word
is the same. Inside a document that a question names these words are looked for beside its own. Pure.
"""

from __future__ import annotations

import re

_WORDS = tuple(
    (re.compile(rf"\b(?:{asked})\b", re.IGNORECASE), said)
    for asked, said in (
        (r"without (?:a |any )?(?:cause|reason)", "for any reason, for convenience, at any time upon written notice"),
        (r"renew(?:s|ed|al|ing)?", "extend, automatically extended"),
        (r"assign(?:s|ed|ing|ment)?", "transfer, consent to assignment"),
        (
            r"(?:cap on|limit(?:s|ed|ation)? (?:of|on|to)) liability",
            "liability shall not exceed, aggregate liability is limited to the amount",
        ),
        (
            r"minimum (?:purchase|commitment|order|quantity)",
            "shall purchase at least, no less than, minimum annual quantity",
        ),
        (r"audit(?:s|ed|ing)?", "inspect, examine books and records"),
        (r"non-?compet(?:e|ition)", "shall not compete, competing business"),
    )
)
"""What is asked, and how contracts put it."""


def as_contracts_say(question: str) -> str:
    """The question with the words of contracts for what it asks; unchanged where it asks for none of these."""
    said = [words for asked, words in _WORDS if asked.search(question)]
    return f"{question} ({', '.join(said)})" if said else question
