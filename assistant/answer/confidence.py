"""How sure the program is that the documents answer a question.

Logistic regression over eight signs and three that are set by hand, each of which a person can check: how near the best
sentence is to the question in its passage and on its own, and what the question says that the quotes do not
(`assistant.answer.mismatch`). A question that only looks answerable is near in meaning, so its names, numbers and
opposites tell it.

Fitted on 1,811 questions: qa_squad2 (300 with an answer, 300 without one that were written to look answerable), qa_pdf_cuad
(166 and 80), sample_docs (42 and 15), qa_multilingual_xquad (200), and every answerable one of them again with the
passages that answer it withheld (half the weight). L2 penalty 10, standardised. Fitted on the questions of one half
of the documents and measured on the other half, area under the ROC curve, and of the unanswerable the share
refused where one answerable in ten is; the whole curve is in `tests/quality/refusals.py`:

    |                                  | five similarities, as before | now      |
    | qa_squad2                        | .707 .31                     | .770 .50 |
    | the same, answer withheld        | .906 .74                     | .917 .77 |
    | qa_pdf_cuad                      | .651 .10                     | .689 .15 |
    | the same, answer withheld        | .661 .18                     | .674 .19 |
    | sample_docs                      | .873 .47                     | .884 .53 |
    | the same, answer withheld        | .944 .74                     | .938 .74 |
    | qa_multilingual_xquad, withheld  | .799 .39                     | .805 .40 |
    | qa_multihop_hotpot, withheld     | .738 .27                     | .786 .60 |
    | qa_pdf_mmlongbench, withheld     | .565 .12                     | .577 .10 |

Nothing was fitted on the last two. Where quotes of several documents answer together, how near they are and what they
lack is reckoned for all as one; by the best sentence alone 7 instead of 3 of 30 questions of qa_multihop_hotpot lie below
0.4. Left out because nothing was gained: the lead over the next sentence, the meaning of the sentence's tokens, the kind
of word that is asked for, the number of words. That the question's words stand in the passage *beside* the sentence speaks against an answer on qa_squad2 (.79), whose
writers had the passage before them, and for one everywhere else, so it is left out too. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import mismatch
from assistant.late import Probe, weighted_maxsim
from assistant.own_date import asks_own_date, says_own_date
from assistant.parties import asks_parties, names_parties
from assistant.verify import Ranked, Sentence, lacks_amount

INTERCEPT = -3.28
"""As fitted, where half of the questions have an answer, and 0.4 for the three in five of a person's own questions."""
LATE = 3.17
COSINE = 3.43
NAME_MISSING = -1.38
NUMBERS_MISSING = -2.09
RAREST_MISSING = -0.67
OPPOSITE = -2.68
CODE_FOUND = 1.5
"""Not fitted, since these questions hardly ask for codes: a row such as "F7  Water pressure too low" is near to no sentence, and
nothing but that code answers; chosen on the table of faults in sample_docs."""
AMOUNT_MISSING = -1.5
"""Nor is this: of the fitted questions few ask what something costs."""
FORMED = 2.0
"""Not fitted either: "what date does the lease bear" shares no word with "made as of this 1st day of May, 2019", nor "who are
the parties" with "between A and B"."""
PLACED = 1.8
"""Fitted 1.1; raised until questions that name their document are refused no more often than others: who names a
document knows that it says something about it."""
FOREIGN = 1.0
"""For a question in a language other than English, which the embedding model was made for: its cosines are lower.
Fitted 1.4 on the German and Spanish questions of qa_multilingual_xquad, lowered until no fewer are refused than English ones."""

FITTED_LANGUAGE = "en"
"""Language of the questions that the other coefficients were fitted on."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the confidence is made of."""

    late: float
    """Late interaction of the question with the best sentence in its passage."""
    cosine: float
    """Cosine of the question with the best sentence on its own."""
    name_missing: float
    """1 where a name of the question is in none of the quotes and nothing that they stand under."""
    numbers_missing: float
    """Share of the question's numbers that are in none of the quotes, nor, where it named its document, around them."""
    rarest_missing: float
    """Idf of the rarest question word that the best sentence has not, as a share of that of its rarest word."""
    opposite: float
    """1 where the best sentence has the opposite of a word of the question."""
    placed: bool
    """Whether the question named its document, or was asked of one file."""
    foreign: bool = False
    """Whether the question is in a language that is not the embedding model's own."""
    code_found: float = 0.0
    """Share of the question's codes, such as "F7", that the quotes have."""
    amount_missing: bool = False
    """Whether the question asks what something costs and none of the quotes holds an amount of money."""
    formed: bool = False
    """Whether the question asks for the date of a document or for its parties, and the best sentence says so by its form."""


def signs(
    question: Probe, best: Ranked, quotes: Sequence[Sentence], cosine: float, placed: bool, together: bool = False
) -> Signs:
    """What speaks for an answer and against it.

    Args:
        question: As it was compared with the passages.
        best: The sentence that answers best.
        quotes: What would be shown.
        cosine: Of the question with the best sentence on its own, or the quote nearest to it where they answer together.
        placed: Whether the question named its document, or was asked of one file.
        together: Whether the quotes answer together, each for a part of the question.
    """
    language, sentence = question.language, best.sentence
    text = " \n ".join(quote.text for quote in quotes)
    context = " ".join(dict.fromkeys(quote.context for quote in quotes))
    # Of the document that was named the passage may say "12 Mill Road", and the quote "the monthly rent".
    around = " ".join(quote.place.hit.passage.text for quote in quotes) if placed else ""
    in_quotes = mismatch.stems_around(text, context, language)
    in_best = mismatch.stems_around(sentence.text, sentence.context, language)
    return Signs(
        late=_late(question, [sentence, *(quotes if together else ())]),
        cosine=cosine,
        name_missing=mismatch.missing_names(question.text, language, in_quotes, text),
        numbers_missing=mismatch.missing_numbers(question.text, f"{text} {context} {around}"),
        rarest_missing=mismatch.rarest_missing(question, in_quotes if together else in_best),
        opposite=mismatch.says_opposite(question.text, sentence.text, language),
        placed=placed,
        foreign=language != FITTED_LANGUAGE,
        code_found=mismatch.codes_found(question.text, text),
        amount_missing=lacks_amount(question.text, text),
        formed=(asks_own_date(question.text) and says_own_date(sentence.text))
        or (asks_parties(question.text) and names_parties(sentence.text)),
    )


def _late(question: Probe, sentences: Sequence[Sentence]) -> float:
    """Late interaction of the question with sentences as one."""
    import numpy as np

    met = [one.place.tokens.met(question)[:, one.place.tokens.inside(one.start, one.end)] for one in sentences]
    return weighted_maxsim(np.concatenate(met, axis=1), question.weights)


def confidence(found: Signs) -> float:
    """Probability, 0 to 1, that the documents answer the question."""
    value = (
        INTERCEPT
        + LATE * found.late
        + COSINE * found.cosine
        + NAME_MISSING * found.name_missing
        + NUMBERS_MISSING * found.numbers_missing
        + RAREST_MISSING * found.rarest_missing
        + OPPOSITE * found.opposite
        + PLACED * found.placed
        + FOREIGN * found.foreign
        + CODE_FOUND * found.code_found
        + AMOUNT_MISSING * found.amount_missing
        + FORMED * found.formed
    )
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, value))))
