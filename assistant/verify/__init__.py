"""Checking statements against passages, and choosing the sentences that answer a question.

    claims.py        a draft into statements
    evidence.py      passages into sentences that can be quoted, with exact places
    injection.py     sentences that give orders to whatever reads them
    agree.py         numbers with units, dates, names, negation, direction
    rank.py          the sentences that answer a question, best first
    widen.py         a sentence with its neighbours as one quote
    calibration.py   the coefficients of the probability, what they were fitted on and what they reach
    judge.py         one statement: its quotes, verdict and reason

All pure: passages and their token vectors come in, verdicts go out; without token vectors the shared words stand in.
Knows nothing of libraries, models and screens.
"""

from assistant.verify.claims import cleaned, split_claims
from assistant.verify.evidence import Place, Sentence, sentences_of
from assistant.verify.injection import addresses_assistant, without_orders
from assistant.verify.judge import Judgement, judge
from assistant.verify.rank import Ranked, answering_words, asks_kind, best_sentences
from assistant.verify.widen import NEIGHBOUR, widened

__all__ = [
    "NEIGHBOUR",
    "Judgement",
    "Place",
    "Ranked",
    "Sentence",
    "addresses_assistant",
    "answering_words",
    "asks_kind",
    "best_sentences",
    "cleaned",
    "judge",
    "sentences_of",
    "split_claims",
    "widened",
    "without_orders",
]
