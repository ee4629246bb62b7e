"""Checking statements against passages, and choosing the sentences that answer a question.

    claims.py        a draft into statements
    evidence.py      passages into sentences that can be quoted, with exact places
    injection.py     sentences that give orders to whatever reads them
    agree.py         numbers with units, dates, names, negation
    direction.py     words that say which way something goes, and whether claim and quote go different ways
    wording.py       a claim that copies a quote nearly word for word: what was changed
    defining.py      who or what something is: questions that ask it, sentences that say it
    rank.py          the sentences that answer a question, best first
    widen.py         a sentence with its neighbours as one quote
    calibration.py   the coefficients of the probability, what they were fitted on and what they reach
    judge.py         one statement: its quotes, verdict and reason

What each part of choosing quotes is there for, measured through the whole program without refusals on development
questions: answer found / right citation / citation precision (qa_pdf_cuad 166 questions, qa_squad2 300, by documents in
two halves), and questions of sample_docs/ whose answer is not shown (of 42). Weights were chosen by looking at both
halves; they are round numbers, and neither half is untouched. The table was made before `NEIGHBOUR` 0.5, `OWN_DATE`, the
weight of codes and the names of documents being taken out of questions: compare its rows with each other. Today's figures
without refusals are in `assistant.answer.quoting`.

    |                                         | qa_pdf_cuad, halves       | qa_squad2, halves         | sample_docs |
    | sentences by their own words (before)   | .40 .68 .46 / .42 .64 .47 | .94 .90 .74 / .96 .93 .75 | 5           |
    | now                                     | .46 .61 .41 / .55 .66 .47 | .96 .93 .79 / .97 .96 .82 | 3           |
    | `MEANING` 0.5 instead of 1              | .46 .62 .41 / .54 .66 .48 | .96 .92 .78 / .97 .96 .81 | 2           |
    | while rows of tables were one sentence: |                           |                           |             |
    | the same as now                         | .46 .62 .43 / .60 .66 .46 | .96 .93 .79 / .97 .96 .82 | 2           |
    | without what stands around (`AROUND`)   | .46 .61 .42 / .56 .66 .47 | .94 .91 .79 / .97 .96 .81 | 4           |
    | without the kind asked for (`KIND`)     | .44 .62 .40 / .56 .65 .44 | .95 .92 .79 / .97 .94 .80 | 3           |
    | without `HEADING`                       | .46 .64 .44 / .57 .70 .48 | .96 .93 .79 / .97 .96 .82 | 2           |
    | `PASSAGE` 0.05, `BEHIND` 0.2            | .44 .60 .45 / .53 .60 .44 | .95 .91 .83 / .96 .96 .83 | 3           |
    | the same, without neighbours and 0.3    | .46 .62 .45 / .56 .66 .47 | .96 .92 .74 / .94 .94 .75 | 2           |

A cosine of the best ten sentences on their own, half the weight, gained nothing (.45 / .56; .95 / .95); eight passages
instead of five neither.

What `python -m tests.quality.verifier` finds on statements made from documents (another number, date or name, negated,
other direction, over-generalised, or with the end of another document's sentence), as shown to be supported:

    sample_docs/, on which the rules were made    all 71 true ones; 4.2 % of 238 false ones, 61 % before copies were compared
                                                  word by word and quotes had to come from one document
    ten files of encyclopedia articles            all 120 true ones; 2.0 % of 401 false ones

Most of what is left joins two sentences that share their words.

All pure: passages and their token vectors come in, verdicts go out; without token vectors the shared words stand in.
Knows nothing of libraries, models and screens.
"""

from assistant.verify.agree import lacks_numbers
from assistant.verify.claims import cleaned, split_claims
from assistant.verify.evidence import Place, Sentence, is_heading, sentences_of
from assistant.verify.injection import addresses_assistant, without_orders
from assistant.verify.judge import Judgement, judge
from assistant.verify.rank import Ranked, answering_words, best_sentences, lacks_amount
from assistant.verify.widen import NEIGHBOUR, widened

__all__ = [
    "NEIGHBOUR",
    "Judgement",
    "Place",
    "Ranked",
    "Sentence",
    "addresses_assistant",
    "answering_words",
    "best_sentences",
    "cleaned",
    "is_heading",
    "judge",
    "lacks_amount",
    "lacks_numbers",
    "sentences_of",
    "split_claims",
    "widened",
    "without_orders",
]
