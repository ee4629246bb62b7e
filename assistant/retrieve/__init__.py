"""A question to ranked hits.

    fuse.py        pure: the pool of candidates, z-scores, weighted sums
    naming.py      pure: which document a question names, and the question without that name
    retriever.py   `Retriever`: the searches, late interaction (`assistant.late`) over the best, hits

What each part is there for. Evidence among the first 1 / 5 passages, nDCG@10 of documents; passages of about 200
tokens, development sets (300, 166 and 270 questions). Weights were chosen on development questions of qa_squad2,
retrieval_scifact and, for `INSIDE`, qa_pdf_cuad; halves of them differ by less than 0.04, in the same order.

    |                                         | qa_squad2     | qa_pdf_cuad   | retrieval_scifact |
    | words (BM25)                            | 0.910 / 0.987 |               | 0.670             |
    | meaning (cosine)                        | 0.737 / 0.940 |               | 0.665             |
    | both, reciprocal ranks, k = 60          | 0.893 / 0.990 |               | 0.693             |
    | both, z-scores, 1.5 to 1                | 0.933 / 0.993 |               | 0.702             |
    | and late interaction over the best 16   | 0.943 / 0.993 | 0.211 / 0.524 | 0.720             |
    | and led to the document that is named   | 0.943 / 0.993 | 0.452 / 0.867 |                   |

Reciprocal ranks forget how far the first is ahead, so they lose at rank 1 what they gain at rank 5; z-scores keep it.
Late interaction over the best 12 instead of 16 costs 0.007 on retrieval_scifact; over all 60 adds nothing on qa_squad2.
Leading by a soft bonus instead of searching inside reached 0.217 / 0.651 on qa_pdf_cuad: the name's words drown the
rest of the question unless they are taken out.

Knows nothing of quotes, answers and language models.
"""

from assistant.retrieve.retriever import Ranking, Retriever

__all__ = ["Ranking", "Retriever"]
