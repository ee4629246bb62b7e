"""A question to a checked answer.

    answerer.py     `Answerer`: the events of one question
    confidence.py   pure: how sure the program is that the documents answer
    mismatch.py     pure: what a question says that a sentence does not
    quoting.py      the answer in quotes
    drafting.py     the model's draft, checked, against the quotes
    verifying.py    a text of anybody's, statement by statement
    telling.py      what was made of the question, told with the answer
    citing.py       citations, each checked on its page
    honesty.py      notes: poor scans, changed files, documents that differ, words that no document has

Outcomes: *answered* when every claim shown is supported; claims that are not are removed, or, as `answer.unsupported`
says, struck through, which makes it *partly*; no surviving claim, a draft that repeats the question, says that it does not know,
or misses the best sentence: the quotes; a confidence below `answer.threshold`: *not_found*, with the closest places and,
where something is near, the nearest words: who asks in other words than the document sees the answer all the same.
Knows nothing of how answers are shown.
"""

from assistant.answer.answerer import Answerer

__all__ = ["Answerer"]
