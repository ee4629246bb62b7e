"""Sentences that speak to the assistant instead of the reader: never quoted, never evidence.

A document may say "ignore previous instructions". Nothing in a document can change what the program does; but a quote
of such a sentence would still carry the planted words to the screen, so it is passed over unless the question itself
asks about such words. Pure.
"""

from __future__ import annotations

import re

from ingest.text import sentences

_TRIGGERS = re.compile(
    r"""\b(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|every|the|these|those|your|of)\s+)*
        (?:previous|prior|above|earlier|preceding|other|system|safety)?\s*(?:instruction|prompt|rule|direction|command)s?\b
      | \bnew\s+(?:system\s+)?instructions?\s*:
      | (?:^|[\[<(`!-])\s*(?:assistant|system|ai|chatbot|llm|gpt)\s*[:,]\s+(?:\S+\s+){0,4}?
        (?:you|also|ignore|print|tell|reply|answer|respond|say|output|always|never|only|do\s+not|when\s+asked)\b
      | ```\s*(?:system|assistant|prompt|instructions?)\b
      | <\s*/?\s*(?:context|system|assistant|instructions?|prompt|user)\s*>
      | \b(?:you|assistant|ai|model)\s+(?:must|should|shall|will|are\s+to)\s+(?:now|only|always|never)\s+
        (?:tell|say|reply|answer|respond|output|print|pretend|act\s+as|refuse|claim|cite)\b
      | \b(?:reply|respond|answer)\s+(?:only\s+with|only\s+by|always\s+with|just\s+with|every\s+question|to\s+the\s+user)\b
      | \balways\s+(?:answer|reply|respond|say)\b
      | \b(?:tell|inform)\s+the\s+user\b
      | \byou\s+are\s+(?:now\s+)?(?:an?\s+)?(?:ai|language\s+model|assistant|chatbot|dan)\b
      | \b(?:reveal|print|repeat|show)\s+(?:your|the)\s+(?:\w+\s+)?(?:system\s+)?(?:prompt|instructions)\b
      | \b(?:ignoriere|missachte|vergiss)\s+(?:alle|die|deine|vorherige\w*|bisherige\w*)\s+(?:\w+\s+)?(?:anweisung|regel|vorgabe)\w*
      | \b(?:ignora|olvida)\s+(?:todas\s+)?(?:las\s+)?instrucciones\b
      | \bignore[zr]?\s+(?:toutes\s+)?les\s+(?:instructions|consignes)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_TOPIC = re.compile(
    r"\b(?:instruct\w*|prompts?|injection|assistants?|system|chatbots?|ai|ignore\w*|anweisung\w*|instrucc\w*|consigne\w*)\b",
    re.IGNORECASE,
)


def addresses_assistant(text: str) -> bool:
    """Whether a sentence gives orders to whatever reads it."""
    return bool(_TRIGGERS.search(text))


def asks_about_instructions(question: str) -> bool:
    """Whether a question is about such sentences, so that they may be quoted."""
    return bool(_TOPIC.search(question))


def without_orders(text: str, question: str) -> str:
    """A passage without the sentences that give orders to the assistant, unless the question is about such words."""
    if asks_about_instructions(question) or not addresses_assistant(text):
        return text
    kept, last = [], 0
    for start, end in sentences(text):
        if addresses_assistant(text[start:end]):
            kept.append(text[last:start])
            last = end
    return "".join(kept) + text[last:]
