"""A question to ranked hits.

    followup.py        pure: "and the year before?" made whole from the conversation
    phrases.py         pure: the things that a question speaks of, to exchange one
    understanding.py   a question as it is searched: its filters, and words put right; what is said about it
    filters.py         pure: filters as operators, and which documents pass
    filter_phrases.py  pure: filters that a person says, in four languages
    everyday.py        pure: how often words stand in texts of a language at large
    spelling.py        pure: misspelled words, by the words of the documents
    naming.py          pure: which documents a question names, and the question without those names
    phrasing.py        pure: what is asked of a contract, in the words in which contracts say it
    fuse.py            pure: the pool of candidates, z-scores, weighted sums
    closer.py          pure: what tells the passages of one document apart
    links.py           pure: documents whose name stands in a question or in a passage
    versions.py        pure: hits in versions of one document become one, the newest
    search.py          the fused search: words, meaning, late interaction (`assistant.late`) over the best
    retriever.py       `Retriever`: named documents first, the search, documents that the first hits lead to

What each part is there for. Evidence among the first 1 / 5 passages, all files of the evidence among the first 5, nDCG@10
of documents; passages of about 200 tokens, development sets (300, 166, 30 and 270 questions). Weights were chosen on
development questions of qa_squad2, retrieval_scifact and, for `INSIDE`, qa_pdf_cuad (even questions; odd ones gained as
much: hit@5 0.892 to 0.916); halves of them differ by less than 0.04, in the same order.

    |                                         | qa_squad2     | qa_pdf_cuad   | hotpot, all 5 | retrieval_scifact |
    | words (BM25)                            | 0.910 / 0.987 |               |               | 0.670             |
    | meaning (cosine)                        | 0.737 / 0.940 |               |               | 0.665             |
    | both, reciprocal ranks, k = 60          | 0.893 / 0.990 |               |               | 0.693             |
    | both, z-scores, 1.5 to 1                | 0.933 / 0.993 |               |               | 0.702             |
    | and late interaction over the best 16   | 0.943 / 0.993 | 0.211 / 0.524 |               | 0.720             |
    | and led to the document that is named   | 0.943 / 0.993 | 0.452 / 0.867 | 0.633         |                   |
    | passages now, the same                  | 0.930 / 0.993 | 0.482 / 0.873 | 0.633         | 0.750             |
    | and dates beside a name taken out       |               | 0.608 / 0.867 |               |                   |
    | and best sentence and nearness inside   | 0.933 / 0.993 | 0.620 / 0.886 | 0.633         | 0.750             |
    | and documents that the first hits name  | 0.933 / 0.993 | 0.620 / 0.886 | 0.967         | 0.750             |

Reciprocal ranks forget how far the first is ahead, so they lose at rank 1 what they gain at rank 5; z-scores keep it.
Late interaction over the best 12 instead of 16 costs 0.007 on retrieval_scifact; over all 60 adds nothing on qa_squad2.
Leading by a soft bonus instead of searching inside reached 0.217 / 0.651 on qa_pdf_cuad: the name's words drown the
rest of the question unless they are taken out.

Inside a named document two kinds of questions share no word with their answers, and are met otherwise (in process, on
questions without refusals; hit@1 / hit@5 / answer found / right citation; the half that each was made on, then the other):

    |                                                 | made on             | the other half      |
    | for its own date, before (10)                   | .50 .70 .50 .60     |                     |
    | its beginning first (`assistant.own_date`; 10)  | .90 1.0 .90 1.0     | .80 .90 .70 .80     |
    | a clause by another word, before (15 and 21)    | .60 .93 .53 .60     | .76 1.0 .48 .81     |
    | in the words of contracts too (`phrasing`)      | .67 1.0 .80 .80     | .81 1.0 .71 .86     |

Following names (`links`) puts a document among the hits for 23 of the 30 questions of qa_multihop_hotpot and 4 in 5 of 20
others over the same articles, written apart from it (all files among five: 17 before, 20 now), and for none of the 600 of
qa_squad2, the 246 of qa_pdf_cuad and the 200 of qa_multilingual_xquad, so it costs them nothing.

In a small library a word that it lacks seems the rarest of all, so questions count `everyday` words as two hundred passages
of usual text would (`usual_shares`): of 42 questions over sample_docs/ in a person's own words 30 instead of 24 are
answered, together with what is done for amounts, for parties and for the one document that is asked about; on qa_squad2
hit@1 is 0.943 (0.940) and quotes are right 0.878 of the time (0.871), elsewhere nothing changes by more than a question.
Statements must be met whole: counting their words likewise costs verify_wice 0.005 of balanced accuracy.

Tried outside the named document and left out, because none gained more than 0.01 without losing as much elsewhere: best
sentence (scifact +0.005, squad hit@1 -0.010), nearness (+0.007 squad hit@1, -0.003 hit@5), coverage of the question by
the best sentence, late interaction over all tokens alike, over windows of one or two sentences, headings and file names
as judges, the scores of a document's further passages (+0.003 on retrieval_scifact), the likeness to the first 1 to 5
hits (pseudo-relevance feedback), and logistic regression over all of these (0.942 on squad, 0.75 on scifact, each
trained on one half). `make ablation` leaves each part out in turn.

Knows nothing of quotes, answers and language models.
"""

from assistant.retrieve.filter_phrases import Understood, understood
from assistant.retrieve.filters import Filters
from assistant.retrieve.followup import Earlier, whole_question
from assistant.retrieve.retriever import HEAD, Ranking, Retriever
from assistant.retrieve.search import NearestSource
from assistant.retrieve.understanding import Understanding, filtered

__all__ = [
    "HEAD",
    "Earlier",
    "Filters",
    "NearestSource",
    "Ranking",
    "Retriever",
    "Understanding",
    "Understood",
    "filtered",
    "understood",
    "whole_question",
]
